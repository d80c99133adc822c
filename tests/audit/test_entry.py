"""Entries: the known answer, canonical bytes, and refusal of everything else."""

import base64
from datetime import UTC, datetime

import orjson
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from handrail.audit.entry import (
    MAX_BYTES,
    Act,
    Entry,
    MalformedEntry,
    entry_bytes,
    leaf,
    parse_entry,
    read_timestamp,
    timestamp,
)

SHA = "sha256:20132368e7def3d525651d9f62ad9a78520141c5a16585b361772275f5063e5d"
DIGEST = "pg2Vsl2UXzRjGjQQlxhYLX4Thbps0-UxOILKVBFd6U8"
KNOWN = Entry(
    log="log.example/handrail/acme",
    i=2,
    t=int(datetime(2026, 11, 22, 19, 12, 13, tzinfo=UTC).timestamp()) * 1_000_000,
    type="decision.recorded",
    sub="req_01JDEXAMPLE",
    rev=2,
    from_="pending",
    to="approved",
    act=Act(kind="human", id="usr_7", auth="webauthn"),
    bind=SHA,
    pol="sha256:823412d1eacb67956220e532959f0104603057c88704863ca38e7cd188fda812",
    sd={"note": DIGEST},
)
KNOWN_BYTES = (
    b'{"act":{"auth":"webauthn","id":"usr_7","kind":"human"},'
    b'"bind":"sha256:20132368e7def3d525651d9f62ad9a78520141c5a16585b361772275f5063e5d","from":"pending","i":2,'
    b'"log":"log.example/handrail/acme",'
    b'"pol":"sha256:823412d1eacb67956220e532959f0104603057c88704863ca38e7cd188fda812","rev":2,'
    b'"sd":{"note":"pg2Vsl2UXzRjGjQQlxhYLX4Thbps0-UxOILKVBFd6U8"},"sub":"req_01JDEXAMPLE",'
    b'"t":"2026-11-22T19:12:13.000000Z","to":"approved","type":"decision.recorded","v":"handrail-audit/1"}'
)


def test_known_answer() -> None:
    assert entry_bytes(KNOWN) == KNOWN_BYTES
    assert base64.b64encode(leaf(KNOWN_BYTES)) == b"QzJgrZ+aHV5ohydx8mG7GEnv/l4F1blxstgiS+SQHzA="
    assert parse_entry(KNOWN_BYTES) == KNOWN


def test_what_is_absent_is_left_out_but_sd_stays() -> None:
    bare = KNOWN._replace(bind=None, pol=None, from_=None, sd={})
    record = orjson.loads(entry_bytes(bare))
    assert "bind" not in record
    assert "pol" not in record
    assert record["from"] is None
    assert record["sd"] == {}
    assert parse_entry(entry_bytes(bare)) == bare


ascii_text = st.text(st.characters(max_codepoint=127), max_size=30)
entries = st.builds(
    Entry,
    log=ascii_text,
    i=st.integers(0, 2**53 - 1),
    t=st.integers(0, 253402300799_999999),
    type=ascii_text,
    sub=ascii_text,
    rev=st.integers(1, 2**53 - 1),
    from_=st.none() | ascii_text,
    to=ascii_text,
    act=st.builds(
        Act,
        kind=st.sampled_from(["human", "agent", "system", "policy"]),
        id=ascii_text,
        auth=st.sampled_from(["webauthn", "session", "apikey", "chat", "none", "local", "solo", "link"]),
    ),
    bind=st.none() | st.just(SHA),
    pol=st.none() | st.just(SHA),
    sd=st.dictionaries(ascii_text, st.just(DIGEST), max_size=5),
)


