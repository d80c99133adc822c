"""What would run is seen whole before it is approved: the commands open it, or say how."""

from __future__ import annotations

import os
import signal

import apsw
import pytest

from tests.cli.test_hostile import SGR, on_terminal, read_until

BODY = "START " + "words in the midst " * 150 + "THE END"
REFUSAL = "folded and not opened yet: args.body; open each, then decide (add --unfold, which draws what is folded)"
WHY = f"handrail: {REFUSAL}\n"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr("handrail.cli.outcome.PATIENCE", 0.05)


@pytest.fixture
def letter(rail):
    """A proposal of which a part is folded."""

    @rail.approval(name="mail.send")
    def send(to: str, body: str) -> None: ...

    return send.propose("nora", BODY)


def unwrapped(text: str) -> str:
    return " ".join(SGR.sub("", text).split())


@pytest.mark.parametrize(
    "words", [["approve", "-y"], ["approve", "-qy"], ["edit", "--set", "to=ben", "-y"], ["approve", "--view"]]
)
def test_folded_arguments_are_not_approved_and_the_person_is_told_what_to_type(company, letter, words):
    view = company("reviews", "show", letter.review, "--json").json["view"]
    verb, *rest = words
    ended = company("reviews", verb, letter.review, *rest, *([view] if "--view" in rest else []))
    assert (ended.code, ended.err) == (1, WHY)
    assert letter.status == "held"
    assert "was refused: unseen (decide)" in unwrapped(company("explain", letter.id).out)


@pytest.mark.parametrize("words", [["approve", "-y"], ["edit", "--set", "to=ben", "-y"]])
def test_unfold_draws_it_whole_and_counts_as_seen(company, letter, words):
    verb, *rest = words
    ended = company("reviews", verb, letter.review, *rest, "--unfold")
    assert ended.code == 0, ended.err
    assert unwrapped(ended.out).count("words in the midst") >= 150
    assert "Folded and not opened" not in ended.out
    assert letter.status == "cleared"
    assert "with args.body opened" in unwrapped(company("explain", letter.id).out)


def test_a_script_says_that_it_read_what_is_folded(company, letter):
    shown = company("reviews", "show", letter.review, "--json").json
    assert shown["args"]["body"] == BODY
    assert company("reviews", "approve", letter.review, "--view", shown["view"], "--unfold").code == 0
    assert letter.status == "cleared"


def test_what_is_not_drawn_is_not_unfolded(company, letter):
    ended = company("reviews", "approve", letter.review, "-qy", "--unfold")
    assert ended.code == 2
    assert ended.err == (
        "handrail: --unfold draws what is folded and --quiet draws nothing: leave one of them out\n"
    )  # fmt: skip
    assert letter.status == "held"


@pytest.mark.parametrize("verb", ["reject", "send-back"])
def test_saying_no_needs_nothing_opened(company, letter, verb):
    assert company("reviews", verb, letter.review, "-qy", "-m", "too long").code == 0
    assert letter.status == "refused"


def test_the_page_says_what_to_add(company, letter, wire):
    assert "What would run is folded in part: add --unfold" in company("reviews", "show", letter.review).out
    assert "--unfold" not in company("reviews", "show", wire.propose("DE89", 5).review).out


def test_a_person_is_asked_whether_to_open_it_and_then_whether_to_approve(company, letter):
    with on_terminal("reviews", "approve", letter.review, env=company.environment("ann")) as (terminal, child):
        shown = read_until(terminal, "Open now? [y/N] ")
        assert "Folded and not seen yet: args.body." in unwrapped(shown)
        assert unwrapped(shown).count("words in the midst") < 40
        os.write(terminal, b"y\n")
        opened = read_until(terminal, "Approve ")
        assert unwrapped(opened).count("words in the midst") >= 150
        os.write(terminal, b"y\n")
        read_until(terminal, "Ctrl-C leaves")
        child.kill()
    assert letter.status == "cleared"


def test_who_does_not_open_it_decides_nothing(company, letter):
    with on_terminal("reviews", "approve", letter.review, "-q", env=company.environment("ann")) as (terminal, child):
        read_until(terminal, "Open now? [y/N] ")
        os.write(terminal, b"\n")
        assert "Nothing was decided." in read_until(terminal)
        assert child.wait(20) == 1
    assert letter.status == "held"


def test_the_board_opens_what_is_folded_before_it_takes_an_approval(company, letter):
    with on_terminal("reviews", "watch", env=company.environment("ann")) as (terminal, child):
        read_until(terminal, "q leaves")
        os.write(terminal, b"1")
        assert "[o] open what is folded" in SGR.sub("", read_until(terminal, "decide> "))
        os.write(terminal, b"a\n")
        opened = read_until(terminal, "decide> ")
        assert "opened what was folded: read it, then decide" in opened
        assert unwrapped(opened).count("words in the midst") >= 150
        os.write(terminal, b"a\n")
        read_until(terminal, "note (may be empty): ")
        os.write(terminal, b"\n")
        read_until(terminal, "Ctrl-C leaves")
        child.send_signal(signal.SIGINT)
        assert "Left; your decision stands." in read_until(terminal, "Enter goes back")
        child.kill()
    assert letter.status == "cleared"


def test_what_can_no_longer_be_shown_is_not_approved(company, letter):
    with apsw.Connection(str(company.path)) as connection:
        connection.execute("DELETE FROM disclosures WHERE name = 'view'")
    ended = company("reviews", "approve", letter.review, "-y")
    assert ended.code == 1
    assert "nobody can see any more what would run: reject it, or send it back" in ended.err
    assert letter.status == "held"
    assert company("reviews", "reject", letter.review, "-qy", "-m", "gone").code == 0
