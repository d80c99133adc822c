"""The register of budgets: what actions have booked under a limit, for one agent, payee or whatever it counts by.

The amounts are arguments, so they are in no event and no state: they stand in one erasable text, the window.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from ..principal import Principal
from ..stream import JSON, Draft, Sealed, Table, step
from .limits import EXACT, Charge, written

MOST: Final = 64
"""So many bookings stand exactly; of more, those within the same part of the window are added up."""
PARTS: Final = 32
"""Into so many parts a full window is cut; what is added up counts until the last of it has left the window."""
ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Window:
    """What is booked: `open` by what may start and has not yet, and each amount `spent` with its time (µs), in order.

    Before `unsure_until` nobody knows all of it: it was erased.
    """

    open: Decimal = ZERO
    spent: tuple[tuple[int, Decimal], ...] = ()
    unsure_until: int = 0

    def used(self, now: int, within: int) -> Decimal | None:
        """What counts at that time; `None` where it cannot be told."""
        if now < self.unsure_until:
            return None
        return _sum((self.open, *(amount for at, amount in self.spent if at > now - within)))


@dataclass(frozen=True, slots=True)
class Book:
    """Let an action count from now on: it may start."""

    charge: Charge
    action: str


@dataclass(frozen=True, slots=True)
class Spend:
    """An action starts: it counts from now on for one window. `before` (µs) is when it started last, if it did."""

    charge: Charge
    action: str
    before: int | None = None


@dataclass(frozen=True, slots=True)
class GiveBack:
    """An action will not take effect: it counts no more. `before` (µs) is when it started, if it did."""

    charge: Charge
    action: str
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """An action that may start counts under the limit. Texts: `window`, `key`."""

    limit: str
    action: str
    revision: int


@dataclass(frozen=True, slots=True)
class Spent:
    """The action started: it counts until its time has left the window. Texts: `window`."""

    action: str


@dataclass(frozen=True, slots=True)
class GivenBack:
    """The action did not take effect: it counts no more. Texts: `window`."""

    action: str


@dataclass(frozen=True, slots=True)
class Budget:
    """One budget. `window` and `key` are the digests of what is booked, and of what the budget is for."""

    id: str
    status: str
    rev: int
    limit: str
    opened_at: int
    window: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the engine knows: the amount that the charge is about, `None` once erased; the window as it stands, `None`
    once erased; and in words what a new budget is for."""

    now: int
    actor: Principal
    amount: Decimal | None
    window: Window | None
    key: JSON = None


Command = Book | Spend | GiveBack
Event = Booked | Spent | GivenBack
ACCEPTS: Final[Table] = {
    Booked: {None: "present", "present": "present"}, Spent: {"present": "present"}, GivenBack: {"present": "present"},
}  # fmt: skip


def decide(state: Budget | None, command: Command, facts: Facts) -> list[Draft[Event]]:
    """The event that follows; none where the amount can be read no more: then what is booked stays."""
    assert facts.actor.kind == "system", "only the engine books"
    if facts.amount is None:
        return []
    stands = facts.window or Window(unsure_until=facts.now + command.charge.within)
    within, amount, now = command.charge.within, facts.amount, facts.now
    match command:
        case Book():
            after = _with(stands, open=EXACT.add(stands.open, amount))
            first = {"key": facts.key} if state is None else {}
            booked = Booked(command.charge.limit, command.action, command.charge.revision)
            return [Draft(booked, {"window": text(after, now, within), **first})]
        case Spend():
            after = _added(taken(stands, amount, command.before, now, within), now, amount)
            return [Draft(Spent(command.action), {"window": text(after, now, within)})]
        case GiveBack():
            after = taken(stands, amount, command.before, now, within)
            return [Draft(GivenBack(command.action), {"window": text(after, now, within)})]


def taken(window: Window, amount: Decimal, before: int | None, now: int, within: int) -> Window:
    """The window without an amount: of what is open, or of what was spent at a time, as far as it is still there."""
    if before is None:
        return _with(window, open=max(EXACT.subtract(window.open, amount), ZERO))
    spent = list(window.spent)
    place = next((place for place, (at, _) in enumerate(spent) if at >= before), None)
    if place is None or before <= now - within or _part(spent[place][0], within) != _part(before, within):
        return window
    at, there = spent[place]
    spent[place] = (at, max(EXACT.subtract(there, amount), ZERO))
    return _with(window, spent=tuple(spent))


def _added(window: Window, now: int, amount: Decimal) -> Window:
    """The window with an amount spent now; one time stands once."""
    spent = window.spent
    if spent and spent[-1][0] == now:
        return _with(window, spent=(*spent[:-1], (now, EXACT.add(spent[-1][1], amount))))
    return _with(window, spent=(*spent, (now, amount)))


def _part(at: int, within: int) -> int:
    return at * PARTS // within


def text(window: Window, now: int, within: int) -> JSON:
    """The window as it is kept: without what has left it, and short."""
    kept = [(at, amount) for at, amount in window.spent if at > now - within and amount]
    spent: list[JSON] = [[at, written(amount)] for at, amount in _short(kept, within)]
    unsure: dict[str, JSON] = {"unsure_until": window.unsure_until} if window.unsure_until > now else {}
    return {"open": written(window.open), "spent": spent, **unsure}


def window(kept: JSON) -> Window:
    """The window again."""
    found: Any = kept
    spent = tuple((at, Decimal(amount)) for at, amount in found["spent"])
    return Window(Decimal(found["open"]), spent, found.get("unsure_until", 0))


def evolve(state: Budget | None, sealed: Sealed[Event], *, subject: str) -> Budget:
    """The budget after one event."""
    status = step(ACCEPTS, sealed.event, state.status if state else None)
    kept, event = sealed.texts.get("window"), sealed.event
    if state is None:
        assert isinstance(event, Booked)
        return Budget(subject, status, sealed.rev, event.limit, sealed.at, kept, sealed.texts.get("key"))
    return Budget(subject, status, sealed.rev, state.limit, state.opened_at, kept, state.key)


def _short(spent: list[tuple[int, Decimal]], within: int) -> list[tuple[int, Decimal]]:
    """Of many bookings those of one part of the window as one, at the time of the last of them."""
    if len(spent) <= MOST:
        return spent
    parts: dict[int, tuple[int, Decimal]] = {}
    for at, amount in spent:
        part = _part(at, within)
        parts[part] = (at, EXACT.add(parts[part][1], amount) if part in parts else amount)
    return list(parts.values())


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    found = ZERO
    for amount in amounts:
        found = EXACT.add(found, amount)
    return found


def _with(window: Window, **changes: Any) -> Window:
    fields: Mapping[str, Any] = {"open": window.open, "spent": window.spent, "unsure_until": window.unsure_until}
    return Window(**{**fields, **changes})