@given(entries)
def test_bytes_are_rfc_8785_and_read_back(entry: Entry) -> None:
    encoded = entry_bytes(entry)
    assert encoded == rfc8785.dumps(orjson.loads(encoded))
    assert parse_entry(encoded) == entry


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"i": -1}, "counts from 0"),
        ({"rev": 0}, "counts from 0"),
        ({"i": 2**53}, "53-bit"),
        ({"t": -1}, "1970"),
        ({"t": 253402300800_000000}, "9999"),
        ({"t": 10**30}, "9999"),
        ({"act": Act(kind="robot", id="x", auth="none")}, "robot"),  # type: ignore[arg-type]
        ({"act": Act(kind="human", id="x", auth="sms")}, "sms"),  # type: ignore[arg-type]
        ({"bind": "sha256:12"}, "64 hex"),
        ({"pol": SHA.upper()}, "64 hex"),
        ({"pol": SHA + "\n"}, "64 hex"),
        ({"sd": {"note": "short"}}, "SHA-256 digests"),
        ({"sd": {"note": DIGEST[:-1] + "9"}}, "SHA-256 digests"),
        ({"sd": {"a": DIGEST, "b": ""}}, "SHA-256 digests"),
        ({"sd": {"a": ""}}, "SHA-256 digests"),
        ({"sd": {"a": f"{DIGEST} {DIGEST}"}}, "SHA-256 digests"),
        ({"sub": "Müller"}, "ASCII"),
        ({"sub": "\ud800"}, "cannot be written"),
        ({"sub": "x" * MAX_BYTES}, "exceeds"),
    ],
)
def test_an_entry_outside_the_closed_set_is_not_written(changes: dict[str, object], words: str) -> None:
    with pytest.raises(MalformedEntry, match=words):
        entry_bytes(KNOWN._replace(**changes))  # type: ignore[arg-type]


def mutated(**changes: object) -> bytes:
    record = orjson.loads(KNOWN_BYTES) | changes
    return rfc8785.dumps({name: value for name, value in record.items() if value != "absent"})


@pytest.mark.parametrize(
    "encoded",
    [
        b"",
        b"{}",
        b"[]",
        b"nonsense",
        KNOWN_BYTES + b" ",
        b" " + KNOWN_BYTES,
        KNOWN_BYTES.replace(b'"i":2', b'"i":2,"i":2'),
        KNOWN_BYTES.replace(b'"i":2', b'"i":2.0'),
        KNOWN_BYTES.replace(b'"i":2', b'"i":true'),
        KNOWN_BYTES.replace(b"usr_7", b"usr_\\u0037"),
        KNOWN_BYTES.replace(b"2026-11-22", b"2026-13-22"),
        KNOWN_BYTES.replace(b"000000Z", b"000000+00:00"),
        KNOWN_BYTES.replace(b"T19", b" 19"),
        mutated(extra=1),
        mutated(sd="absent"),
        mutated(v="handrail-audit/2"),
        mutated(log=1),
        mutated(i="2"),
        mutated(rev=None),
        mutated(t=5),
        mutated(act=None),
        mutated(act={"kind": "human", "id": "usr_7"}),
        mutated(act={"kind": "human", "id": "usr_7", "auth": "session", "name": "Kim"}),
        mutated(act={"kind": "robot", "id": "usr_7", "auth": "session"}),
        mutated(act={"kind": "human", "id": "usr_7", "auth": "sms"}),
        mutated(bind=None),
        mutated(sd=[]),
        mutated(sd={"note": 1}),
        mutated(to=None),
        b"[" * 100_000,
        b'"' + b"x" * 20_000 + b'"',
    ],
)
def test_other_bytes_are_refused(encoded: bytes) -> None:
    with pytest.raises(MalformedEntry):
        parse_entry(encoded)


@given(st.integers(0, len(KNOWN_BYTES) - 1), st.integers(0, 255))
def test_one_changed_byte_is_refused_or_changes_the_leaf(at: int, byte: int) -> None:
    changed = KNOWN_BYTES[:at] + bytes([byte]) + KNOWN_BYTES[at + 1 :]
    try:
        entry = parse_entry(changed)
    except MalformedEntry:
        return
    assert entry_bytes(entry) == changed
    assert (entry == KNOWN) == (changed == KNOWN_BYTES)


@given(st.integers(0, 253402300799_999999))
def test_times_read_back_and_sort_as_text(t: int) -> None:
    assert read_timestamp(timestamp(t)) == t
    assert timestamp(t) <= timestamp(min(t + 1, 253402300799_999999))


@pytest.mark.parametrize(
    "text", ["", "2026-11-22T19:12:13Z", "\uff12026-11-22T19:12:13.000000Z", "2026-02-30T00:00:00.000000Z"]
)
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(MalformedEntry):
        read_timestamp(text)
