"""The directory from a file: all or nothing, told before and after, and nobody locks themselves out."""

from __future__ import annotations

import os
import stat

import pytest

from tests.cli.conftest import PEOPLE

SHIFT = "{who: user:ann, from: 2026-01-01, to: 2026-01-02}"
ONCE = "a person is listed once, with everything about them"


def test_a_file_fills_the_directory_and_ends_solo_mode(terminal, tmp_path):
    (tmp_path / "people.yaml").write_text(PEOPLE)
    assert terminal("people", "apply", str(tmp_path / "people.yaml"), "--dry-run").code == 2
    terminal("init")
    assert terminal("people", "list").out.startswith("Solo mode: you are the only person")
    said = terminal("people", "apply", str(tmp_path / "people.yaml"))
    assert said.out.splitlines() == [
        "+ user:ann  Ann Doe, os_user ann, group:treasury",
        "+ user:bob  Bob Roe, os_user bob, group:treasury group:legal",
        "+ user:cfo  cfo, os_user cfo",
        "3 added.",
    ]
    listed = terminal("people", "list", "--json").json
    assert listed["solo"] is False
    assert [one["handle"] for one in listed["people"]] == ["user:ann", "user:bob", "user:cfo"]
    assert set(listed["people"][1]["groups"]) == {"group:treasury", "group:legal"}
    assert "Bob Roe" in terminal("people", "list").out


def test_the_same_file_again_changes_nothing(on_file, tmp_path):
    before = on_file.path.read_bytes()
    said = on_file("people", "apply", str(tmp_path / "people.yaml"))
    assert said.out == "The directory is as the file says; nothing was changed.\n"
    assert on_file("doctor").code == 0
    assert on_file.path.read_bytes() == before


def test_changes_are_told_and_people_go_only_with_prune(on_file, tmp_path):
    file = tmp_path / "people.yaml"
    file.write_text("people: [{handle: user:ann, name: Ann Roe, os_user: ann, groups: [legal]}, {handle: dan}]")
    assert on_file("people", "apply", str(file), "--dry-run", "--prune").out.splitlines() == [
        "~ user:ann  name Ann Roe, +group:legal, -group:treasury", "+ user:dan  dan", "- user:bob", "- user:cfo",
        "1 added, 1 changed, 2 removed. Nothing was changed: this was a dry run.",
    ]  # fmt: skip
    assert on_file("people", "apply", str(file)).out.endswith("1 added, 1 changed.\n")
    assert len(on_file("people", "list", "--json").json["people"]) == 4
    assert on_file("people", "apply", str(file), "--prune").out.endswith("2 removed.\n")
    assert on_file("reviews", "list", user="bob").out == "Nothing waits for you.\n"
    assert "user:bob" not in on_file("people", "list").out


def test_all_of_it_is_one_transaction(on_file, tmp_path):
    log = on_file("doctor", "--json").json
    assert any("in order" in one["text"] for one in log["findings"])
    (tmp_path / "bad.yaml").write_text("people: [{handle: dan}, {handle: dan}]")
    before = on_file("people", "list", "--json").out
    ended = on_file("people", "apply", str(tmp_path / "bad.yaml"))
    assert (ended.code, ended.err) == (
        2,
        f"handrail: line 1: the handle 'user:dan' belongs to the person of line 1, too; {ONCE}\n",
    )
    assert on_file("people", "list", "--json").out == before


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ("people: [{handle: dan}]", "nobody would be linked to your OS user ann"),
        ("people: [{handle: ann}]", "nobody would be linked to your OS user ann"),
        (
            "people: [{handle: ann, os_user: ann},\n {handle: dan, os_user: bob}]",
            "line 2: os_user 'bob' belongs to user:bob, who is not in this file",
        ),
    ],
)
def test_a_file_that_would_leave_the_links_wrong_is_refused(on_file, tmp_path, people, words):
    (tmp_path / "bad.yaml").write_text(people)
    flags = ["--prune"] if "dan" in people and "bob" not in people else []
    ended = on_file("people", "apply", str(tmp_path / "bad.yaml"), *flags)
    assert ended.code == 2
    assert words in ended.err


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ("people: [{handle: ann, os_user: ann, absent: [{from: 2026-01-01, to: 2026-01-02, substitute: user:ann}]}]",
         "line 1: user:ann cannot stand in for user:ann"),
        ("people: [{handle: ann, os_user: ann, absent: [{from: 2026-01-01, to: 2026-01-02, substitute: user:eve}]}]",
         "line 1: user:eve cannot stand in for user:ann"),
        (f"people: [{{handle: ann, os_user: ann}}]\ngroups: [{{handle: legal, oncall: [{SHIFT}]}}]",
         "line 2: user:ann is on call for group:legal and not in it"),
    ],
)  # fmt: skip
def test_who_stands_in_is_there_and_who_is_on_call_is_in_the_group(on_file, tmp_path, people, words):
    (tmp_path / "bad.yaml").write_text(people)
    ended = on_file("people", "apply", str(tmp_path / "bad.yaml"))
    assert ended.code == 2
    assert words in ended.err


def test_times_and_rotas_are_applied_changed_and_taken_back(on_file, tmp_path):
    file = tmp_path / "people.yaml"
    away = ", quiet: 22:00-07:00"
    rota = "\ngroups: [{handle: legal, rotation: {who: [user:bob], from: 2026-01-01, every: 1w}}]"
    plain = "people: [{handle: ann, name: Ann Doe, os_user: ann, groups: [treasury]}]"
    told = []
    for text in (plain.replace("]}]", "]" + away + "}]") + rota, plain + rota, plain + "\ngroups: [{handle: legal}]"):
        for _ in range(2):
            file.write_text(text)
            told.append(on_file("people", "apply", str(file)).out.splitlines()[:-1])
    assert told == [
        ["~ user:ann  other times", "~ group:legal  another rota"], [], ["~ user:ann  no times any more"], [],
        ["~ group:legal  no rota any more"], [],
    ]  # fmt: skip


def test_who_is_not_linked_may_not_change_people(on_file, tmp_path):
    (tmp_path / "people.yaml").write_text("people: [{handle: eve, os_user: eve}]")
    ended = on_file("people", "apply", str(tmp_path / "people.yaml"), user="eve")
    assert ended.code == 1
    assert "nobody in the directory is linked to your OS user eve" in ended.err


def test_init_makes_a_private_file_once(terminal):
    assert terminal("init").out.startswith("Created ")
    assert stat.S_IMODE(os.stat(terminal.path).st_mode) == 0o600
    before = terminal.path.read_bytes()
    assert " is there already; nothing was changed." in " ".join(terminal("init").out.split())
    assert terminal.path.read_bytes() == before


def test_init_leaves_another_programs_file_alone(terminal):
    terminal.path.write_text("my diary")
    ended = terminal("init")
    assert ended.code == 1
    assert terminal.path.read_text() == "my diary"
