"""What deciding needs to read: streams, texts, arguments, the directory. The store answers, inside the transaction."""

from typing import NamedTuple, Protocol

from ..action.model import Action
from ..codec.records import State
from ..directory.model import Directory
from ..policy.rules import Policy, Unreadable
from ..policy.standing import Standing
from ..policy.stops import InForce
from ..run.model import Run
from ..stream import JSON
from ..view.model import Erased


class Going(NamedTuple):
    """Lives that could go on, or go on, in the order of their ids; behind `upto` there may be more."""

    found: list[Action | Run]
    upto: str | None


class Sources(Protocol):
    """Reads for one tenant, each answered as of the transaction in which the command is decided."""

    def state(self, subject: str) -> State | None:
        """The stream's state, or `None` before its first event."""

    def lease(self, subject: str) -> int | None:
        """The end of the executor's lease in µs."""

    def text(self, subject: str, digest: str) -> JSON | Erased:
        """The erasable text of that stream with that digest."""

    def args(self, action: str, number: int) -> str | None:
        """The canonical arguments of one revision; `None` once erased."""

    def schema(self, digest: str) -> str | None:
        """A registered JSON Schema."""

    def waiting(self, run: str) -> frozenset[str]:
        """The actions of a run that are held or unknown."""

    def inside(self, run: str, most: int) -> tuple[str, ...]:
        """Actions and runs in a run that could go on."""

    def refused(self, run: str, intent: str) -> Action | None:
        """The action of a run with that intent that people refused last."""

    def past(self, agent: str, name: str, statuses: tuple[str, ...], since: int, most: int) -> list[Action]:
        """The newest actions of an agent with that name that stand so and were proposed since (µs), at most so many."""

    def permissions(self, group: str) -> tuple[Standing, ...]:
        """The standing permissions that count for what shares a name, parameters and an owner."""

    def stops(self) -> tuple[InForce, ...]:
        """The stops in force, the oldest first."""

    def going(self, after: str, limit: int) -> Going:
        """Actions that wait or were started, and runs that are not over, behind an id."""

    def directory(self) -> Directory:
        """Everybody present."""

    def policy(self) -> Policy | Unreadable | None:
        """The active policy; `None` while none was ever applied."""
