"""Looks at watched runs as their supervisors do."""

from __future__ import annotations

from typing import Any

import handrail
from handrail.run.model import Run


def found(people: Any, title: str = "migration") -> Run:
    """The run of that title, as it stands."""
    backend = people.somebody(None)
    return next(one for one in backend.newest("run") if isinstance(one, Run) and backend.run(one.id)[1] == title)


def told(people: Any, kind: str) -> list[Any]:
    """What was written with the entries of a kind."""
    return [one.texts.get("note") for one in people.somebody(None).history(found(people).id) if one.type == kind]


def heard(run: handrail.WatchedRun) -> None:
    """Return once the run's process has heard of a stop or an interruption."""
    controls = run.supervision.controls
    while True:
        seen = controls.seen
        if run.supervision.cuts() is not None:
            return
        controls.wait(seen, 30)
