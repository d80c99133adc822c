"""Policies as the engine reads them: canonical JSON of the compiled rules, found by its digest."""

import hashlib
from typing import Any

import msgspec
import orjson

from ..policy.rules import PathSpec, Policy, Rule, Unreadable
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
        }
    )


def _plain(part: PathSpec | Rule) -> Any:
    return orjson.loads(msgspec.json.encode(part))


def read_policy(text: str | None, digest: str) -> Policy | Unreadable:
    """The policy again; what is missing or cannot be read lets nothing run."""
    try:
        found: Any = orjson.loads(text or "")
        return Policy(
            found["digest"], found["default"], found["default_path"],
            {name: msgspec.convert(path, PathSpec) for name, path in found["paths"].items()},
            tuple(msgspec.convert(rule, Rule) for rule in found["rules"]),
        )  # fmt: skip
    except (orjson.JSONDecodeError, msgspec.ValidationError, KeyError, TypeError):
        return Unreadable(digest)
