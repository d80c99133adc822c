"""Which errors are worth another attempt, and after which pause."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ..clock import MINUTE, SECOND

LONGEST: Final = 15 * MINUTE
"""No pause between two attempts is longer."""


@dataclass(frozen=True)
class Retry:
    """Which errors are worth another attempt, how many follow the first, and the first pause (µs), doubled each time.

    `on` are types of errors that say that nothing happened, or that repeating is safe. With `jitter` a pause is drawn
    between its half and its whole.
    """

    on: tuple[type[BaseException], ...] = ()
    most: int = 3
    backoff: int = SECOND
    jitter: bool = False
    retry_if: Callable[[Exception], object] | None = None

    def repeats(self, error: Exception) -> bool:
        """Whether an error is worth another attempt: by its own word, else by `retry_if`, else by its type."""
        own = getattr(error, "retryable", None)
        if isinstance(own, bool):
            return own
        if self.retry_if is not None:
            return bool(self.retry_if(error))
        return isinstance(error, self.on)

    def declares(self, error: BaseException) -> bool:
        """Whether the code names time-outs of this kind as errors that may be repeated: a wider type names none."""
        return any(issubclass(one, TimeoutError) and isinstance(error, one) for one in self.on)

    def pause(self, failed: int) -> int:
        """The time (µs) after so many failed attempts until the next one."""
        whole = min(self.backoff << min(failed - 1, 40), LONGEST)
        return round(whole * random.uniform(0.5, 1.0)) if self.jitter else whole
