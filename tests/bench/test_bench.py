"""The bench works and says what it says in one shape; what it measures decides no test."""

import json
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.goals import BROWSER, FLEET, LOAD, MILLION, Goal, goals
from bench.timing import growth, spread
from tests.browser.chromium import executable
from tests.night import NIGHT


def test_a_tiny_run_gives_a_figure_for_every_goal(tmp_path: Path, capsys):
    written = tmp_path / "bench.json"
    assert main(["--tiny", "--json", str(written), "--folder", str(tmp_path)]) == 0
    document = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert document == json.loads(written.read_text())
    assert document["cycle"]["commits"] == 4
    assert document["measures"].keys() == goals().keys()
    for key, goal in goals().items():
        assert document["measures"][key]["met"] is goal.met(document["measures"][key]["value"])


def test_a_tiny_load_gives_a_figure_for_every_goal(tmp_path: Path, capsys):
    assert main(["--tiny", "--load", "--folder", str(tmp_path)]) == 0
    measures = json.loads(capsys.readouterr().out.splitlines()[-1])["measures"]
    assert measures.keys() == goals(LOAD).keys()
    assert measures["stalled_resume"]["value"] == 1
    assert measures["flood_taken"]["value"] > 0


def test_a_tiny_million_gives_a_figure_for_every_goal(tmp_path: Path, capsys):
    assert main(["--tiny", "--million", "--folder", str(tmp_path)]) == 0
    measures = json.loads(capsys.readouterr().out.splitlines()[-1])["measures"]
    assert measures.keys() == goals(MILLION).keys()
    assert all(measure["value"] > 0 for measure in measures.values())


def test_a_tiny_look_at_the_inbox_gives_a_figure_for_every_goal(tmp_path: Path, capsys):
    executable()
    assert main(["--tiny", "--browser", "--folder", str(tmp_path)]) == 0
    measures = json.loads(capsys.readouterr().out.splitlines()[-1])["measures"]
    assert measures.keys() == goals(BROWSER).keys()
    assert measures["missed"]["value"] == 0
    assert measures["focus"]["value"] == 1
    assert measures["script"]["met"] is True


@pytest.mark.nightly
def test_a_fleet_of_servers_and_workers_on_one_postgresql_loses_and_doubles_nothing(tmp_path: Path, capsys):
    assert main(["--quick" if NIGHT >= 1 else "--tiny", "--fleet", "--folder", str(tmp_path)]) == 0
    measures = json.loads(capsys.readouterr().out.splitlines()[-1])["measures"]
    assert measures.keys() == goals(FLEET).keys()
    assert measures["fleet_lost"]["value"] == measures["fleet_doubled"]["value"] == 0


def test_a_goal_is_met_on_its_own_side():
    assert Goal("", at_least=2).met(2)
    assert Goal("", at_least=2).met(1.9) is False
    assert Goal("", at_most=2).met(2)
    assert Goal("", at_most=2).met(2.1) is False
    assert Goal("").met(1) is None


def test_growth_is_the_exponent():
    assert growth([10, 1000], [3.0, 300.0]) == 1
    assert growth([10, 1000], [3.0, 3.0]) == 0


def test_a_spread_is_in_milliseconds():
    found = spread([1_000_000] * 99 + [5_000_000])
    assert (found.p50, found.p99) == (1.0, 1.0)
