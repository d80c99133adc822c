"""What a store does, one method per idea. A store knows rows and transactions, and nothing of what they mean."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from .outbox import Notice, Outbox
from .vault import Vault


class Head(NamedTuple):
    """Where a tenant's log stands."""

    origin: str
    size: int
    frontier: bytes
    at: int
    directory: int


class Stream(NamedTuple):
    """The row of one life. `lease` is the end of an executor's lease; `due_at` includes it."""

    id: str
    kind: str
    status: str
    rev: int
    state: str
    parent: str | None
    rank: int
    born: int
    due_at: int | None
    lease: int | None


class Entry(NamedTuple):
    """One entry of the log as it is kept."""

    i: int
    sub: str
    rev: int
    entry: bytes
    leaf: bytes


class Disclosure(NamedTuple):
    """One salted text that an entry commits to."""

    i: int
    name: str
    digest: str
    text: str


class Revision(NamedTuple):
    """One version of an action's arguments."""

    action: str
    number: int
    bind: str
    args: str
    salt: bytes


class Call(NamedTuple):
    """Where an identified call leads."""

    key: str
    action: str
    mac: bytes


class Answer(NamedTuple):
    """The first answer to a command."""

    id: str
    mac: bytes
    answer: str
    at: int


class Offer(NamedTuple):
    """An action that a worker may take, and the run it belongs to."""

    action: str
    run: str | None


class Hold(NamedTuple):
    """Who has the name of a reader of the log, until when (µs), and under which fencing number: it rises with each new
    holder."""

    holder: str
    fence: int
    until: int


Functions = Sequence[tuple[str, str]]
"""What a worker can execute: names of actions, each with the digest of the schema of its arguments."""


