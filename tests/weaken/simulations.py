"""Guards whose absence the simulation has to find by itself, within a few hundred seeds."""

from typing import Final

from .model import Edit, Guard

FOUND: Final = ("tests/simulation/test_simulation.py::test_every_invariant_holds_over_many_seeds",)
EXECUTION: Final = "action/execution.py"
LIFE: Final = "action/lifecycle.py"
BATCH: Final = "engine/batch.py"
ENGINE: Final = "engine/engine.py"
SQLITE: Final = "store/sqlite.py"


def _guard(name: str, promise: str, *edits: Edit) -> Guard:
    return Guard(f"simulated: {name}", promise, edits, FOUND)


UNCAUGHT: Final = Edit(BATCH, "        work = self._catch_up(request.subject)\n", "        work = self._work()\n")
"""What is due is done by the sweeper only: then the lives themselves have to refuse what comes too late."""

OF_THE_SIMULATION: Final = (
    _guard(
        "fencing", "Whatever crashes, who was fenced off does not settle.",
        Edit(
            EXECUTION, "if (executor, fence, facts.actor.id) != (state.executor, state.fence, state.holder):",
            "if executor is None:",
        ),
    ),
    _guard(
        "lease", "Whatever crashes, a report after the lease counts for nothing.",
        Edit(EXECUTION, '"started" or facts.lease is None or facts.lease <= facts.now:', '"started":'), UNCAUGHT,
    ),
    _guard(
        "expiry", "Whatever the clocks say, nothing is decided after the deadline.",
        Edit("review/lifecycle.py", "in OPEN and state.deadline <= now)", "in OPEN and now < 0)"), UNCAUGHT,
    ),
    _guard(
        "grant", "Whatever the clocks say, nothing starts after its grant has expired.",
        Edit(
            EXECUTION, 'if state.grant.expires_at <= facts.now:\n        raise NotReady("the grant',
            'if state.grant.expires_at <= 0:\n        raise NotReady("the grant',
        ), UNCAUGHT,
    ),
    _guard(
        "entry", "Whatever fails, no change is committed without its entry.",
        Edit(SQLITE, "for row in batch.entries]", "for row in batch.entries[:3]]"),
    ),
    _guard(
        "rollback", "Whatever fails, a transaction is kept as a whole or not at all.",
        Edit(SQLITE, 'rows.connection.execute("ROLLBACK")', 'rows.connection.execute("COMMIT")'),
    ),
    _guard(
        "paused runs", "Whatever crashes, nothing starts in a run that is paused, or inside one.",
        Edit("engine/lineage.py", 'if run.status == "paused":', "if False:"),
    ),
    _guard(
        "acknowledgement", "Nobody is answered whose change was not committed.",
        Edit(
            ENGINE, "request.answer = None\n            request.error = type(error)(*error.args)",
            "request.error = None if request.answer else type(error)(*error.args)",
        ),
    ),
    _guard(
        "unknown commit", "A commit that was not answered is looked for before anybody is answered.",
        Edit(ENGINE, "batches = self._transact_again(requests, unknown)", "batches = [unknown for _ in ()]"),
    ),
    _guard(
        "cache", "What another process has changed is read again.",
        Edit(
            "engine/reads.py", "self.states.pop(entry.sub, None)\n                self.views",
            "self.states.get(entry.sub)\n                self.views",
        ),
    ),
    _guard(
        "first answer", "A command that comes again is not done again.",
        Edit(BATCH, "kept = self._answers.get(request.id) or self._known.get(request.id)", "kept = None"),
    ),
    _guard(
        "order of time", "Whatever the clocks say, no entry is older than the one before it.",
        Edit(BATCH, "self._now: Final = max(now, head.at)", "self._now: Final = now"),
    ),
    _guard(
        "barred", "Whoever is asked or delegated to, who asked for an action never decides it.",
        Edit("review/access.py", "if actor.id in people.forbidden(review):", "if not actor.id:"),
        Edit("review/access.py", "if actor.id not in people.asked(review):", "if not actor.id:"),
    ),
    _guard(
        "votes after an edit", "An edit leaves no vote but its editor's.",
        Edit(
            "review/voting.py", '"votes": (Vote(by.id, by.auth, event.seats, sealed.at, event.instead),)',
            '"votes": (*state.votes, Vote(by.id, by.auth, event.seats, sealed.at))',
        ),
    ),
    _guard(
        "policy at the start", "What a stricter policy asks for is asked for before anything starts.",
        Edit(EXECUTION, "    verdict = facts.verdict\n    if verdict", "    verdict = None\n    if verdict"),
    ),
    _guard(
        "stopped run", "In a run that was stopped nothing starts.",
        Edit(EXECUTION, "if facts.stopped and isinstance(command", "if facts.now < 0 and isinstance(command"),
        Edit(LIFE, "[execution.halted(command.stop, command.note)] if state.status in", "[] if state.status in"),
    ),
    _guard(
        "stop", "Nothing begins under a stop, whatever fails.",
        Edit("engine/facts.py", "    stops.require_free(work, actor, command.name)\n", ""),
    ),
    _guard(
        "holding run", "While an action of a run that holds waits for people, no other of it starts.",
        Edit(EXECUTION, "if facts.blocked:\n        raise RunHeld", "if facts.now < 0:\n        raise RunHeld"),
    ),
    _guard(
        "lost executor", "What an executor that died has left ends.",
        Edit("engine/lives.py", "if lease is None or state.status not in EXECUTED:", "if True:"),
    ),
    _guard(
        "sweeping", "No review stays open beyond its deadline once somebody sweeps.",
        Edit("review/model.py", "return min(time for time in", "return 60_000_000 + min(time for time in"),
    ),
    _guard(
        "no blind retry", "What may not be repeated is not, whoever died while it ran.",
        Edit(EXECUTION, "return state.idempotent and not state.probe and", "return not state.probe and"),
    ),
    _guard(
        "start before the call", "A call leaves only after its start was committed.",
        Edit(EXECUTION, 'if (state.status, state.bind, state.fence) != ("started", bind, fence):', "if not bind:"),
        Edit("gate/conduct.py", '    if started["status"] != "started":\n        return started, False, None\n', ""),
    ),
)  # fmt: skip
