"""Over HTTP an action that waits for people is accepted, and its agent is told how long, and when to ask again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from handrail.server.examples import BODIES

from .house import House, opened


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "a.db") as found:
        found.company.person("ann", "treasury")
        yield found


def test_an_action_that_waits_is_202_with_the_expected_wait_and_when_to_ask_again(house: House):
    answer = house("POST", "/actions", house.company.key(), json=BODIES["propose_action"])
    found = answer.json()
    assert (answer.status_code, found["status"]) == (202, "held")
    assert found["review"].startswith("rev_")
    assert found["estimated_wait"]["text"]
    assert int(answer.headers["retry-after"]) > 0
