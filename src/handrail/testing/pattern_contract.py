"""What every pattern promises, as tests: for patterns of one's own. Needs pytest."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal

import pytest

from ..connect import connect
from ..errors import Aborted, ChangesRequested, Denied, Expired
from ..policy.patterns import handles
from ..rail import Rail
from .reviewing import Reviewers, reviewers

Says = Literal["approve", "edit", "reject", "send_back", "silence"]
SAYS: Final[tuple[Says, ...]] = ("approve", "edit", "reject", "send_back", "silence")
ENDS: Final[Mapping[str, type[Exception]]] = {
    "reject": Denied, "send_back": ChangesRequested, "silence": Expired
}  # fmt: skip
NAME: Final = "contract.work"
RUN: Final = "contract"


class Broken(Exception):
    """What the function of the contract raises."""


@dataclass
class _Desk:
    """People, and programs that come and go; what ran is kept in `ran`."""

    people: Reviewers
    pattern: str
    keywords: Mapping[str, Any]
    ran: list[int] = field(default_factory=list)
    error: Exception | None = None

    def program(self, colour: str = "sync") -> tuple[Rail, Any]:
        """A program that has the function, as it is after a start."""
        rail = connect("sqlite:///:memory:", agent="contract")

        def work(amount: int) -> int:
            self.ran.append(amount)
            if self.error is not None:
                raise self.error
            return amount + 1

        async def work_async(amount: int) -> int:
            return work(amount)

        gate = rail.gate(pattern=self.pattern, name=NAME, **self.keywords)
        return rail, gate(work if colour == "sync" else work_async)

    def script(self, says: Says) -> None:
        """Script what people say."""
        if says == "edit":
            self.people.edits(NAME, amount=7)
        elif says == "silence":
            self.people.stays_silent(NAME)
        else:
            self.people.decides(NAME, says)

    def call(self, colour: str = "sync") -> Any:
        """Call the function in a program that has just started."""
        rail, work = self.program(colour)
        with self.people.answering(rail):
            if colour == "async":
                return asyncio.run(self._acall(rail, work))
            with rail.run(RUN):
                return work(1)

    async def _acall(self, rail: Rail, work: Any) -> Any:
        async with rail.run_async(RUN):
            return await work(1)

    def propose(self) -> Any:
        """Ask, and end before anybody has answered. Gives back how the action stands then."""
        rail, work = self.program()
        with self.people.answering(rail):
            with suppress(Broken), rail.run(RUN):
                ticket = work.propose(1)
                raise Broken("the program ends here")
            return rail.core.backend.action(ticket.id).state


class PatternContract:
    """What a call by any pattern keeps: once over, it finds its answer again and does not run again, and its error
    reaches the caller, or people where the pattern asks them about failures.

    Derive a test class from it that says `pattern` and its `keywords`; from `AskingContract` where people are asked
    before a call runs.
    """

    pattern: ClassVar[str] = "approval"
    keywords: ClassVar[Mapping[str, Any]] = {"reviewers": "user:local"}
    asks: ClassVar[bool] = False

    @pytest.fixture
    def desk(self) -> Iterator[_Desk]:
        """People and programs of one test."""
        with self._desk() as found:
            yield found

    @contextmanager
    def _desk(self) -> Iterator[_Desk]:
        with reviewers() as people:
            yield _Desk(people, self.pattern, self.keywords)

    def test_after_its_end_the_same_call_finds_its_answer_again(self, desk: _Desk) -> None:
        if self.asks:
            desk.script("approve")
        with pytest.raises(Broken, match="the program, not the call"):
            self._in_a_run_that_breaks(desk)
        assert self._once_more(desk) == 2
        assert desk.ran == [1]

    def test_an_error_reaches_the_caller(self, desk: _Desk) -> None:
        desk.error = Broken("no paper")
        if self.asks:
            desk.script("approve")
        if self._handles(desk):
            desk.people.decides(NAME, "abort")
            with pytest.raises(Aborted) as aborted:
                desk.call()
            assert aborted.value.__cause__ is desk.error
        else:
            with pytest.raises(Broken) as raised:
                desk.call()
            assert raised.value is desk.error
        assert set(desk.ran) == {1}

    def _handles(self, desk: _Desk) -> bool:
        """Whether the pattern asks people about failures."""
        with self._desk() as other:
            rail, work = other.program()
            with other.people.answering(rail):
                return handles(rail.core.backend.action(work.propose(1).id).state.pattern)

    def _in_a_run_that_breaks(self, desk: _Desk) -> None:
        rail, work = desk.program()
        with desk.people.answering(rail), rail.run(RUN):
            assert work(1) == 2
            raise Broken("the program, not the call")

    def _once_more(self, desk: _Desk) -> Any:
        rail, work = desk.program()
        with desk.people.answering(rail), rail.run(RUN):
            return work(1)


class AskingContract(PatternContract):
    """And of a pattern that asks: nothing runs before it may; what was approved runs once, edited as it was edited; a
    refusal and silence run nothing; each in both colours, and across a restart. `says` are the outcomes that its
    reviews know.
    """

    asks: ClassVar[bool] = True
    says: ClassVar[tuple[Says, ...]] = SAYS

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Try every outcome that its reviews know."""
        if "says" in metafunc.fixturenames:
            metafunc.parametrize("says", self.says)

    @pytest.mark.parametrize("colour", ["sync", "async"])
    @pytest.mark.parametrize("restarted", [False, True], ids=["at once", "after a restart"])
    def test_what_people_say_is_what_happens(self, desk: _Desk, says: Says, restarted: bool, colour: str) -> None:
        if restarted:
            assert (desk.propose().status, desk.ran) == ("held", [])
        desk.script(says)
        if says in ENDS:
            with pytest.raises(ENDS[says]):
                desk.call(colour)
            assert desk.ran == []
        else:
            amount = 7 if says == "edit" else 1
            assert desk.call(colour) == amount + 1
            assert desk.ran == [amount]
        assert len(desk.people.asked) == 1
