"""Ladders on a real database and a clock that stands still: business hours, what every end means, and claims."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from handrail.action.commands import Propose
from handrail.clock import DAY, MINUTE, SECOND
from handrail.directory.commands import PutPerson
from handrail.errors import AlreadyDecided, Late
from handrail.ids import mint
from handrail.policy.declaration import Declaration
from handrail.review.commands import Claim, Release
from handrail.testing import FrozenClock

from .test_policy import Office

HOURS: Final = """
default_path: p
paths:
  p: {levels: [{ask: group:team, for: 4h, remind: 3h}, {ask: user:cyd, for: 4h}], hours: business, zone: Europe/Berlin}
rules: [{name: one, action: test.effect, pattern: approval, path: p, replaces: code}]
"""
ENDS: Final = """
default_path: p
paths:
  p: {levels: [{ask: user:ann, for: 1h}], at_end: END}
  last: {levels: [{ask: user:ben, for: 1h}], at_end: approve}
rules: [{name: one, action: test.effect, pattern: approval, path: p, replaces: code}]
"""
CLAIMS: Final = ENDS.replace("END", "escalate:last").replace("ann, for: 1h", "ann, for: 1h, remind: 20m")


def at(text: str) -> int:
    """An instant in UTC."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * SECOND)


@contextmanager
def office(text: str, start: str = "2026-01-05T08:00") -> Iterator[Office]:
    """A team at that time, under a policy; Cyd is in no team."""
    made = Office(FrozenClock(at(start)))
    try:
        names = made.engine.names("default")
        made.ann.call("usr_cyd", PutPerson(names.look_up("user", "cyd"), None, (), "cyd", "cyd"))
        made.apply(text)
        yield made
    finally:
        made.close()


def pass_until(team: Office, review: str, until: int) -> None:
    """Let time pass until then, doing what is due when it is."""
    assert isinstance(team.clock, FrozenClock)
    while (due := team.review(review).due_at) is not None and due <= until:
        team.clock.advance(max(due - team.clock.now(), 0) / SECOND)
        team.tick(review)
    team.clock.advance((until - team.clock.now()) / SECOND)


def happened(team: Office, review: str) -> list[tuple[str, int]]:
    """What happened to a review after it was opened, and when."""
    return [(event.type.partition(".")[2], event.at) for event in team.agent.history(review)][1:]


@pytest.mark.parametrize(
    ("start", "reminded", "second", "deadline"),
    [
        ("2026-01-05T08:00", "2026-01-05T11:00", "2026-01-05T12:00", "2026-01-05T16:00"),
        ("2026-01-05T09:30", "2026-01-05T12:30", "2026-01-05T13:30", "2026-01-06T09:30"),
        ("2026-01-09T15:00", "2026-01-12T10:00", "2026-01-12T11:00", "2026-01-12T15:00"),
        ("2026-01-10T02:00", "2026-01-12T11:00", "2026-01-12T12:00", "2026-01-12T16:00"),
        ("2026-03-27T15:00", "2026-03-30T09:00", "2026-03-30T10:00", "2026-03-30T14:00"),
        ("2026-10-23T14:00", "2026-10-26T10:00", "2026-10-26T11:00", "2026-10-26T15:00"),
    ],
    ids=["in the morning", "over the night", "over the week-end", "at night", "clock forward", "clock back"],
)
def test_a_level_lasts_so_many_business_hours_whatever_the_clock_does(
    start: str, reminded: str, second: str, deadline: str
) -> None:
    with office(HOURS, start) as team:
        review = team.propose()["review"]
        state = team.review(review)
        assert (state.remind_at, state.level_until, state.deadline) == (at(reminded), at(second), at(deadline))
        view: Any = team.person.review(review).view
        assert view["review"]["deadline"] == at(deadline)
        assert [one["until"] for one in view["review"]["levels"]] == [at(second), at(deadline)]
        assert view["review"]["levels"][0]["hours"] == "Mon-Fri 09:00-17:00 Europe/Berlin"
        pass_until(team, review, at(deadline))
        assert happened(team, review) == [
            ("reminded", at(reminded)), ("escalated", at(second)), ("expired", at(deadline))
        ]  # fmt: skip
        assert team.replayed(review) == team.review(review)


