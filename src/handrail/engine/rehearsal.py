"""Tries a policy before it is applied: among people, on its own tests, on what must never be, and beside another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ..clock import DAY, HOUR, MINUTE, SECOND
from ..codec.policy_file import Expectation, Mistake, Never, PolicyFile, PolicyFileError, read_policy_file
from ..directory.model import Directory, Names, Person
from ..policy.asked import Asked
from ..policy.declaration import Declaration
from ..policy.globs import example, overlap
from ..policy.limited import limited
from ..policy.limits import Limit, Tally
from ..policy.paths import ANYONE, Demand
from ..policy.rules import PathSpec, Policy, Rule
from ..policy.verdict import Verdict, judge

NOBODY: Final[frozenset[str]] = frozenset()
UNDECLARED: Final = Declaration("auto")
CROWD: Final = 100
UNITS: Final = (("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND), ("ms", 1000))


def checked(text: str, directory: Directory | None) -> PolicyFile:
    """The policy of a file. Raises `PolicyFileError` with everything that is wrong in it, or would go wrong."""
    found = read_policy_file(text)
    wrong = mistakes(found, directory)
    if wrong:
        raise PolicyFileError(tuple(wrong))
    return found


def mistakes(file: PolicyFile, directory: Directory | None) -> list[Mistake]:
    """Everything that would go wrong with a policy among these people.

    Without a directory, or in solo mode, everybody whom the file asks is taken to be there.
    """
    people = _imagined(file) if directory is None or directory.solo else directory
    found = list(_unknown(file, people)) or [*_unreachable(file, people), *_beyond(file, people)]
    if not found:
        found += [mistake for test in file.tests for mistake in _test(file, test, people)]
    return sorted([*found, *(mistake for never in file.never for mistake in _never(file, never))])


def _unknown(file: PolicyFile, directory: Directory) -> Iterator[Mistake]:
    """People and groups that are not there."""
    for line, handle in file.asks:
        found = directory.resolve(handle)
        if found is None or (handle.startswith("group:") and not directory.members(found)):
            who = "nobody who may decide is in" if handle.startswith("group:") else "there is no"
            yield Mistake(line, f"{who} {handle}", "add people with `handrail people apply people.yaml`, or ask others")


def _imagined(file: PolicyFile) -> Directory:
    """Everybody whom the file asks, each in all of its groups, and a crowd in those."""
    names = Names(b"")
    handles = dict.fromkeys(handle.partition(":")[::2] for _, handle in file.asks)
    groups = tuple(names.group(bare) for kind, bare in handles if kind == "group")
    users = [bare for kind, bare in handles if kind == "user"]
    found = [Person(f"usr_{one}", "present", 1, names.look_up("user", one), None, groups, None) for one in users]
    if groups:
        found += [Person(f"usr_ {one}", "present", 1, f" {one}", None, groups, None) for one in range(CROWD)]
    return Directory(names, {one.id: one for one in found}, solo=False)


def _unreachable(file: PolicyFile, directory: Directory) -> Iterator[Mistake]:
    for rule in file.policy.rules:
        if rule.effect == "approval" and (rule.path or file.policy.default_path):
            verdict = judge(UNDECLARED, directory, NOBODY, file.policy, _asked(rule))
            if verdict.kind == "deny" and file.policy.find(_asked(rule).name) == rule:
                problem = f"the rule {rule.name!r} could never be decided: {verdict.advice.partition(': ')[0]}"
                yield Mistake(file.places[rule.id], problem, "ask more people, or let fewer agree")


def _beyond(file: PolicyFile, directory: Directory) -> Iterator[Mistake]:
    """Limits beyond which nobody could decide."""
    policy = file.policy
    for limit in policy.limits:
        if limit.otherwise == "review" and (limit.path or policy.default_path):
            passed = (Tally(limit, None, None, None),)
            verdict = limited(Verdict("run", "auto", "rule", Demand(())), passed, policy, directory, NOBODY)
            if verdict.kind == "deny":
                problem = f"beyond the limit {limit.name!r} nobody could decide: {verdict.advice.partition(': ')[0]}"
                yield Mistake(file.places[f"limit:{limit.id}"], problem, "ask more people, or let fewer agree")


def _asked(rule: Rule) -> Asked:
    """An action that the rule is about."""
    return Asked(rule.action.replace("*", "any"))


def _test(file: PolicyFile, test: Expectation, directory: Directory) -> Iterator[Mistake]:
    verdict = judge(UNDECLARED, directory, NOBODY, file.policy, Asked(test.action, test.risk, test.reversible))
    path, quorum = _path(file.policy, test.action), _quorum(verdict)
    if verdict.kind == test.kind and test.path in (None, path) and test.quorum in (None, quorum):
        return
    parts = [test.kind, test.path or "", f"quorum {test.quorum}" if test.quorum else ""]
    found = described(file.policy, verdict, test.action)
    why = f" by the rule {verdict.rule!r}" if verdict.rule else f" ({verdict.advice})" if verdict.advice else ""
    problem = f"this expects `{' '.join(filter(None, parts))}` of {test.action}, and it would be `{found}`{why}"
    yield Mistake(test.line, problem, "change the rule, or what the test expects")


def _never(file: PolicyFile, never: Never) -> Iterator[Mistake]:
    """The rules that let run what must never run: each that is the first about some action of that name."""
    rules = [rule for rule in file.policy.rules if overlap(rule.action, never.action)]
    for place, rule in enumerate(rules, 1):
        name = _first_about(never, rules[:place]) if rule.effect == "run" else None
        if name is not None:
            line = file.places[rule.id]
            problem = f"{name} must never run without people, and the rule {rule.name!r} of line {line} lets it"
            yield Mistake(never.line, problem, "give that rule pattern: approval, or an action that this leaves out")


def _first_about(never: Never, rules: list[Rule]) -> str | None:
    """An action of that name that the last of these rules is the first to be about; in doubt there is one."""
    last = len(rules)
    try:
        return example((never.action, *(one.action for one in rules)), lambda fits: min(fits - {0}, default=0) == last)
    except OverflowError:
        return never.action


def described(policy: Policy, verdict: Verdict, action: str) -> str:
    """A verdict in the words of `tests:`."""
    if verdict.kind != "review":
        return verdict.kind
    path = _path(policy, action)
    return f"review{' ' + path if path else ''} quorum {_quorum(verdict)}"


def _path(policy: Policy, action: str) -> str | None:
    rule = policy.find(action)
    return (rule.path if rule else None) or policy.default_path


def _quorum(verdict: Verdict) -> int:
    return sum(count for _, count in verdict.demand.quorum) if verdict.demand else 0


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
    return f"{rule.action} {_effect(rule)}"


def _effect(rule: Rule) -> str:
    """All that a rule says about its actions."""
    if rule.effect == "deny":
        return "is denied"
    said = ["needs approval" if rule.effect == "approval" else "runs"]
    if rule.path:
        said.append(f"by path {rule.path}" if rule.effect == "approval" else f"path {rule.path} when it fails")
    if rule.quorum is not None:
        said.append("quorum " + " and ".join(_places(spec, count) for spec, count in rule.quorum))
    said += [f"{name} {_time(time)}" for name, time in (("undo", rule.undo), ("grant", rule.grant)) if time is not None]
    if rule.auth:
        said.append(f"signed in by {' or '.join(rule.auth)}")
    return ", ".join([*said, *(["in place of the code"] if rule.replaces else [])])


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
        + (f", reminded after {_time(rung.remind)}" if rung.remind else "")
        for rung in path.levels
    ]
    return ", then ".join([*rungs, path.at_end])