@dataclass
class Batch:
    """Everything one transaction writes for one tenant."""

    head: Head
    streams: list[Stream] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    disclosures: list[Disclosure] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    blobs: list[tuple[str, str]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


class Reader(Protocol):
    """Reads within one snapshot or transaction."""

    def head(self, tenant: str) -> Head | None:
        """Where the log stands, or `None` before the first entry."""

    def streams(self, tenant: str, ids: Iterable[str]) -> list[Stream]:
        """The rows of those streams that exist."""

    def beginning(self, tenant: str, prefix: str, limit: int) -> list[str]:
        """The ids of streams that begin with these ASCII letters and digits, in order."""

    def answers(self, tenant: str, commands: Iterable[str]) -> list[Answer]:
        """The first answers to those commands that were answered."""

    def call(self, tenant: str, key: str) -> Call | None:
        """The action that an identified call leads to."""

    def entries(self, tenant: str, *, sub: str | None = None, after: int = -1, limit: int = 1000) -> list[Entry]:
        """Entries in order, of one stream or of all, behind a position."""

    def latest(self, tenant: str, sub: str, rev: int, limit: int) -> list[Entry]:
        """The entries of a stream behind a revision number, in order."""

    def disclosures(self, tenant: str, positions: Sequence[int]) -> list[Disclosure]:
        """The disclosures of these entries, as far as they are kept."""

    def text(self, tenant: str, sub: str, digest: str) -> str | None:
        """One disclosure of a stream by its digest; `None` once erased."""

    def revision(self, tenant: str, action: str, number: int) -> Revision | None:
        """One version of an action's arguments; `None` once erased."""

    def standing(self, tenant: str, action: str) -> tuple[Stream, Revision | None] | None:
        """An action's row, and of its arguments the version that its state names."""

    def short_args(self, tenant: str, revisions: Sequence[tuple[str, int]], most: int) -> dict[str, str]:
        """The arguments of these revisions by action, of those that are kept and have at most so many bytes."""

    def blob(self, tenant: str, digest: str) -> str | None:
        """A text kept by its digest."""

    def page(
        self, tenant: str, kind: str, *, waiting: bool = False, ended: bool = False,
        after: tuple[int, int, str] | None = None, limit: int = 50, parent: str | None = None,
    ) -> list[Stream]:  # fmt: skip
        """A keyset page: what waits by rank and age, or reviews that ended or all of a kind, newest first. `after` is
        the last row's `(rank, born, id)`."""

    def failing(
        self, tenant: str, by: Literal["error", "like"], value: str, after: tuple[int, int, str] | None = None,
        limit: int = 50,
    ) -> list[Stream]:  # fmt: skip
        """A keyset page of what waits after a failure of that type, or after failures that are alike, by rank and
        age."""

    def count_failing(self, tenant: str, like: str, most: int) -> int:
        """How many reviews wait after failures that are alike; nobody counts beyond `most`."""

    def waiting(self, tenant: str, most: int) -> int:
        """How many reviews are open; nobody counts beyond `most`."""

    def decided(self, tenant: str, name: str, since: int, limit: int) -> list[Stream]:
        """The newest actions of that name that were proposed since (µs) and that people were asked about."""

    def of_run(self, tenant: str, run: str, limit: int) -> list[Stream]:
        """The newest actions of a run."""

    def watched(self, tenant: str, limit: int) -> list[Stream]:
        """Watched runs that go on, by rank and age."""

    def watched_ended(self, tenant: str, since: int, limit: int) -> list[Stream]:
        """Watched runs that ended since (µs), the last one first."""

    def asking(self, tenant: str, runs: Collection[str], limit: int) -> list[Stream]:
        """Actions of these runs that are held or unknown."""

    def inside(self, tenant: str, run: str, limit: int) -> list[str]:
        """Actions and runs in a run that could go on, by id."""

    def going(self, tenant: str, after: str, limit: int) -> list[Stream]:
        """Actions that wait or were started, and runs that are not over, behind an id and in the order of ids."""

    def refused(self, tenant: str, run: str, intent: str) -> list[Stream]:
        """The action of a run with that intent that people refused last, if there is one."""

    def past(self, tenant: str, agent: str, name: str, statuses: Sequence[str], since: int, limit: int) -> list[Stream]:
        """The newest actions of an agent with that name that stand so, of each status, and were proposed since (µs)."""

    def permissions(self, tenant: str, group: str, limit: int) -> list[Stream]:
        """The newest standing permissions that count for a group of actions."""

    def held(self, tenant: str, *, agent: str = "", owner: str = "") -> int:
        """How many actions of an agent, or of an owner's agents, wait for people."""

    def offering(self, tenant: str, functions: Functions, most: int) -> list[str]:
        """The agents with cleared actions of these functions that anybody may execute, at most so many."""

    def offers(self, tenant: str, functions: Functions, agent: str, beside: Iterable[str], limit: int) -> list[Offer]:
        """Such actions of one agent, the longest asked for first, beside those of some runs."""

    def unsure(self, tenant: str, functions: Functions, limit: int) -> list[str]:
        """Actions of these functions that anybody may execute, and whose probe is awaited."""

    def abandoned(self, tenant: str, limit: int) -> list[Stream]:
        """Runs whose process is gone, and that another one can clean up after, the oldest first."""

    def cursors(self, tenant: str, beginning: str, limit: int) -> dict[str, int]:
        """How far readers of the log have come whose names begin so: positions of entries."""

    def holding(self, tenant: str, name: str) -> Hold | None:
        """Who had the name of a reader of the log last."""

    def due(self, now: int, limit: int) -> list[tuple[str, str]]:
        """`(tenant, id)` of streams that are due, longest first."""

    def next_due(self) -> int | None:
        """When the next stream is due."""


class Opening(NamedTuple):
    """What a writer reads first: where the log stands, and of the streams and answers it named those that exist."""

    head: Head | None
    streams: list[Stream]
    answers: list[Answer]


class Transaction(Reader, Protocol):
    """Reads and writes that commit together when the block ends, or not at all."""

    def opening(self, tenant: str, ids: Collection[str], commands: Collection[str]) -> Opening:
        """Keep other writers from the tenant's log until the end, and read what is needed first."""

    def append(self, tenant: str, batch: Batch) -> None:
        """Write a batch."""

    def renew(self, tenant: str, leases: Mapping[str, tuple[int, int | None]]) -> None:
        """Move the ends of executors' leases, and when their streams are due then, without an entry."""

    def drop(self, tenant: str, sub: str, name: str, upto: int) -> None:
        """Drop the texts of that name from a stream's entries, up to that revision number. The entries stay."""

    def put_cursor(self, tenant: str, name: str, position: int) -> None:
        """Note how far a reader of the log has come; it never goes back."""

    def hold(self, tenant: str, name: str, holder: str, now: int, until: int, longest: int) -> Hold:
        """Give a reader of the log its name until a time, unless somebody else has it beyond `now`; who has it then.

        An end beyond `longest` is one of a clock that was wrong, and keeps nobody off.
        """

    def forget(self, tenant: str, before: int, most: int) -> None:
        """Drop the oldest answers to commands, and what people were to be told, from before a time (µs), at most so
        many of each."""


class Bell(Protocol):
    """Says "look" when another process has committed. It may be late or lost, so somebody looks by the clock too."""

    @property
    def net(self) -> float:
        """Seconds between looks beneath it."""

    def fileno(self) -> int | None:
        """What can be read once it rang; another one after it was lost, `None` while it is."""

    def drain(self) -> bool:
        """Forget what rang; whether anything did."""

    def ring(self) -> None:
        """Tell every other process that something was committed. From any thread."""

    def close(self) -> None:
        """Take it down."""

    def abandon(self) -> None:
        """In a forked child: let go of what was inherited, and leave the parent's as it is."""


class Store(Protocol):
    """A database that keeps what it acknowledged."""

    @property
    def secret(self) -> bytes:
        """The database's own random secret, for keyed hashes."""

    def write(self) -> AbstractContextManager[Transaction]:
        """The one writer's transaction. Raises `Unavailable` if it cannot begin or commit; then nothing was written,
        except after `CommitUnknown`."""

    def read(self) -> AbstractContextManager[Reader]:
        """A reader."""

    def glance(self) -> AbstractContextManager[Reader]:
        """A reader for one row, or for rows that never change: each read may see a later moment than the one before."""

    def vault(self, *, write: bool = False) -> AbstractContextManager[Vault]:
        """What proves who somebody is, within a snapshot, or within a transaction of its own."""

    def outbox(self, *, write: bool = False) -> AbstractContextManager[Outbox]:
        """What people are to be told, within a snapshot, or within a transaction of its own."""

    def bell(self) -> Bell | None:
        """What rings in this process when another one has committed; `None` where polling has to do."""

    def version(self) -> int:
        """A number that changes when another connection has written."""

    def close(self) -> None:
        """Let go of files and locks."""

    def suspend(self) -> None:
        """Before a fork: wait for readers, and close every file, so that the child inherits none of them in use."""

    def resume(self) -> None:
        """After a fork, in the parent: go on; what was closed opens again at its next use."""
