"""Signing in at a server: unseen, kept for this OS user alone, and every refusal with the command that helps."""

from __future__ import annotations

import os
import socket
import stat
import sys
from pathlib import Path

import pytest

from handrail.cli import sessions
from tests.e2e.terminal import terminal as pseudo_terminal
from tests.server.company import PASSWORD

NEW = "four words that are new"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which nobody has signed in anywhere."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("HANDRAIL_KEY", raising=False)
    return tmp_path / "config"


@pytest.fixture
def typed(on_file, monkeypatch, home):
    """The command with nobody signed in; what it reads from stdin is given."""

    def run(*words: str, stdin: str = ""):
        monkeypatch.setattr(type(on_file), "environment", lambda self, user: {"XDG_CONFIG_HOME": str(home)})
        return on_file(*words, stdin=stdin)

    return run


@pytest.fixture
def url(at_server) -> str:
    house = at_server.house
    house.company.accounts.set_password("default", person(at_server, "ann"), PASSWORD)
    return str(house.url)


def person(at_server, handle: str) -> str:
    return str(at_server.house.company.accounts.directory("default").resolve(f"user:{handle}"))


def kept(home: Path) -> Path:
    (found,) = (home / "handrail" / "sessions").iterdir()
    return found


def test_who_signed_in_works_at_the_server_until_they_sign_out(typed, url, home):
    said = typed("login", url, "--handle", "ann", stdin=f"{PASSWORD}\n")
    assert (said.code, said.out.partition(",")[0]) == (0, f"You are user:ann at {url}")
    assert stat.S_IMODE(os.stat(kept(home)).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(kept(home).parent).st_mode) == 0o700
    token = sessions.read(url)
    assert token
    assert typed("reviews", "list", "--db", url).out == "Nothing waits for you.\n"
    assert typed("logout", url).out == f"Signed out at {url}.\n"
    assert not list(kept_files(home))
    sessions.keep(token)
    ended = typed("reviews", "list", "--db", url)
    assert (ended.code, ended.err) == (
        1, f"handrail: your session at {url} has ended: run `handrail login {url}`\n",
    )  # fmt: skip
    assert typed("logout", url).code == 0
    assert typed("logout", url).out == f"You are not signed in at {url}; nothing was changed.\n"


def kept_files(home: Path) -> list[Path]:
    return list((home / "handrail" / "sessions").iterdir())


def test_no_secret_is_ever_printed(typed, url):
    said = [
        typed("login", url, "--handle", "ann", stdin=f"{PASSWORD}\n"), typed("doctor", "--db", url, "--json"),
        typed("people", "list", "--db", url, "--json"), typed("login", url, "--handle", "ann", stdin="wrong\n"),
    ]  # fmt: skip
    session = sessions.read(url)
    assert session
    assert session.token not in repr(session)
    for one in said:
        for secret in (PASSWORD, session.token, "hrs_"):
            assert secret not in one.out + one.err


def test_an_invitation_sets_the_password_and_signs_in(typed, url, at_server):
    secret = at_server.house.company.accounts.invite("default", person(at_server, "bob"))
    differs = typed("login", url, "--invitation", stdin=f"{secret}\n{NEW}\n{NEW}!\n")
    assert (differs.code, differs.err) == (
        2, "handrail: the two passwords are not the same: nothing was changed\n",
    )  # fmt: skip
    weak = typed("login", url, "--invitation", stdin=f"{secret}\nshort\nshort\n")
    assert weak.code == 2
    assert "a password has 12 to 256 characters" in weak.err
    assert typed("login", url, "--invitation", stdin=f"{secret}\n{NEW}\n{NEW}\n").out.startswith("You are user:bob at ")
    assert typed("reviews", "list", "--db", url).code == 0
    again = typed("login", url, "--invitation", stdin=f"{secret}\n{NEW}\n{NEW}\n")
    assert (again.code, again.err) == (
        1, "handrail: this invitation was used already or has ended: ask for another one\n",
    )  # fmt: skip


def test_a_wrong_password_and_an_unknown_handle_sound_alike(typed, url, home):
    for handle in ("ann", "nobody"):
        said = typed("login", url, "--handle", handle, stdin="not the right one\n")
        assert (said.code, said.err) == (1, "handrail: the handle or the password is wrong\n")
    assert not (home / "handrail").exists()


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("hrk_x", "this is an agent's key, and a person is needed here: sign in with your own password"),
        ("hri_x", "this is an invitation: run the same command with --invitation"),
    ],
)
def test_another_secret_is_not_taken_for_a_password(typed, url, secret, words):
    said = typed("login", url, "--handle", "ann", stdin=f"{secret}\n")
    assert (said.code, said.err) == (2, f"handrail: {words}\n")


