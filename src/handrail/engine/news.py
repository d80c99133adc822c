"""What somebody who waits for an action or a run hears of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..action.model import Action
from ..errors import Unavailable
from ..run.model import Run


@dataclass
class News:
    """The newest state of an action or a run that is beyond `rev`, from whatever thread it comes."""

    rev: int
    state: Action | Run | None = None
    closed: bool = False

    def take(self, state: Any) -> bool:
        """Keep a state, or that the database was closed; whether it is news."""
        if state is None:
            self.closed = True
            return True
        if state.rev <= self.rev:
            return False
        self.rev, self.state = state.rev, state
        return True

    def require_open(self) -> None:
        """Raise `Unavailable` where the database was closed before there was any news."""
        if self.state is None and self.closed:
            raise Unavailable("the database was closed here while this call waited; what it waited for stays as it is")
