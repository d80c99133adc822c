"""What must hold at every step of every simulation: the twelve invariants of the design, and what follows from them.

Those that a single change shows are the heart's own, asked here about what the log says. The others look at the whole:
the file, the world outside, and what was acknowledged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Final

import orjson

from handrail.action import commands as asked
from handrail.action import events as e
from handrail.action.digest import action_digest
from handrail.action.model import Action
from handrail.audit import tree
from handrail.engine.batch import REMEMBERED
from handrail.engine.request import DEFAULT_TENANT as TENANT
from handrail.engine.verify import verify
from tests.heart import invariants as heart

from .history import News

if TYPE_CHECKING:
    from .world import World

ONE_CHANGE: Final = (
    heart.only_granted_bytes_run, heart.each_attempt_starts_once, heart.final_states_stay, heart.entries_chain,
    heart.counts_have_no_gaps, heart.barred_never_decide, heart.quorum_is_distinct_people, heart.nothing_is_late,
    heart.the_policy_of_now_counts,
)  # fmt: skip


def effects_are_granted(world: World) -> None:
    """1. No effect without a grant for exactly that digest: what was called is what the started entry binds."""
    for effect in world.fresh_effects():
        started = world.starts.get((effect.action, effect.attempt))
        assert started is not None, f"{effect.action} was called without a start"
        assert started == (effect.bind, effect.n), f"{effect.action} was called with other bytes than were granted"


def effects_happen_once(world: World) -> None:
    """2. One start, one effect at most."""
    counted = Counter((effect.action, effect.attempt) for effect in world.outside.journal)
    assert all(count == 1 for count in counted.values()), "one start took effect twice"


def nothing_is_repeated_blindly(world: World) -> None:
    """12. A call whose outcome is unknown runs again only where it may be repeated, its agent's probe says that it did
    not happen, or a person wants it."""
    for news in world.history.news:
        before = news.change.before
        if (
            isinstance(news.change.sealed.event, e.Cleared)
            and isinstance(before, Action)
            and before.status == "unknown"
        ):
            asked_for = news.entry.act.kind == "agent" or news.answer == "retry"
            assert before.idempotent or asked_for, f"{news.entry.sub} is to run again, and nobody knows whether it ran"


def replay_gives_the_rows(world: World) -> None:
    """4. What the file holds of a stream is what its entries give."""
    changed = sorted({news.entry.sub for news in world.history.news})
    stored = world.history.stored(changed)
    for subject in changed:
        assert stored.get(subject) == world.history.states[subject], f"the row of {subject} is not what its log gives"


def only_the_lease_holder_settles(world: World) -> None:
    """9. An executor's report counts under the current fencing number, before the lease ends."""
    for news in world.history.news:
        event, before = news.change.sealed.event, news.change.before
        if isinstance(before, Action) and before.status == "started" and _reported(event):
            assert news.entry.act.id == before.holder, "somebody else settled it"
            assert news.change.lease is not None, "settled without a lease"
            assert news.entry.t < news.change.lease, "settled after the lease"
            fitting = [one for one in news.sent if _under(one, before)]
            assert fitting, "settled by another executor, or under an old fencing number"


def _under(command: object, before: Action) -> bool:
    said = (before.executor, before.fence)
    return isinstance(command, asked.Settle) and (command.executor, command.fence) == said


def _reported(event: object) -> bool:
    by = getattr(event, "by", None)
    return (
        isinstance(event, e.AttemptFailed)
        or (isinstance(event, e.Succeeded | e.Failed) and by == "executor")
        or (isinstance(event, e.Lost) and event.reason == "reported")
    )


def the_log_only_grows(world: World) -> None:
    """10. The log never shrinks: the head counts what was seen, and its tree is the tree of all leaves."""
    history = world.history
    size = history.head.size if history.head else 0
    assert size == len(history.leaves), f"the head counts {size}, and {len(history.leaves)} entries were seen"
    if history.head is not None:
        assert history.head.frontier == tree.encode(history.frontier), "the head's tree is not that of the entries"


def acknowledged_is_kept(world: World) -> None:
    """11. What was acknowledged is in the file, whatever crashed since."""
    for answer in world.fresh_answers():
        if "rev" in answer:
            state = world.history.states.get(answer["id"])
            assert state is not None, f"{answer['id']} was acknowledged, and is not in the log"
            assert state.rev >= answer["rev"], f"{answer['id']} was acknowledged further than its log goes"


