"""A simulated process: its own engine, caches, store and clock on the shared file. A crash drops them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from handrail.embedded import Embedded
from handrail.engine.engine import Engine
from handrail.ids import mint
from handrail.principal import Principal
from handrail.store.sqlite import SQLiteStore

from .faults import Faults, FaultyStore


@dataclass
class Time:
    """The true time, which no process knows, in µs."""

    now: int
    ran: int = 0

    def advance(self, micros: int) -> None:
        """Let time pass for everybody."""
        self.now += micros
        self.ran += micros


class SkewedClock:
    """A process's clock: off by `skew` µs, and moved by whoever sets it. Its monotonic scale is right."""

    def __init__(self, time: Time, skew: int) -> None:
        self._time: Final = time
        self.skew = skew

    def now(self) -> int:
        """What this process takes for the present."""
        return self._time.now + self.skew

    def monotonic(self) -> int:
        """The time that has passed since a beginning."""
        return self._time.ran


class Leases:
    """What a process's keeper holds: the leases that it renews while their calls run."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, int], tuple[str, Principal]] = {}

    def hold(self, tenant: str, action: str, fence: int, executor: str, actor: Principal) -> None:
        """Keep a lease from now on."""
        self.held[action, fence] = (executor, actor)

    def release(self, tenant: str, action: str, fence: int) -> None:
        """Let it go."""
        self.held.pop((action, fence), None)


class Machine:
    """One process at one time of its life. After a crash another one takes its place."""

    def __init__(self, name: str, path: str, clock: SkewedClock, faults: Faults) -> None:
        self.name: Final = name
        self.clock: Final = clock
        self.store: Final[Any] = FaultyStore(SQLiteStore(path), faults)
        self.engine: Final = Engine(self.store, clock)
        self.keeper: Final = Leases()
        self.executor: Final = mint("exe")
        self.alive = True

    @property
    def process(self) -> Machine:
        """What a backend asks its database for."""
        return self

    def backend(self, who: Principal) -> Embedded:
        """The real backend for a principal in this process."""
        database: Any = self
        return Embedded(database, lambda _: who)

    def die(self) -> None:
        """Lose everything that is not in the file."""
        self.alive = False
        self.store.close()
