"""Whether people are told, in the terminal: what waits, what is dead, and a test of a channel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from handrail.embedded import Database
from tests.notify.mailbox import HOST, mailbox

TOLD = """
people:
  - {handle: ann, name: Ann Doe, os_user: ann, groups: [treasury], tell: [{by: mail, to: ann@example.com}]}
"""


def channels(tmp_path: Path, port: int, name: str = "mail") -> str:
    file = tmp_path / "notify.yaml"
    file.write_text(f"channels:\n  {name}: {{smtp: '{HOST}:{port}', from: hand@example.com, security: none}}\n")
    return str(file)


def bury(db: Path) -> None:
    database = Database(str(db))
    with database.process.store.outbox(write=True) as box:
        for one in box.due("mail", 1 << 62, 9):
            box.failed(one.id, None, "the mail server does not take the address (550)")
    database.close()


def test_what_waits_and_what_is_dead_is_told_and_sent_again(terminal: Any, wire: Any, db: Path, tmp_path: Path):
    assert "Nothing was to be told yet" in terminal("notify", "status").out
    terminal.apply(tmp_path, TOLD)
    wire.propose("DE89", 5)
    (row,) = terminal("notify", "status", "--json").json["channels"]
    assert (row["channel"], row["status"], row["number"]) == ("mail", "waiting", 1)
    bury(db)
    assert "handrail notify redrive" in terminal("notify", "status").out
    assert terminal("notify", "redrive", "push").out == "Nothing is dead there.\n"
    assert terminal("notify", "redrive").out == "1 message will be sent again by the server.\n"
    assert terminal("notify", "status", "--json").json["channels"][0]["status"] == "waiting"


def test_only_an_administrator_sends_again(terminal: Any, tmp_path: Path):
    boss = "  - {handle: bob, os_user: bob, roles: [administrator]}\n"
    terminal.apply(tmp_path, TOLD)
    (tmp_path / "people.yaml").write_text(TOLD + boss)
    assert terminal("people", "apply", str(tmp_path / "people.yaml")).code == 0
    refused = terminal("notify", "redrive")
    assert refused.code != 0
    assert "only an administrator" in refused.err


def test_a_test_message_goes_out_now(terminal: Any, tmp_path: Path):
    with mailbox() as (box, port):
        file = channels(tmp_path, port)
        ended = terminal("notify", "test", "mail", "--to", "ann@example.com", "--notify", file)
        assert (ended.code, ended.out) == (0, "mail took the message.\n")
        assert box.mails[0]["Subject"] == "A test message from Handrail"
        box.answers["RCPT"] = "550 no"
        failed = terminal("notify", "test", "mail", "--to", "ann@example.com", "--notify", file)
        assert failed.code != 0
        assert "does not take the address (550)" in failed.err
    assert "there is no channel 'push'" in terminal("notify", "test", "push", "--notify", file).err
    assert "there is no channel 'mail'" in terminal("notify", "test", "mail").err


def test_the_doctor_says_what_is_missing(
    terminal: Any, wire: Any, db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    terminal.apply(tmp_path, "people: [{handle: ann, os_user: ann, groups: [treasury]}]")
    assert "nobody is told what waits for them" in terminal("doctor").out
    terminal.apply(tmp_path, TOLD)
    assert "HANDRAIL_NOTIFY names no file" in terminal("doctor").out
    monkeypatch.setenv("HANDRAIL_NOTIFY", channels(tmp_path, 25, "other"))
    found = terminal("doctor")
    assert found.code == 1
    assert "people are told by mail, which" in found.out
    monkeypatch.setenv("HANDRAIL_NOTIFY", channels(tmp_path, 25))
    assert terminal("doctor").code == 0
    wire.propose("DE89", 5)
    bury(db)
    assert "1 message could not be sent" in terminal("doctor").out
