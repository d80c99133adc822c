"""Entering and leaving a run."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from ..gate.effects import Commit, Effect, Look
from ..gate.gate import Gate
from ..gate.scope import RunScope, current_run
from ..run import commands as c
from ..run.model import Hold


def enter_run(gate: Gate, name: str, hold: Hold) -> Generator[Effect, Any, RunScope]:
    """The steps that open the run of that name, or find it again, below the run around it."""
    run_id = yield Look(lambda: gate.backend.run_id(name))
    around = current_run()
    yield Commit(run_id, c.Open(name, around.id if around else None, hold))
    return RunScope(run_id, name, hold)


def leave_run(scope: RunScope, error: BaseException | None) -> Generator[Effect, Any, None]:
    """The steps that finish the run, or note what went wrong and leave it running."""
    command = c.Finish() if error is None else c.Note(f"{type(error).__qualname__}: {error}"[:2000])
    yield Commit(scope.id, command)
