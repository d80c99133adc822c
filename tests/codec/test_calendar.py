"""Wall clocks as instants: both changes of the clock, zones with odd offsets, a day that never was, and rotations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.clock import HOUR, MINUTE
from handrail.codec.calendar import (
    UnknownZone,
    after,
    closed_until,
    instant,
    open_until,
    opened,
    tell_at,
    turn,
    zone_of,
)
from handrail.directory.hours import Hours, hours
from handrail.directory.times import Rotation, Times
from tests.night import by_night, longer_by_night

WORK = [(day, 540, 1020) for day in range(5)]
"""Monday to Friday, 9 to 17 o'clock."""
ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham",
    "America/St_Johns", "Africa/Casablanca", "Pacific/Apia", "America/Sao_Paulo",
)  # fmt: skip


def at(text: str) -> int:
    """An instant in UTC."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000_000)


def said(micros: int) -> str:
    """An instant in UTC, as text."""
    return datetime.fromtimestamp(micros / 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%S")


@pytest.mark.parametrize(
    ("zone", "local", "first", "last"),
    [
        ("Europe/Berlin", "2026-01-15T12:00", "2026-01-15T11:00:00", "2026-01-15T11:00:00"),
        ("Europe/Berlin", "2026-07-15T12:00", "2026-07-15T10:00:00", "2026-07-15T10:00:00"),
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00:00", "2026-03-29T01:00:00"),
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00", "2026-10-25T01:30:00"),
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00:00", "2026-03-08T07:00:00"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00", "2026-11-01T06:30:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30:00", "2026-10-03T15:30:00"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00", "2026-04-04T15:15:00"),
        ("Asia/Kathmandu", "2026-06-01T09:00", "2026-06-01T03:15:00", "2026-06-01T03:15:00"),
        ("Pacific/Chatham", "2026-06-01T09:00", "2026-05-31T20:15:00", "2026-05-31T20:15:00"),
        ("America/St_Johns", "2026-01-01T00:00", "2026-01-01T03:30:00", "2026-01-01T03:30:00"),
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00:00", "2011-12-30T10:00:00"),
        ("America/Sao_Paulo", "2018-11-04T00:30", "2018-11-04T03:00:00", "2018-11-04T03:00:00"),
    ],
)
def test_a_local_time_is_one_instant_or_two_and_a_skipped_one_is_the_moment_of_the_skip(
    zone: str, local: str, first: str, last: str
) -> None:
    found = datetime.fromisoformat(local)
    assert (said(instant(found, zone)), said(instant(found, zone, last=True))) == (first, last)


@pytest.mark.parametrize(
    ("zone", "spans", "start", "lasts", "end"),
    [
        ("Europe/Berlin", WORK, "2026-11-27T15:00", 30 * MINUTE, "2026-11-27T15:30:00"),
        ("Europe/Berlin", WORK, "2026-11-27T15:00", HOUR, "2026-11-27T16:00:00"),
        ("Europe/Berlin", WORK, "2026-11-27T15:00", HOUR + 1_000_000, "2026-11-30T08:00:01"),
        ("Europe/Berlin", WORK, "2026-11-28T12:00", 8 * HOUR, "2026-11-30T16:00:00"),
        ("Europe/Berlin", WORK, "2026-11-27T15:00", 41 * HOUR, "2026-12-04T16:00:00"),
        ("Europe/Berlin", WORK, "2026-03-27T15:30", 2 * HOUR, "2026-03-30T08:30:00"),
        ("Europe/Berlin", WORK, "2026-10-23T14:30", 2 * HOUR, "2026-10-26T09:30:00"),
        ("Europe/Berlin", [(6, 0, 360)], "2026-03-28T23:00", 5 * HOUR, "2026-03-29T04:00:00"),
        ("Europe/Berlin", [(6, 0, 360)], "2026-10-24T22:00", 7 * HOUR, "2026-10-25T05:00:00"),
        ("Europe/Berlin", [(6, 120, 150)], "2026-03-28T23:00", 10 * MINUTE, "2026-04-05T00:10:00"),
        ("Europe/Berlin", [(6, 120, 180)], "2026-10-24T22:00", 2 * HOUR, "2026-10-25T02:00:00"),
        ("Australia/Lord_Howe", [(6, 60, 180)], "2026-10-03T12:00", 90 * MINUTE, "2026-10-03T16:00:00"),
        ("Australia/Lord_Howe", [(6, 60, 180)], "2026-04-04T12:00", 150 * MINUTE, "2026-04-04T16:30:00"),
        ("Asia/Kathmandu", WORK, "2026-06-01T03:00", HOUR, "2026-06-01T04:15:00"),
        ("UTC", [(0, 1320, 420)], "2026-11-30T23:00", 8 * HOUR, "2026-12-01T07:00:00"),
        ("UTC", [(day, 0, 1440) for day in range(7)], "2026-11-30T23:00", 1000 * HOUR, "2027-01-11T15:00:00"),
    ],
)
def test_time_that_counts_in_hours_of_the_week_alone(
    zone: str, spans: list[tuple[int, int, int]], start: str, lasts: int, end: str
) -> None:
    assert said(after(hours(zone, spans), at(start), lasts)) == end


@longer_by_night
@settings(max_examples=by_night(50_000, 100))
@given(
    st.sampled_from(ZONES),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 1439), st.integers(0, 1440)), min_size=1, max_size=5),
    st.integers(0, 60 * 366 * 24 * 3600),
    st.integers(1, 40 * 24 * 60),
)
def test_hours_of_any_zone_are_in_order_apart_and_add_up(
    zone: str, spans: list[tuple[int, int, int]], second: int, minutes: int
) -> None:
    week = hours(zone, [one for one in spans if one[1] != one[2]] or [(0, 0, 1)])
    start, lasts = second * 1_000_000, min(minutes, week.minutes * 5) * MINUTE
    end = after(week, start, lasts)
    counted, before = 0, start
    for begins, ends in opened(week, start):
        assert begins < ends
        assert begins >= before or before == start, "two of them overlap"
        before = ends
        counted += max(0, min(ends, end) - max(begins, start))
        if ends >= end:
            break
    assert counted == lasts
    assert end > start


@pytest.mark.parametrize(
    ("now", "shut", "open_"),
    [
        ("2026-11-27T15:59:59", None, "2026-11-27T16:00:00"),
        ("2026-11-27T16:00", "2026-11-30T08:00:00", None),
        ("2026-11-30T07:59:59", "2026-11-30T08:00:00", None),
        ("2026-11-30T08:00", None, "2026-11-30T16:00:00"),
    ],
)
def test_hours_say_until_when_they_are_open_or_closed(now: str, shut: str | None, open_: str | None) -> None:
    week = hours("Europe/Berlin", WORK)
    found = (closed_until(week, at(now)), open_until(week, at(now)))
    assert tuple(said(one) if one else None for one in found) == (shut, open_)


NIGHT = hours("Europe/Berlin", [(day, 1320, 420) for day in range(7)])
"""From 22 to 7 o'clock."""


