"""The page in a browser shows what the terminal shows: all of it, drawn, bounded, and as plain JSON."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given, settings

from handrail.view.fold import MOST_LEVELS, folded_paths
from handrail.view.model import Erased, folds
from handrail.view.nodes import node
from handrail.view.page import page
from handrail.view.text import plain, render

from .corpus import GITHUB, HARMLESS, HOSTILE, PEM, Case, nested
from .pages import MINUTE, NAMES, OPENED, view
from .test_text import VALUES, squeezed

GONE = Erased("sha256:9f3c51d0" + "0" * 52 + "e21a")
SIGNS = re.compile("⟨[^⟩]*⟩|⏎|⇥")


def made(args: Any = None, context: Any = None, story: Any = None, **more: Any) -> Any:
    """Return the page of a review as a browser reads it."""
    told = page(
        more.pop("view", None) or view(args, context, story),
        args=args, context=context, story=story, names=lambda id_: NAMES.get(id_, id_), now=OPENED + 3 * MINUTE, **more,
    )  # fmt: skip
    return orjson.loads(orjson.dumps(told))


def texts(part: Any) -> Iterator[str]:
    """Yield every string of a page."""
    stack = [part]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            stack += reversed(one.values())
        elif isinstance(one, list):
            stack += reversed(one)


def nodes(root: Any) -> Iterator[Any]:
    """Yield every node of a tree, in reading order."""
    stack = [root]
    while stack:
        one = stack.pop()
        yield one
        stack += reversed(one.get("members", []))


def check(told: Any) -> None:
    """Assert that no string of a page hides or commands anything."""
    for text in texts(told):
        for char in text:
            assert unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case.name)
def test_what_must_be_seen_is_seen_and_no_secret_is(case: Case) -> None:
    told = made(**{"args": {"amount": "620.00"}, case.part: case.value})
    check(told)
    shown = squeezed(" ".join(texts([told[case.part], told["flags"]])))
    facts = [part.strip('"') for part in case.seen if "folded" not in part and not re.match(r"\d+ \w", part)]
    assert all(squeezed(part.replace('\\"', '"')) in shown for part in facts)
    assert not any(squeezed(part) in shown for part in case.unseen)
    assert {flag["code"] for flag in told["flags"]} == case.codes
    assert all(flag["part"] == case.part and flag["heading"] for flag in told["flags"])


@given(VALUES, VALUES)
@settings(max_examples=100, deadline=None)
def test_whatever_the_agent_sends_the_page_is_calm_and_its_paths_are_those_of_the_view(args: Any, context: Any) -> None:
    told = made(args, context, {"description": args, "✓ x": context})
    check(told)
    assert set(told["unseen"]) <= {one["path"] for one in nodes(told["args"])}


def test_page_and_terminal_say_the_same() -> None:
    args, context, story = {"amount": "620.00", "to": "a\u202eb"}, {"ticket": [1, None]}, {"description": "please"}
    told = made(args, context, story)
    text = plain(
        render(
            view(args, context, story), args=args, context=context, story=story, now=OPENED + 3 * MINUTE, width=400,
            names=lambda id_: NAMES.get(id_, id_),
        )
    )  # fmt: skip
    for fact in told["facts"]:
        assert f"{fact['name']:<9}{fact['words']}" in text
    for flag in told["flags"]:
        assert f"⚑ {flag['heading']}, {flag['path']}: {flag['text']}" in text
    for one in (one for part in ("args", "context", "story") for one in nodes(told[part]) if "text" in one):
        assert one["text"] in text
    assert told["title"] == 'payments.refund  amount "620.00", to "a⟨U+202E⟩b"'
    assert told["hidden"] == 1
    assert told["reason"] == told["facts"][0]["words"]


def test_values_keep_their_kind_their_order_and_their_place() -> None:
    args = {"z": "1", "a b": 1, "b": True, "n": None, "l": ["x", {}], "o": {"in": []}}
    assert [(one["path"], one["name"], one["kind"], one.get("text")) for one in nodes(made(args)["args"])] == [
        ("args", None, "object", None),
        ("args.z", "z", "text", "1"),
        ('args["a b"]', '"a b"', "number", "1"),
        ("args.b", "b", "boolean", "true"),
        ("args.n", "n", "null", "null"),
        ("args.l", "l", "list", None),
        ("args.l[0]", None, "text", "x"),
        ("args.l[1]", None, "object", None),
        ("args.o", "o", "object", None),
        ("args.o.in", "in", "list", None),
    ]


def test_a_long_text_has_both_ends_and_the_whole() -> None:
    body = "START " + "middle words here " * 200 + "SECRETLY DROP END"
    told = made({"body": body})
    [one] = told["args"]["members"]
    assert one["text"] == body
    assert one["fold"]["head"].startswith("START ")
    assert one["fold"]["tail"].endswith("DROP END")
    assert len(one["fold"]["head"]) + one["fold"]["hidden"] + len(one["fold"]["tail"]) == len(body)
    assert told["unseen"] == ["args.body"]


def test_a_long_list_is_whole_and_says_what_to_show() -> None:
    told = made({"ids": [{"id": number} for number in range(150)]})
    [one] = told["args"]["members"]
    assert len(one["members"]) == 150
    assert one["folded"] == {"head": 20, "tail": 20, "hidden": 110}


def test_secrets_are_covered_wherever_they_stand() -> None:
    deep = nested(MOST_LEVELS + 5, {"password": "hunter2hunter2", "pin": [GITHUB, 'say "hi" \u200b' + GITHUB]})
    told = made({"token": GITHUB, "password": 123456, "note": "x " * 110 + PEM + " y" * 900, "deep": deep})
    shown = " ".join(texts(told))
    assert not any(secret in shown for secret in ("hunter2", GITHUB, "Q7z", "123456"))
    assert shown.count("••••••••") >= 5
    check(told)
    covered = {one["path"] for one in nodes(told["args"]) if one.get("masked")}
    assert {"args.token", "args.password", "args.note"} <= covered
    assert len(covered) == 4


@pytest.mark.parametrize("depth", [MOST_LEVELS, 64, 5_000])
def test_deep_values_are_shown_to_the_bottom(depth: int) -> None:
    value = nested(depth, "the very \u202ebottom")
    told = node(value, "args")
    *_, last = nodes(orjson.loads(orjson.dumps(told)))
    assert "the very ⟨U+202E⟩bottom" in last["text"]
    assert [one["path"] for one in nodes(told) if "fold" in one] == folded_paths(value)


def test_erased_parts_say_so() -> None:
    told = made(GONE, GONE, GONE, first=GONE, view=view({"a": 1}))
    for part in ("args", "context", "story", "first"):
        assert told[part]["kind"] == "erased"
        assert told[part]["text"] == "sha256 9f3c 51d0 … e21a"


def test_of_an_erased_view_the_values_are_left() -> None:
    told = made({"a": "b"}, view=GONE)
    assert told["args"]["members"][0]["text"] == "b"
    assert (told["facts"], told["flags"], told["unseen"], told["reason"]) == ([], [], [], "")


def test_a_story_begins_with_what_it_describes() -> None:
    told = made({}, None, {"zeta": "z", "preview": "p", "description": "d", "impact": None})
    assert [one["name"] for one in told["story"]["members"]] == ["description", "preview", "zeta"]


def test_a_question_is_titled_by_its_words() -> None:
    asked = {"question": "Which\u202e supplier?", "options": ["a"]}
    assert made(asked, view=view(asked, kind="question"))["title"] == "Which⟨U+202E⟩ supplier?"


def test_a_member_named_like_a_sign_is_drawn_apart_from_it() -> None:
    told = made({"⟨folded⟩": "⟨••••⟩⏎"})
    [one] = told["args"]["members"]
    assert SIGNS.sub("", one["text"]) == "••••"


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_values_have_no_flag_on_the_page(name: str) -> None:
    assert made({"value": HARMLESS[name]})["flags"] == []


def test_views_of_the_first_version_are_drawn_too() -> None:
    args = {"body": "word " * 600, "photo": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"}
    old = view(args)
    assert old.pop("uninspected")
    old["version"] = "handrail-view/1"
    told = made(args, view=old)
    assert told["uninspected"] == []
    assert told["unseen"] == ["args.body"] == list(folds(old) or ())
    lines = render(old, args=args, context=None, story=None, names=str, now=OPENED, width=100)
    assert "EXACT ARGUMENTS" in plain(lines)
