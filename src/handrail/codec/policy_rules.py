"""Reads the `rules:` of a policy file.

rules:
  - {name: refunds need two, action: payments.refund, when: args.amount > 500, pattern: approval, path: finance,
     quorum: 2}
  - {name: triage when sure, action: tickets.triage, pattern: confidence, threshold: 0.9, path: support, sample: 0.05}
  - {name: exports, action: "exports.*", pattern: exceptions, path: oncall}
  - {name: reads, action: db.read, verdict: run}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ruamel.yaml.nodes import Node

from ..policy.rules import ASKING, Effect, Mode, PathSpec, Rule
from . import policy_words as words
from .policy_file import Mistake
from .policy_notes import Notes
from .strict_yaml import line, members, said, text, wrong

KEYS: Final = (
    "name", "action", "verdict", "pattern", "path", "quorum", "undo", "grant", "auth", "replaces", "when", "threshold",
    "mode", "sample", "max_error",
)  # fmt: skip
PEOPLE: Final = ("quorum", "undo", "auth", "mode")
"""What is said about people belongs to rules that ask some before an action runs."""


@dataclass
class Rules:
    """Reads one rule after another. Whom they ask, and where each stands, is noted."""

    paths: Mapping[str, PathSpec]
    has_default: bool
    notes: Notes

    def rule(self, node: Node) -> Rule:
        """One rule. Raises `Wrong`."""
        found = members(node, KEYS, "a rule", self.notes.note)
        with self.notes.noting():
            if "max_error" in found:
                words.later(found["max_error"], "`max_error`", "take `max_error` out and give a threshold")
        if "action" not in found:
            wrong(node, "this rule says no action", 'write action: payments.refund, or action: "payments.*"')
        action = words.action(found["action"])
        name = self.notes.given(found, "name", lambda one: text(one, "name"), "") or action.replace("*", "any")
        rule_id = self._named(node, found, name)
        rule = Rule(rule_id, name, action, words.effect(node, found))
        return self._detailed(node, rule, found)

    def unreached(self, rules: tuple[Rule, ...]) -> Iterator[Mistake]:
        """The rules that no action ever reaches."""
        for place, rule in enumerate(rules):
            earlier = next(
                (one for one in rules[:place] if one.when in (None, rule.when) and one.is_about(rule.action)), None
            )
            if earlier is not None:
                problem = (
                    f"this rule never counts: that of line {self.notes.places[earlier.id]} is about its actions first"
                )
                fix = "move it above that one, or take one of the two out"
                yield Mistake(self.notes.places[rule.id], problem, fix)

    def _named(self, node: Node, found: Mapping[str, Node], name: str) -> str:
        """The rule's name as it is logged; each has its own."""
        rule_id = words.slug(name)
        if not rule_id:
            wrong(found.get("name", node), f"{said(name)} has no letter or digit", "give the rule a name to call it by")
        with self.notes.noting():
            if rule_id in self.notes.places:
                fix = "give each rule a name of its own with `name:`"
                wrong(node, f"the rule of line {self.notes.places[rule_id]} is called {said(name)}, too", fix)
        self.notes.places.setdefault(rule_id, line(node))
        return rule_id

    def _detailed(self, node: Node, rule: Rule, found: dict[str, Node]) -> Rule:
        mode: Mode = self.notes.given(found, "mode", words.mode, "assisted")
        with self.notes.noting():
            _require_people(rule.effect, found)
        with self.notes.noting():
            _require_threshold(node, rule.effect, found)
        with self.notes.noting():
            _require_what_runs(rule.effect, mode, found)
        with self.notes.noting():
            self._require_asked(node, rule.effect, found)
        return Rule(
            rule.id, rule.name, rule.action, rule.effect,
            self.notes.given(found, "path", lambda one: words.path_name(one, self.paths), None),
            self.notes.given(found, "quorum", lambda one: words.quorum(one, self.notes.asks), None),
            self.notes.given(found, "undo", lambda one: words.duration(one, "undo", 0, words.MONTH), None),
            self.notes.given(found, "grant", lambda one: words.duration(one, "grant"), None),
            self.notes.given(found, "auth", words.auth, ()),
            self.notes.given(found, "replaces", lambda one: words.one_of(one, "replaces", ("code",)), "") == "code",
            self.notes.given(found, "when", words.when, f"misread in {rule.id}" if "when" in found else None),
            self.notes.given(found, "threshold", lambda one: words.sure(one, "threshold"), None), mode,
            self.notes.given(found, "sample", lambda one: words.sure(one, "sample"), 0.0),
        )  # fmt: skip

    def _require_asked(self, node: Node, effect: Effect, found: Mapping[str, Node]) -> None:
        """What runs by itself can fail, or be drawn as a sample, and then somebody has to be asked."""
        if "path" in found or self.has_default or effect == "deny":
            return
        if "sample" in found:
            wrong(found["sample"], "nobody is named who looks at these samples", "add path:, or a default_path: above")
        if effect in ("run", "exceptions") and "replaces" not in found:
            problem = "what this rule lets run may fail, and nobody is named who looks at it then"
            wrong(node, problem, "add path:, or a default_path: above")


def _require_people(effect: Effect, found: Mapping[str, Node]) -> None:
    """What is said about people belongs to rules that ask some."""
    for key in PEOPLE:
        if key in found and effect not in ASKING:
            wrong(found[key], f"`{key}` is about people, and this rule asks none", "take it out")
    for key in ("path", "grant", "replaces", "sample"):
        if key in found and effect == "deny":
            wrong(found[key], f"`{key}` changes nothing: what is denied is denied", "take it out")


def _require_threshold(node: Node, effect: Effect, found: Mapping[str, Node]) -> None:
    """A threshold belongs to rules that go by confidence, and each of them has one."""
    if effect == "confidence" and "threshold" not in found:
        wrong(node, "this rule goes by confidence, and has no `threshold`", "add threshold: 0.9")
    if effect != "confidence" and "threshold" in found:
        wrong(found["threshold"], "`threshold` is about confidence", "write pattern: confidence, or take it out")


def _require_what_runs(effect: Effect, mode: Mode, found: Mapping[str, Node]) -> None:
    """Samples are drawn of what runs by itself."""
    if mode == "sampled" and "sample" not in found:
        wrong(found["mode"], "this rule does not say which share people look at", "add sample: 0.1 for a tenth")
    if "sample" in found and effect == "approval" and mode == "assisted":
        wrong(found["sample"], "people are asked about all of these before they run", "take `sample` out")
