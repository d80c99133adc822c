"""What people decided comes back to the program: in order, at least once, and as examples."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

import handrail
from handrail import Decided
from handrail.errors import FencedOff, InvalidValue, NotReady
from handrail.learning.consumer import Consumer
from handrail.testing import reviewing

rail = handrail.connect("sqlite:///:memory:", agent="payer")
WAIT = 20


@rail.approval(name="wire", undo="1m")
def wire(account: str, amount: int) -> str:
    return f"{amount} to {account}"


@rail.approval(name="mail")
def mail(to: str, text: str) -> None:
    """Send a mail."""


@rail.confidence(name="label", of=lambda found: found[1], threshold=0.8)
def label(text: str) -> tuple[str, float]:
    return ("billing", 0.41)


@dataclass
class Heard:
    """What a consumer was handed, and what it does then."""

    many: int
    found: list[Decided] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def __call__(self, made: Decided) -> None:
        if self.fails:
            raise self.fails.pop()
        self.found.append(made)
        if len(self.found) == self.many:
            self.done.set()


@pytest.fixture
def people() -> Iterator[Any]:
    with reviewing(rail) as scripted:
        yield scripted


def hearing(many: int, name: str = "learner", **given: Any) -> Heard:
    """Hear so many decisions, and stop."""
    heard = Heard(many, fails=given.pop("fails", []))
    consumer = Consumer(lambda: rail.core.backend.feedback, name, heard, first_pause=0.01, **given)
    consumer.start()
    assert heard.done.wait(WAIT)
    consumer.close()
    return heard


def refused(call: Any, *args: Any) -> None:
    with pytest.raises(handrail.Denied):
        call(*args)


def test_everything_that_was_decided_comes_in_order_with_corrections_and_reasons(people):
    people.approves("mail", note="fine")
    mail("ann@example.com", "hello")
    people.edits("mail", note="not to everybody", to="ben@example.com")
    mail("all@example.com", "hello")
    people.rejects("mail", note="no mail on Sundays")
    refused(mail, "ann@example.com", "again")
    people.answers("the red one")
    assert rail.ask("Which one?") == "the red one"
    people.stays_silent("mail")
    refused(mail, "ann@example.com", "late")
    found = hearing(5).found
    assert [(one.kind, one.outcome, one.note) for one in found] == [
        ("approval", "approve", "fine"), ("approval", "edit", "not to everybody"),
        ("approval", "reject", "no mail on Sundays"), ("question", "answer", None), ("approval", "expired", None),
    ]  # fmt: skip
    assert [one.edited for one in found] == [False, True, False, False, False]
    assert found[1].args == {"to": "all@example.com", "text": "hello"}
    assert found[1].decided == {"to": "ben@example.com", "text": "hello"}
    assert found[3].value == "the red one"
    assert [one.by for one in found][-1] is None
    assert [one.position for one in found] == sorted({one.position for one in found})
    assert {(one.name, one.pattern) for one in found} == {("mail", "approval"), ("handrail.ask", "question")}


def test_what_was_decided_about_a_guess_says_how_sure_it_was_and_had_to_be(people):
    people.edits("label", output=["legal", 1.0])
    assert label("you will hear from my lawyer") == ("legal", 1.0)
    people.approves("mail")
    mail("ann@example.com", "hello")
    guess, sent = rail.core.backend.feedback.decisions(-1).items
    assert (guess.confidence, guess.threshold, guess.edited) == (0.41, 0.8, True)
    assert (guess.args["output"], guess.decided["output"]) == (["billing", 0.41], ["legal", 1.0])
    assert (sent.confidence, sent.threshold) == (None, None)
    rail.report_outcome(guess.action, wrong=True)
    assert rail.core.backend.feedback.decisions(-1).items[-1].confidence == 0.41


def test_what_can_still_be_taken_back_is_not_told_yet(people):
    people.approves("wire")
    ticket = wire.propose("DE89", 90)
    people.react(ticket.review)
    feedback = rail.core.backend.feedback
    assert feedback.decisions(-1).items == ()
    people.clock.advance(61)
    assert ticket.wait(10) == "90 to DE89"
    assert [one.outcome for one in feedback.decisions(-1).items] == ["approve"]


def test_a_consumer_goes_on_where_it_stopped(people):
    for number in range(3):
        people.approves("mail")
        mail("ann@example.com", f"first {number}")
    assert len(hearing(3).found) == 3
    people.approves("mail")
    mail("ann@example.com", "second")
    assert [one.args for one in hearing(1).found] == [{"to": "ann@example.com", "text": "second"}]
    assert len(hearing(4, "another").found) == 4


def test_an_error_stops_the_consumer_there_and_nothing_is_skipped(people, caplog):
    for number in range(2):
        people.approves("mail")
        mail("ann@example.com", f"mail {number}")
    heard = hearing(2, fails=[ValueError("the model is away"), ValueError("the model is away")])
    assert [one.args["text"] for one in heard.found] == ["mail 0", "mail 1"]
    told = [one.getMessage() for one in caplog.records if one.name == "handrail.decisions"]
    assert len(told) == 2
    assert all("the model is away" in one and heard.found[0].action in one for one in told)


def test_who_begins_now_hears_nothing_of_the_past(people):
    people.approves("mail")
    mail("ann@example.com", "old")
    heard = Heard(1)
    consumer = Consumer(lambda: rail.core.backend.feedback, "fresh", heard, since="now")
    consumer.start()
    feedback = rail.core.backend.feedback
    while feedback.decisions(None, limit=1, consumer="fresh").cursor is None:
        rail.core.backend.action(feedback.decisions(-1).items[0].action)
    people.approves("mail")
    mail("ann@example.com", "new")
    assert heard.done.wait(WAIT)
    consumer.close()
    assert [one.args["text"] for one in heard.found] == ["new"]


def test_the_decorator_hears_also_with_an_async_function(people):
    done, heard = threading.Event(), []

    @rail.on_decision(consumer="decorated")
    async def learn(made: Decided) -> None:
        heard.append(made.outcome)
        done.set()

    people.approves("mail")
    mail("ann@example.com", "hello")
    assert done.wait(WAIT)
    rail.close()
    assert heard == ["approve"]


def test_under_one_name_one_goes_on_until_it_lets_go(people):
    people.approves("mail")
    mail("ann@example.com", "one")
    first, second = Heard(1), Heard(1)
    one, two = (Consumer(lambda: rail.core.backend.feedback, "shared", heard, lease=1) for heard in (first, second))
    one.start()
    assert first.done.wait(WAIT)
    two.start()
    people.approves("mail")
    mail("ann@example.com", "two")
    one.close()
    people.approves("mail")
    mail("ann@example.com", "three")
    assert second.done.wait(WAIT)
    two.close()
    texts = [made.args["text"] for made in (*first.found, *second.found)]
    assert texts[:3] == ["one", "two", "three"][: len(texts)]
    assert len(set(texts)) == len(texts), "nothing is heard twice where the first one lets go in order"


def test_what_is_in_hand_while_it_closes_is_finished_and_not_heard_again(people):
    people.approves("mail")
    mail("ann@example.com", "hello")
    [made] = rail.core.backend.feedback.decisions(-1).items
    begun, go = threading.Event(), threading.Event()

    def slow(_: Decided) -> None:
        begun.set()
        assert go.wait(WAIT)

    consumer = Consumer(lambda: rail.core.backend.feedback, "closing", slow)
    consumer.start()
    assert begun.wait(WAIT)
    [renewing] = [one for one in threading.enumerate() if one.name == "handrail-lease-closing"]
    closing = threading.Thread(target=consumer.close)
    closing.start()
    renewing.join(WAIT)
    go.set()
    closing.join(WAIT)
    feedback = rail.core.backend.feedback
    assert feedback.decisions(None, consumer="closing").cursor == made.position
    assert feedback.lease("closing", "another", 30).held, "it has let go"


def test_what_is_noted_under_an_ended_lease_is_refused_and_the_cursor_stays(people):
    people.approves("mail")
    mail("ann@example.com", "hello")
    feedback = rail.core.backend.feedback
    [made] = feedback.decisions(-1).items
    first = feedback.lease("fenced", "one", 30)
    assert (first.held, feedback.lease("fenced", "two", 30).held) == (True, False)
    for name, fence in (("fenced", None), ("fenced", first.fence + 1), ("held by nobody", 1)):
        with pytest.raises(FencedOff):
            feedback.acknowledge(name.replace(" ", "-"), made.position, fence)
    people.clock.advance(31)
    second = feedback.lease("fenced", "two", 30)
    assert (second.held, second.fence) == (True, first.fence + 1)
    with pytest.raises(FencedOff):
        feedback.acknowledge("fenced", made.position, first.fence)
    assert feedback.decisions(None, consumer="fenced").cursor is None
    feedback.acknowledge("fenced", made.position, second.fence)
    assert feedback.decisions(None, consumer="fenced").cursor == made.position
    feedback.lease("fenced", "two", 0)
    assert feedback.lease("fenced", "one", 30).fence == second.fence + 1


@pytest.mark.parametrize("lease", ["0s", "6m", "soon", -1])
def test_a_name_is_held_for_a_second_to_five_minutes(lease):
    with pytest.raises(InvalidValue):
        rail.on_decision(consumer="learner", lease=lease)(print)


@pytest.mark.parametrize("name", ["", "a/b", "a" * 65, "\x1b[31m"])
def test_what_cannot_name_a_consumer_is_refused(name):
    with pytest.raises(InvalidValue, match="consumer"):
        rail.on_decision(consumer=name)(print)


def test_how_it_turned_out_is_told_once_it_is_over(people):
    people.approves("mail")
    mail("ann@example.com", "hello")
    done = handrail.last_decision()
    assert done is not None
    action = rail.core.backend.feedback.decisions(-1).items[0].action
    rail.report_outcome(action, wrong=True, note="she had left the firm")
    last = rail.core.backend.feedback.decisions(-1).items[-1]
    assert (last.kind, last.outcome, last.note, last.action) == ("report", "wrong", "she had left the firm", action)
    assert rail.core.backend.action(action).state.status == "succeeded"
    ticket = mail.propose("ann@example.com", "later")
    with pytest.raises(NotReady):
        rail.report_outcome(ticket, wrong=True)


def test_the_most_alike_decisions_come_first_with_their_corrections(people):
    for to, text in (("ann@example.com", "invoice 7 is due"), ("ben@example.com", "lunch at noon"),
                     ("ann@example.com", "invoice 8 is due today")):  # fmt: skip
        people.edits("mail", note=f"about {to}", text="please see the invoice")
        mail(to, text)
    found = rail.examples("mail", {"to": "ann@example.com", "text": "invoice 9 is due"}, k=2)
    assert [one.decided.args["text"] for one in found] == ["invoice 7 is due", "invoice 8 is due today"]
    assert found[0].alike == 0.8
    assert found[0].decided.decided["text"] == "please see the invoice"
    assert found[0].decided.note == "about ann@example.com"
    assert rail.examples("unheard.of") == []


def test_secrets_do_not_reach_a_prompt(people):
    people.rejects("mail", note="never send sk_live_4eC39HqLyjWDarjtT1zdp7dc")
    refused(mail, "ann@example.com", "password: hunter2hunter2")
    [found] = rail.examples("mail")
    assert "hunter2" not in str(found)
    assert "4eC39HqLyjWDarjtT1zdp7dc" not in str(found)
