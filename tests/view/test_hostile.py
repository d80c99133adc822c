"""The corpus through the engine: what is stored as the view, and what terminal and page make of it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import orjson
import pytest

from handrail.backend import ReviewRecord
from handrail.codec.canonical import canonical
from handrail.gate.asking import drawn, ordered
from handrail.view.flags import CODES
from handrail.view.model import folds
from handrail.view.page import page
from handrail.view.payloads import OPAQUE
from handrail.view.text import plain
from tests.engine.kit import Desk

from .hostile import CASES, CONTROLS
from .test_page import texts
from .test_text import check, squeezed

ALL = [*CASES, *CONTROLS]


@pytest.fixture(scope="module")
def records() -> dict[str, tuple[Desk, ReviewRecord]]:
    """Every case as a review of one database."""
    desk = Desk()
    found = {}
    for case in ALL:
        held = desk.propose(canonical(case["args"]), context=case["context"], story=case["story"] or {})
        found[case["id"]] = (desk, desk.person.review(held["review"]))
    return found


def shown(desk: Desk, record: ReviewRecord) -> tuple[str, Any]:
    """The terminal's text with every fold open, and the page as a browser reads it."""
    lines = drawn(record, desk.person, width=100, unfold=True)
    check(lines, 100)
    view: Any = record.view
    story: Any = record.action.story
    made = page(
        view, args=ordered(record.action), context=record.action.context, story=story, names=desk.person.name,
        now=record.state.opened_at,
    )  # fmt: skip
    return plain(lines), orjson.loads(orjson.dumps(made))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_every_hostile_review_is_flagged_where_it_is_hostile(
    case: dict[str, Any], records: dict[str, tuple[Desk, ReviewRecord]]
) -> None:
    view: Any = records[case["id"]][1].view
    assert sorted([flag["code"], flag["path"]] for flag in view["flags"]) == sorted(case["flags"])
    assert [[one["code"], one["path"]] for one in view["uninspected"]] == case["uninspected"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_what_a_person_must_know_is_on_the_terminal_and_on_the_page(
    case: dict[str, Any], records: dict[str, tuple[Desk, ReviewRecord]]
) -> None:
    text, made = shown(*records[case["id"]])
    flat, told = squeezed(text), squeezed("\n".join(texts(made)))
    for part in case["seen"]:
        assert squeezed(part).replace("⏎", "") in flat.replace("⏎", "")
        assert squeezed(part) in told
    for secret in case["unseen"]:
        assert squeezed(secret) not in flat
        assert squeezed(secret) not in told
    for code, path in case["flags"]:
        assert squeezed(f"⚑ {CODES[code]}, {path}:") in flat
        assert any((flag["code"], flag["path"], flag["heading"]) == (code, path, CODES[code]) for flag in made["flags"])
    for code, path in case["uninspected"]:
        assert squeezed(f"⚐ Not inspected, {path}: {OPAQUE[code]}") in flat
        assert path in {one["path"] for one in made["uninspected"]}
    assert made["unseen"] == list(folds(records[case["id"]][1].view) or ())


@pytest.mark.parametrize("case", CONTROLS, ids=lambda case: case["id"])
def test_harmless_reviews_have_no_flag(case: dict[str, Any], records: dict[str, tuple[Desk, ReviewRecord]]) -> None:
    text, made = shown(*records[case["id"]])
    assert (made["flags"], made["uninspected"]) == ([], [])
    assert "⚑" not in text.replace("⚑ Folded and not opened", "")


def test_the_table_is_large_and_tells_cases_apart() -> None:
    assert len(CASES) >= 300
    assert len(CONTROLS) >= 60
    assert max(Counter(case["id"] for case in ALL).values()) == 1
    assert {code for case in CASES for code, _ in case["flags"]} == set(CODES)
    assert {code for case in CASES for code, _ in case["uninspected"]} >= {"binary", "compressed"}
    assert all(case["flags"] or case["seen"] for case in CASES)
