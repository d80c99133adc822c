"""Agents, keys and accounts from the terminal, on the file and at a server: the same words, the same effects."""

from __future__ import annotations

import pytest

import handrail
from handrail.clock import SystemClock
from handrail.server.auth.accounts import Accounts
from tests.cli.conftest import PEOPLE
from tests.server.company import PASSWORD, Company

STAFF = PEOPLE.replace(
    "groups: [treasury]}\n  - {handle: bob", "groups: [treasury], roles: [reviewer, administrator]}\n  - {handle: bob"
)


@pytest.fixture
def house(company, tmp_path):
    """The command where ann administers."""
    company.apply(tmp_path, STAFF)
    return company


@pytest.fixture
def accounts(house):
    """What a server on the database knows of its keys and people."""
    found = Company(house.path, SystemClock())
    yield found.accounts
    found.close()


def opens(accounts: Accounts, key: str) -> bool:
    try:
        return bool(accounts.by_key(key))
    except handrail.HandrailError:
        return False


def test_a_key_is_alone_on_stdout_and_opens(house, accounts):
    made = house("keys", "create", "support", "--owner", "bob", "--expires", "90d", "--scope", "propose")
    assert (made.code, made.out.count("\n"), made.out[:4]) == (0, 1, "hrk_")
    assert "lets support in to propose; it ends at " in made.err
    said = " ".join(made.err.split())
    assert "user:bob answers for support, and you have seen its key: neither of you decides what it asks" in said
    caller = accounts.by_key(made.out.strip())
    assert caller.scopes == {"propose"}
    listed = house("keys", "list").out
    assert "support" in listed
    assert made.out.strip() not in listed + house("keys", "list", "--json").out + made.err
    assert house("agents", "list", "--json").json["agents"][0]["owner_name"] == "user:bob"


def test_without_an_owner_it_is_who_creates_the_key(house):
    said = " ".join(house("keys", "create", "support").err.split())
    assert "You answer for support and have seen its key, so you decide nothing that it asks" in said
    assert house("agents", "list", "--json").json["agents"][0]["owner_name"] == "user:ann"


def test_a_key_is_rotated_and_removed(house, accounts):
    first = house("keys", "create", "support", "--label", "laptop").out.strip()
    old = house("keys", "list", "--json").json["keys"][0]["id"]
    second = house("keys", "rotate", old[:9]).out.strip()
    assert opens(accounts, first)
    assert opens(accounts, second)
    third = house("keys", "rotate", old, "--overlap", "0s").out.strip()
    assert not opens(accounts, first)
    new = next(one["id"] for one in house("keys", "list", "--json").json["keys"] if one["id"] != old)
    assert house("keys", "remove", new).out == f"{new[:10]} of support opens nothing any more.\n"
    assert [opens(accounts, one) for one in (second, third)].count(True) == 1
    assert len(house("keys", "list", "--all", "--json").json["keys"]) == 3
    assert len(house("keys", "list", "--json").json["keys"]) == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("keys", "create", "support", "--owner", "nobody"), 2, "'nobody' is nobody here"),
        (("keys", "create", "support", "--scope", "decide"), 2, "a key's scopes are propose and execute"),
        (("keys", "create", "support", "--expires", "soon"), 2, "expires: 'soon' is no duration"),
        (("keys", "create", ""), 2, "an agent has the name of its program"),
        (("keys", "rotate", "zzz"), 3, "no key begins with 'zzz': list them with `handrail keys list`"),
        (("keys", "remove", "zzz"), 3, "no key begins with 'zzz': list them with `handrail keys list`"),
        (("agents", "put", "x", "--owner", "nobody"), 2, "'nobody' is nobody here"),
        (("agents", "remove", "x"), 3, "no agent is called 'x': list them with `handrail agents list`"),
        (("people", "invite", "nobody"), 3, "'user:nobody' is nobody here"),
        (("people", "sign-out", "nobody"), 3, "'user:nobody' is nobody here"),
    ],
)
def test_what_cannot_be_is_said(house, words, code, said):
    ended = house(*words)
    assert (ended.code, said in ended.err, ended.out) == (code, True, ""), ended.err


