"""What a watched run needs of people, as a table of cases."""

from dataclasses import replace
from typing import Any

import pytest

from handrail.run.model import Cleanup, Monitor, Run, Totals
from handrail.run.need import ORDER, Need, need, rank

RUN = Run("run_1", "running", 1, "agt_bot", "usr_olga", None, "action", 0, watched=True)
SPEND = (Monitor("steps", 9), Monitor("spend", 1_000))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, "running"),
        ({"status": "paused"}, "waiting"),
        ({"status": "paused", "alarm": "repeated"}, "stuck"),
        ({"alarm": "repeated"}, "running"),  # people let it go on
        ({"lost": True}, "stuck"),
        ({"alone_since": 7}, "stuck"),
        ({"monitors": SPEND, "totals": Totals(spend=749)}, "running"),
        ({"monitors": SPEND, "totals": Totals(spend=750)}, "costly"),
        ({"monitors": SPEND, "totals": Totals(spend=1_100), "spoken": (0, 1)}, "running"),
        ({"monitors": SPEND, "totals": Totals(spend=1_500), "spoken": (0, 1)}, "costly"),
        ({"monitors": SPEND, "totals": Totals(spend=999), "status": "paused"}, "waiting"),
        ({"status": "finished"}, "ended"),
        ({"status": "stopped"}, "ended"),
        ({"status": "stopped", "lost": True}, "ended"),
        ({"status": "failed"}, "stuck"),
        ({"status": "stopped", "cleanups": (Cleanup(1, "drop", "done"), Cleanup(2, None, "lost"))}, "stuck"),
        ({"status": "stopped", "cleanups": (Cleanup(1, "drop", "failed"),)}, "stuck"),
        ({"status": "stopped", "cleanups": (Cleanup(1, "drop", "done"),)}, "ended"),
    ],
)
def test_a_run_needs(given: dict[str, Any], wanted: Need) -> None:
    assert need(replace(RUN, **given)) == wanted


@pytest.mark.parametrize(
    ("given", "wanted"), [({}, "waiting"), ({"lost": True}, "stuck"), ({"status": "stopped"}, "ended")]
)
def test_an_action_that_waits_for_people_makes_its_run_wait(given: dict[str, Any], wanted: Need) -> None:
    assert need(replace(RUN, **given), asks=True) == wanted


def test_ranks_follow_the_need_of_what_goes_on() -> None:
    stuck, paused = replace(RUN, lost=True), replace(RUN, status="paused")
    costly = replace(RUN, monitors=SPEND, totals=Totals(spend=999))
    ranks = [rank(one) for one in (stuck, paused, costly, RUN)]
    assert ranks == sorted(ranks, reverse=True)
    assert len(set(ranks)) == len(ORDER) - 1
    assert min(ranks) > 0 > rank(replace(RUN, status="failed"))
    assert rank(replace(RUN, watched=False)) == rank(replace(RUN, watched=False, status="finished")) == 0
