"""Tries a policy before it is applied: among people, on its own tests, on what must never be, and beside another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..codec.policy_file import Expectation, Mistake, Never, PolicyFile
from ..directory.model import Directory, Names, Person
from ..policy.paths import ANYONE
from ..policy.rules import Policy, Rule
from ..policy.verdict import Asked, Declaration, Verdict, judge

NOBODY: Final[frozenset[str]] = frozenset()
UNDECLARED: Final = Declaration("auto")
CROWD: Final = 100


def mistakes(file: PolicyFile, directory: Directory | None) -> list[Mistake]:
    """Everything that would go wrong with a policy among these people.

    Without a directory, or in solo mode, everybody whom the file asks is taken to be there.
    """
    people = _imagined(file) if directory is None or directory.solo else directory
    found = list(_unknown(file, people)) or list(_unreachable(file, people))
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
    """Everybody whom the file asks, with many people in each group."""
    names = Names(b"")
    found: list[Person] = []
    for handle in dict.fromkeys(handle for _, handle in file.asks):
        kind, _, bare = handle.partition(":")
        count, groups = (1, ()) if kind == "user" else (CROWD, (names.group(bare),))
        for place in range(count):
            known = names.look_up("user", bare) if kind == "user" else f"{handle} {place}"
            found.append(Person(f"usr_{handle} {place}", "present", 1, known, None, groups, None))
    return Directory(names, {one.id: one for one in found}, solo=False)


def _unreachable(file: PolicyFile, directory: Directory) -> Iterator[Mistake]:
    for rule in file.policy.rules:
        if rule.effect == "approval" and (rule.path or file.policy.default_path):
            verdict = judge(UNDECLARED, directory, NOBODY, file.policy, _asked(rule))
            if verdict.kind == "deny" and file.policy.find(_asked(rule).name) == rule:
                problem = f"nobody could decide what the rule {rule.name!r} asks for: {verdict.advice}"
                yield Mistake(file.places[rule.id], problem, "ask more people, or for fewer")


def _asked(rule: Rule) -> Asked:
    """An action that the rule is about."""
    return Asked(rule.action.replace("*", "any"))


def _test(file: PolicyFile, test: Expectation, directory: Directory) -> Iterator[Mistake]:
    verdict = judge(UNDECLARED, directory, NOBODY, file.policy, Asked(test.action, test.risk, test.reversible))
    found = described(file.policy, verdict, test.action)
    path, quorum = _path(file.policy, test.action), _quorum(verdict)
    fits = verdict.kind == test.kind and test.path in (None, path) and test.quorum in (None, quorum)
    if not fits:
        wanted = " ".join(
            part for part in (test.kind, test.path or "", f"quorum {test.quorum}" if test.quorum else "") if part
        )
        yield Mistake(
            test.line, f"expected {wanted} of {test.action}, and it is {found}", "change the rule or the test"
        )


def _never(file: PolicyFile, never: Never) -> Iterator[Mistake]:
    for rule in file.policy.rules:
        overlap = rule.is_about(never.action) or Rule("", "", never.action, "run").is_about(rule.action)
        reached = file.policy.find(never.action) == rule if "*" not in never.action else overlap
        if rule.effect == "run" and overlap and reached:
            problem = f"{never.action} must never run without people, and the rule {rule.name!r} lets it"
            yield Mistake(file.places[rule.id], problem, "make the rule ask for approval")


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
    old = {rule.id: rule for rule in before.rules} if before else {}
    new = {rule.id: rule for rule in after.rules}
    yield from (("+", _words(rule)) for key, rule in new.items() if key not in old)
    yield from (("-", _words(rule)) for key, rule in old.items() if key not in new)
    for key in new.keys() & old.keys():
        if new[key] != old[key]:
            yield "~", f"{_words(old[key])} → {_words(new[key])}"
    if before is None or (before.default, before.default_path) != (after.default, after.default_path):
        yield "~", f"default: {after.default}{f' by {after.default_path}' if after.default_path else ''}"
    paths = before.paths if before else {}
    for name in sorted(paths.keys() | after.paths.keys()):
        if paths.get(name) != after.paths.get(name):
            yield ("-" if name not in after.paths else "~" if name in paths else "+"), f"path {name}"
    if before is not None and list(old) != list(new) and old.keys() == new.keys():
        yield "~", "the order of the rules"


def _words(rule: Rule) -> str:
    many = ANYONE if rule.quorum is None else " ".join(f"{spec} {count}" for spec, count in rule.quorum)
    asks = f" by {rule.path or 'the default path'}, quorum {many}" if rule.effect == "approval" else ""
    return f"{rule.name}: {rule.action} {rule.effect}{asks}{' in place of the code' if rule.replaces else ''}"
