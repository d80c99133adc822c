"""Reads the policy file's YAML; loaded only when there is one to read. Goes on after a mistake, to tell them all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ruamel.yaml.nodes import Node, SequenceNode

from ..directory.hours import WEEK_MINUTES, Hours
from ..policy.paths import AtEnd
from ..policy.rules import PathSpec, Policy, Rung
from . import policy_words as words
from .policies import text_digest
from .policy_file import PolicyFile, PolicyFileError
from .policy_limits import Limits
from .policy_notes import Notes
from .policy_rules import Rules
from .strict_yaml import Wrong, items, line, members, named, parsed, said, text, wrong

MAX_CHARACTERS: Final = 200_000
MAX_LEVELS: Final = 20
KEYS: Final = ("default", "default_path", "paths", "criticality", "rules", "limits", "never", "tests")
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?")
_ENDS: Final[Mapping[str, AtEnd]] = {"reject": "reject", "approve": "approve", "answer": "answer"}
_MISREAD: Final = PathSpec(())
"""Stands for a path whose own mistake was told: what names it is told nothing more."""


@dataclass(frozen=True, slots=True)
class _Path:
    """A path as it is written: its end may lead to another one."""

    place: Node
    levels: tuple[Rung, ...]
    at_end: str


class _Reading(Notes):
    """One reading of a file."""

    def file(self, source: str) -> PolicyFile:
        """The whole file."""
        root = parsed(source, MAX_CHARACTERS)
        if root is None:
            raise Wrong(1, "the file is empty", "write default: review")
        found = members(root, KEYS, "the file", self.note)
        paths = self._paths(found.get("paths"))
        raises = self.each(found.get("criticality"), "criticality", words.raising)
        read = Rules(paths, "default_path" in found, self)
        rules = self.each(found.get("rules"), "rules", read.rule)
        limits = self.each(found.get("limits"), "limits", Limits(paths, self).limit)
        default = self.given(found, "default", words.default, "review")
        default_path = self.given(found, "default_path", lambda one: words.path_name(one, paths), None)
        self.mistakes += read.unreached(rules)
        policy = Policy(
            text_digest(source), "deny" if default == "deny" else "review", default_path, paths, rules, limits, raises
        )
        tests = self.each(found.get("tests"), "tests", lambda one: words.test(one, paths))
        return PolicyFile(
            policy, tests, self.each(found.get("never"), "never", words.never), self.places, tuple(self.asks)
        )

    def _paths(self, node: Node | None) -> dict[str, PathSpec]:
        written: dict[str, _Path | None] = {}
        with self.noting():
            for name, key, value in named(node, "`paths`") if node is not None else ():
                written[name] = None
                with self.noting():
                    written[name] = self._path(name, key, value)
        found = dict.fromkeys(written, _MISREAD)
        for name in written:
            with self.noting():
                found[name] = _whole(name, written)
        return found

    def _path(self, name: str, key: Node, value: Node) -> _Path:
        if not _NAME.fullmatch(name) or name == "quorum":
            wrong(key, f"{said(name)} names no path", "use small letters, digits, - and _, as in finance")
        found = members(value, ("levels", "at_end", "hours", "zone"), f"the path {name}", self.note)
        if "levels" not in found:
            wrong(value, f"the path {name} has no levels", "write levels: [{ask: group:finance, for: 1h}]")
        nodes = items(found["levels"], "`levels`", "levels: [{ask: group:finance, for: 1h}]")
        hours = words.path_hours(value, found)
        levels = self.each(found["levels"], "levels", lambda one: self._level(one, hours))
        at_end = self.given(found, "at_end", lambda one: text(one, "at_end"), "reject")
        if len(levels) < len(nodes):
            return _Path(value, (), "misread")
        return _Path(found.get("at_end", value), levels, at_end)

    def _level(self, node: Node, hours: Hours | None) -> Rung:
        found = members(node, ("ask", "for", "remind"), "a level", self.note)
        for key in ("ask", "for"):
            if key not in found:
                wrong(node, f"this level does not say `{key}`", "write {ask: group:finance, for: 1h}")
        asked = self._asked(found["ask"])
        within = words.duration(found["for"], "for")
        remind = words.duration(found["remind"], "remind") if "remind" in found else None
        if remind is not None and remind >= within:
            wrong(found["remind"], "the reminder would come after the level has ended", "give remind less than for")
        if hours is not None and within > words.YEAR * hours.minutes // WEEK_MINUTES:
            wrong(found["for"], "in these hours `for` takes more than a year", "give them less time, or more hours")
        return Rung(asked, within, remind, hours)

    def _asked(self, node: Node) -> tuple[str, ...]:
        nodes = items(node, "`ask`", "ask: group:finance") if isinstance(node, SequenceNode) else [node]
        found: list[str] = []
        for one in nodes:
            asked = words.handle(one)
            if asked in found:
                wrong(one, f"{asked} is asked twice", "keep it once")
            found.append(asked)
            self.asks.append((line(one), asked))
        return tuple(found)


def policy_of(source: str) -> PolicyFile:
    """The policy of a file. Raises `PolicyFileError`."""
    reading, found = _Reading(), PolicyFile(Policy(""))
    with reading.noting():
        found = reading.file(source)
    if reading.mistakes:
        raise PolicyFileError(tuple(sorted(set(reading.mistakes))))
    return found


def _whole(name: str, written: Mapping[str, _Path | None]) -> PathSpec:
    """A path with those that its end leads to written out behind it."""
    levels: list[Rung] = []
    passed: list[str] = []
    path = written[name]
    written_at = path.place if path else None
    while path is not None and path.levels:
        end, levels = path.at_end, [*levels, *path.levels]
        if end in _ENDS:
            if len(levels) > MAX_LEVELS:
                wrong(path.place, f"the path {name} has {len(levels)} levels", f"keep to {MAX_LEVELS}")
            return PathSpec(tuple(levels), _ENDS[end])
        kind, _, target = (part.strip() for part in end.partition(":"))
        if kind != "escalate":
            fix = "write reject, approve, answer, or escalate:finance"
            wrong(path.place, f"at_end: {said(end)} is no end of a path", fix)
        if target not in written:
            wrong(path.place, f"at_end leads to {said(target)}, which is no path", "name one of `paths:`")
        if target == name == min([name, *passed]):
            way = " to ".join((name, *passed, name))
            wrong(written_at, f"these paths lead round in a circle, from {way}", "let one of them end with reject")
        if target in (name, *passed):
            return _MISREAD
        passed.append(target)
        path = written[target]
    return _MISREAD