def test_with_nobody_further_up_reminders_still_keep_to_the_hours() -> None:
    text = HOURS.replace("user:cyd", "group:team").replace("remind: 3h", "remind: 2h")
    with office(text, "2026-01-09T11:00") as team:
        review = team.propose()["review"]
        pass_until(team, review, at("2026-01-12T12:00"))
        assert happened(team, review) == [
            ("reminded", at("2026-01-09T13:00")), ("escalated", at("2026-01-09T15:00")),
            ("reminded", at("2026-01-12T09:00")), ("expired", at("2026-01-12T11:00")),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("end", "kind", "status"),
    [
        ("reject", "call", "refused"),
        ("approve", "call", "cleared"),
        ("approve", "risky", "refused"),
        ("approve", "final", "refused"),
        ("approve", "question", "refused"),
        ("answer", "call", "refused"),
        ("answer", "question", "succeeded"),
        ("escalate:last", "call", "cleared"),
        ("escalate:last", "risky", "refused"),
    ],
)
def test_every_end_releases_the_agent_and_only_what_is_harmless_runs_by_silence(
    end: str, kind: str, status: str
) -> None:
    with office(ENDS.replace("END", f'"{end}"')) as team:
        found: list[Any] = []
        proposed = team.agent.call(mint("act"), _command(kind, end))
        waiter = threading.Thread(target=lambda: found.append(_released(team, proposed)))
        waiter.start()
        pass_until(team, proposed["review"], team.review(proposed["review"]).deadline)
        waiter.join(20)
        assert [one["status"] for one in found] == [status]
        assert team.review(proposed["review"]).status == "expired"
        assert (team.action(proposed["id"]).reason == "expired") == (status == "refused")


def _command(kind: str, end: str) -> Propose:
    if kind == "question":
        declared = Declaration("question", reviewers=(), at_end="answer" if end == "answer" else "reject")
        return Propose("handrail.ask", '{"default":7,"question":"Which?"}', "sha256:0", "{}", declared, kind="question")
    given: dict[str, Any] = {"risk": "high" if kind == "risky" else "low", "reversible": kind != "final"}
    return Propose("test.effect", '{"n":1}', "sha256:0", "{}", Declaration("approval"), **given)


def _released(team: Office, proposed: Any) -> Any:
    found = team.agent.wait(proposed["id"], proposed["rev"], 15)
    while found is not None and found["status"] == "held":
        found = team.agent.wait(proposed["id"], found["rev"], 15)
    return found


@pytest.mark.parametrize("swept", [True, False], ids=["swept", "not swept"])
def test_who_comes_late_is_told_why(swept: bool) -> None:
    with office(ENDS.replace("END", "reject")) as team:
        review = team.propose()["review"]
        team.clock.advance("61m")  # type: ignore[attr-defined]
        if swept:
            team.tick(review)
        with pytest.raises(Late, match="the deadline has passed, and the outcome chosen for that case stands"):
            team.decide(review, who=team.ann)


