"""Policies as the engine reads them: canonical JSON of the compiled rules, found by its digest."""

import hashlib
from typing import Any, Final

import msgspec
import orjson

from ..policy.criticality import Raise
from ..policy.declaration import usable
from ..policy.limits import Limit
from ..policy.register import PutPolicy
from ..policy.rules import Default, PathSpec, Policy, Rule, Unreadable
from .canonical import canonical


def text_digest(text: str) -> str:
    """`sha256:` and the hex SHA-256 of a text in UTF-8."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def compiled_text(policy: Policy) -> str:
    """A policy as canonical JSON; `digest` is that of the text that it was compiled from."""
    return canonical(
        {
            "digest": policy.digest,
            "default": policy.default,
            "default_path": policy.default_path,
            "paths": {name: _plain(path) for name, path in policy.paths.items()},
            "rules": [_plain(rule) for rule in policy.rules],
            **({"limits": [_plain(limit) for limit in policy.limits]} if policy.limits else {}),
            **({"criticality": [_plain(one) for one in policy.criticality]} if policy.criticality else {}),
        }
    )


def put_policy(text: str, policy: Policy) -> PutPolicy:
    """The command that makes a policy the active one; `text` is as it was written."""
    compiled = compiled_text(policy)
    return PutPolicy(text, compiled, text_digest(text), text_digest(compiled))


LATER: Final = {"when": None, "threshold": None, "mode": "assisted", "sample": 0.0}
"""Members of rules that came later, as they are where nothing is said: a policy without them is kept as it was."""


def _plain(part: PathSpec | Rule | Limit | Raise) -> Any:
    found = orjson.loads(msgspec.json.encode(part))
    for level in found.get("levels", ()):
        if level["hours"] is None:
            del level["hours"]
    return {key: value for key, value in found.items() if key not in LATER or value != LATER[key]}


def read_policy(text: str | None, digest: str) -> Policy | Unreadable:
    """The policy again; what is missing, was changed or cannot be read lets nothing run."""
    if text is None or text_digest(text) != digest:
        return Unreadable(digest)
    try:
        found = msgspec.json.decode(text, type=_Kept)
    except msgspec.DecodeError:
        return Unreadable(digest)
    policy = Policy(
        found.digest, found.default, found.default_path, found.paths, tuple(found.rules), tuple(found.limits),
        tuple(found.criticality),
    )  # fmt: skip
    return policy if _is_whole(policy) else Unreadable(digest)


class _Kept(msgspec.Struct, forbid_unknown_fields=True):
    """The members of a policy that is kept."""

    digest: str
    default: Default
    default_path: str | None
    paths: dict[str, PathSpec]
    rules: list[Rule]
    limits: list[Limit] = []
    criticality: list[Raise] = []


def _is_whole(policy: Policy) -> bool:
    """Whether every path that is named is there, and asks somebody for some time."""
    named = {policy.default_path, *(rule.path for rule in policy.rules), *(one.path for one in policy.limits)} - {None}
    rungs = [rung for path in policy.paths.values() for rung in path.levels]
    if not all(map(_is_condition, policy.conditions)) or not all(map(_is_rule, policy.rules)):
        return False
    whole = all(path.levels for path in policy.paths.values()) and all(one.ask and one.within > 0 for one in rungs)
    return whole and named <= policy.paths.keys()


def _is_rule(rule: Rule) -> bool:
    """Whether a rule's numbers are what they can be."""
    sure = usable(rule.threshold) is not None if rule.effect == "confidence" else rule.threshold is None
    return sure and usable(rule.sample) is not None


def _is_condition(text: str) -> bool:
    from .conditions import ConditionError, condition

    try:
        condition(text)
    except ConditionError:
        return False
    return True
