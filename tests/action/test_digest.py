"""The action digest: its known answer, and that assembling text equals canonicalising the record."""

import base64
import hashlib
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from handrail.action.digest import action_digest, action_text
from handrail.codec.canonical import canonical

SALT = bytes(range(32))
ARGS = '{"amount":"98000.00","currency":"EUR","to":"DE89370400440532013000"}'
KNOWN = {"tenant": "acme", "action": "req_01JDEXAMPLE", "name": "payments.transfer"}

any_text = st.text(st.characters(exclude_categories=["Cs"]))
json_objects = st.dictionaries(any_text, st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | any_text)


def test_known_answer() -> None:
    digest = action_digest(**KNOWN, args=ARGS, salt=SALT)
    assert digest == "sha256:20132368e7def3d525651d9f62ad9a78520141c5a16585b361772275f5063e5d"


def test_known_text() -> None:
    assert action_text(**KNOWN, args=ARGS, salt=SALT) == (
        '{"args":{"amount":"98000.00","currency":"EUR","to":"DE89370400440532013000"},"request":"req_01JDEXAMPLE",'
        '"salt":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8","tenant":"acme","tool":"payments.transfer",'
        '"v":"handrail-action/1"}'
    )


@given(any_text, any_text, any_text, json_objects, st.binary(min_size=32, max_size=32))
def test_equals_the_canonical_record(tenant: str, action: str, name: str, args: Any, salt: bytes) -> None:
    record: Any = {
        "v": "handrail-action/1",
        "tenant": tenant,
        "request": action,
        "tool": name,
        "args": args,
        "salt": base64.urlsafe_b64encode(salt).rstrip(b"=").decode(),
    }
    expected = f"sha256:{hashlib.sha256(rfc8785.dumps(record)).hexdigest()}"
    text = canonical(args)
    assert action_digest(tenant=tenant, action=action, name=name, args=text, salt=salt) == expected


@pytest.mark.parametrize("changed", ["tenant", "action", "name"])
def test_every_part_changes_the_digest(changed: str) -> None:
    other = {**KNOWN, changed: "other"}
    assert action_digest(**other, args=ARGS, salt=SALT) != action_digest(**KNOWN, args=ARGS, salt=SALT)


def test_another_salt_or_argument_changes_the_digest() -> None:
    digests = {
        action_digest(**KNOWN, args=ARGS, salt=SALT),
        action_digest(**KNOWN, args=ARGS, salt=bytes(32)),
        action_digest(**KNOWN, args="{}", salt=SALT),
    }
    assert len(digests) == 3


def test_a_name_cannot_forge_a_member() -> None:
    forged = '","tool":"db.read","v":"handrail-action/1"}'
    text = action_text(tenant="acme", action="act_1", name=forged, args="{}", salt=SALT)
    assert text.count('"tool":"') == 1


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_salt_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        action_digest(**KNOWN, args=ARGS, salt=bytes(size))


@pytest.mark.parametrize("args", ["", "[]", "null", ' {"a":1}'])
def test_arguments_that_are_no_object_are_refused(args: str) -> None:
    with pytest.raises(ValueError, match="JSON object"):
        action_digest(**KNOWN, args=args, salt=SALT)


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        action_digest(tenant="acme", action="act_1", name="\ud800", args="{}", salt=SALT)
