"""Keeps one agent from filling everybody's inbox: how many asks a minute, how many open reviews."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from ..clock import MINUTE, SECOND, Clock
from ..errors import TooMany
from ..principal import Principal
from .settings import Caps

REMEMBERED: Final = 50_000


class Meter:
    """Counts asks in this process, by agent and by owner: a bucket that fills again at an even pace.

    Used on the event loop alone.
    """

    def __init__(self, clock: Clock, caps: Caps) -> None:
        self._clock, self._caps = clock, caps
        self._buckets: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()

    def ask(self, tenant: str, agent: Principal) -> None:
        """Count an ask. Raises `TooMany`, with the seconds until the next one counts."""
        each = self._caps.asks_per_minute
        for who, most in ((agent.id, each), (agent.owner or "", each * self._caps.owner)):
            wait = self._take((tenant, who), most)
            if wait:
                raise TooMany(f"more than {most} asks in a minute: ask again in {wait} s", retry_after=wait)

    def _take(self, key: tuple[str, str], most: int) -> int:
        now = self._clock.now()
        left, at = self._buckets.pop(key, (float(most), now))
        left = min(float(most), left + (now - at) * most / MINUTE)
        wait = 0 if left >= 1 else -int(-(1 - left) * MINUTE / most // SECOND)
        self._buckets[key] = (left if wait else left - 1, now)
        while len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        return max(wait, 0)


def room(waiting: int, whose: str, most: int) -> None:
    """Raise `TooMany` where so many actions already wait for people."""
    if waiting >= most:
        raise TooMany(
            f"{waiting} actions of {whose} wait for people already: ask again when some are decided", retry_after=30
        )
