"""What becomes of a verdict where limits would be passed."""

from dataclasses import replace
from functools import reduce

from ..directory.model import Directory
from .demanded import Undecidable, both, known, of_path, path_of, require_reachable
from .limits import Limit, Tally
from .paths import Demand
from .patterns import asking
from .rules import Policy
from .verdict import Verdict


def limited(
    verdict: Verdict, over: tuple[Tally, ...], policy: Policy, directory: Directory, barred: frozenset[str]
) -> Verdict:
    """A verdict where these limits would be passed: people are asked, also where a rule lets it run."""
    if verdict.kind == "deny" or not over:
        return verdict
    ids = tuple(tally.limit.id for tally in over)
    reason = "limit" if any(tally.charge for tally in over) else "limit_unreadable"
    found = replace(verdict, reason=reason, rule=ids[0], over=ids)
    hard = next((tally.limit for tally in over if tally.forbidden), None)
    if hard is not None:
        advice = f"it would pass the limit {hard.name!r}, which nobody may"
        return replace(found, kind="deny", rule=hard.id, demand=None, advice=advice)
    try:
        demand = _within_limits(verdict, over, policy, directory)
        require_reachable(demand, directory, barred)
    except Undecidable as denied:
        return replace(found, kind="deny", reason=denied.reason, demand=None, advice=denied.advice)
    return replace(found, kind="review", pattern=asking(verdict.pattern), demand=replace(demand, at_end="reject"))


def _within_limits(verdict: Verdict, over: tuple[Tally, ...], policy: Policy, directory: Directory) -> Demand:
    """What is demanded of an action that passes limits: by the path of each, or else as it stands."""
    present = verdict.demand or Demand(())
    asks = [_of_limit(tally.limit, present, policy, directory) for tally in over]
    if verdict.kind == "review":
        asks.append(present)
    return reduce(both, asks)


def _of_limit(limit: Limit, present: Demand, policy: Policy, directory: Directory) -> Demand:
    path = path_of(policy, limit.path or (None if present.levels else policy.default_path))
    demand = replace(present, levels=of_path(path, directory).levels) if path else present
    if not demand.levels:
        raise Undecidable(
            "no_reviewer", f"nobody is named who decides beyond the limit {limit.name!r}: give it a `path:`"
        )
    if limit.quorum is None:
        return demand
    return replace(demand, quorum=tuple((known(spec, directory), count) for spec, count in limit.quorum))
