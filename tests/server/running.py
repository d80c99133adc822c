"""A watched agent's process, as the server hears of it."""

from __future__ import annotations

from typing import Any

from handrail.ids import mint
from handrail.server.examples import BODIES
from handrail.testing import FrozenClock

from .house import House


class Agent:
    """Begins runs, reports what it does in them, and asks people."""

    def __init__(self, house: House, name: str = "bot") -> None:
        self.house, self.key = house, house.company.key(name)

    def open(self, title: str = "Restore the sync", *monitors: tuple[str, int], **watch: Any) -> str:
        """Begin a watched run; returns its id."""
        run = mint("run")
        if isinstance(self.house.company.clock, FrozenClock):
            self.house.company.clock.advance("1s")
        told = [{"kind": kind, "limit": limit} for kind, limit in monitors]
        self("open", run, title=title, watch={"executor": "exe_1", "monitors": told, **watch})
        return run

    def __call__(self, verb: str, run: str, **body: Any) -> Any:
        answer = self.house("POST", f"/runs/{run}/{verb}", self.key, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def report(self, run: str, *items: dict[str, Any]) -> None:
        """Report what happened, now."""
        now = self.house.company.clock.now()
        self("observations", run, items=[{"at": now, **one} for one in items])

    def propose(self, run: str) -> Any:
        """Ask people for something in the run."""
        answer = self.house("POST", "/actions", self.key, json={**BODIES["propose_action"], "run": run})
        assert answer.status_code == 202, answer.text
        return answer.json()
