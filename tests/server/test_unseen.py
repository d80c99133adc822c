"""A program that decides over HTTP says what it opened, too; what it opened is kept, erasably."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handrail.client.http import Http
from handrail.client.transport import Transport
from handrail.errors import Unseen
from handrail.ids import mint
from handrail.review.commands import Decide
from handrail.server.examples import BODIES

from .house import House, opened

BODY = {**BODIES["propose_action"], "args": {"to": "nora", "lines": list(range(150)), "body": "word " * 800}}
FOLDS = ["args.body", "args.lines"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "a.db") as found:
        found.company.person("ann", "treasury")
        yield found


def asked(house: House, **args: Any) -> tuple[str, str]:
    """A review of which parts are folded, and its view."""
    found = house("POST", "/actions", house.company.key(), json={**BODY, "args": {**BODY["args"], **args}}).json()
    return found["review"], found["view"]


def test_a_program_that_approves_without_opening_is_refused(house: House) -> None:
    review, view = asked(house)
    ann = house.session("ann")
    for seen in ([], ["args.body"], ["args", "args.lines[20]"]):
        body = {"outcome": "approve", "view": view, "seen": seen}
        refused = house("POST", f"/reviews/{review}/decisions", ann, json=body)
        left = [path for path in FOLDS if path not in seen]
        assert refused.status_code == 409
        assert refused.json()["code"] == "unseen"
        assert refused.json()["folds"] == left
        assert all(path in refused.json()["detail"] for path in left)
    body = {"outcome": "approve", "view": view, "seen": [*FOLDS, "args.to"]}
    decided = house("POST", f"/reviews/{review}/decisions", ann, json=body)
    assert (decided.status_code, decided.json()["action_status"]) == (200, "cleared")
    events = house("GET", f"/reviews/{review}/history", ann).json()["items"]
    [event] = [one for one in events if one["type"] == "review.decided"]
    assert event["texts"]["seen"] == {"value": FOLDS}
    assert "seen" not in event["data"]


def test_the_client_raises_what_the_heart_raised(house: House) -> None:
    review, view = asked(house)
    backend = Http(Transport(house.url, house.session("ann")))
    try:
        with pytest.raises(Unseen) as refusal:
            backend.call(review, Decide("approve", view, seen=("args.lines",)), command_id=mint("cmd"))
        assert refusal.value.folds == ("args.body",)
        assert backend.call(review, Decide("approve", view, seen=tuple(FOLDS)))["status"] == "decided"
    finally:
        backend.close()


@pytest.mark.parametrize("seen", ["args.body", [1], {"args.body": True}, None])
def test_what_was_opened_is_a_list_of_paths(house: House, seen: Any) -> None:
    review, view = asked(house)
    body = {"outcome": "approve", "view": view, "seen": seen}
    assert house("POST", f"/reviews/{review}/decisions", house.session("ann"), json=body).status_code == 422
