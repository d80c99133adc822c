"""Reads the single values of a policy file: names, people, durations, conditions of `never:`, and its tests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, cast, get_args

from ruamel.yaml.nodes import Node, ScalarNode

from ..clock import DAY, SECOND, micros
from ..directory.hours import Hours, hours
from ..errors import MalformedJSON
from ..policy.criticality import Raise
from ..policy.paths import ANYONE
from ..policy.rules import Effect, Mode, PathSpec
from ..principal import Auth
from .canonical import canonical
from .cel.syntax import MAX_CHARACTERS
from .conditions import Condition, ConditionError, condition
from .policy_file import Expectation, Never
from .strict_yaml import is_number, items, line, lines, members, named, number, plain, said, text, wrong
from .week_yaml import week, zone

AUTHS: Final = tuple(one for one in get_args(Auth) if one not in ("apikey", "none"))
RISKS: Final = ("low", "medium", "high", "critical", "unrated")
PATTERNS: Final = ("approval", "confidence", "exceptions", "watched")
YEAR: Final = 366 * DAY
MONTH: Final = 31 * DAY
BUSINESS: Final = tuple((day, 9 * 60, 17 * 60) for day in range(5))
"""`hours: business`: Monday to Friday, from 9 to 17 o'clock."""
_TEST: Final = ("action", "risk", "reversible", "expect", "args", "env", "agent", "run", "confidence")
_ACTION: Final = re.compile(r"[A-Za-z0-9_\-.*]{1,200}")
_HANDLE: Final = re.compile(r"(user|group):[a-z0-9](?:[a-z0-9._@+-]{0,98}[a-z0-9])?")
_NEVER: Final = re.compile(r'run when action == "([^"]*)"')
_UNDER: Final = re.compile(r"run when (.+)", re.DOTALL)
_EXPECT: Final = re.compile(r"(run|deny|review)(?: (?!quorum\b)([a-z0-9_-]+))?(?: quorum ([1-9]\d{0,2}))?")


def action(node: Node) -> str:
    """The name of an action, exact unless a `*` is written."""
    found = text(node, "action")
    if not _ACTION.fullmatch(found):
        wrong(node, f"{said(found)} names no action", "use letters, digits, _ - and ., and * for any text")
    return found