@pytest.mark.parametrize(
    "words",
    [
        ("keys", "list"), ("keys", "create", "x"), ("agents", "put", "x"), ("people", "invite", "cfo"),
        ("people", "sign-out", "cfo"),
    ],
)  # fmt: skip
def test_who_does_not_administer_may_not(house, words):
    ended = house(*words, user="bob")
    assert (ended.code, ended.out) == (1, "")
    assert "administ" in ended.err


def test_another_owner_is_chosen_on_purpose_alone(house, accounts):
    key = house("keys", "create", "support").out.strip()
    ended = house("keys", "create", "support", "--owner", "bob")
    assert (ended.code, "change that with `handrail agents put` first" in ended.err) == (2, True)
    assert house("agents", "put", "support", "--owner", "bob").out == "user:bob answers for support.\n"
    owner = accounts.by_key(key).principal.owner
    assert owner == accounts.directory("default").resolve("user:bob")


def test_a_removed_agent_takes_its_keys_along_and_they_do_not_come_back_with_it(house, accounts):
    keys = [house("keys", "create", "support").out.strip() for _ in range(2)]
    other = house("keys", "create", "other").out.strip()
    assert house("agents", "remove", "support").out == "support is known no more; 2 keys of it ended.\n"
    assert "support" not in house("agents", "list").out
    assert [opens(accounts, one) for one in (*keys, other)] == [False, False, True]
    house("agents", "put", "support")
    assert [opens(accounts, one) for one in (*keys, other)] == [False, False, True]


def test_a_removed_agent_is_refused_on_a_file_too(house):
    def connected():
        return handrail.connect(f"sqlite:///{house.path}", agent="night", reviewers="group:treasury", quiet=True)

    rail = connected()
    rail.approval(name="x")(lambda: None).propose()
    rail.close()
    house("agents", "remove", "night")
    rail = connected()
    with pytest.raises(handrail.HandrailError, match="this agent was removed"):
        rail.approval(name="x")(lambda: None).propose()
    rail.close()


def test_an_invitation_is_alone_on_stdout_and_lets_its_person_in(house, accounts):
    made = house("people", "invite", "bob")
    assert (made.code, made.out.count("\n"), made.out[:4]) == (0, 1, "hri_")
    assert "--invitation" in made.err
    assert accounts.accept(made.out.strip(), PASSWORD).caller.principal.id == accounts.directory("default").resolve(
        "user:bob"
    )


def test_signing_somebody_out_ends_their_sessions(house, accounts):
    bob = accounts.directory("default").resolve("user:bob") or ""
    accounts.set_password("default", bob, PASSWORD)
    tokens = [accounts.sign_in("bob", PASSWORD, "127.0.0.1").token for _ in range(2)]
    assert house("people", "sign-out", "bob").out == "2 sessions of user:bob ended.\n"
    for token in tokens:
        with pytest.raises(handrail.HandrailError, match="sign in again"):
            accounts.by_session(token)


def test_a_removed_person_is_out_and_has_no_sessions_when_they_come_back(house, accounts, tmp_path):
    bob = accounts.directory("default").resolve("user:bob") or ""
    accounts.set_password("default", bob, PASSWORD)
    token = accounts.sign_in("bob", PASSWORD, "127.0.0.1").token
    file = tmp_path / "less.yaml"
    file.write_text("".join(line for line in STAFF.splitlines(keepends=True) if "bob" not in line))
    assert house("people", "apply", str(file), "--prune").out.endswith("1 removed.\n")
    file.write_text(STAFF)
    for again in (False, True):
        with pytest.raises(handrail.HandrailError):
            accounts.by_session(token)
        if not again:
            assert house("people", "apply", str(file)).out.endswith("1 added.\n")


@pytest.mark.parametrize("roles", ["[reviewer]", "[auditor]"])
def test_the_last_administrator_stays_and_nothing_of_the_file_is_done(house, tmp_path, roles):
    file = tmp_path / "less.yaml"
    file.write_text(f"people: [{{handle: ann, os_user: ann, roles: {roles}}}, {{handle: dan, os_user: dan}}]")
    before = house("people", "list", "--json").out
    for flags in ((), ("--prune",), ("--prune", "--dry-run")):
        ended = house("people", "apply", str(file), *flags)
        assert (ended.code, "nobody could change people, keys or the policy any more" in ended.err) == (1, True)
    file.write_text("people: [{handle: dan, os_user: ann}]")
    ended = house("people", "apply", str(file), "--prune")
    assert (ended.code, "roles: [administrator]" in ended.err) == (1, True)
    assert house("people", "list", "--json").out == before


