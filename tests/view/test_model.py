"""The view refers to arguments, context and story by digest alone and holds no number that two programs read apart."""

from __future__ import annotations

import json
from timeit import repeat
from typing import Any

from handrail.view.flags import Flag
from handrail.view.model import VIEW_VERSION, build

from .pages import ACTION, PARTS, REVIEW, VERDICT, view


def leaves(value: Any) -> list[Any]:
    """Return all scalars of a JSON value."""
    if isinstance(value, dict):
        return [leaf for child in value.values() for leaf in leaves(child)]
    return [leaf for child in value for leaf in leaves(child)] if isinstance(value, list) else [value]


def test_a_view_is_plain_json_without_floats() -> None:
    made = view({"amount": 12.5})
    assert json.loads(json.dumps(made)) == made
    assert all(leaf is None or type(leaf) in (str, int, bool) for leaf in leaves(made))


def test_nothing_of_the_parts_is_copied_into_it() -> None:
    made = json.dumps(view({"to": "canary-one"}, {"c": "canary-two"}, {"description": "canary-three"}))
    assert "canary" not in made


def test_it_says_what_it_is_made_of() -> None:
    made = build(
        review=REVIEW,
        action=ACTION,
        verdict=VERDICT,
        parts=PARTS,
        flags=[Flag("url", "args.u", "words")],
        unseen=["args.x"],
    )
    assert made["version"] == VIEW_VERSION == "handrail-view/2"
    assert made["flags"] == [{"code": "url", "path": "args.u", "text": "words"}]
    assert made["unseen"] == ["args.x"]
    assert set(made) == {"version", "review", "action", "verdict", "parts", "flags", "unseen", "uninspected"}


def test_later_changes_of_its_sources_do_not_reach_it() -> None:
    review = json.loads(json.dumps(REVIEW))
    made = build(review=review, action=ACTION, verdict=VERDICT, parts=PARTS)
    before = json.dumps(made)
    review["levels"][0]["ask"].append("usr_evil")
    review["levels"].clear()
    review["quorum"].clear()
    assert json.dumps(made) == before


def test_building_costs_next_to_nothing() -> None:
    """10 µs on an idle machine; the bound leaves room for a busy one."""

    def made() -> None:
        build(review=REVIEW, action=ACTION, verdict=VERDICT, parts=PARTS)

    assert min(repeat(made, number=200, repeat=20)) / 200 < 40e-6
