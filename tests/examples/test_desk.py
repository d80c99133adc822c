"""The example shop's support desk: what it does, says and writes back, whichever way a decision goes."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import handrail
from examples.shop import database, operations, tickets
from examples.shop.desk import Desk
from examples.shop.narration import Narrator
from examples.shop.shop import Shop
from examples.shop.tickets import Ticket


@dataclass
class Ungated:
    """The shop's own operation as a tool, after the objections that people raise first."""

    shop: Shop
    operation: Callable[..., object]
    objections: list[Exception] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, **arguments: Any) -> object:
        self.calls.append(arguments)
        if self.objections:
            raise self.objections.pop(0)
        return self.shop.transact(partial(self.operation, **arguments))

    def propose(self, **arguments: Any) -> Any:
        raise NotImplementedError("the desk waits for each of its calls")


class Scene:
    """A new shop, its desk, and everything that the desk said."""

    def __init__(self, folder: Path) -> None:
        database.create(folder / "shop.db")
        self.shop = Shop(folder / "shop.db")
        self.tools = {
            "payments.refund": Ungated(self.shop, operations.refund),
            "orders.cancel": Ungated(self.shop, operations.cancel_order),
            "customers.merge": Ungated(self.shop, operations.merge_customers),
            "db.execute": Ungated(self.shop, operations.execute),
        }
        self._screen = io.StringIO()
        narrator = Narrator(Console(file=self._screen, width=200))
        self.desk = Desk(self.shop, self.tools, lambda **_: nullcontext(), narrator)

    @property
    def said(self) -> str:
        """The screen so far."""
        return self._screen.getvalue()

    def object(self, action: str, *objections: Exception) -> None:
        """The next calls of that action end so."""
        self.tools[action].objections.extend(objections)

    def work(self, ticket: str) -> None:
        """Deal with one ticket."""
        self.desk.work([shipped(ticket)])


def shipped(ticket: str) -> Ticket:
    return next(candidate for candidate in tickets.load() if candidate.id == ticket)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_an_approved_refund_changes_the_shop_and_is_told(scene: Scene) -> None:
    scene.work("T-1042")
    assert "refunded 480.00 EUR on O-12958; captured 509.00, refunded 480.00" in scene.said
    assert scene.shop.standing("O-12958").endswith("refunded 480.00 EUR")


def test_every_ticket_gets_a_reply_and_none_twice(scene: Scene) -> None:
    scene.desk.work(tickets.load())
    assert scene.desk.waiting(tickets.load()) == []
    calls = [len(tool.calls) for tool in scene.tools.values()]
    scene.desk.work(tickets.load())
    assert [len(tool.calls) for tool in scene.tools.values()] == calls


def test_a_question_is_answered_without_any_call(scene: Scene) -> None:
    scene.work("T-1043")
    assert "O-12981 is shipped since" in scene.said
    assert not any(tool.calls for tool in scene.tools.values())


def test_hostile_text_is_drawn_and_never_sent_to_the_terminal(scene: Scene) -> None:
    scene.object("payments.refund", handrail.Denied("no", note="not \x1b[2J ours"))
    scene.work("T-1044")
    assert "⟨U+202E⟩" in scene.said
    assert all(character.isprintable() or character == "\n" for character in scene.said)


def test_a_denial_leaves_the_shop_alone_and_is_kept_from_the_customer(scene: Scene) -> None:
    scene.object("payments.refund", handrail.Denied("no", note="smells of fraud"))
    scene.work("T-1044")
    assert "denied     smells of fraud" in scene.said
    assert "replies    We cannot make this refund" in scene.said
    assert scene.shop.standing("O-12926").endswith("refunded 0.00 EUR")


def test_what_was_sent_back_is_proposed_again_with_the_note_considered(scene: Scene) -> None:
    scene.object("payments.refund", handrail.ChangesRequested("back", note="one glass only, 9.90"))
    scene.work("T-1045")
    assert [str(call["amount"]) for call in scene.tools["payments.refund"].calls] == ["59.40", "9.90"]
    assert scene.shop.standing("O-12949").endswith("refunded 9.90 EUR")


def test_a_note_that_the_rules_cannot_follow_goes_to_a_colleague(scene: Scene) -> None:
    scene.object("payments.refund", handrail.ChangesRequested("back", note="call her first"))
    scene.work("T-1045")
    assert len(scene.tools["payments.refund"].calls) == 1
    assert "a colleague will write to you" in scene.said


def test_nobody_deciding_in_time_is_said_so(scene: Scene) -> None:
    scene.object("payments.refund", handrail.Expired("late"))
    scene.work("T-1042")
    assert "nobody decided in time; nothing was done" in scene.said
    assert scene.shop.standing("O-12958").endswith("refunded 0.00 EUR")


def test_an_approved_mistake_is_refused_by_the_shop_itself(scene: Scene) -> None:
    scene.work("T-1051")
    assert "189.00 EUR is more than the 159.00 EUR that O-12935 still holds; nothing was changed" in scene.said
    assert scene.shop.standing("O-12935").endswith("refunded 0.00 EUR")


def test_the_first_proposal_is_found_without_calling_anything(scene: Scene) -> None:
    found = scene.desk.first_proposal(tickets.load())
    assert found is not None
    ticket, proposal = found
    assert (ticket.id, proposal.action) == ("T-1042", "payments.refund")
    assert not any(tool.calls for tool in scene.tools.values())
