"""Deciding: what is sent, what the person is told, and how each refusal sounds."""

from __future__ import annotations

import pytest

import handrail
from handrail.clock import DAY, SystemClock
from handrail.testing import FrozenClock
from tests.cli.conftest import Call

LINK = (
    "add `os_user: eve` to a person in people.yaml, and let somebody who is linked run "
    "`handrail people apply people.yaml`"
)
SOLO = "solo mode: you are the only person"


def test_an_approval_runs_the_call_and_tells_its_result(company, wire):
    ended = Call(lambda: wire("DE89", 5))
    review = company.waiting()
    said = company("reviews", "approve", review, "--yes", "-m", "checked by phone")
    assert said.code == 0
    assert "EXACT ARGUMENTS" in said.out
    assert said.out.endswith('Ran: "paid 5"\n')
    assert ended.result() == "paid 5"


def test_an_approval_that_nobody_runs_says_so(company, wire, monkeypatch):
    monkeypatch.setattr("handrail.cli.outcome.PATIENCE", 0.05)
    review = wire.propose("DE89", 5).review
    said = company("reviews", "approve", review, "-qy")
    assert said.out.startswith("Cleared; nobody has run it yet. It may run until ")
    assert "EXACT ARGUMENTS" not in said.out


def test_a_quorum_says_how_many_more_it_waits_for(company, rail, monkeypatch):
    monkeypatch.setattr("handrail.cli.outcome.PATIENCE", 0.05)
    both = rail.approval(name="both", quorum=2)(lambda: None)
    review = both.propose().review
    assert company("reviews", "approve", review, "-qy").out == "Your approval counts; it waits for 1 more approval.\n"
    again = company("reviews", "approve", review, "-qy")
    assert (again.code, again.err) == (
        1, ("handrail: you have approved this round already; another person is needed "
        f"(`handrail reviews show {review[:10]}`)\n"),
    )  # fmt: skip
    assert "waits for 1 more approval" in company("reviews", "list", user="bob").out
    assert company("reviews", "approve", review, "-qy", user="bob").out.startswith("Cleared")


def test_a_rejection_needs_a_reason_which_the_agent_gets(company, wire):
    ticket = wire.propose("DE89", 5)
    bare = company("reviews", "reject", ticket.review, "-qy")
    assert bare.code == 2
    assert bare.err == "handrail: give the reason with -m: the agent acts on it, and the log keeps it\n"
    said = company("reviews", "reject", ticket.review, "-qy", "-m", "wrong account")
    assert (said.code, said.out) == (0, "It will not run: rejected.\n")
    with pytest.raises(handrail.Denied, match="wrong account"):
        ticket.wait(timeout=5)


def test_sending_back_tells_the_agent_what_to_change(company, wire):
    ticket = wire.propose("DE89", 5)
    assert company("reviews", "send-back", ticket.review, "-qy", "-m", "add the invoice").code == 0
    with pytest.raises(handrail.ChangesRequested, match="add the invoice"):
        ticket.wait(timeout=5)


def test_without_a_terminal_nothing_is_decided_unless_it_was_said_explicitly(company, wire):
    ticket = wire.propose("DE89", 5)
    said = company("reviews", "approve", ticket.review, "-q")
    assert said.code == 2
    assert said.err == (
        "handrail: nobody can be asked here: add --yes, or --view with the digest of what you have seen\n"
    )
    assert ticket.status == "held"


def test_a_decision_on_another_view_is_refused(company, wire):
    ticket = wire.propose("DE89", 5)
    stale = "A" * 43
    said = company("reviews", "approve", ticket.review, "--view", stale)
    assert said.code == 1
    assert said.err == (
        "handrail: what you saw is not what stands now: look again, then decide "
        f"(`handrail reviews show {ticket.review[:10]}`)\n"
    )
    assert ticket.status == "held"


def test_the_view_of_show_decides_without_asking(company, wire, monkeypatch):
    monkeypatch.setattr("handrail.cli.outcome.PATIENCE", 0.05)
    ticket = wire.propose("DE89", 5)
    view = company("reviews", "show", ticket.review, "--json").json["view"]
    assert company("reviews", "approve", ticket.review, "--view", view[:12]).code == 0
    assert ticket.status == "cleared"


def test_a_late_answer_is_refused(company, monkeypatch):
    monkeypatch.setenv("LOGNAME", "robot")
    clock = FrozenClock(SystemClock().now() + DAY)
    future = handrail.connect(
        f"sqlite:///{company.path}", agent="old", reviewers="group:treasury", quiet=True, clock=clock
    )
    review = future.approval(name="old", within="1h")(lambda: None).propose().review
    clock.advance("2h")
    future.approval(name="new")(lambda: None).propose()
    future.close()
    said = company("reviews", "approve", review, "-qy")
    assert review
    advice = f"`handrail explain {review[:10]}` tells it"
    assert (said.code, said.err) == (
        1,
        f"handrail: the deadline has passed, and the outcome chosen for that case stands ({advice})\n",
    )


def test_the_second_to_decide_is_told_so(company, wire):
    review = wire.propose("DE89", 5).review
    company("reviews", "reject", review, "-qy", "-m", "no")
    said = company("reviews", "approve", review, "-qy", user="bob")
    assert (said.code, said.err) == (
        1, ("handrail: the review is decided already: look at it again to see how it ended "
        f"(`handrail reviews show {review[:10]}`)\n"),
    )  # fmt: skip


def test_who_may_not_decide_is_told_why(company, wire):
    review = wire.propose("DE89", 5).review
    said = company("reviews", "approve", review, "-qy", user="cfo")
    words = "this review does not ask you; somebody who is asked can delegate it to you"
    assert (said.code, said.err) == (1, f"handrail: {words}\n")


