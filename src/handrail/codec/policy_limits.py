"""Reads the `limits:` of a policy file.

limits:
  - {name: payments a day, action: payments.transfer, sum: args.amount, per: [agent, args.payee], within: 24h,
     at_most: "1000.00", otherwise: review, path: finance}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ruamel.yaml.nodes import Node, ScalarNode, SequenceNode

from ..policy.limits import ARGS, Limit, Otherwise, number
from ..policy.rules import PathSpec
from . import policy_words as words
from .policy_notes import Notes
from .strict_yaml import items, line, members, said, text, wrong

KEYS: Final = ("name", "action", "sum", "per", "within", "at_most", "otherwise", "path", "quorum")
BY: Final = ("agent", "owner", "run", "action")
MOST: Final = 16
"""Limits of one policy: each that counts an action is one entry more in the log when it starts."""
MOST_BY: Final = 8
_ARGUMENT: Final = re.compile(r"args(\.[A-Za-z_][A-Za-z0-9_]{0,99}){1,8}")


@dataclass
class Limits:
    """Reads one limit after another. Whom they ask, and where each stands, is noted."""

    paths: Mapping[str, PathSpec]
    notes: Notes
    read: int = 0

    def limit(self, node: Node) -> Limit:
        """One limit. Raises `Wrong`."""
        found = members(node, KEYS, "a limit", self.notes.note)
        for key, example in (("name", "name: payments a day"), ("action", "action: payments.transfer"),
                             ("within", "within: 24h"), ("at_most", 'at_most: "1000.00"')):  # fmt: skip
            if key not in found:
                wrong(node, f"this limit has no `{key}`", f"write {example}")
        name = text(found["name"], "name")
        otherwise = self._otherwise(found)
        return Limit(
            self._id(node, name), name, words.action(found["action"]), words.duration(found["within"], "within"),
            _at_most(found["at_most"], counts="sum" not in found),
            _argument(found["sum"], "sum").removeprefix(ARGS) if "sum" in found else None,
            _per(found["per"]) if "per" in found else (), otherwise,
            words.path_name(found["path"], self.paths) if "path" in found else None,
            words.quorum(found["quorum"], self.notes.asks) if "quorum" in found else None,
        )  # fmt: skip

    def _otherwise(self, found: Mapping[str, Node]) -> Otherwise:
        chosen = words.one_of(found["otherwise"], "otherwise", ("review", "deny")) if "otherwise" in found else "review"
        for key in ("path", "quorum"):
            if chosen == "deny" and key in found:
                wrong(found[key], f"`{key}` is about people, and beyond this limit nobody is asked", "take it out")
        return "deny" if chosen == "deny" else "review"

    def _id(self, node: Node, name: str) -> str:
        """The limit's name as it is logged; each has its own, which its budgets go by."""
        limit_id = words.slug(name)
        if not limit_id:
            wrong(node, f"{said(name)} has no letter or digit", "give the limit a name to call it by")
        before = self.notes.places.get(f"limit:{limit_id}")
        if before is not None:
            problem = f"the limit of line {before} is called {said(name)}, too"
            wrong(node, problem, "give each limit a name of its own with `name:`")
        if self.read == MOST:
            wrong(node, f"this policy has more than {MOST} limits", "let one limit count several actions with a *")
        self.notes.places[f"limit:{limit_id}"] = line(node)
        self.read += 1
        return limit_id


def _argument(node: Node, what: str) -> str:
    found = text(node, what)
    if not _ARGUMENT.fullmatch(found):
        wrong(node, f"{what}: {said(found)} names no argument", "write args. and its name, as in args.amount")
    return found


def _per(node: Node) -> tuple[str, ...]:
    nodes = items(node, "`per`", "per: [agent, args.payee]") if isinstance(node, SequenceNode) else [node]
    found: list[str] = []
    for one in nodes:
        name = text(one, "per")
        if name not in BY and not _ARGUMENT.fullmatch(name):
            wrong(one, f"per: {said(name)} is nothing to count by", f"write {', '.join(BY)} or args. and an argument")
        if name in found:
            wrong(one, f"`per` names {name} twice", "keep it once")
        found.append(name)
    if len(found) > MOST_BY:
        wrong(node, f"`per` names more than {MOST_BY}", "count by fewer")
    return tuple(found)


def _at_most(node: Node, *, counts: bool) -> str:
    found = str(node.value) if isinstance(node, ScalarNode) else ""
    most = number(found)
    if most is None or "e" in found.lower():
        wrong(node, "`at_most` is no amount", 'write a number from 0, as in at_most: "1000.00"')
    if counts and most != most.to_integral_value():
        wrong(node, "`at_most` is a fraction, and this limit counts calls", "write a whole number, or sum: args.amount")
    return found
