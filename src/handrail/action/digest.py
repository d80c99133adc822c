"""The action digest: one salted hash that binds an approval to bytes and commits the log to them."""

import hashlib
from base64 import urlsafe_b64encode
from json import JSONEncoder
from typing import Final

SALT_BYTES: Final = 32

_quote: Final = JSONEncoder(ensure_ascii=False).encode
"""A string as RFC 8785 section 3.2.2.2 writes it: the standard library escapes the same characters."""


def action_text(*, tenant: str, action: str, name: str, args: str, salt: bytes) -> str:
    """The canonical record `handrail-action/1` that is hashed; `args` is canonical JSON text of an object.

    Raises ValueError for a salt that is not 32 bytes, and for arguments that are no object.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"the salt of an action has {SALT_BYTES} bytes, not {len(salt)}: draw a new one")
    if args[:1] != "{" or args[-1:] != "}":
        raise ValueError("the arguments of an action are the canonical text of a JSON object: use codec.canonical")
    hidden = urlsafe_b64encode(salt).rstrip(b"=").decode()
    return (
        f'{{"args":{args},"request":{_quote(action)},"salt":"{hidden}",'
        f'"tenant":{_quote(tenant)},"tool":{_quote(name)},"v":"handrail-action/1"}}'
    )


def action_digest(*, tenant: str, action: str, name: str, args: str, salt: bytes) -> str:
    """`sha256:` and the hex SHA-256 of the action's canonical record.

    The salt makes the digest a hiding commitment: low-entropy arguments cannot be guessed after erasure.
    Raises ValueError as `action_text` does, and for a lone surrogate.
    """
    record = action_text(tenant=tenant, action=action, name=name, args=args, salt=salt)
    return f"sha256:{hashlib.sha256(record.encode()).hexdigest()}"


def call_key(action: str, bind: str) -> str:
    """What tells the call of one action with these bytes from all others, the same at every attempt."""
    return f"hr_{action}_{bind.rpartition(':')[2][:16]}"
