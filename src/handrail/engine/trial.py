"""Tries a policy on one action: what becomes of each rule, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..codec.conditions import Arguments, Context, NoValue, condition, guesses
from ..codec.policy_file import PolicyFile
from ..directory.model import Directory
from ..policy.asked import Asked
from ..policy.criticality import Criticality
from ..policy.rules import Policy, Rule
from ..policy.verdict import Verdict, judge
from .rehearsal import NOBODY, UNDECLARED, imagined

Outcome = Literal["counts", "untrue", "no_answer", "other_action", "not_reached"]


@dataclass(frozen=True, slots=True)
class Tried:
    """What becomes of a rule, and why: the parts of its condition that are not true, or have no answer."""

    rule: Rule
    outcome: Outcome
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """Every rule in order, the verdict on an action whose code asks for nobody, and how critical the action is by the
    policy's words, or why that has no answer."""

    rules: tuple[Tried, ...]
    verdict: Verdict
    criticality: Criticality | str | None = None


def tried(file: PolicyFile, asked: Asked, args: str, directory: Directory | None) -> Trial:
    """A policy tried on an action. No schema is known: a text that is compared with a number is taken for one."""
    people = imagined(file) if directory is None or directory.solo else directory
    given = Arguments(args, guesses=guesses(file.policy.conditions))
    context = Context(asked, given, people.names, raises=file.policy.criticality)
    verdict = judge(UNDECLARED, people, NOBODY, file.policy, asked, context.holds)
    return Trial(tuple(_rules(file.policy, asked.name, context)), verdict, _critical(file.policy, context))


def _critical(policy: Policy, context: Context) -> Criticality | str | None:
    try:
        return context.criticality if policy.criticality else None
    except NoValue as error:
        return str(error)


def _rules(policy: Policy, name: str, context: Context) -> Iterator[Tried]:
    ended = False
    for rule in policy.rules:
        if ended:
            yield Tried(rule, "not_reached")
        elif not rule.is_about(name):
            yield Tried(rule, "other_action")
        else:
            found = _tried(rule, context)
            ended = found.outcome in ("counts", "no_answer")
            yield found


def _tried(rule: Rule, context: Context) -> Tried:
    if rule.when is None:
        return Tried(rule, "counts")
    found = condition(rule.when)
    try:
        if found.holds(context):
            return Tried(rule, "counts", (f"`{found.text}` is true",))
    except NoValue as error:
        return Tried(rule, "no_answer", (str(error),))
    return Tried(rule, "untrue", tuple(f"`{text}` is false" for text, worth in found.open(context) if worth is False))
