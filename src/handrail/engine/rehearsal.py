"""Tries a policy before it is applied: among people, on its own tests, on what must never be, and beside another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ..codec.conditions import Arguments, Context, guesses
from ..codec.policy_file import Expectation, Mistake, Never, PolicyFile, PolicyFileError, read_policy_file
from ..directory.model import Directory, Names, Person
from ..policy.asked import Asked
from ..policy.criticality import Raise
from ..policy.declaration import Declaration
from ..policy.globs import example, overlap
from ..policy.limited import limited
from ..policy.limits import Tally
from ..policy.paths import Demand
from ..policy.rules import Policy, Rule
from ..policy.verdict import Verdict, judge
from .borders import violation

NOBODY: Final[frozenset[str]] = frozenset()
UNDECLARED: Final = Declaration("auto")
CROWD: Final = 100


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
    people = imagined(file) if directory is None or directory.solo else directory
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


def imagined(file: PolicyFile) -> Directory:
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
        if rule.may_ask and (rule.path or file.policy.default_path):
            alone = replace(file.policy, rules=(replace(rule, when=None),))
            verdict = judge(UNDECLARED, directory, NOBODY, alone, _asked(rule))
            if verdict.kind == "deny":
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
    asked = supposed(test, directory.names)
    args = Arguments(test.args, guesses=guesses(file.policy.conditions))
    context = Context(asked, args, directory.names, raises=file.policy.criticality)
    verdict = judge(UNDECLARED, directory, NOBODY, file.policy, asked, context.holds)
    path, quorum = path_name(file.policy, verdict), _quorum(verdict)
    if verdict.kind == test.kind and test.path in (None, path) and test.quorum in (None, quorum):
        return
    parts = [test.kind, test.path or "", f"quorum {test.quorum}" if test.quorum else ""]
    found = described(file.policy, verdict)
    why = f" by the rule {verdict.rule!r}" if verdict.rule else ""
    why += f" ({verdict.advice})" if verdict.advice else ""
    problem = f"this expects `{' '.join(filter(None, parts))}` of {test.action}, and it would be `{found}`{why}"
    yield Mistake(test.line, problem, "change the rule, or what the test expects")


def supposed(test: Expectation, names: Names) -> Asked:
    """The action that a test is about; the run of a test is taken as one that people watch."""
    agent = names.agent(test.agent) if test.agent else ""
    run = names.run(test.run) if test.run else None
    return Asked(test.action, test.risk, test.reversible, agent, run, test.env, test.confidence, run is not None)


def _never(file: PolicyFile, never: Never) -> Iterator[Mistake]:
    """The rules that let run what must never run: each that is the first about some such action."""
    rules = [rule for rule in file.policy.rules if overlap(rule.action, never.action)]
    for place, rule in enumerate(rules, 1):
        found = _first_about(never, rules[:place], file.policy.criticality) if rule.may_run else None
        if found is not None:
            line = file.places[rule.id]
            problem = f"{found} must never run without people, and the rule {rule.name!r} of line {line} lets it"
            yield Mistake(never.line, problem, "give that rule pattern: approval, or an action that this leaves out")


def _first_about(never: Never, rules: list[Rule], raises: tuple[Raise, ...]) -> str | None:
    """An action that the last of these rules is the first to be about; in doubt there is one.

    Names are told exactly; where conditions count, actions at all their borders are tried.
    """
    *earlier, last = rules
    sure = [one for one in earlier if one.when is None]
    name = _name(never, [*sure, last])
    if name is None or (never.when is None and last.when is None):
        return name
    return violation(never, rules, name, raises)


def _name(never: Never, rules: list[Rule]) -> str | None:
    last = len(rules)
    try:
        return example((never.action, *(one.action for one in rules)), lambda fits: min(fits - {0}, default=0) == last)
    except OverflowError:
        return never.action


def described(policy: Policy, verdict: Verdict) -> str:
    """A verdict in the words of `tests:`."""
    if verdict.kind != "review":
        return verdict.kind
    path = path_name(policy, verdict)
    return f"review{' ' + path if path else ''} quorum {_quorum(verdict)}"


def path_name(policy: Policy, verdict: Verdict) -> str | None:
    """The name of the path by which people are asked."""
    rule = next((one for one in policy.rules if one.id == verdict.rule), None)
    return (rule.path if rule else None) or policy.default_path


def _quorum(verdict: Verdict) -> int:
    return sum(count for _, count in verdict.demand.quorum) if verdict.demand else 0
