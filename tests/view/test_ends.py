"""The ends of a long text on one row: what is searched is bounded, and no secret shows through the cut."""

from __future__ import annotations

import pytest

from handrail.view.ends import COVER, ends, head
from handrail.view.masks import find
from handrail.view.text import gist
from handrail.view.value import JSON

FILL = "a calm word " * 1_000
TOKEN = "ghp_" + "A1b2" * 10
KEY = "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBg\n" * 2_000
JWT = "eyJ" + "a" * 3_900 + "." + "b" * 40


@pytest.mark.parametrize("secret", [TOKEN, JWT, "password=hunter2x9" + "y" * 9_000, KEY, "sk-" + "x1" * 5_000])
@pytest.mark.parametrize("at", [0, 10, 39])
def test_a_secret_at_the_head_is_covered_from_its_first_character(secret: str, at: int):
    text = "." * (at - 1) + " " * bool(at) + secret + " " + FILL
    said = ends(text)
    begin = find(text)[0].start
    assert said.startswith(f'"{text[:begin]}{COVER}')


@pytest.mark.parametrize("secret", [TOKEN, JWT, "password=hunter2x9" + "y" * 9_000, KEY, "sk-" + "x1" * 5_000])
@pytest.mark.parametrize("after", ["", " end", " now"])
def test_a_secret_at_the_tail_is_covered_wherever_it_begins(secret: str, after: str):
    said = ends(FILL + secret + after)
    tail = said.rpartition("⟨…⟩")[2]
    assert COVER in tail
    assert not any(secret[at : at + 4] in tail for at in range(max(0, len(secret) - 40), len(secret) - 3))


@pytest.mark.parametrize(
    "introduced", ["password" + " " * 3_000 + "= ", "password=", "Authorization: Bearer ", "curl -u ann:", KEY]
)
def test_what_introduces_a_secret_far_before_it_is_not_lost(introduced: str):
    said = ends(FILL + introduced + "hunter2x9hunter2x9")
    assert "hunter2" not in said
    assert "r2x9" not in said


def test_a_key_that_ended_before_covers_nothing():
    assert ends(KEY + "-----END PRIVATE KEY-----\n" + FILL).endswith('calm word "')
    assert ends(FILL).endswith('calm word "')


@pytest.mark.parametrize("middle", [TOKEN, JWT, "password=x1y2z3 ", KEY + "-----END PRIVATE KEY-----", "\u202e", "x"])
def test_what_lies_between_the_ends_of_a_long_text_changes_nothing(middle: str):
    said = ends(FILL + "so far " + FILL)
    assert ends(FILL + middle + " " + FILL) == said
    assert gist({"a": FILL + middle + " " + FILL}) == f"a {said}"
    assert head(FILL + middle, 1_000) == FILL[:1_000]


def test_the_line_of_many_long_arguments_ends():
    said = gist({f"a{at}": FILL for at in range(24)})
    assert said.endswith(", …")
    assert len(said) < 1_200


def test_covers_are_kept_whole_where_a_text_is_cut():
    said = ends("see " + TOKEN + " " + "x y " * 30 + TOKEN)
    assert said == '"see ••••••••b2 (44 characters) x y x y x⟨…⟩••••••••b2 (44 characters)"'


def test_of_an_only_argument_the_members_are_told_and_of_several_how_many_there_are():
    label: dict[str, JSON] = {"score": 0.61, "team": "billing", "seen": {"by": "ann"}}
    assert gist({"output": label}) == 'output: score 0.61, team "billing", seen {1 field}'
    assert gist({"output": label, "more": 1}) == "output {3 fields}, more 1"
    assert gist({"output": {}}) == "output {}"


def test_the_members_of_an_only_argument_are_covered_as_elsewhere():
    assert "hunter2" not in gist({"login": {"user": "ann", "password": "hunter2"}})
    assert gist({"password": {"a": "hunter2"}}) == "password {1 field}"
    assert "\u202e" not in gist({"a": {"b\u202e": "c\u202e"}})