def unknown_only_after_start(world: World) -> None:
    """An outcome is unknown only where the call may have left, and never when nobody started it."""
    for news in world.history.news:
        if isinstance(news.change.sealed.event, e.Lost):
            assert news.change.before is not None
            assert news.change.before.status == "started", "unknown, and never started"


def a_run_that_holds_starts_nothing_else(world: World) -> None:
    """Nothing begins under a stop, and nothing starts in a stopped run, nor in one that holds while another action of
    it waits for people."""
    for news in world.history.news:
        assert not news.in_the_way, f"{news.entry.sub} began or started although {news.in_the_way}"


def each_open_review_has_its_action(world: World) -> None:
    """Between two commits every held action has its one live review, about its bytes, and no other is live."""
    if world.history.news:
        heart.tangled(world)  # type: ignore[arg-type]


AT_EVERY_STEP: Final[tuple[Callable[[World], None], ...]] = (
    the_log_only_grows, nothing_is_repeated_blindly, effects_are_granted, effects_happen_once, replay_gives_the_rows,
    only_the_lease_holder_settles, acknowledged_is_kept, unknown_only_after_start, a_run_that_holds_starts_nothing_else,
    each_open_review_has_its_action,
)  # fmt: skip


def check(world: World) -> None:
    """Every invariant, on each change since the last look, and on what stands now."""
    for news in world.history.news:
        for one in ONE_CHANGE:
            if not (one is heart.final_states_stay and _ending(news)):
                one(news.change)
    for whole in AT_EVERY_STEP:
        whole(world)


def _ending(news: News) -> bool:
    """Whether a stopped run goes on ending what is inside it."""
    return news.entry.type == "run.halted"


def no_review_outlives_its_deadline(world: World, swept: int) -> None:
    """8. After everybody has swept, at that time (µs), no review is open whose deadline has passed."""
    for review in world.reviews():
        late = review.status in ("open", "claimed") and review.deadline <= swept
        assert not late, f"{review.id} is open beyond its deadline"


def everything_ended(world: World) -> None:
    """Once nothing fails any more and time passes, nobody waits for ever: every action and review has ended."""
    for action in world.actions():
        nobody = action.status == "unknown" and action.review is None and action.due_at is None
        assert action.final or nobody, f"{action.id} is still {action.status}"
    for review in world.reviews():
        assert heart.over(review), f"{review.id} is still {review.status}"
    waiting = [task.name for task in world.tasks if not task.over]
    assert not waiting, f"still waiting: {', '.join(waiting)}"


def the_whole_log_verifies(world: World) -> None:
    """4. The whole file follows from its entries, before and after erasure; and the tree's heads are consistent."""
    with world.history.store.read() as rows:
        problems = verify(rows, TENANT).problems
        leaves = [row.leaf for row in rows.entries(TENANT, limit=1_000_000)]
    assert not problems, problems
    assert leaves == world.history.leaves, "an entry changed after it was seen"
    _consistent(world, leaves)


def _consistent(world: World, leaves: list[bytes]) -> None:
    sizes, last = sorted(world.history.roots), len(leaves)
    for size in Random(last).sample(sizes, min(4, len(sizes))):
        proof, root = tree.consistency_proof(leaves, size), world.history.roots[size]
        assert tree.verify_consistency(size, last, root, world.history.roots[last], proof), "a head was rewritten"


def first_answers_stand(world: World) -> None:
    """A command that was answered gets its first answer again, from every process."""
    with world.history.store.read() as rows:
        recent = [told for told in world.ledger.told.values() if world.time.now - told.at < REMEMBERED / 2]
        kept = {one.id for one in rows.answers(TENANT, [told.request.id for told in recent])}
    missing = [told.request.id for told in recent if told.request.id not in kept]
    assert not missing, f"answers were acknowledged and not kept: {missing}"


def granted_argument(world: World, state: Action) -> int | None:
    """The argument that a started action's digest binds, computed here from what the file keeps."""
    with world.history.store.read() as rows:
        kept = rows.revision(TENANT, state.id, state.revision)
    if kept is None:
        return None
    found = action_digest(tenant=TENANT, action=state.id, name=state.name, args=kept.args, salt=kept.salt)
    assert found == state.bind, f"{state.id} keeps other arguments than it is bound to"
    number: int = orjson.loads(kept.args)["n"]
    return number
