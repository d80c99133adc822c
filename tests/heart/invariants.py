"""What must hold on every path, one function for each invariant of the design that concerns the heart.

Each looks at one change of one stream, written without the heart's own rules where that is possible, and raises
`AssertionError`. `tangled` looks at a whole world between two commands.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from typing import Final

from handrail.action import commands as asked
from handrail.action import events as acted
from handrail.action.model import Action
from handrail.engine.lives import TABLES
from handrail.policy.paths import ANYONE
from handrail.policy.rules import Rule, Unreadable
from handrail.review import events as reviewed
from handrail.review.model import Review
from handrail.run.model import Run

from . import halts
from .world import Change, State, World

APPROVING: Final = ("approve", "edit", "retry")
BY_PEOPLE: Final = (
    reviewed.Claimed, reviewed.Delegated, reviewed.Escalated, reviewed.Voted, reviewed.Edited, reviewed.Decided,
)  # fmt: skip


def only_granted_bytes_run(change: Change) -> None:
    """1. No effect without a grant for exactly that digest."""
    event, before = change.sealed.event, change.before
    if isinstance(event, acted.Started):
        assert isinstance(before, Action)
        assert before.grant is not None, "started without a grant"
        assert event.bind == before.grant.bind == before.bind, "other bytes started than were granted"
        assert change.sealed.at < before.grant.expires_at, "started after the grant expired"
        assert before.kind == "call", "a question or an output started"
    if isinstance(event, acted.Succeeded) and isinstance(before, Action) and before.kind == "output":
        assert before.status == "cleared", "an output was used that nobody agreed to"
        assert before.grant is not None
        assert before.grant.bind == before.bind, "another output was used than was agreed to"


def each_attempt_starts_once(change: Change) -> None:
    """2. At most one `started` per grant and attempt: the attempt rises with every start and never falls."""
    before, after = change.before, change.after
    if isinstance(before, Action) and isinstance(after, Action):
        started = isinstance(change.sealed.event, acted.Started)
        assert after.attempt == before.attempt + started, "an attempt was counted wrongly"
        assert after.fence >= before.fence, "the fencing number fell"


def final_states_stay(change: Change) -> None:
    """3. Final states never change; a comment on a decision is no change of it, nor is a late report, which moves
    nothing but the list of those that are awaited, nor what turned out later."""
    before, after, event = change.before, change.after, change.sealed.event
    if isinstance(event, acted.ReportedLate | acted.OutcomeReported):
        assert isinstance(before, Action)
        assert isinstance(after, Action)
        assert _but_for_reports(before, after.rev) == _but_for_reports(after, after.rev), "a report changed something"
    elif before is not None and not isinstance(event, reviewed.Commented):
        assert not over(before), f"{change.subject} changed after its end"


def _but_for_reports(state: Action, rev: int) -> Action:
    return replace(state, rev=rev, lost=(), turned_out=None, told_by=None)


def over(state: State) -> bool:
    """Whether a life is over."""
    match state:
        case Action():
            return state.status in ("succeeded", "failed", "skipped", "refused", "withdrawn")
        case Review():
            return state.status in ("expired", "withdrawn", "superseded") or state.effective
        case Run():
            return state.status == "finished"
        case _:
            return False


def entries_chain(change: Change) -> None:
    """4. Each transition has one entry, whose states are a row of the table."""
    table = TABLES[_life(change.after)]
    before = change.before.status if change.before else None
    assert table[type(change.sealed.event)][before] == change.after.status, "the entry is not in the table"


def _life(state: State) -> str:
    name = type(state).__name__.lower().removeprefix("active")
    return name if name in TABLES else "directory"


def counts_have_no_gaps(change: Change) -> None:
    """5. `rev` per stream has no gaps."""
    before = change.before.rev if change.before else 0
    assert before + 1 == change.sealed.rev == change.after.rev, "a revision number was left out"


def barred_never_decide(change: Change) -> None:
    """6. A barred principal never decides, and is never counted, also after delegation."""
    event, by, after = change.sealed.event, change.sealed.by, change.after
    if isinstance(after, Review) and isinstance(event, BY_PEOPLE) and by.id != "handrail":
        assert by.kind == "human", f"{by.kind} {by.id} acted on a review"
        assert by.id not in change.barred | set(after.barred), "a barred person acted on a review"
        assert getattr(event, "instead", None) not in change.barred | set(after.barred), "acted instead of a barred one"
    if isinstance(after, Review) and isinstance(event, reviewed.Decided):
        assert not change.barred.intersection(event.counted), "a barred person was counted"
    if isinstance(after, Review) and isinstance(event, reviewed.Delegated):
        assert event.to not in change.barred | set(after.barred), "delegated to a barred person"


def quorum_is_distinct_people(change: Change) -> None:
    """7. A quorum is as many distinct people as it has places, each with a place of their own; edits void votes."""
    event, before, after = change.sealed.event, change.before, change.after
    if isinstance(event, reviewed.Edited):
        assert isinstance(after, Review)
        assert [vote.by for vote in after.votes] == [change.sealed.by.id], "an edit kept an earlier vote"
    if isinstance(event, reviewed.Decided) and event.outcome in APPROVING:
        assert isinstance(before, Review)
        assert isinstance(after, Review)
        places = [place for place, count in before.demand.quorum for _ in range(count)]
        assert len(set(event.counted)) == len(event.counted) == len(places), "the quorum was miscounted"
        holders = [vote.instead or vote.by for vote in after.votes if vote.by in event.counted]
        assert len(set(holders)) == len(places), "one place was filled by two"
        assert any(_seated(change, order, places) for order in permutations(holders)), "a place is empty"
        assert event.bind == before.bind, "the decision is about other bytes"


def _seated(change: Change, order: tuple[str, ...], places: list[str]) -> bool:
    directory = change.directory
    roles = {one: {one, *person.groups} for one, person in directory.people.items()}
    return all(
        place == ANYONE or place in roles.get(person, set()) or (directory.solo and person == "user:local")
        for person, place in zip(order, places, strict=True)
    )


def nothing_is_late(change: Change) -> None:
    """8. Nothing is decided after expiry, also before the sweeper ran; and nothing expires early."""
    event, before, now = change.sealed.event, change.before, change.sealed.at
    if not isinstance(before, Review):
        return
    if isinstance(event, BY_PEOPLE):
        assert now < before.deadline, "acted on after the deadline"
    if isinstance(event, reviewed.Expired):
        assert now >= before.deadline, "expired early"
    if isinstance(event, reviewed.Revoked | reviewed.TookEffect):
        assert before.decision is not None
        in_time = now < before.decision.effective_at
        assert in_time == isinstance(event, reviewed.Revoked), "taken back too late, or in effect too early"


def only_the_holder_settles(change: Change) -> None:
    """9. Only the lease holder with the current fencing number settles."""
    command, before = change.command, change.before
    if isinstance(command, asked.Settle) and isinstance(before, Action) and before.status == "started":
        assert (command.executor, command.fence) == (before.executor, before.fence), "settled without the fence"
        assert change.lease is not None, "settled without a lease"
        assert change.sealed.at < change.lease, "settled after the lease"
        assert change.sealed.by.id == before.holder, "settled by another agent"


def the_policy_of_now_counts(change: Change) -> None:
    """12. What a rule denies does not start, and what no person agreed to starts only where a rule lets it run, or,
    where none speaks, its code does."""
    event, before, policy = change.sealed.event, change.before, change.policy
    if not isinstance(event, acted.Started) or not isinstance(before, Action) or before.attempt:
        return
    assert not isinstance(policy, Unreadable), "started under a policy that cannot be read"
    rule = next((one for one in policy.rules if one.is_about(before.name)), None) if policy else None
    assert rule is None or rule.effect != "deny", "a rule denies it, and it started"
    if before.grant is None or not before.grant.by.startswith("rev_"):
        if rule is None:
            assert before.runs or _sure(before), "nobody agreed to it, and neither a rule nor its code lets it run"
            return
        assert _let(rule, before), "a rule asks for people, and it started without"
        assert rule.replaces or not before.floor, "its code asks for people, and it started without"


def _let(rule: Rule, state: Action) -> bool:
    """Whether a rule lets an action run without people, said apart from the code under test."""
    sure = state.confidence is not None and float(state.confidence) >= (rule.threshold or 0)
    free = {"run": True, "exceptions": True, "confidence": sure, "watched": state.run is not None}
    return free.get(rule.effect, False) or (rule.effect != "deny" and rule.mode != "assisted")


def _sure(state: Action) -> bool:
    return bool(state.confidence and state.threshold) and float(state.confidence or 0) >= float(state.threshold or 1)


INVARIANTS: Final[tuple[Callable[[Change], None], ...]] = (
    only_granted_bytes_run, each_attempt_starts_once, final_states_stay, entries_chain, counts_have_no_gaps,
    barred_never_decide, quorum_is_distinct_people, nothing_is_late, only_the_holder_settles,
    the_policy_of_now_counts,
)  # fmt: skip


def tangled(world: World) -> None:
    """Between two commands every held action has its one live review, about its bytes, and no other is live, but for
    the sample of one that ran by itself."""
    for held in world.actions():
        live = [one for one in world.reviews() if one.action == held.id and not over(one)]
        if live and live[0].kind == "sample":
            assert (held.status, held.sampled, held.reviews, len(live)) == ("succeeded", True, 0, 1), "a stray sample"
            continue
        if held.status == "held":
            assert [one.id for one in live] == [held.review], f"{held.id} is held by {len(live)} live reviews"
        elif held.status == "unknown":
            assert [one.id for one in live] == ([held.review] if held.review else []), "nobody is asked"
        else:
            assert not live, f"{held.id} is {held.status}, yet a review of it is live"
        assert all((one.bind, one.revision) == (held.bind, held.revision) for one in live), "other bytes are shown"


def check(changes: list[Change], world: World) -> None:
    """Every invariant, on each change and on the world they led to."""
    for change in changes:
        for invariant in INVARIANTS:
            invariant(change)
        halts.nothing_begins(isinstance(change.sealed.event, acted.Claimed | acted.Started), world)
    tangled(world)
