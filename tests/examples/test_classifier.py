"""The shop's classifier is a real one: it has not seen what it is asked, and it knows how often it is wrong."""

from __future__ import annotations

import pytest

from examples.shop import tickets
from examples.shop.classifier import Classifier, Message, reliability, shipped, softmax, words
from examples.shop.triage import SURE


def five_in_a_row(text: str) -> set[tuple[str, ...]]:
    """Every five words that follow one another."""
    found = text.lower().split()
    return set(zip(*(found[n:] for n in range(5)), strict=False))


def test_no_ticket_is_quoted_in_what_it_learns_from():
    learnt = {five for one in shipped() for five in five_in_a_row(one.text)}
    assert [ticket.id for ticket in tickets.load() if five_in_a_row(ticket.text) & learnt] == []


def test_every_team_has_as_many_messages_and_none_is_there_twice():
    messages = shipped()
    assert {sum(one.team == team for one in messages) for team in {one.team for one in messages}} == {64}
    assert len({one.text for one in messages}) == len(messages)


def test_of_what_it_is_sure_nine_in_ten_are_right_and_of_the_rest_far_fewer():
    bands = list(reliability(shipped()))
    sure, unsure = ([band for band in bands if (band[0] >= SURE) == wanted] for wanted in (True, False))
    for some, low, high in ((sure, 0.9, 1.0), (unsure, 0.5, 0.75)):
        share = sum(count * right for _, count, _, right in some) / sum(count for _, count, _, _ in some)
        assert low <= share <= high
    assert sum(count for _, count, _, _ in sure) > len(shipped()) / 2


@pytest.mark.parametrize("band", range(5))
def test_it_is_right_about_as_often_as_it_says(band: int):
    _, count, says, right = list(reliability(shipped()))[band]
    assert abs(says - right) < 0.05 + 1 / count**0.5


def test_flattening_changes_no_answer_and_makes_it_less_sure():
    scores = {"a": 3.0, "b": 1.0, "c": 0.0}
    bare, flat = softmax(scores, 1.0), softmax(scores, 2.0)
    assert max(bare, key=bare.__getitem__) == max(flat, key=flat.__getitem__) == "a"
    assert flat["a"] < bare["a"]
    assert sum(flat.values()) == pytest.approx(1.0)


def test_what_it_has_no_word_of_is_anybodys():
    small = Classifier([Message("a", "kettle leaks"), Message("b", "invoice wrong")] * 5)
    assert small.label("Zürich 4711").score == pytest.approx(0.5)
    assert small.label("my KETTLE?").team == "a"
    assert words("Don’t it leak?") == {"don't", "it", "leak", "?"}
