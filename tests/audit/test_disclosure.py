"""Disclosures: the known answer, strict reading, and salts."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.audit.disclosure import (
    MalformedDisclosure,
    Salts,
    disclosure,
    disclosure_digest,
    open_disclosure,
)
from handrail.codec.canonical import canonical

SALT = bytes(range(0x20, 0x40))
TEXT = "WyJJQ0VpSXlRbEppY29LU29yTEMwdUx6QXhNak0wTlRZM09EazZPenc5UGo4Iiwibm90ZSIsIkNoZWNrZWQgd2l0aCBLaW0gYnkgcGhvbmUiXQ"
DIGEST = "pg2Vsl2UXzRjGjQQlxhYLX4Thbps0-UxOILKVBFd6U8"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_known_answer() -> None:
    assert disclosure("note", b'"Checked with Kim by phone"', SALT) == (TEXT, DIGEST)
    assert disclosure_digest(TEXT) == DIGEST
    assert open_disclosure(TEXT) == (SALT, "note", b'"Checked with Kim by phone"')


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner),
    max_leaves=6,
)


@given(
    st.sampled_from(["note", "data", "a", "z9_.-", "x" * 64]),
    json_values,
    st.binary(min_size=32, max_size=32),
)
def test_round_trip(name: str, value: Any, random: bytes) -> None:
    text, digest = disclosure(name, canonical(value).encode(), random)
    assert open_disclosure(text) == (random, name, canonical(value).encode())
    assert disclosure_digest(text) == digest


@pytest.mark.parametrize(
    "array",
    [
        b"",
        b"[]",
        b'["%s","note"]' % b64(SALT).encode(),
        b'["%s","note",]' % b64(SALT).encode(),
        b'["%s","note",1,2]' % b64(SALT).encode(),
        b'["%s","note", ]' % b64(SALT).encode(),
        b'["%s", "note",1]' % b64(SALT).encode(),
        b'["%s","_sd",1]' % b64(SALT).encode(),
        b'["%s","note",nul]' % b64(SALT).encode(),
        b'["%s","note","\xff"]' % b64(SALT).encode(),
        b'["%s","note",1]' % b64(SALT[:31]).encode(),
        b'["%s","note",1]' % (b64(SALT)[:-1] + "9").encode(),
    ],
)
def test_other_arrays_are_refused(array: bytes) -> None:
    with pytest.raises(MalformedDisclosure):
        open_disclosure(b64(array))


@pytest.mark.parametrize("text", ["", "=", TEXT + "=", TEXT + "\n", TEXT[:-1] + "R", "é", TEXT.replace("W", "+"), "A"])
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(MalformedDisclosure):
        open_disclosure(text)


@given(st.text())
def test_hostile_text_never_does_more_than_be_refused(text: str) -> None:
    with pytest.raises(MalformedDisclosure):
        open_disclosure(text)


@pytest.mark.parametrize(
    ("name", "size"), [("Note", 32), ("", 32), ('a"b', 32), ("note", 16), ("a" * 65, 32), ("a\n", 32)]
)
def test_a_name_or_salt_that_could_not_be_read_back_is_refused(name: str, size: int) -> None:
    with pytest.raises(MalformedDisclosure):
        disclosure(name, b"1", bytes(size))


def test_a_digest_is_of_ascii_text() -> None:
    with pytest.raises(MalformedDisclosure):
        disclosure_digest("é")


def test_salts_differ_by_seed_subject_revision_and_name() -> None:
    seed = b"s" * 32
    salts = {
        Salts(seed)("act_1", 1, "note"),
        Salts(b"t" * 32)("act_1", 1, "note"),
        Salts(seed)("act_2", 1, "note"),
        Salts(seed)("act_1", 2, "note"),
        Salts(seed)("act_1", 1, "view"),
    }
    assert len(salts) == 5
    assert {len(each) for each in salts} == {32}


def test_known_salt() -> None:
    """Worked out with another tool: openssl dgst -sha256 -hmac seed, of act_1|2|note."""
    known = "e161cb9218345361b2086811ad8f71b338aa5aab6941703206623f230aaa3aec"
    assert Salts(b"seed")("act_1", 2, "note").hex() == known
