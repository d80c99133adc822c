"""What the code itself says about a call: who decides on it, and for how long."""

from dataclasses import dataclass
from typing import Literal

from .paths import ANYONE, DEFAULT_GRANT, DEFAULT_WITHIN, AtEnd

Pattern = Literal["approval", "confidence", "question", "auto", "exceptions"]


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a decorator or call says, in handles (`group:treasury`, `user:ann`) and microseconds.

    `quorum` pairs a handle, or "any", with a number. `then` pairs a handle with its time; `None` lasts as long as the
    first level. No reviewers means: the connection's, or in solo mode the one person. "auto" declares nothing.
    "confidence" asks people below its `threshold`, and where there is no usable number; "exceptions" says that it may
    run, and that people are asked once it fails. `sample` is the share of what runs that people look at afterwards.
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
    threshold: float | None = None
    sample: float = 0.0

    def asks(self, confidence: float | None) -> bool:
        """Whether the code asks for people by itself, of an agent that is so sure."""
        return self.speaks and not (self.pattern == "confidence" and reaches(confidence, self.threshold))

    @property
    def handles(self) -> tuple[str, ...]:
        """Everybody whom it names."""
        return (*self.reviewers, *(spec for spec, _ in self.then), *(spec for spec, _ in self.quorum))

    @property
    def speaks(self) -> bool:
        """Whether the code asks for people by itself, if not always."""
        return self.pattern not in ("auto", "exceptions")

    @property
    def runs(self) -> bool:
        """Whether the code says that it may run where no rule speaks."""
        return self.pattern == "exceptions"

    @property
    def is_question(self) -> bool:
        """Whether people are asked for an answer: no rule can do without them."""
        return self.pattern == "question"


def usable(confidence: float | None) -> float | None:
    """A confidence in [0, 1]; `None` for every other one."""
    return confidence if confidence is not None and 0 <= confidence <= 1 else None


def reaches(confidence: float | None, threshold: float | None) -> bool:
    """Whether an agent is sure enough: exactly at the threshold it is."""
    sure = usable(confidence)
    return sure is not None and threshold is not None and sure >= threshold