@pytest.mark.parametrize(
    ("claims", "ends"),
    [
        ([], [("reminded", 20), ("reminded", 40), ("escalated", 60), ("expired", 120)]),
        ([50], [("reminded", 20), ("reminded", 40), ("claimed", 50), ("reminded", 60), ("released", 65),
                ("escalated", 65), ("expired", 120)]),
        ([10], [("claimed", 10), ("reminded", 20), ("released", 25), ("reminded", 40), ("escalated", 60),
                ("expired", 120)]),
        ([50, 60], [("reminded", 20), ("reminded", 40), ("claimed", 50), ("reminded", 60), ("claimed", 60),
                    ("released", 75), ("escalated", 75), ("expired", 120)]),
        ([50, -55], [("reminded", 20), ("reminded", 40), ("claimed", 50), ("released", 55), ("escalated", 60),
                     ("expired", 120)]),
        ([50, -62], [("reminded", 20), ("reminded", 40), ("claimed", 50), ("reminded", 60), ("released", 62),
                     ("escalated", 62), ("expired", 120)]),
        ([110], [("reminded", 20), ("reminded", 40), ("escalated", 60), ("claimed", 110), ("expired", 120)]),
    ],
    ids=["none", "over the end of the level", "before it", "twice", "released before", "released after", "at the end"],
)  # fmt: skip
def test_a_claim_holds_the_ladder_until_its_lease_ends_but_no_deadline_and_no_reminder(
    claims: list[int], ends: list[tuple[str, int]]
) -> None:
    with office(CLAIMS) as team:
        review = team.propose()["review"]
        opened = team.review(review).opened_at
        for minute in claims:
            pass_until(team, review, opened + abs(minute) * MINUTE)
            team.ann.call(review, Claim() if minute > 0 else Release())
        pass_until(team, review, opened + 121 * MINUTE)
        assert [(what, (when - opened) // MINUTE) for what, when in happened(team, review)] == ends


def granted(team: Office) -> str:
    """An action that may run, and its status."""
    action = team.ask()
    team.agree(action, team.ann)
    return action


def running(team: Office) -> str:
    """An action that runs, whose lease ends in a minute."""
    action = granted(team)
    team.begin(action)
    return action


def undoable(team: Office) -> str:
    """An action whose approval can still be taken back."""
    action = team.propose(pattern="approval", undo=MINUTE)
    team.decide(action["review"], who=team.ann)
    return str(action["review"])


@pytest.mark.parametrize("years", [1, -1], ids=["forward", "back"])
@pytest.mark.parametrize(
    ("wait", "status", "after"),
    [(granted, "cleared", "refused"), (running, "started", "unknown"), (undoable, "decided", "decided")],
)
def test_grants_leases_and_undo_windows_heed_no_jump_that_is_not_confirmed(
    wait: Callable[[Office], str], status: str, after: str, years: int
) -> None:
    with office(ENDS.replace("END", "reject")) as team:
        subject = wait(team)
        before = team.archive_state(subject)
        clock = team.clock
        assert isinstance(clock, FrozenClock)
        clock.jump(years * 366 * DAY)
        team.tick(subject)
        assert team.archive_state(subject) == before
        clock.advance("1s")
        team.tick(subject)
        assert team.archive_state(subject).status == (after if years > 0 else status)
        assert years < 0 or team.archive_state(subject) != before, "a jump that is confirmed is believed"
        assert years > 0 or team.archive_state(subject) == before


JUMPS: Final = (1, 59 * 60, 3600, 3601, 86400, 366 * 86400, 30 * 366 * 86400)


@pytest.mark.parametrize("seconds", [*JUMPS, *(-one for one in JUMPS)])
def test_a_clock_that_jumps_expires_nothing_early_and_brings_nothing_back(seconds: int) -> None:
    with office(ENDS.replace("END", "reject")) as team:
        clock = team.clock
        assert isinstance(clock, FrozenClock)
        over = team.propose()
        pass_until(team, over["review"], team.review(over["review"]).deadline)
        waits = team.propose()
        before = team.review(waits["review"])
        clock.jump(seconds * SECOND)
        for one in (over, waits):
            team.tick(one["review"])
        assert team.review(over["review"]).status == "expired"
        with pytest.raises((Late, AlreadyDecided)):
            team.decide(over["review"], who=team.ann)
        believed = seconds < 3600
        assert team.review(waits["review"]).status == ("open" if believed or seconds > 3600 else "expired")
        if believed:
            assert team.review(waits["review"]) == before
        clock.advance("1s")
        team.tick(waits["review"])
        assert team.review(waits["review"]).status == ("expired" if seconds >= 3600 else "open")
        clock.advance("2h")
        team.tick(waits["review"])
        assert team.review(waits["review"]).status == "expired", "nobody who waits is released"
