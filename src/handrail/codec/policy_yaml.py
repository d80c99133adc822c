"""Reads the policy file's YAML; loaded only when there is one to read. Goes on after a mistake, to tell them all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, get_args

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ..clock import micros
from ..policy.paths import ANYONE, AtEnd
from ..policy.rules import Effect, PathSpec, Policy, Rule, Rung
from ..principal import Auth
from .policies import text_digest
from .policy_file import Expectation, Mistake, Never, PolicyFile, PolicyFileError
from .strict_yaml import Wrong, is_number, items, line, members, named, number, parsed, said, text, wrong

KEYS: Final = ("default", "default_path", "paths", "rules", "never", "tests")
RULE: Final = (
    "name", "action", "verdict", "pattern", "path", "quorum", "undo", "grant", "auth", "replaces", "when", "threshold",
    "max_error",
)  # fmt: skip
LATER: Final = {"when": "conditions", "threshold": "confidence", "max_error": "confidence"}
AUTHS: Final = tuple(one for one in get_args(Auth) if one not in ("apikey", "none"))
_ACTION: Final = re.compile(r"[A-Za-z0-9_\-.*]{1,200}")
_HANDLE: Final = re.compile(r"(user|group):[a-z0-9](?:[a-z0-9._@+-]{0,98}[a-z0-9])?")
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?")
_NEVER: Final = re.compile(r'run when action == "([^"]*)"')
_EXPECT: Final = re.compile(r"(run|deny|review)(?: (?!quorum)([a-z0-9_-]+))?(?: quorum (\d{1,3}))?")
RISKS: Final = ("low", "medium", "high", "critical", "unrated")


@dataclass(frozen=True, slots=True)
class _Path:
    """A path as it is written: its end may lead to another one."""

    place: Node
    levels: tuple[Rung, ...]
    at_end: str


@dataclass
class _Reading:
    """What was read so far, and every mistake on the way."""

    mistakes: list[Mistake] = field(default_factory=list)
    asks: list[tuple[int, str]] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """A mistake inside the block is noted, and reading goes on behind it."""
        try:
            yield
        except Wrong as found:
            self.mistakes.append(Mistake(found.line, found.problem, found.fix))

    def file(self, source: str) -> PolicyFile:
        """The whole file."""
        found = members(parsed(source), KEYS, "the file")
        paths = self._paths(found.get("paths"))
        rules = self._rules(found.get("rules"), paths)
        default, default_path = "review", None
        with self.noting():
            default = _one_of(found.get("default"), "default", ("review", "deny"), "review")
        with self.noting():
            default_path = _path_name(found.get("default_path"), paths)
        self._shadows(rules)
        self._runs(rules, found.get("default_path") is not None)
        policy = Policy(text_digest(source), "deny" if default == "deny" else "review", default_path, paths, rules)
        tests, never = self._tests(found.get("tests"), paths), self._nevers(found.get("never"))
        return PolicyFile(policy, tests, never, self.places, tuple(self.asks))

    def _tests(self, node: Node | None, paths: Mapping[str, PathSpec]) -> tuple[Expectation, ...]:
        found: list[Expectation] = []
        for one in self._list(node):
            with self.noting():
                found.append(_test(one, paths))
        return tuple(found)

    def _nevers(self, node: Node | None) -> tuple[Never, ...]:
        found: list[Never] = []
        for one in self._list(node):
            with self.noting():
                found.append(_never(one))
        return tuple(found)

    def _list(self, node: Node | None) -> list[Node]:
        with self.noting():
            if node is not None and not isinstance(node, SequenceNode):
                wrong(node, "this is no list", "write each as `- …` on a line of its own")
        return list(node.value) if isinstance(node, SequenceNode) else []

    # Paths.

    def _paths(self, node: Node | None) -> dict[str, PathSpec]:
        written: dict[str, _Path] = {}
        with self.noting():
            for name, key, value in named(node, "`paths`") if node is not None else ():
                with self.noting():
                    written[name] = self._path(name, key, value)
        found: dict[str, PathSpec] = {}
        for name in written:
            with self.noting():
                found[name] = _whole(name, written)
        return found

    def _path(self, name: str, key: Node, value: Node) -> _Path:
        if not _NAME.fullmatch(name):
            wrong(key, f"{said(name)} names no path", "use small letters, digits, - and _, as in finance")
        found = members(value, ("levels", "at_end"), f"the path {name}")
        if "levels" not in found:
            wrong(value, f"the path {name} has no levels", "write levels: [{ask: group:finance, for: 1h}]")
        levels = tuple(
            self._level(one) for one in items(found["levels"], "`levels`", "levels: [{ask: group:finance, for: 1h}]")
        )
        return _Path(value, levels, text(found["at_end"], "at_end") if "at_end" in found else "reject")

    def _level(self, node: Node) -> Rung:
        found = members(node, ("ask", "for", "remind"), "a level")
        for key in ("ask", "for"):
            if key not in found:
                wrong(node, f"this level does not say `{key}`", "write {ask: group:finance, for: 1h}")
        within = _duration(found["for"], "for")
        remind = _duration(found["remind"], "remind") if "remind" in found else None
        if not within:
            wrong(found["for"], "nobody can decide in no time", "write for: 10m")
        if remind is not None and not 0 < remind < within:
            wrong(found["remind"], "the reminder does not come before the level ends", "give remind less time than for")
        return Rung(self._asked(found["ask"]), within, remind)

    def _asked(self, node: Node) -> tuple[str, ...]:
        nodes = node.value if isinstance(node, SequenceNode) else [node]
        found = tuple(_handle(one) for one in nodes)
        if not found:
            wrong(node, "nobody is asked", "write ask: group:finance")
        self.asks += [(line(one), handle) for one, handle in zip(nodes, found, strict=True)]
        return found

    # Rules.

    def _rules(self, node: Node | None, paths: Mapping[str, PathSpec]) -> tuple[Rule, ...]:
        found: list[Rule] = []
        for one in self._list(node):
            with self.noting():
                found.append(self._rule(one, paths))
        return tuple(found)

    def _rule(self, node: Node, paths: Mapping[str, PathSpec]) -> Rule:
        found = members(node, RULE, "a rule")
        for key, what in LATER.items():
            if key in found:
                wrong(found[key], f"`{key}` needs {what}, which this version does not know", "leave it out for now")
        if "action" not in found:
            wrong(node, "this rule says no action", 'write action: payments.refund, or action: "payments.*"')
        action = text(found["action"], "action")
        if not _ACTION.fullmatch(action):
            wrong(found["action"], f"{said(action)} names no action", "use letters, digits, _ - and ., and * for any")
        name = text(found["name"], "name") if "name" in found else action.replace("*", "any")
        rule_id = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64]
        if not rule_id:
            wrong(
                found.get("name", node), f"{said(name)} has no letter or digit", "give the rule a name that people know"
            )
        if rule_id in self.places:
            wrong(node, f"the rule of line {self.places[rule_id]} has this name, too", "give each rule its own name")
        self.places[rule_id] = line(node)
        return self._effective(Rule(rule_id, name, action, _effect(node, found)), found, paths)

    def _effective(self, rule: Rule, found: dict[str, Node], paths: Mapping[str, PathSpec]) -> Rule:
        if rule.effect != "approval":
            for key in ("quorum", "undo", "auth"):
                if key in found:
                    wrong(found[key], f"`{key}` is about people, and this rule asks none", "leave it out")
        replaces = _one_of(found.get("replaces"), "replaces", ("code",), "")
        return Rule(
            rule.id, rule.name, rule.action, rule.effect, _path_name(found.get("path"), paths),
            self._quorum(found["quorum"]) if "quorum" in found else None,
            _duration(found["undo"], "undo") if "undo" in found else None,
            _duration(found["grant"], "grant") if "grant" in found else None,
            tuple(_one_of(one, "auth", AUTHS, "") for one in items(found["auth"], "`auth`", "[session]"))
            if "auth" in found else (),
            replaces == "code",
        )  # fmt: skip

    def _quorum(self, node: Node) -> tuple[tuple[str, int], ...]:
        if is_number(node):
            return ((ANYONE, number(node, "quorum", 1, 100)),)
        if not isinstance(node, MappingNode):
            wrong(node, "`quorum` is no number and no mapping", "write quorum: 2, or quorum: {group:legal: 1}")
        found = []
        for name, key, value in named(node, "`quorum`"):
            handle = ANYONE if name == ANYONE else _handle(key)
            if handle != ANYONE:
                self.asks.append((line(key), handle))
            found.append((handle, number(value, "quorum", 1, 100)))
        return tuple(sorted(found))

    def _shadows(self, rules: tuple[Rule, ...]) -> None:
        """A rule that no action ever reaches."""
        for place, rule in enumerate(rules):
            earlier = next((one for one in rules[:place] if one.is_about(rule.action)), None)
            if earlier is not None:
                problem = f"no action reaches this rule: line {self.places[earlier.id]} is about them first"
                self.mistakes.append(Mistake(self.places[rule.id], problem, "move it up, or take one of the two out"))

    def _runs(self, rules: tuple[Rule, ...], has_default: bool) -> None:
        """What runs by itself can fail, and then somebody has to be asked."""
        for rule in rules:
            if rule.effect == "run" and rule.path is None and not has_default:
                problem = "what this rule lets run may fail, and nobody is named who looks at it then"
                self.mistakes.append(Mistake(self.places[rule.id], problem, "add `path:`, or a `default_path:` above"))


def policy_of(source: str) -> PolicyFile:
    """The policy of a file. Raises `PolicyFileError`."""
    reading, found = _Reading(), PolicyFile(Policy(""))
    with reading.noting():
        found = reading.file(source)
    if reading.mistakes:
        raise PolicyFileError(tuple(sorted(reading.mistakes)))
    return found


def _whole(name: str, written: Mapping[str, _Path]) -> PathSpec:
    """A path with those that its end leads to written out behind it."""
    levels: list[Rung] = []
    passed: list[str] = []
    at = name
    while True:
        path = written.get(at)
        if at in passed:
            wrong(written[name].place, f"the path {name} leads back to {at}", "let one of them end with reject")
        if path is None:
            wrong(written[name].place, f"at_end leads to {said(at)}, which is no path", "name one of `paths:`")
        passed.append(at)
        levels += path.levels
        kind, _, target = path.at_end.partition(":")
        if kind == "escalate" and target:
            at = target.strip()
            continue
        ends: tuple[AtEnd, ...] = ("reject", "approve")
        end = next((one for one in ends if one == path.at_end), None)
        if end is None:
            wrong(path.place, f"at_end: {said(path.at_end)} is no end", "write reject, approve, or escalate:<path>")
        return PathSpec(tuple(levels), end)


def _effect(node: Node, found: dict[str, Node]) -> Effect:
    if ("verdict" in found) == ("pattern" in found):
        wrong(node, "a rule has either a verdict or a pattern", "write verdict: run or deny, or pattern: approval")
    if "verdict" in found:
        return "run" if _one_of(found["verdict"], "verdict", ("run", "deny"), "") == "run" else "deny"
    _one_of(found["pattern"], "pattern", ("approval",), "")
    return "approval"


def _path_name(node: Node | None, paths: Mapping[str, PathSpec]) -> str | None:
    if node is None:
        return None
    name = text(node, "path")
    if name not in paths:
        known = ", ".join(paths) or "none yet"
        wrong(node, f"{said(name)} is no path", f"known are {known}; add it below `paths:`")
    return name


def _one_of(node: Node | None, what: str, known: tuple[str, ...], otherwise: str) -> str:
    if node is None:
        return otherwise
    found = text(node, what) if not isinstance(node, ScalarNode) or str(node.tag).endswith(":str") else str(node.value)
    if found not in known:
        wrong(node, f"{what}: {said(found)} is not known", f"write {' or '.join(known)}")
    return found


def _handle(node: Node) -> str:
    found = text(node, "ask")
    if not _HANDLE.fullmatch(found):
        wrong(node, f"{said(found)} is nobody's handle", "write group:finance or user:ann")
    return found


def _duration(node: Node, what: str) -> int:
    if is_number(node):
        wrong(node, f"`{what}` has no unit", "write s, m, h or d behind it, as in 15m")
    try:
        return micros(text(node, what))
    except ValueError:
        wrong(node, f"`{what}` is no duration", "write a number and s, m, h or d, as in 15m")


def _never(node: Node) -> Never:
    found = _NEVER.fullmatch(text(node, "never"))
    if found is None or not _ACTION.fullmatch(found[1]):
        wrong(node, "this is no condition", 'write run when action == "payments.refund"')
    return Never(line(node), found[1])


def _test(node: Node, paths: Mapping[str, PathSpec]) -> Expectation:
    found = members(node, ("action", "risk", "reversible", "expect"), "a test")
    for key in ("action", "expect"):
        if key not in found:
            wrong(node, f"this test says no `{key}`", "write {action: db.read, expect: run}")
    expected = _EXPECT.fullmatch(text(found["expect"], "expect"))
    if expected is None or (expected[1] != "review" and (expected[2] or expected[3])):
        wrong(found["expect"], "this cannot be expected", "write run, deny, review, or review finance quorum 2")
    if expected[2] and expected[2] not in paths:
        wrong(found["expect"], f"{said(expected[2])} is no path", f"known are {', '.join(paths) or 'none yet'}")
    return Expectation(
        line(node), text(found["action"], "action"), expected[1], expected[2],
        int(expected[3]) if expected[3] else None, _one_of(found.get("risk"), "risk", RISKS, "unrated"),
        _one_of(found.get("reversible"), "reversible", ("true", "false"), "false") == "true",
    )  # fmt: skip
