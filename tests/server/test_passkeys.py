"""Who signs in with a passkey: whoever added it, at this server, with their finger or code, once for each challenge."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from handrail.server.auth.passkeys import MOST
from handrail.server.service import Service
from handrail.server.settings import Settings
from handrail.store.vault import Token

from .authenticator import PRESENT, Phone, raw, text
from .company import Company
from .house import House, opened

MINUTE = 60.0


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "a.db", name="localhost") as found:
        found.company.person("ann", "treasury", roles=("reviewer", "administrator"))
        found.company.person("ben", "treasury")
        yield found


def add(house: House, session: str, phone: Phone, **bent: Any) -> httpx2.Response:
    offer = house("POST", "/passkeys/challenge", session).json()
    return house("POST", "/passkeys", session, json=phone.make(offer, **bent))


def asked(house: House) -> dict[str, Any]:
    found: dict[str, Any] = house("POST", "/sessions/challenge").json()
    return found


def sign_in(house: House, phone: Phone, **bent: Any) -> httpx2.Response:
    return house("POST", "/sessions/passkey", json=phone.use(asked(house), **bent))


@pytest.fixture
def phone(house: House) -> Phone:
    found = Phone(house.url)
    assert add(house, house.session("ann"), found).status_code == 201
    return found


def cookie(answer: httpx2.Response) -> str:
    return answer.cookies["handrail"]


def test_a_passkey_signs_in_who_added_it_and_the_log_says_how_they_decided(house: House, phone: Phone):
    answer = sign_in(house, phone)
    assert answer.status_code == 201
    assert (answer.json()["name"], answer.json()["auth"]) == ("user:ann", "webauthn")
    key = house.company.key()
    body = {"name": "a.b", "declared": {"pattern": "approval", "reviewers": ["user:ann"]}}
    held = house("POST", "/actions", key, json=body).json()
    headers = {"X-CSRF-Token": answer.json()["csrf"], "Origin": house.url, "Cookie": f"handrail={cookie(answer)}"}
    decided = {"outcome": "approve", "view": held["view"]}
    assert house("POST", f"/reviews/{held['review']}/decisions", json=decided, headers=headers).status_code == 200
    history = house("GET", f"/reviews/{held['review']}/history", house.session("ben")).json()["items"]
    assert history[-1]["by"]["auth"] == "webauthn"


BENT: dict[str, dict[str, Any]] = {
    "another site's page": {"origin": "http://localhost:1"},
    "another site's key": {"site": "evil.example"},
    "nobody verified": {"flags": PRESENT},
    "nobody there": {"flags": 0},
    "another private key": {"key": ec.generate_private_key(ec.SECP256R1())},
    "an unknown credential": {"credential": b"x" * 32},
    "somebody else's": {"owner": b"x" * 32},
    "a counter that stands": {"step": 0},
    "a challenge of one's own": {"challenge": text(b"x" * 56)},
    "no challenge": {"challenge": ""},
    "what was made, not used": {"kind": "webauthn.create"},
}


def test_what_is_not_right_in_every_part_lets_nobody_in_and_is_told_alike(house: House, phone: Phone):
    assert sign_in(house, phone).status_code == 201
    for why, bent in BENT.items():
        answer = sign_in(house, phone, **bent)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), why
        assert "does not let you in" in answer.json()["detail"], why
        assert "set-cookie" not in answer.headers, why
        assert sign_in(house, phone).status_code == 201, why


def test_a_challenge_is_good_once_also_for_two_at_a_time_and_for_five_minutes(house: House, phone: Phone):
    body = phone.use(asked(house))
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: house("POST", "/sessions/passkey", json=body).status_code, range(4)))
    assert sorted(answers) == [201, 401, 401, 401]
    old = asked(house)
    house.company.clock.advance(5 * MINUTE)
    assert house("POST", "/sessions/passkey", json=phone.use(old)).status_code == 401


def test_a_challenge_for_another_purpose_or_session_adds_nothing(house: House, phone: Phone):
    ann, ben, other = house.session("ann"), house.session("ben"), Phone(house.url)
    offer = house("POST", "/passkeys/challenge", ann).json()
    again = house.session("ann")
    made = other.make(offer)
    for session in (ben, again):
        assert house("POST", "/passkeys", session, json=made).status_code == 422
    assert house("POST", "/passkeys", ann, json=other.make({**offer, **asked(house)})).status_code == 422
    assert house("POST", "/passkeys", ann, json=made).status_code == 201
    assert house("POST", "/passkeys", ann, json=made).status_code == 422
    assert house("POST", "/sessions/passkey", json=phone.use({**asked(house), **offer})).status_code == 401


MADE: tuple[dict[str, Any], ...] = (
    {"origin": "http://localhost:1"}, {"site": "evil.example"}, {"flags": PRESENT}, {"kind": "webauthn.get"},
)  # fmt: skip


def test_a_passkey_that_was_made_elsewhere_or_without_its_person_is_not_kept(house: House):
    ann = house.session("ann")
    for bent in MADE:
        answer = add(house, ann, Phone(house.url), **bent)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value"), bent
    assert house("GET", "/passkeys", ann).json() == {"items": [], "possible": True}


def test_only_who_signed_in_lately_adds_one(house: House, phone: Phone):
    ann = house.session("ann")
    offer = house("POST", "/passkeys/challenge", ann).json()
    house.company.clock.advance(15 * MINUTE + 1)
    for answer in (
        house("POST", "/passkeys/challenge", ann),
        house("POST", "/passkeys", ann, json=Phone(house.url).make(offer)),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "not_recent")
        assert "sign in again" in answer.json()["detail"]


def test_a_removed_passkey_lets_nobody_in_and_ends_the_sessions_that_it_began(house: House, phone: Phone):
    ann = house.session("ann")
    (one,) = house("GET", "/passkeys", ann).json()["items"]
    assert (one["name"], one["seen"]) == ("My phone", None)
    house.company.clock.advance(1)
    begun = cookie(sign_in(house, phone))
    (one,) = house("GET", "/passkeys", ann).json()["items"]
    assert one["seen"] == house.company.clock.now()
    assert house("DELETE", f"/passkeys/{one['id']}", house.session("ben")).status_code == 404
    assert house("DELETE", f"/passkeys/{one['id']}", ann).status_code == 204
    assert house("DELETE", f"/passkeys/{one['id']}", ann).status_code == 404
    assert house("GET", "/me", headers={"Cookie": f"handrail={begun}"}).status_code == 401
    assert house("GET", "/me", ann).status_code == 200
    assert sign_in(house, phone).status_code == 401


def test_a_passkey_of_somebody_who_was_removed_lets_nobody_in(house: House):
    ben, phone = house.company.person("ben", "treasury"), Phone(house.url)
    assert add(house, house.session("ben"), phone).status_code == 201
    house.company.dismiss(ben)
    assert sign_in(house, phone).status_code == 401


def test_what_becomes_of_passkeys_is_in_the_log_without_their_keys(house: House, phone: Phone):
    ann = house.session("ann")
    (one,) = house("GET", "/passkeys", ann).json()["items"]
    house("DELETE", f"/passkeys/{one['id']}", ann)
    with house.company.database.process.store.read() as reader:
        found = [(row.i, row.entry.decode()) for row in reader.entries("default") if b"passkey" in row.entry]
        told = [raw(row.text).decode() for row in reader.disclosures("default", [i for i, _ in found])]
    assert ["passkey_added" in entry for _, entry in found] == [True, False]
    assert all("person.passkey_" in entry for _, entry in found)
    assert sum(one["id"] in row for row in told) == 2, told
    assert not any(word in str(row) for row in (*told, *found) for word in ("My phone", text(phone.credential)))


def test_one_passkey_is_kept_once_and_a_person_has_so_many(house: House, phone: Phone):
    ann = house.session("ann")
    answer = add(house, ann, phone)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")
    offer = house("POST", "/passkeys/challenge", ann).json()
    assert [raw(one["id"]) for one in offer["excludeCredentials"]] == [phone.credential]
    for _ in range(MOST - 1):
        assert add(house, ann, Phone(house.url)).status_code == 201
    assert "remove one" in house("POST", "/passkeys/challenge", ann).json()["detail"]


@pytest.mark.parametrize(
    ("origin", "possible"),
    [
        ("https://handrail.acme.example", True), ("http://localhost:8321", True), ("http://127.0.0.1:8321", False),
        ("https://10.1.2.3", False), ("https://[::1]", False), ("http://handrail.acme.example", False),
    ],
)  # fmt: skip
def test_an_address_for_which_browsers_make_none_says_so(tmp_path: Path, origin: str, possible: bool):
    company = Company(tmp_path / "a.db")
    assert Service(company.database, Settings(origin=origin)).passkeys.possible is possible
    company.close()


def test_where_browsers_make_none_the_routes_say_what_to_do(tmp_path: Path):
    with opened(tmp_path / "a.db") as house:
        house.company.person("ann", roles=("administrator",))
        for answer in (
            house("POST", "/passkeys/challenge", house.session("ann")),
            house("POST", "/sessions/challenge"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")
            assert "by a name over https" in answer.json()["detail"]


def test_asking_for_challenges_writes_nothing(house: House, phone: Phone):
    def kept() -> list[Token]:
        with house.company.database.process.store.vault() as vault:
            return vault.tokens("", "", "challenge")

    assert len(before := kept()) == 1
    for _ in range(20):
        assert house("POST", "/sessions/passkey", json=phone.use(asked(house), credential=b"x" * 32)).status_code == 401
    assert kept() == before
    assert sign_in(house, phone).status_code == 201
    assert len(kept()) == 2


HOSTILE = ["", "!", "A", "AAAA" * 20_000, "e30", text(b"[" * 5_000), text(bytes(200)), text(b"\xff" * 400)]


def test_hostile_bytes_in_any_part_are_a_refusal(house: House, phone: Phone):
    ann = house.session("ann")
    offer = house("POST", "/passkeys/challenge", ann).json()
    for hostile in HOSTILE:
        for name in ("credential", "client_data", "attestation"):
            answer = house("POST", "/passkeys", ann, json=phone.make(offer) | {name: hostile})
            assert answer.status_code == 422, (name, hostile[:40])
        for name in ("credential", "client_data", "authenticator_data", "signature", "user_handle"):
            answer = house("POST", "/sessions/passkey", json=phone.use(asked(house)) | {name: hostile})
            assert answer.status_code in (401, 422), (name, hostile[:40])
