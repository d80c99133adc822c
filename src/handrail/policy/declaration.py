"""What the code itself says about a call: who decides on it, and for how long."""

from dataclasses import dataclass
from typing import Literal

from .paths import ANYONE, DEFAULT_GRANT, DEFAULT_WITHIN, AtEnd

Pattern = Literal["approval", "question", "auto", "exceptions"]


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a decorator or call says, in handles (`group:treasury`, `user:ann`) and microseconds.

    `quorum` pairs a handle, or "any", with a number. `then` pairs a handle with its time; `None` lasts as long as the
    first level. No reviewers means: the connection's, or in solo mode the one person. "auto" declares nothing,
    "exceptions" that it may run, and that people are asked once it fails.
    """

    pattern: Pattern = "approval"
    reviewers: tuple[str, ...] = ()
    within: int = DEFAULT_WITHIN
    remind: int | None = None
    then: tuple[tuple[str, int | None], ...] = ()
    quorum: tuple[tuple[str, int], ...] = ((ANYONE, 1),)
    at_end: AtEnd = "reject"
    undo: int = 0
    grant: int = DEFAULT_GRANT

    @property
    def handles(self) -> tuple[str, ...]:
        """Everybody whom it names."""
        return (*self.reviewers, *(spec for spec, _ in self.then), *(spec for spec, _ in self.quorum))

    @property
    def speaks(self) -> bool:
        """Whether the code asks for people by itself."""
        return self.pattern in ("approval", "question")

    @property
    def runs(self) -> bool:
        """Whether the code says that it may run where no rule speaks."""
        return self.pattern == "exceptions"

    @property
    def is_question(self) -> bool:
        """Whether people are asked for an answer: no rule can do without them."""
        return self.pattern == "question"
