"""`Backend` over HTTP. A command is sent with its id, so that it can be sent again when no answer came."""

from __future__ import annotations

import asyncio
import contextlib
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any, Final, TypeVar

from ..action.commands import Propose
from ..action.digest import action_digest
from ..action.execution import require_going
from ..action.model import Action
from ..action.work import Take
from ..backend import (
    ActionRecord,
    Answer,
    Event,
    Failing,
    Guidance,
    LimitRecord,
    PermissionRecord,
    PolicyRecord,
    ReviewRecord,
    Seen,
    Text,
)
from ..engine.offered import give_back
from ..engine.request import LEASES, Renewal, RenewAll
from ..errors import (
    HandrailError,
    NotFound,
    Unavailable,
    UnknownAction,
    UnknownReview,
    UnknownRun,
    UsageError,
    WrongBytes,
)  # fmt: skip
from ..ids import mint
from ..policy.stops import Halt
from ..principal import Principal
from ..review.model import Review
from ..run.model import Run
from ..wire import records
from ..wire.bodies import body_of
from ..wire.routes import BY_COMMAND, MOST_SEEN
from .feedback import HttpFeedback
from .follow import Follower
from .lease import Held, Renewals
from .patience import Course, auntil, until
from .stops import HttpStops
from .transport import Transport

T = TypeVar("T")
NAMES: Final = 2_000
_LISTS: Final = {"action": "/v1/actions", "review": "/v1/reviews/all", "run": "/v1/runs"}
_PLACES: Final = {"act": "/v1/actions", "rev": "/v1/reviews", "run": "/v1/runs"}
_UNKNOWN: Final = {"act": UnknownAction, "rev": UnknownReview, "run": UnknownRun}


