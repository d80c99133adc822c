"""Events and states go into the log and come back; their names never change, and their data is never personal."""

import re
from dataclasses import fields
from typing import Any, get_args

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.action import events as action_events
from handrail.codec.records import EVENTS, NAMES, STATES, event_text, read_event, read_state, state_text
from handrail.directory import events as directory_events
from handrail.policy import budget, standing, stops
from handrail.policy.register import PolicyApplied
from handrail.review import events as review_events
from handrail.run import events as run_events

PINNED = {
    "action": "proposed held revised cleared refused withdrawn claimed lapsed released started attempt_failed "
    "succeeded failed skipped reported_late outcome_reported lost inquired unresolved",
    "review": "opened claimed released delegated commented reminded escalated voted edited decided revoked "
    "took_effect expired withdrawn superseded",
    "run": "opened entered faulted finished failed paused resumed guided heard confirmed observed unattended alarmed "
    "prepared cleanup_begun cleaned lapsed pruned stopped halted",
    "person": "added changed removed invited password_set passkey_added passkey_removed signed_out",
    "group": "added changed",
    "agent": "added changed removed",
    "key": "added changed removed",
    "access": "denied",
    "policy": "applied",
    "budget": "booked spent given_back",
    "standing": "given used ended",
    "stop": "halted swept lifted",
}
TEXTS = {
    "review": {
        "opened": "view", "delegated": "note", "commented": "note", "escalated": "note", "voted": "note actor seen",
        "edited": "view note actor seen", "decided": "note value actor seen", "revoked": "note",
        "took_effect": "value", "expired": "value",
    },
    "run": {
        "opened": "title", "faulted": "note", "failed": "note trace", "paused": "note", "resumed": "note",
        "guided": "text", "confirmed": "note", "observed": "observations step", "prepared": "args", "cleaned": "note",
        "stopped": "note", "halted": "note",
    },
    "budget": {"booked": "window key", "spent": "window", "given_back": "window"},
    "standing": {"given": "values"},
    "stop": {"halted": "note", "swept": "note", "lifted": "note"},
}  # fmt: skip
"""The erasable texts of each event by name: a reader of an old log looks for them under these."""
UNIONS: tuple[Any, ...] = (action_events, review_events, run_events, directory_events)
PERSONAL = re.compile(r"(^|_)(note|notes|name|names|text|texts|title|mail|email|label|profile|comment|message)($|_)")
NO_PERSON = {
    ("action.proposed", "name"): "the tool's name", ("standing.given", "name"): "the tool's name",
    ("run.prepared", "name"): "the function's name",
}  # fmt: skip

st.register_type_strategy(int, st.integers(-(2**53) + 1, 2**53 - 1))
st.register_type_strategy(str, st.text(st.characters(exclude_categories=["Cs"]), max_size=5))


def test_the_names_in_the_log_never_change() -> None:
    assert set(EVENTS) == {f"{life}.{event}" for life, events in PINNED.items() for event in events.split()}


@pytest.mark.parametrize("life", TEXTS)
def test_the_names_of_texts_in_the_log_never_change(life: str) -> None:
    told = {
        name.partition(".")[2]: re.findall(r"`(\w+)`", (event.__doc__ or "").partition("Texts: ")[2])
        for name, event in EVENTS.items()
        if name.startswith(f"{life}.")
    }
    assert {name: texts for name, texts in told.items() if texts} == {
        name: texts.split() for name, texts in TEXTS[life].items()
    }


def test_every_event_of_every_life_has_one_name() -> None:
    events = [event for module in UNIONS for event in get_args(module.Event)]
    events += [PolicyApplied, *get_args(budget.Event), *get_args(standing.Event), *get_args(stops.Event)]
    assert set(NAMES) == set(events)
    assert len(EVENTS) == len(NAMES) == len(events)
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+(_[a-z]+)*", name) for name in EVENTS)


def test_every_event_class_is_in_its_union() -> None:
    for module in UNIONS:
        defined = {one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__}
        assert defined == set(get_args(module.Event))


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_comes_back_from_the_log(name: str) -> None:
    @given(st.builds(EVENTS[name]))
    def comes_back(event: object) -> None:
        data = orjson.loads(event_text(event))
        assert list(data)[-1] == "v"
        assert read_event(name, data) == event

    comes_back()


def test_a_failure_that_was_kept_before_its_type_was_is_read() -> None:
    found = read_event("action.attempt_failed", {"attempt": 2, "not_before": 7, "v": 1})
    assert (found.attempt, found.error, found.like) == (2, None, None)
    demand: dict[str, Any] = {"levels": [], "quorum": []}
    old: dict[str, Any] = {
        "kind": "exception", "cause": "attempts_failed", "action": "act_1", "number": 2, "demand": demand,
        "barred": [], "level": 0, "level_until": 1, "deadline": 1, "revision": 1, "bind": "b", "risk": "low", "v": 1,
    }  # fmt: skip
    assert read_event("review.opened", old).error is None


def test_a_run_that_was_opened_before_runs_were_watched_is_read() -> None:
    found = read_event("run.opened", {"agent": "agt_1", "starter": "osu_1", "parent": None, "hold": "run", "v": 1})
    assert (found.hold, found.watched, found.monitors, found.once) == ("run", False, (), False)


@pytest.mark.parametrize("kind", STATES)
def test_a_state_comes_back_from_its_row(kind: str) -> None:
    @given(st.builds(STATES[kind]))
    def comes_back(state: Any) -> None:
        assert read_state(kind, state_text(state)) == state

    comes_back()


@pytest.mark.parametrize("name", EVENTS)
def test_no_event_has_a_member_for_what_must_be_erasable(name: str) -> None:
    members = [field.name for field in fields(EVENTS[name])]
    assert [one for one in members if PERSONAL.search(one) and (name, one) not in NO_PERSON] == []
    assert "v" not in members, "that is the version of the shape"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("review.released", {"v": 2}),
        ("review.released", {}),
        ("review.unheard", {"v": 1}),
        ("review.claimed", {"v": 1}),
    ],
)
def test_what_is_unknown_or_misshapen_is_refused(name: str, data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_event(name, data)
