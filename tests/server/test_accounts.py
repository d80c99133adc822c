"""Who is let in, for how long, and who is not."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.clock import SystemClock
from handrail.errors import TooMany, Unauthenticated
from handrail.server.auth import tokens
from handrail.server.auth.accounts import Accounts
from handrail.server.auth.passwords import Passwords
from handrail.wire.refusals import WeakPassword

from .company import PASSWORD, QUICK, Company

MINUTE, HOUR = 60.0, 3600.0


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    found = Company(tmp_path / "a.db")
    yield found
    found.close()


def test_a_key_lets_its_agent_in_with_its_owner_and_scopes(company: Company):
    caller = company.accounts.by_key(company.key(scopes=("propose",)))
    assert (caller.principal.kind, caller.principal.auth, caller.principal.owner) == ("agent", "apikey", "osu_owner")
    assert caller.scopes == {"propose"}
    assert caller.permissions == frozenset()


def test_a_removed_key_opens_nothing_at_once_also_from_another_process(company: Company):
    text, elsewhere = company.key(), Accounts(company.database)
    elsewhere.by_key(text)
    company.end_key(text)
    for accounts in (company.accounts, elsewhere):
        with pytest.raises(Unauthenticated, match="ask an administrator"):
            accounts.by_key(text)


def test_a_key_ends_when_it_was_said_to(company: Company):
    text = company.key(until=company.clock.now() + 1_000_000)
    company.accounts.by_key(text)
    company.clock.advance(1)
    with pytest.raises(Unauthenticated):
        company.accounts.by_key(text)


def test_the_last_use_of_a_key_is_known_to_the_minute(company: Company):
    text = company.key()
    key = company.accounts.by_key(text).key or ""
    assert company.accounts.last_use("default", key) is None
    company.clock.advance(2 * MINUTE)
    company.accounts.by_key(text)
    assert company.accounts.last_use("default", key) == company.clock.now()


def test_a_key_that_nobody_used_is_told_as_never_used_also_by_a_running_clock(tmp_path):
    company = Company(tmp_path / "running.db", SystemClock())
    text = company.key()
    assert company.accounts.last_use("default", company.accounts.by_key(text).key or "") is None
    company.close()


@given(st.data())
def test_one_wrong_character_is_caught_without_looking_anything_up(data: st.DataObject):
    text = tokens.mint("key")
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters().filter(lambda char: char != text[place]))
    assert tokens.digest("key", text) is not None
    assert tokens.digest("key", text[:place] + other + text[place + 1 :]) is None


@pytest.mark.parametrize("text", ["", "hrk_", "x" * 10_000, "hrk_" + "é" * 49], ids=len)
def test_what_is_no_key_is_refused(company: Company, text: str):
    with pytest.raises(Unauthenticated):
        company.accounts.by_key(text)


def test_passwords_are_kept_as_the_standard_for_little_memory_says():
    kept = Passwords().hash(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert Passwords(QUICK).matches(kept, PASSWORD)
    assert Passwords().outdated(Passwords(QUICK).hash(PASSWORD))


def test_somebody_signs_in_and_out(company: Company):
    ann = company.person("ann", password=PASSWORD)
    signed = company.accounts.sign_in("ann", PASSWORD, "127.0.0.1")
    caller = company.accounts.by_session(signed.token)
    assert (caller.principal.id, caller.principal.auth) == (ann, "session")
    assert caller.permissions == {"read", "decide"}
    company.accounts.sign_out(signed.token)
    with pytest.raises(Unauthenticated):
        company.accounts.by_session(signed.token)


def test_each_sign_in_is_another_session_with_another_token_for_forms(company: Company):
    company.person("ann", password=PASSWORD)
    one, two = (company.accounts.sign_in("ann", PASSWORD, "127.0.0.1") for _ in range(2))
    assert one.token != two.token
    assert one.caller.session
    assert two.caller.session
    assert one.caller.session.csrf != two.caller.session.csrf


def test_a_browsers_session_ends_when_nobody_uses_it_and_in_any_case(company: Company):
    company.person("ann", password=PASSWORD)
    idle, used = (company.accounts.sign_in("ann", PASSWORD, "127.0.0.1") for _ in range(2))
    terminal = company.accounts.sign_in("ann", PASSWORD, "127.0.0.1", use="terminal")
    for _ in range(28):
        company.clock.advance(25 * MINUTE)
        company.accounts.by_session(used.token)
    with pytest.raises(Unauthenticated):
        company.accounts.by_session(idle.token)
    company.accounts.by_session(terminal.token)
    company.clock.advance(25 * MINUTE)
    for one in (used, terminal):
        with pytest.raises(Unauthenticated, match="sign in again"):
            company.accounts.by_session(one.token)


def test_what_somebody_may_do_follows_their_roles_at_once(company: Company):
    ann = company.person("ann", password=PASSWORD)
    company.person("olga", roles=("administrator",))
    token = company.accounts.sign_in("ann", PASSWORD, "127.0.0.1").token
    company.person("ann", roles=("auditor",))
    assert company.accounts.by_session(token).permissions == {"read", "audit"}
    company.dismiss(ann)
    with pytest.raises(Unauthenticated):
        company.accounts.by_session(token)


def test_a_new_password_ends_every_session(company: Company):
    ann = company.person("ann", password=PASSWORD)
    token = company.accounts.sign_in("ann", PASSWORD, "127.0.0.1").token
    company.accounts.set_password("default", ann, "another long one")
    with pytest.raises(Unauthenticated):
        company.accounts.by_session(token)
    with pytest.raises(Unauthenticated):
        company.accounts.sign_in("ann", PASSWORD, "127.0.0.1")


@pytest.mark.parametrize("password", ["short", "a" * 20, "x" * 257, "annannannannann"])
def test_a_password_that_would_be_guessed_is_refused(company: Company, password: str):
    ann = company.person("ann")
    with pytest.raises(WeakPassword, match="words"):
        company.accounts.set_password("default", ann, password)


def test_an_unknown_handle_and_a_wrong_password_are_told_alike(company: Company):
    company.person("ann", password=PASSWORD)
    company.person("ben")
    told = set()
    for name, password in (("ann", "wrong"), ("nobody", PASSWORD), ("ben", ""), ("other/ann", PASSWORD), ("", "")):
        with pytest.raises(Unauthenticated) as refused:
            company.accounts.sign_in(name, password, "127.0.0.1")
        told.add(str(refused.value))
    assert len(told) == 1


def test_who_guesses_has_to_wait_longer_each_time(company: Company):
    company.person("ann", password=PASSWORD)
    waits = []
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            company.accounts.sign_in("ann", "wrong", "127.0.0.1")
    for _ in range(12):
        with pytest.raises(TooMany) as braked:
            company.accounts.sign_in("ann", PASSWORD, "127.0.0.2")
        waits.append(braked.value.retry_after)
        company.clock.advance(braked.value.retry_after)
        with pytest.raises(Unauthenticated):
            company.accounts.sign_in("ann", "wrong", "127.0.0.1")
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == 900


def test_who_knows_the_password_gets_in_when_the_wait_is_over(company: Company):
    company.person("ann", password=PASSWORD)
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            company.accounts.sign_in("ann", "wrong", "127.0.0.1")
    company.clock.advance(1)
    company.accounts.sign_in("ann", PASSWORD, "127.0.0.1")


def test_an_invitation_sets_a_password_once(company: Company):
    ann = company.person("ann")
    earlier, text = (company.accounts.invite("default", ann) for _ in range(2))
    with pytest.raises(WeakPassword):
        company.accounts.accept(text, "short")
    assert company.accounts.accept(text, PASSWORD).caller.principal.id == ann
    company.accounts.sign_in("ann", PASSWORD, "127.0.0.1")
    for used in (earlier, text):
        with pytest.raises(Unauthenticated, match="ask for another"):
            company.accounts.accept(used, "another long one")


def test_an_invitation_ends_after_three_days_and_a_link_after_ten_minutes(company: Company):
    ann = company.person("ann")
    invitation, link = company.accounts.invite("default", ann), company.accounts.link("default", ann)
    company.clock.advance(10 * MINUTE)
    with pytest.raises(Unauthenticated):
        company.accounts.use_link(link)
    company.clock.advance(72 * HOUR)
    with pytest.raises(Unauthenticated):
        company.accounts.accept(invitation, PASSWORD)


def test_of_many_who_come_with_one_link_one_is_let_in(company: Company):
    ann = company.person("ann")
    for _ in range(5):
        text = company.accounts.link("default", ann)
        with ThreadPoolExecutor(8) as pool:
            attempts = [pool.submit(company.accounts.use_link, text) for _ in range(8)]
        assert sum(attempt.exception() is None for attempt in attempts) == 1


def test_another_tenants_people_and_keys_are_its_own(company: Company):
    other = Company("", company.clock, "acme", company.database)
    here, there = company.person("ann", password=PASSWORD), other.person("ann", password="another long one")
    assert here != there
    assert company.accounts.sign_in("acme/ann", "another long one", "127.0.0.1").caller.tenant == "acme"
    with pytest.raises(Unauthenticated):
        company.accounts.sign_in("acme/ann", PASSWORD, "127.0.0.1")
    caller = company.accounts.by_key(other.key())
    assert caller.tenant == "acme"
    assert caller.principal.id != company.accounts.by_key(company.key()).principal.id


def test_no_secret_is_in_the_files(company: Company, tmp_path: Path):
    ann = company.person("ann", password=PASSWORD)
    secrets = [company.key(), company.accounts.sign_in("ann", PASSWORD, "127.0.0.1").token]
    secrets += [company.accounts.invite("default", ann), company.accounts.link("default", ann), PASSWORD]
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for secret in secrets:
        assert secret.encode() not in stored