@pytest.mark.parametrize(
    ("times", "now", "told"),
    [
        (None, "2026-11-27T23:00", "2026-11-27T23:00:00"),
        (Times(), "2026-11-27T23:00", "2026-11-27T23:00:00"),
        (Times(quiet=NIGHT), "2026-11-27T20:59:59", "2026-11-27T20:59:59"),
        (Times(quiet=NIGHT), "2026-11-27T21:00", "2026-11-28T06:00:00"),
        (Times(quiet=NIGHT), "2026-03-28T23:00", "2026-03-29T05:00:00"),
        (Times(quiet=NIGHT), "2026-10-24T21:00", "2026-10-25T06:00:00"),
        (Times(hours=hours("Europe/Berlin", WORK)), "2026-11-28T12:00", "2026-11-30T08:00:00"),
        (Times(hours=hours("Europe/Berlin", WORK), quiet=hours("Europe/Berlin", [(0, 0, 720)])), "2026-11-28T12:00",
         "2026-11-30T11:00:00"),
        (Times(hours=NIGHT, quiet=NIGHT), "2026-11-27T23:00", "2026-11-27T23:00:00"),
    ],
)  # fmt: skip
def test_people_are_told_outside_of_their_quiet_hours(times: Times | None, now: str, told: str) -> None:
    assert said(tell_at(times, at(now))) == told


TURNS = Rotation(("user:ann", "user:bob", "user:cyd"), "Europe/Berlin", "2026-10-19T09:00", 7)


@pytest.mark.parametrize(
    ("now", "who", "until"),
    [
        ("2026-10-19T06:59:59", None, None),
        ("2026-10-19T07:00", "user:ann", "2026-10-26T08:00:00"),
        ("2026-10-26T07:59:59", "user:ann", "2026-10-26T08:00:00"),
        ("2026-10-26T08:00", "user:bob", "2026-11-02T08:00:00"),
        ("2026-11-09T08:00", "user:ann", "2026-11-16T08:00:00"),
        ("2027-03-29T06:59:59", "user:bob", "2027-03-29T07:00:00"),
        ("2027-03-29T07:00", "user:cyd", "2027-04-05T07:00:00"),
    ],
)
def test_turns_change_by_the_wall_clock(now: str, who: str | None, until: str | None) -> None:
    found = turn(TURNS, at(now))
    assert (found and found[0], found and said(found[1])) == (who, until)


@longer_by_night
@settings(max_examples=by_night(50_000, 100))
@given(st.sampled_from(ZONES), st.integers(1, 30), st.integers(0, 20 * 366 * 24 * 60))
def test_at_each_moment_it_is_one_persons_turn(zone: str, days: int, minutes: int) -> None:
    rotation = Rotation(("user:ann", "user:bob"), zone, "2010-01-01T02:30", days)
    now = at("2010-01-02T12:00") + minutes * MINUTE
    found = turn(rotation, now)
    assert found is not None
    assert now < found[1] <= now + days * 24 * HOUR + 24 * HOUR
    following = turn(rotation, found[1])
    assert following is not None
    assert following[0] != found[0]


@pytest.mark.parametrize("name", ["Europe/Nowhere", "", "../../etc/passwd", "/etc/localtime", "Europe", "\0"])
def test_a_zone_that_is_not_known_is_refused_with_what_to_do(name: str) -> None:
    with pytest.raises(UnknownZone, match="Europe/Berlin"):
        zone_of(name)


def test_hours_that_overlap_or_pass_midnight_are_written_out() -> None:
    assert hours("UTC", [(6, 1320, 420), (0, 400, 600), (0, 300, 350)]) == Hours(
        "UTC", ((0, 0, 600), (6, 1320, 1440))
    )  # fmt: skip
    assert hours("UTC", [(4, 1320, 0)]).spans == ((4, 1320, 1440),)
    assert timedelta(minutes=hours("UTC", WORK).minutes) == timedelta(hours=40)