def test_people_are_brought_to_a_file_and_told(house, tmp_path):
    file = tmp_path / "people.yaml"
    file.write_text(STAFF + "  - {handle: dan, groups: [legal]}\n")
    assert house("people", "apply", str(file), "--dry-run").out == (
        "+ user:dan  dan, group:legal\n1 added. Nothing was changed: this was a dry run.\n"
    )
    assert house("people", "apply", str(file)).out == "+ user:dan  dan, group:legal\n1 added.\n"
    assert house("people", "apply", str(file)).out == "The directory is as the file says; nothing was changed.\n"
    assert "user:dan" in house("people", "list").out
    file.write_text("people: [{handle: dan}, {handle: dan}]")
    ended = house("people", "apply", str(file))
    assert (ended.code, "the handle 'user:dan' belongs to the person of line 1, too" in ended.err) == (2, True)
    ended = house("people", "apply", str(file), user="bob")
    assert ended.code in (1, 2)


def test_an_os_user_is_linked_to_one_person(house, tmp_path):
    file = tmp_path / "people.yaml"
    file.write_text("people: [{handle: dan, os_user: bob}]")
    ended = house("people", "apply", str(file))
    assert (ended.code, "os_user 'bob' belongs to user:bob, who is not in this file" in ended.err) == (2, True)


POLICY = """
paths:
  money: {levels: [{ask: group:treasury, for: 10m}]}
rules:
  - {name: wires, action: payments.wire, pattern: approval, path: money}
"""


def test_a_policy_is_checked_compared_applied_and_shown(house, tmp_path):
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY)
    assert house("policy", "check", str(file), user="bob").out.startswith("The policy can be applied: 1 rule")
    assert "+ wires" in house("policy", "diff", str(file)).out
    assert house("policy", "show").code == 3
    refused = house("policy", "apply", str(file), "--yes", user="bob")
    assert (refused.code, refused.err) == (
        1, "handrail: only an administrator changes the policy: ask user:ann\n",
    )  # fmt: skip
    assert "Applied. It counts from now on" in house("policy", "apply", str(file), "--yes").out
    assert "Applied by user:ann" in house("policy", "show").out
    assert house("policy", "diff", str(file)).out == "It says the same as the active policy.\n"
    file.write_text(POLICY.replace("treasury", "nobody"))
    for words in (("check",), ("apply", "--yes")):
        ended = house("policy", words[0], str(file), *words[1:])
        assert (ended.code, "nobody who may decide is in group:nobody" in ended.err) == (2, True)


def test_on_a_file_whoever_has_it_administers_while_nobody_does(terminal):
    terminal("init")
    made = terminal("keys", "create", "support", user="robot")
    assert (made.code, made.out[:4]) == (0, "hrk_")
    assert "While you are alone here, you decide what support asks." in " ".join(made.err.split())
    assert terminal("agents", "list", "--json").json["agents"][0]["owner_name"] == "robot"


def test_the_way_to_a_server_is_examined(at_server):
    ended = at_server("doctor")
    assert ended.code == 0, ended.out
    for words in ("is ready, answered in", "does not leave this machine", handrail.__version__, "as the server's",
                  "user:ann, signed in until", "you may decide, read"):  # fmt: skip
        assert words in ended.out
    stranger = at_server("doctor", user="eve")
    assert (stranger.code, f"not signed in: handrail login {at_server.house.url}" in stranger.out) == (1, True)


def test_a_long_list_is_whole_at_a_server_too(at_server, rail):
    calm = rail.approval(name="calm")(lambda n: None)
    for number in range(205):
        calm.propose(number)
    page = at_server("actions", "list", "--limit", "203", "--json").json
    assert (len(page["actions"]), page["after"]) == (203, page["actions"][-1]["id"])