def test_who_is_linked_to_nobody_is_told_how_to_be(on_file, wire):
    review = wire.propose("DE89", 5).review
    said = on_file("reviews", "approve", review, "-qy", user="eve")
    words = f"nobody in the directory is linked to your OS user eve: {LINK}"
    assert (said.code, said.err) == (1, f"handrail: {words}\n")


def test_the_one_who_answers_for_the_agent_may_not_decide(company, monkeypatch):
    monkeypatch.setenv("LOGNAME", "ann")
    own = handrail.connect(f"sqlite:///{company.path}", agent="anns", reviewers="group:treasury", quiet=True)
    review = own.approval(name="own")(lambda: None).propose().review
    own.close()
    said = company("reviews", "approve", review, "-qy")
    assert (said.code, said.err) == (
        1, "handrail: who asked for an action, answers for its agent, or stands in for them, may not decide it\n",
    )  # fmt: skip


def test_an_outcome_that_does_not_fit_names_those_that_do(company, wire):
    review = wire.propose("DE89", 5).review
    said = company("reviews", "answer", review, "yes", "-qy")
    assert (said.code, said.err) == (
        2, f"handrail: {review[:10]} can end with approve, edit, reject, send-back, not with answer\n",
    )  # fmt: skip


def test_in_solo_mode_decisions_are_marked(terminal, wire, monkeypatch):
    monkeypatch.setattr("handrail.cli.outcome.PATIENCE", 0.05)
    ticket = wire.propose("DE89", 5)
    assert terminal("reviews", "approve", ticket.review, "--yes", user="robot").out.startswith(SOLO)
    assert ticket.decision.auth == "solo"


@pytest.mark.parametrize(("typed", "answer"), [("acme", "acme"), ("2", "globex")])
def test_a_question_is_answered_by_option_or_number(company, rail, typed, answer):
    ended = Call(lambda: rail.ask("Which?", options=["acme", "globex"]))
    review = company.waiting()
    assert company("reviews", "answer", review, "nobody", "-qy").err == (
        "handrail: 'nobody' is none of the options: 1 acme, 2 globex\n"
    )
    assert company("reviews", "answer", review, typed, "-qy").out == f'Answered: "{answer}"\n'
    assert ended.result() == answer


def test_a_lost_call_can_be_said_to_have_happened(company, rail):
    @rail.approval(name="slow", risk="high")
    def slow() -> str:
        raise TimeoutError("no answer from the bank")

    ended = Call(slow)
    assert company("reviews", "approve", company.waiting(), "-qy").out.startswith(
        "It was started, and nobody knows whether it took effect; rev_"
    )
    review = company.waiting()
    assert "did it happen?" in company("reviews", "list").out
    shown = company("reviews", "show", review).out
    assert "handrail reviews happened | not-happened | retry" in shown
    assert company("reviews", "happened", review, '"paid"', "-qy").out == 'Ran: "paid"\n'
    assert ended.result() == "paid"


def test_a_revoked_vote_opens_the_review_again(company, rail):
    slowly = rail.approval(name="slowly", undo="10m")(lambda: None)
    review = slowly.propose().review
    said = company("reviews", "approve", review, "-qy").out
    assert said.startswith("Decided; it takes effect at ")
    assert company("reviews", "revoke", review, user="bob").code == 1
    assert company("reviews", "revoke", review).out == f"Your vote is taken back; {review[:10]} is open again.\n"
    assert company("reviews", "list").out.count("slowly") == 1


def test_a_claim_is_seen_by_the_others(company, wire):
    review = wire.propose("DE89", 5).review
    assert company("reviews", "claim", review).out.startswith(f"{review[:10]} is yours until ")
    assert "user:ann is at it" in company("reviews", "list", user="bob").out
    assert company("reviews", "release", review, user="bob").code == 1
    assert company("reviews", "release", review).out == f"Nobody is at {review[:10]} now.\n"


def test_a_delegate_may_decide_too(company, wire, monkeypatch):
    monkeypatch.setattr("handrail.cli.outcome.PATIENCE", 0.05)
    review = wire.propose("DE89", 5).review
    assert company("reviews", "delegate", review, "nobody").code == 3
    assert company("reviews", "delegate", review, "cfo", "-m", "please").out == (
        f"user:cfo may decide {review[:10]}, too.\n"
    )
    assert company("reviews", "approve", review, "-qy", user="cfo").code == 0


def test_escalating_asks_the_next_level(company, rail):
    ladder = rail.approval(name="ladder", then="user:cfo")(lambda: None)
    review = ladder.propose().review
    assert f"{review[:10]} asks user:cfo, too, until " in company("reviews", "escalate", review).out
    assert company("reviews", "escalate", review).code == 1
    assert "ladder" in company("reviews", "list", user="cfo").out


def test_comments_are_shown_with_the_review(company, wire):
    review = wire.propose("DE89", 5).review
    assert company("reviews", "comment", review).code == 2
    assert company("reviews", "comment", review, "is this\x1b[2J right?").out == f"Noted on {review[:10]}.\n"
    assert "is this⟨U+001B⟩[2J right?" in company("reviews", "show", review, user="bob").out


def test_an_action_is_withdrawn_by_the_one_who_answers_for_it(company, wire, monkeypatch):
    monkeypatch.setenv("LOGNAME", "cfo")
    own = handrail.connect(f"sqlite:///{company.path}", agent="cfos", reviewers="group:treasury", quiet=True)
    ticket = own.approval(name="own")(lambda: None).propose()
    assert company("reviews", "withdraw", ticket.review).code == 1
    said = company("reviews", "withdraw", ticket.review, user="cfo").out
    assert said == f"{ticket.id[:10]} is withdrawn and will not run.\n"
    assert ticket.status == "withdrawn"
    own.close()
