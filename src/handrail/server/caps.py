"""Keeps one agent from filling everybody's inbox: how many asks a minute. How many may wait the engine counts."""

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
        """Count an ask. Raises `TooMany`, with the seconds until the next one counts; that one is not counted."""
        each = self._caps.asks_per_minute
        buckets = (((tenant, agent.id), each), ((tenant, agent.owner or ""), each * self._caps.owner))
        now = self._clock.now()
        left = {key: self._left(key, most, now) for key, most in buckets}
        for key, most in buckets:
            if left[key] < 1:
                wait = -int(-(1 - left[key]) * MINUTE / most // SECOND)
                raise TooMany(f"more than {most} asks in a minute: ask again in {wait} s", retry_after=wait)
        for key, _ in buckets:
            self._buckets[key] = (left[key] - 1, now)
            self._buckets.move_to_end(key)
        while len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)

    def _left(self, key: tuple[str, str], most: int, now: int) -> float:
        left, at = self._buckets.get(key, (float(most), now))
        return min(float(most), left + max(0, now - at) * most / MINUTE)