def test_an_agents_key_is_never_used_for_a_person(typed, url, at_server, monkeypatch, home):
    key = at_server.house.company.key()
    monkeypatch.setenv("HANDRAIL_KEY", key)
    said = typed("reviews", "list", "--db", url)
    why = "HANDRAIL_KEY is an agent's, and an agent decides nothing"
    words = f"you are not signed in at {url} ({why}): run `handrail login {url}`"
    assert (said.code, said.err) == (1, f"handrail: {words}\n")
    sessions.keep(sessions.Session(url, key, "user:ann", 0))
    said = typed("reviews", "list", "--db", url)
    assert (said.code, "holds no person's session" in said.err) == (2, True)
    assert key not in said.err


def test_a_session_that_others_could_read_is_not_used(typed, url, home):
    typed("login", url, "--handle", "ann", stdin=f"{PASSWORD}\n")
    file = kept(home)
    file.chmod(0o640)
    said = typed("reviews", "list", "--db", url)
    assert (said.code, f"others may read {file} (mode 640)" in said.err) == (2, True)
    file.chmod(0o600)
    file.rename(file.with_name("elsewhere"))
    file.symlink_to(file.with_name("elsewhere"))
    assert "cannot be read" in typed("reviews", "list", "--db", url).err
    file.unlink()
    file.write_text("{}")
    file.chmod(0o600)
    assert "holds no session: remove it, and sign in again" in typed("reviews", "list", "--db", url).err


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root gives a file away")
def test_a_session_of_another_os_user_is_not_used(typed, url, home):
    typed("login", url, "--handle", "ann", stdin=f"{PASSWORD}\n")
    os.chown(kept(home), 12345, -1)
    assert "belongs to another OS user" in typed("reviews", "list", "--db", url).err


def test_a_server_that_is_away_is_named(typed, home):
    with socket.socket() as ear:
        ear.bind(("127.0.0.1", 0))
        away = f"http://127.0.0.1:{ear.getsockname()[1]}"
        sessions.keep(sessions.Session(away, "hrs_x", "user:ann", 0))
        for words in (("reviews", "list", "--db", away), ("login", away, "--handle", "ann")):
            said = typed(*words, stdin="x\n")
            assert (said.code, said.err) == (
                1, f"handrail: {away} did not answer (ConnectError): see that it runs, and repeat this\n",
            )  # fmt: skip
        said = typed("logout", away)
        assert (said.code, "forgotten here, but it goes on at the server until" in said.err) == (1, True)
        said = typed("doctor", "--db", away)
        assert (said.code, f"{away} did not answer" in said.out) == (2, True)


@pytest.mark.parametrize("words", [("login",), ("logout",), ("reviews", "list", "--db"), ("doctor", "--db")])
def test_a_password_never_leaves_this_machine_in_the_clear(typed, words):
    sessions.keep(sessions.Session("http://hand.rail", "hrs_x", "user:ann", 0))
    said = typed(*words, "http://hand.rail")
    assert said.code == 2
    assert "would send keys and passwords in the clear: use https://" in said.err


def test_what_is_missing_is_said(typed, url):
    assert "give --handle, and the password on stdin" in typed("login", url).err
    assert "stdin ended, and 'password' is missing" in typed("login", url, "--handle", "ann").err
    assert "is no server's URL" in typed("login", "handrail.db", "--handle", "ann").err
    for words in (("init",), ("serve",)):
        assert "give --db FILE" in typed(*words, "--db", url).err


def test_one_server_has_one_session_however_it_is_written():
    spelled = ("https://hand.rail", "HTTPS://Hand.Rail/", "https://hand.rail:443")
    assert {sessions.normal(one) for one in spelled} == {"https://hand.rail"}
    assert sessions.normal("http://127.0.0.1:8321/") == "http://127.0.0.1:8321"
    assert sessions.normal("https://hand.rail/team/") != sessions.normal("https://hand.rail")


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
def test_the_password_is_typed_unseen(url, tmp_path, home):
    command = ("-c", "from handrail.cli.main import app; app()", "login", url)
    with pseudo_terminal(*command, cwd=tmp_path) as screen:
        screen.until("Handle: ")
        screen.type("ann\n")
        screen.until("Password: ")
        screen.type(f"{PASSWORD}\n")
        screen.until(f"You are user:ann at {url}")
        screen.process.wait(10)
        assert PASSWORD not in screen.written
    assert sessions.read(url)
