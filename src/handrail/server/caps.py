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
        caps, now = self._caps, self._clock.now()
        shares = (((tenant, agent.id), 1), ((tenant, agent.owner or ""), caps.owner))
        left = {key: self._left(key, share, now) for key, share in shares}
        for key, share in shares:
            if left[key] < 1:
                pace = caps.asks_per_minute * share
                wait = -int(-(1 - left[key]) * MINUTE / pace // SECOND)
                raise TooMany(f"asks come too fast: {pace} a minute are taken; ask again in {wait} s", retry_after=wait)
        for key, _ in shares:
            self._buckets[key] = (left[key] - 1, now)
            self._buckets.move_to_end(key)
        while len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)

    def _left(self, key: tuple[str, str], share: int, now: int) -> float:
        caps = self._caps
        most = float(share * min(caps.asks_per_minute, caps.burst))
        left, at = self._buckets.get(key, (most, now))
        return min(most, left + max(0, now - at) * share * caps.asks_per_minute / MINUTE)
