"""Entering and leaving a run."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from ..errors import RunStopped, StopInForce, Stopped
from ..gate.effects import Commit, Effect, Look
from ..gate.ending import stopped
from ..gate.gate import Gate
from ..gate.scope import RunScope, current_run
from ..run import commands as c
from ..run.model import Hold


def enter_run(gate: Gate, name: str, hold: Hold, parent: str | None = None) -> Generator[Effect, Any, RunScope]:
    """The steps that open the run of that name, or find it again, inside `parent` or the run around it."""
    run_id = yield Look(lambda: gate.backend.run_id(name))
    around = current_run()
    try:
        yield Commit(run_id, c.Open(name, parent or (around.id if around else None), hold))
    except (RunStopped, StopInForce) as error:
        raise stopped(error, RunScope(run_id, name, hold)) from None
    return RunScope(run_id, name, hold)


def leave_run(scope: RunScope, error: BaseException | None) -> Generator[Effect, Any, None]:
    """The steps that finish the run, or note what went wrong and leave it running; one that was stopped stays so."""
    if isinstance(error, Stopped):
        return
    command = c.Finish() if error is None else c.Note(f"{type(error).__qualname__}: {error}"[:2000])
    try:
        yield Commit(scope.id, command)
    except RunStopped as over:
        if error is None:
            raise stopped(over, scope) from None
