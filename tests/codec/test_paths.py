"""Paths of random policies: each is refused, or finite, and ends at somebody who is named; none leads in a circle."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.clock import DAY, HOUR
from handrail.codec.policy_file import PolicyFileError, read_policy_file
from handrail.policy.rules import PathSpec
from tests.heart.desk import Desk
from tests.night import by_night, longer_by_night

NAMES = ("a", "b", "c", "d")
ASKED = st.sampled_from(["user:ann", "user:bob", "group:team", "group:else", "[group:team, user:bob]"])
LEVEL = st.tuples(ASKED, st.integers(1, 12), st.booleans())
ENDS = ("reject", "approve", "answer", "escalate:nowhere", "run")
END = st.sampled_from([*ENDS, *(f"escalate:{name}" for name in NAMES)])
SATURDAYS = ', hours: "Sat 22:00-02:00", zone: Asia/Kathmandu'
HOURS = st.sampled_from(["", ", hours: business, zone: Europe/Berlin", SATURDAYS])
Path = tuple[list[tuple[str, int, bool]], str, str]
PATHS = st.dictionaries(
    st.sampled_from(NAMES), st.tuples(st.lists(LEVEL, min_size=1, max_size=3), END, HOURS), min_size=1
)


def written(paths: dict[str, Path]) -> str:
    """The paths as a policy file."""
    lines = ["paths:"]
    for name, (levels, end, hours) in paths.items():
        rungs = [
            f"{{ask: {ask}, for: {length}h{f', remind: {length * 20}m' if remind else ''}}}"
            for ask, length, remind in levels
        ]
        lines.append(f'  {name}: {{levels: [{", ".join(rungs)}], at_end: "{end}"{hours}}}')
    return "\n".join([*lines, ""])


def taken(paths: dict[str, Path]) -> Mapping[str, PathSpec] | None:
    """The paths as the policy has them, unless they are refused."""
    try:
        return read_policy_file(written(paths)).policy.paths
    except PolicyFileError:
        return None


def way(paths: dict[str, Path], name: str) -> list[str] | None:
    """The paths that one leads through; `None` where it never ends, or ends nowhere."""
    found: list[str] = []
    while name not in found:
        if name not in paths:
            return None
        found.append(name)
        end = paths[name][1]
        if not end.startswith("escalate:"):
            return found if end != "run" else None
        name = end.removeprefix("escalate:")
    return None


@longer_by_night
@settings(max_examples=by_night(20_000, 100))
@given(PATHS)
def test_a_policy_is_taken_exactly_where_each_path_ends_at_somebody_named(paths: dict[str, Path]) -> None:
    ways, found = {name: way(paths, name) for name in paths}, taken(paths)
    assert (found is None) == (None in ways.values())
    for name, passed in ways.items() if found else ():
        assert found
        assert passed
        assert len(found[name].levels) == sum(len(paths[one][0]) for one in passed)
        assert found[name].at_end == paths[passed[-1]][1]
        assert all(rung.ask and rung.within > 0 for rung in found[name].levels)


RULE = "rules: [{{name: one, action: mail.send, pattern: approval, path: {}, replaces: code}}]\n"


@longer_by_night
@settings(max_examples=by_night(20_000, 100))
@given(PATHS, st.integers(0, 400 * 24))
def test_whoever_nobody_answers_is_released_at_the_deadline_that_was_told_at_first(
    paths: dict[str, Path], hour: int
) -> None:
    ended = {name: path for name, path in paths.items() if way(paths, name) is not None}
    name = min(ended, default=None)
    if name is None:
        return
    desk = Desk(ann="team", bob="else")
    desk.world.policy = read_policy_file(written(ended) + RULE.format(name)).policy
    desk.wait(hour * HOUR)
    start = desk.world.now
    desk.propose()
    told = desk.review().deadline
    assert start < told < start + 400 * DAY
    while (due := desk.review().due_at) is not None:
        assert desk.world.now < due <= told
        desk.wait(due - desk.world.now)
        assert desk.sweep(), "nothing is done though it is due"
    assert (desk.world.now, desk.review().status, desk.action().status) == (told, "expired", "refused")
    assert desk.review().demand.levels[-1].ask, "nobody is the last stop"
