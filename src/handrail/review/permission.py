"""What has to be so that an approval can let the like run, too."""

from ..clock import DAY
from ..errors import InvalidValue, NotAllowed
from ..policy.standing import LONGEST, MOST, Terms, alone
from .facts import Facts
from .model import Outcome, Review


def require_permissible(state: Review, outcome: Outcome, terms: Terms, facts: Facts) -> None:
    """Raise `InvalidValue` for terms that cannot be meant, `NotAllowed` where each such action needs its decision."""
    if outcome != "approve" or state.kind != "approval":
        raise InvalidValue("only the approval of an action lets the like run; decide without `standing`")
    _require_terms(terms, facts)
    if not facts.reversible or state.risk == "critical":
        what = "critical" if facts.reversible else "not said to be reversible"
        raise NotAllowed(f"the action is {what}, so each one needs its own decision; approve it without `standing`")
    if sum(count for _, count in state.demand.quorum) != 1:
        raise NotAllowed("this review needs several people, so each such action does; approve it without `standing`")
    people = facts.people
    if not alone(facts.actor.id, facts.actor.auth, state.demand, people.directory, people.barred):
        raise NotAllowed("you decide here for somebody else; only those whom the path asks let the like run")


def _require_terms(terms: Terms, facts: Facts) -> None:
    if not 0 < terms.lasts <= LONGEST:
        raise InvalidValue(f"a permission lasts at most {LONGEST // DAY} days")
    if terms.times is not None and not 1 <= terms.times <= MOST:
        raise InvalidValue(f"a permission is for 1 to {MOST:,} times")
    unknown = sorted(set(terms.fixed or ()) - facts.arguments)
    if unknown:
        known = ", ".join(sorted(facts.arguments)) or "none"
        raise InvalidValue(f"{unknown[0][:60]!a} is no argument of this action; it has {known}")
