"""What a policy changes beside another, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ..clock import DAY, HOUR, MINUTE, SECOND
from ..directory.hours import said
from ..policy.globs import overlap
from ..policy.limits import Limit
from ..policy.paths import ANYONE
from ..policy.rules import PathSpec, Policy, Rule

UNITS: Final = (("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND), ("ms", 1000))


def differences(before: Policy | None, after: Policy) -> Iterator[tuple[str, str]]:
    """What a policy changes, as (`+`, `-` or `~`, words)."""
    was = before or Policy("", "review")
    old, new = ({rule.id: rule for rule in one.rules} for one in (was, after))
    yield from (("+", f"{rule.name}: {_rule(rule)}") for key, rule in new.items() if key not in old)
    yield from (("-", f"{rule.name}: {_rule(rule)}") for key, rule in old.items() if key not in new)
    for key, rule in new.items():
        if key in old and rule != replace(old[key], name=rule.name):
            yield "~", f"{rule.name}: {_rule(old[key])} → {_rule(rule)}"
    yield from _reordered([one for one in was.rules if one.id in new], [one for one in after.rules if one.id in old])
    yield from _limits(was, after)
    if (was.default, was.default_path) != (after.default, after.default_path):
        yield "~", f"what no rule is about: {_default(was)} → {_default(after)}"
    for name in sorted(was.paths.keys() | after.paths.keys()):
        one, other = was.paths.get(name), after.paths.get(name)
        if one != other:
            mark = "-" if other is None else "+" if one is None else "~"
            yield mark, f"path {name}: {' → '.join(_ladder(path) for path in (one, other) if path)}"


def _limits(was: Policy, after: Policy) -> Iterator[tuple[str, str]]:
    old, new = ({limit.id: limit for limit in one.limits} for one in (was, after))
    for key in dict.fromkeys((*old, *new)):
        before, now = old.get(key), new.get(key)
        if before != now:
            mark = "+" if before is None else "-" if now is None else "~"
            said = " → ".join(_limit(one) for one in (before, now) if one)
            yield mark, f"limit {(now or before or new[key]).name}: {said}"


def _limit(limit: Limit) -> str:
    what = f"the sum of args.{limit.sum}" if limit.sum else "calls"
    per = f" per {' and '.join(limit.per)}" if limit.per else ""
    said = [f"{limit.action}: {what} at most {limit.at_most} in {_time(limit.within)}{per}"]
    said.append("else denied" if limit.otherwise == "deny" else "else review")
    if limit.path:
        said[-1] += f" by path {limit.path}"
    if limit.quorum is not None:
        said.append("quorum " + " and ".join(_places(spec, count) for spec, count in limit.quorum))
    return ", ".join(said)


def _reordered(was: list[Rule], now: list[Rule]) -> Iterator[tuple[str, str]]:
    """Rules that changed places where it matters: some action fits both, and they say different things."""
    rank = {rule.id: place for place, rule in enumerate(was)}
    for place, rule in enumerate(now):
        for later in now[place + 1 :]:
            passed = rank[rule.id] > rank[later.id] and _effect(rule) != _effect(later)
            if passed and overlap(rule.action, later.action):
                yield "~", f"{rule.name}: now counts before {later.name}, where an action fits both"


def _rule(rule: Rule) -> str:
    return f"{rule.action} {f'when {rule.when} ' if rule.when else ''}{_effect(rule)}"


def _effect(rule: Rule) -> str:
    """All that a rule says about its actions."""
    if rule.effect == "deny":
        return "is denied"
    said = [_routing(rule)]
    if rule.path:
        said.append(f"by path {rule.path}" if rule.may_ask else f"path {rule.path} when it fails")
    if rule.quorum is not None:
        said.append("quorum " + " and ".join(_places(spec, count) for spec, count in rule.quorum))
    said += [f"{name} {_time(time)}" for name, time in (("undo", rule.undo), ("grant", rule.grant)) if time is not None]
    if rule.sample:
        said.append(f"{rule.sample:.4%} looked at".replace(".0000%", "%"))
    if rule.auth:
        said.append(f"signed in by {' or '.join(rule.auth)}")
    return ", ".join([*said, *(["in place of the code"] if rule.replaces else [])])


def _routing(rule: Rule) -> str:
    """How a rule routes its actions."""
    said = {
        "run": "runs", "approval": "needs approval", "exceptions": "runs, and people are asked when it fails",
        "confidence": f"runs from confidence {rule.threshold} on", "watched": "runs inside a watched run",
    }[rule.effect]  # fmt: skip
    return said if rule.mode == "assisted" else f"{said}, mode {rule.mode}"


def _places(spec: str, count: int) -> str:
    return str(count) if spec == ANYONE else f"{count} of {spec}"


def _default(policy: Policy) -> str:
    return policy.default + (f" by path {policy.default_path}" if policy.default_path else "")


def _time(micros: int) -> str:
    """A duration as it would be written in the file."""
    unit, size = next(((unit, size) for unit, size in UNITS if micros % size == 0), ("us", 1))
    return f"{micros // size}{unit}"


def _ladder(path: PathSpec) -> str:
    rungs = [
        f"{' or '.join(rung.ask)} for {_time(rung.within)}"
        + (f" of {said(rung.hours)}" if rung.hours else "")
        + (f", reminded after {_time(rung.remind)}" if rung.remind else "")
        for rung in path.levels
    ]
    return ", then ".join([*rungs, path.at_end])