def slug(name: str) -> str:
    """A name as it is logged: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64]


def one_of(node: Node, what: str, known: tuple[str, ...]) -> str:
    """One of the known words."""
    plain = isinstance(node, ScalarNode) and not str(node.tag).endswith(":str")
    found = str(node.value) if plain else text(node, what)
    if found not in known:
        many = f"one of {', '.join(known)}" if len(known) > 3 else " or ".join(known)
        wrong(node, f"{what}: {said(found)} is not known", f"write {many}")
    return found


def default(node: Node) -> str:
    """What happens to an action that no rule is about."""
    if isinstance(node, ScalarNode) and node.value == "run":
        wrong(
            node, "default: run would let everything run that nobody thought of",
            "write default: review, and a rule with verdict: run for each action that may",
        )  # fmt: skip
    return one_of(node, "default", ("review", "deny"))


def effect(node: Node, found: dict[str, Node]) -> Effect:
    """What a rule does with its actions."""
    if "verdict" in found and "pattern" in found:
        wrong(found["pattern"], "this rule has a verdict and a pattern", "keep one: a pattern asks people")
    if "verdict" in found:
        known = one_of(found["verdict"], "verdict", ("run", "deny"))
        return "run" if known == "run" else "deny"
    if "pattern" not in found:
        wrong(node, "this rule does not say what happens", "write verdict: run, verdict: deny or pattern: approval")
    return cast(Effect, one_of(found["pattern"], "pattern", PATTERNS))


def mode(node: Node) -> Mode:
    """What becomes of actions that a rule would ask people about."""
    return cast(Mode, one_of(node, "mode", get_args(Mode)))


def raising(node: Node) -> Raise:
    """What makes actions more critical than their code says."""
    found = members(node, ("name", "when", "action", "by"), "a criterion")
    for key, example in (("name", "name: in production"), ("when", 'when: env == "prod"')):
        if key not in found:
            wrong(node, f"this criterion has no `{key}`", f"write {example}")
    said_ = lines(found["when"], "when", MAX_CHARACTERS)
    if "criticality" in require_condition(found["when"], said_).uses.names:
        wrong(found["when"], "`criticality` is what this decides", "look at risk, env, args or history instead")
    return Raise(
        text(found["name"], "name"), said_, action(found["action"]) if "action" in found else "*",
        number(found["by"], "by", 1, 3) if "by" in found else 1,
    )  # fmt: skip


def later(node: Node, what: str, fix: str) -> None:
    """Refuse what a later version will know: read now, it would promise what nobody keeps."""
    wrong(node, f"{what} is for a later version, and this one would not heed it", fix)


def path_name(node: Node, paths: Mapping[str, PathSpec]) -> str:
    """The name of one of the paths."""
    name = text(node, "path")
    if name not in paths:
        fix = f"write one of {', '.join(paths)}, or add it below `paths:`" if paths else "add it below `paths:`"
        wrong(node, f"there is no path {said(name)}", fix)
    return name


def path_hours(node: Node, found: Mapping[str, Node]) -> Hours | None:
    """The hours in which the time of a path counts; `None` where all do."""
    if "hours" not in found:
        if "zone" in found:
            wrong(found["zone"], "a zone says nothing without hours", "add hours: business, or take it out")
        return None
    if "zone" not in found:
        wrong(found["hours"], "these hours are in no time zone", "add zone: Europe/Berlin")
    where = zone(found["zone"])
    business = isinstance(found["hours"], ScalarNode) and found["hours"].value == "business"
    return hours(where, BUSINESS) if business else week(found["hours"], "hours", where)


def handle(node: Node) -> str:
    """The handle of a person or a group."""
    found = text(node, "ask")
    if not _HANDLE.fullmatch(found):
        wrong(node, f"{said(found)} is nobody's handle", "write group:finance or user:ann, in small letters")
    return found


def duration(node: Node, what: str, least: int = SECOND, most: int = YEAR) -> int:
    """A duration with its unit, in µs, within bounds."""
    if is_number(node):
        wrong(node, f"`{what}` has no unit", "write s, m, h or d behind the number, as in 15m")
    try:
        found = micros(text(node, what))
    except ValueError as error:
        if "out of range" not in str(error):
            wrong(node, f"`{what}` is no duration", "write a number and s, m, h or d, as in 15m")
        found = most + 1
    if found > most:
        wrong(node, f"`{what}` is too long", f"write at most {most // DAY}d")
    if found < least:
        wrong(node, f"`{what}` is too short", f"write at least {least // SECOND}s")
    return found


def quorum(node: Node, asks: list[tuple[int, str]]) -> tuple[tuple[str, int], ...]:
    """How many agree: a number, or a number for each handle. Whom it names is added to `asks`."""
    if is_number(node):
        return ((ANYONE, number(node, "quorum", 1, 100)),)
    if isinstance(node, ScalarNode):
        wrong(node, f"quorum: {said(str(node.value))} is no number", "write quorum: 2, or {group:legal: 1}")
    found = []
    for name, key, value in named(node, "`quorum`"):
        one = ANYONE if name == ANYONE else handle(key)
        count = number(value, "quorum", 1, 100)
        if one.startswith("user:") and count > 1:
            wrong(value, f"{one} is one person, and would have to agree {count} times", f"write {one}: 1")
        if one != ANYONE:
            asks.append((line(key), one))
        found.append((one, count))
    if not found:
        wrong(node, "this quorum is empty, so nobody would have to agree", "write quorum: 2, or {group:legal: 1}")
    return tuple(sorted(found))


def auth(node: Node) -> tuple[str, ...]:
    """The ways to sign in that count."""
    found = tuple(one_of(one, "auth", AUTHS) for one in items(node, "`auth`", "auth: [webauthn]"))
    if len(set(found)) < len(found):
        wrong(node, "`auth` names a way twice", "keep it once")
    return found


def when(node: Node) -> str:
    """The text of a condition that can be evaluated."""
    found = lines(node, "when", MAX_CHARACTERS)
    require_condition(node, found)
    return found


def require_condition(node: Node, found: str) -> Condition:
    """The condition of a text."""
    try:
        return condition(found)
    except ConditionError as error:
        wrong(node, error.problem, error.fix)


def never(node: Node) -> Never:
    """A condition under which nothing may run without people."""
    said_ = lines(node, "never", MAX_CHARACTERS)
    found = _NEVER.fullmatch(said_)
    if found is not None and _ACTION.fullmatch(found[1]):
        return Never(line(node), found[1])
    under = _UNDER.fullmatch(said_)
    if under is None or found is not None:
        wrong(node, f"{said(said_)} is no condition", 'write run when action == "payments.refund"')
    return Never(line(node), require_condition(node, under[1]).only or "*", under[1])


def test(node: Node, paths: Mapping[str, PathSpec]) -> Expectation:
    """One of the policy's own tests."""
    found = members(node, _TEST, "a test")
    for key in ("action", "expect"):
        if key not in found:
            wrong(node, f"this test says no `{key}`", "write {action: db.read, expect: run}")
    name = action(found["action"])
    if "*" in name:
        wrong(found["action"], "a test is about one action, and a * stands for many", "write one name out")
    kind, path, many = _expected(found["expect"], paths)
    risk = one_of(found["risk"], "risk", RISKS) if "risk" in found else "unrated"
    reversible = "reversible" in found and one_of(found["reversible"], "reversible", ("true", "false")) == "true"
    said_ = {key: text(found[key], key) if key in found else None for key in ("env", "agent", "run")}
    confidence = sure(found["confidence"]) if "confidence" in found else None
    args = arguments(found["args"]) if "args" in found else "{}"
    return Expectation(line(node), name, kind, path, many, risk, reversible, args, **said_, confidence=confidence)


def sure(node: Node, what: str = "confidence") -> float:
    """A number from 0 to 1."""
    found = plain(node, what)
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= 1:
        wrong(node, f"{what} is no number from 0 to 1", f"write {what}: 0.8")
    return float(found)


def arguments(node: Node) -> str:
    """The arguments of a test, as canonical text."""
    found = plain(node, "args")
    if not isinstance(found, dict):
        wrong(node, "`args` are no arguments by name", 'write args: {amount: "600.00"}')
    try:
        return canonical(found)
    except MalformedJSON as error:
        wrong(node, f"`args` are no JSON: {error}", "write them as JSON has them, big numbers as text")


def _expected(node: Node, paths: Mapping[str, PathSpec]) -> tuple[str, str | None, int | None]:
    expected = _EXPECT.fullmatch(text(node, "expect"))
    if expected is None:
        wrong(
            node, f"{said(str(node.value))} cannot be expected", "write run, deny, review, or review finance quorum 2"
        )
    if expected[1] != "review" and (expected[2] or expected[3]):
        wrong(node, f"what is to {expected[1]} has no path and no quorum", f"write {expected[1]}, or review finance")
    if expected[2] and expected[2] not in paths:
        wrong(node, f"there is no path {said(expected[2])}", f"write one of {', '.join(paths) or 'none yet'}")
    return expected[1], expected[2], int(expected[3]) if expected[3] else None