class Http:
    """Commands and reads for whoever the key or session belongs to. Nothing is sent before the first use."""

    def __init__(self, transport: Transport) -> None:
        self._transport: Final = transport
        self._me: dict[str, Any] | None = None
        self._grants: dict[str, dict[str, Any]] = {}
        self._names: OrderedDict[str, str] = OrderedDict()
        self._renewals: Final = Renewals(self._renew)
        self._unanswered: tuple[Take, str] | None = None

    # Commands.

    def call(self, subject: str, command: object, *, command_id: str | None = None) -> Answer:
        """Send a command and wait for its commit."""
        return self._answered(self._transport.request(*self._sent(subject, command), headers=_headers(command_id)))

    async def acall(self, subject: str, command: object, *, command_id: str | None = None) -> Answer:
        """Like `call`; who is cancelled meanwhile learns it when the commit is over."""
        return await _whole(self._send(subject, command, command_id))

    async def _send(self, subject: str, command: object, command_id: str | None) -> Answer:
        sent = self._sent(subject, command)
        return self._answered(await self._transport.arequest(*sent, headers=_headers(command_id)))

    def _sent(self, subject: str, command: object) -> tuple[str, str, dict[str, Any]]:
        route = BY_COMMAND.get(type(command))
        if route is None:
            raise UsageError(f"{type(command).__name__} is not sent over HTTP")
        body = body_of(command)
        if isinstance(command, Propose | Halt):
            body["id"] = subject
        return route.method, route.path.format(id=subject), body

    def _answered(self, answer: Answer) -> Answer:
        """Keep what may run for the moment it runs."""
        grant = answer.pop("grant", None)
        if grant is not None:
            self._grants[answer["id"]] = grant
        return answer

    # Waiting.

    def wait(self, subject: str, rev: int, timeout: float | None) -> Answer | None:
        """Block until the action or run has moved beyond `rev`; a server that is away meanwhile is waited for, too."""
        asked = _waiting(subject)
        found = until(lambda share: self._transport.request(*asked, query={"rev": rev}, wait=share), timeout)
        return None if found is None else self._answered(found)

    async def await_(self, subject: str, rev: int, timeout: float | None) -> Answer | None:
        """Like `wait`."""
        asked = _waiting(subject)
        found = await auntil(lambda share: self._transport.arequest(*asked, query={"rev": rev}, wait=share), timeout)
        return None if found is None else self._answered(found)

    def changed(self, size: int, timeout: float | None) -> int:
        """Block until the log has other than `size` entries."""

        def ask(share: int) -> int | None:
            found = int(self._transport.request("GET", "/v1/log", query={"size": size}, wait=share)["size"])
            return None if found == size else found

        found = until(ask, timeout)
        return size if found is None else found

    # Executing.

    async def take(self, command: Take, timeout: float | None) -> list[Answer]:
        """Take actions to execute, as soon as there are some; none once `timeout` seconds are over.

        A request whose answer did not come is sent again first, under its id: what it took is then told again.
        """
        found = await self._asked(*self._unanswered, 0) if self._unanswered else []
        if found:
            return found
        command_id, course = mint("cmd"), Course(timeout)
        while True:
            share = course.share()
            found = await self._asked(command, command_id, share)
            pause = None if found else course.quiet(share)
            if pause is None:
                return found
            await asyncio.sleep(pause)

    async def _asked(self, command: Take, command_id: str, wait: int) -> list[Answer]:
        self._unanswered = (command, command_id)
        try:
            answer = await self._transport.arequest(
                "POST", "/v1/work", body_of(command), headers=_headers(command_id), wait=wait
            )
        except asyncio.CancelledError:
            await self._give_back(command, command_id)
            raise
        except Unavailable:
            raise
        except HandrailError:
            self._unanswered = None
            raise
        self._unanswered = None
        found: list[Answer] = answer["items"]
        return found

    async def _give_back(self, command: Take, command_id: str) -> None:
        """What the server gives to a request that nobody waits for any more."""

        async def send(subject: str, command: object, command_id: str | None) -> Answer:
            return await self.acall(subject, command, command_id=command_id)

        with contextlib.suppress(HandrailError):
            await give_back(send, command.executor, await self._asked(command, command_id, 0))

    def granted(self, action: str, bind: str, fence: int) -> str:
        """The stored arguments of the call that was started on these bytes, hashed here again."""
        cached = self._grants.pop(action, None)
        state = self.action(action).state
        require_going(state, bind, fence)
        grant = cached or self._transport.request("GET", f"/v1/actions/{action}/grant")
        args: str = grant["args"]
        found = action_digest(
            tenant=grant["tenant"], action=action, name=state.name, args=args, salt=b64decode(grant["salt"])
        )
        if not found == grant["bind"] == bind:
            raise WrongBytes("the arguments that came are not the ones that were approved: nothing was run")
        return args

    def hold(self, subject: str, fence: int, executor: str) -> Callable[[], None]:
        """Keep the lease of an action, or under 0 of a watched run, until the returned function is called."""
        return self._renewals.hold(subject, fence, executor)

    def follow_run(self, run: str, tell: Callable[[Run | None], None]) -> Callable[[], None]:
        """Tell how a run stands, now and after each change."""
        return Follower(lambda: self.run(run)[0], partial(self.wait, run), tell).begin()

    def _renew(self, held: list[Held]) -> set[str]:
        """Which of the leases were kept, by their actions."""
        kept: set[str] = set()
        for start in range(0, len(held), LEASES):
            some = held[start : start + LEASES]
            leases = tuple(Renewal(action, executor, fence) for action, fence, executor in some)
            found = self._transport.request("POST", "/v1/leases", body_of(RenewAll(leases)))
            kept |= set(self._answered(found)["renewed"])
        return kept

    # Reads.

    async def aread(self, read: Callable[[], T]) -> T:
        """A read without blocking the event loop: it goes to another machine, so it goes on in a thread."""
        return await asyncio.to_thread(read)

    def action(self, action: str) -> ActionRecord:
        """One action."""
        return records.action_in(self._get(action))

    def review(self, review: str) -> ReviewRecord:
        """One review, with what is shown."""
        return records.review_in(self._get(review))

    def run(self, run: str) -> tuple[Run, Text]:
        """One run and its title."""
        return records.run_in(self._get(run))

    def observations(self, run: str, after: int = 0, limit: int = 50) -> list[Seen]:
        """What a run has reported behind a number, in order, as far as it is kept."""
        found: list[Seen] = []
        while len(found) < limit:
            share = min(limit - len(found), MOST_SEEN)
            page = self._get(run, f"/observations?after={after}&limit={share}")["items"]
            found += [records.seen_in(one) for one in page]
            if len(page) < share:
                break
            after = found[-1].number
        return found

    def guidance(self, run: str, after: int = 0) -> list[Guidance]:
        """What the agent of a run was told behind a message."""
        return [records.guidance_in(one) for one in self._get(run, f"/guidance?after={after}")["items"]]

    def history(self, subject: str) -> list[Event]:
        """A stream's entries, in order."""
        return [records.event_in(one) for one in self._get(subject, "/history")["items"]]

    def _get(self, subject: str, what: str = "") -> Any:
        place = _PLACES.get(subject[:3])
        try:
            if place is None:
                raise NotFound(f"nothing has the id {subject[:40]!a} here")
            return self._transport.request("GET", f"{place}/{subject}{what}")
        except NotFound as error:
            raise _UNKNOWN.get(subject[:3], NotFound)(str(error)) from None

    def policy(self) -> PolicyRecord | None:
        """The active policy."""
        found = self._transport.request("GET", "/v1/policy")
        return PolicyRecord(records.policy_in(found["state"]), found["text"]) if found["state"] else None

    def permissions(self, *, after: str | None = None, limit: int = 50) -> list[PermissionRecord]:
        """Standing permissions, newest first."""
        return [records.permission_in(one) for one in self._listed("/v1/permissions", after, limit)]

    def limits(self) -> list[LimitRecord]:
        """The limits of the active policy, with what is used."""
        return [records.limit_in(one) for one in self._transport.request("GET", "/v1/limits")["items"]]

    @property
    def stops(self) -> HttpStops:
        """What is stopped."""
        return HttpStops(self._transport)

    def waiting(
        self, *, after: str | None = None, limit: int = 50, failing: Failing | None = None
    ) -> list[ReviewRecord]:
        """Open reviews, by risk and age; with `failing` those after such failures."""
        narrowed = dict([failing]) if failing else {}
        return [records.review_in(one) for one in self._listed("/v1/reviews", after, limit, narrowed)]

    def newest(self, kind: str, *, after: str | None = None, limit: int = 50) -> list[Action | Review | Run]:
        """Actions, reviews or runs, newest first."""
        return [records.state_in(kind, one) for one in self._listed(_LISTS[kind], after, limit)]

    @property
    def feedback(self) -> HttpFeedback:
        """What people decided before."""
        return HttpFeedback(self._transport)

    def _listed(self, path: str, after: str | None, limit: int, narrowed: Mapping[Any, str] | None = None) -> list[Any]:
        """The first `limit` of a list, of as many pages as that takes."""
        found: list[Any] = []
        while len(found) < limit:
            page = self._transport.request("GET", path, query={**_page(after, limit - len(found)), **(narrowed or {})})
            found += page["items"]
            after = page["next"]
            if after is None:
                break
        return found

    def beginning(self, prefix: str, limit: int = 10) -> list[str]:
        """The ids that begin with `prefix`."""
        query = {"beginning": prefix, "limit": limit}
        return list(self._transport.request("GET", "/v1/ids", query=query)["ids"])

    def name(self, principal_id: str) -> str:
        """What people call a principal or group; remembered for a while."""
        found = self._names.get(principal_id)
        if found is None:
            found = str(self._transport.request("GET", f"/v1/names/{principal_id}")["name"])
            self._names[principal_id] = found
            while len(self._names) > NAMES:
                self._names.popitem(last=False)
        return found

    def run_id(self, name: str) -> str:
        """The id of the run with that name."""
        return str(self._transport.request("GET", "/v1/runs/by-name", query={"name": name})["id"])

    @property
    def me(self) -> dict[str, Any]:
        """Who this is to the server, and what it may do; asked once."""
        if self._me is None:
            self._me = self._transport.request("GET", "/v1/me")
        return self._me

    @property
    def actor(self) -> Principal:
        """Who acts through this backend, as the server knows them."""
        me = self.me
        return Principal(me["kind"], me["id"], me["auth"], me["owner"])

    @property
    def solo(self) -> bool:
        """Whether nobody was ever added to the directory."""
        return bool(self.me["solo"])

    def close(self) -> None:
        """Stop renewing, and close the connections."""
        self._renewals.close()
        self._transport.close()


def _headers(command_id: str | None) -> dict[str, str]:
    return {"Idempotency-Key": command_id} if command_id else {}


def _waiting(subject: str) -> tuple[str, str]:
    return "GET", f"{_PLACES.get(subject[:3], _PLACES['act'])}/{subject}/wait"


def _page(after: str | None, limit: int) -> dict[str, Any]:
    return {"limit": min(limit, 200), **({"after": after} if after else {})}


async def _whole(commit: Coroutine[Any, Any, T]) -> T:
    """A commit that is under way is awaited to its end, and only then is the waiter's cancellation passed on."""
    task = asyncio.ensure_future(commit)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
