"""No byte of an agent moves the terminal: on a real terminal, in every command, with everything an agent can write."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import handrail
from tests.cli.conftest import harmless

EVIL = "evil\x1b[31m\x1b]0;title\x07\x9b2J\r\x08\x7f\x00\u202eevil\u2066\u200b\U0001f600"
SGR = re.compile(r"\x1b\[[0-9;]*m")
CLEAR = "\x1b[H\x1b[2J"


@pytest.fixture
def hostile(rail) -> handrail.Ticket[Any]:
    """A proposal that is hostile in every place an agent can write."""

    @rail.approval(
        name="evil.call", risk="high", describe=EVIL, impact=EVIL, preview={EVIL: EVIL}, context={EVIL: [EVIL]}
    )
    def evil(text: str, table: dict[str, str]) -> str:
        raise RuntimeError(EVIL)

    with rail.run(f"run {EVIL}"):
        ticket: handrail.Ticket[Any] = evil.propose(EVIL, {EVIL: EVIL})
    return ticket


def drawn(text: str) -> bool:
    """Whether only our own colours and line ends are among the control characters, and nothing turns the text round."""
    rest = SGR.sub("", text).replace("\r\n", "\n")
    return harmless(rest) and not re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f]", rest)


@contextmanager
def on_terminal(*words: str, env: dict[str, str]) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The installed command on a pseudo-terminal of 100 columns."""
    ours, theirs = pty.openpty()
    program = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command = [sys.executable, "-c", program + "from handrail.cli.main import app; app()", *words]
    child = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color", **env},
    )  # fmt: skip
    os.close(theirs)
    try:
        yield ours, child
    finally:
        child.kill()
        child.wait()
        os.close(ours)


def read_until(terminal: int, words: str = "", seconds: float = 30) -> str:
    """What the terminal got, until these words or its end."""
    found = b""
    while not (words and words.encode() in found):
        ready, _, _ = select.select([terminal], [], [], seconds)
        assert ready, f"{words!r} did not come; so far {found.decode(errors='replace')!r}"
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            break
        if not chunk:
            break
        found += chunk
    return found.decode()


@pytest.mark.parametrize(
    "words",
    [
        ("reviews", "list"), ("reviews", "show"), ("reviews", "show", "--unfold"), ("actions", "list"),
        ("actions", "show", "{action}"), ("runs", "list"), ("runs", "show", "{run}"), ("explain", "{action}"),
        ("reviews", "list", "--json"), ("reviews", "show", "--json"), ("explain", "{action}", "--json"),
        ("actions", "show", "{action}", "--json"), ("runs", "list", "--json"), ("doctor",),
    ],
)  # fmt: skip
def test_no_command_prints_a_control_character_of_an_agent(company, hostile, words):
    run = company("runs", "list", "--json").json["runs"][0]["id"]
    ended = company(*(word.format(action=hostile.id, run=run) for word in words))
    assert ended.code == 0, ended.err
    assert "evil" in ended.out or "doctor" in words
    assert drawn(ended.out)
    assert drawn(ended.err)


def test_on_a_real_terminal_only_our_own_colours_arrive(company, hostile):
    env = company.environment("ann")
    with on_terminal("reviews", "reject", hostile.review[:12], env=env) as (terminal, child):
        shown = read_until(terminal, "Why? ")
        os.write(terminal, b"looks\x1b[31m wrong\n")
        shown += read_until(terminal, "[y/N] ")
        os.write(terminal, b"y\n")
        told = read_until(terminal, "rejected")
        assert child.wait(20) == 0
    assert SGR.search(shown), "a terminal gets colours"
    assert "┆ agent text, not verified" in SGR.sub("", shown)
    assert "⟨U+001B⟩[31m" in SGR.sub("", shown)
    assert drawn(shown)
    assert "It will not run" in told


def test_enter_alone_decides_nothing(company, hostile):
    env = company.environment("ann")
    with on_terminal("reviews", "approve", hostile.review, "-q", env=env) as (terminal, child):
        read_until(terminal, "[y/N] ")
        os.write(terminal, b"\n")
        assert "Nothing was decided." in read_until(terminal)
        assert child.wait(20) == 1
    assert hostile.status == "held"


def test_no_colour_where_it_is_not_wanted(company, hostile):
    env = {**company.environment("ann"), "NO_COLOR": "1"}
    with on_terminal("reviews", "show", env=env) as (terminal, _):
        assert "\x1b" not in read_until(terminal)


def test_the_board_opens_a_review_by_a_key_and_decides_it(company, hostile):
    env = company.environment("ann")
    with on_terminal("reviews", "watch", env=env) as (terminal, child):
        board = read_until(terminal, "q leaves")
        assert drawn(board.replace(CLEAR, ""))
        os.write(terminal, b"1")
        page = read_until(terminal, "decide> ")
        assert drawn(page.replace(CLEAR, ""))
        os.write(terminal, b"r\n")
        read_until(terminal, "why? ")
        os.write(terminal, b"no\n")
        read_until(terminal, "Enter goes back")
        os.write(terminal, b"\n")
        read_until(terminal, "0 reviews")
        os.write(terminal, b"q")
        assert child.wait(20) == 0
    assert hostile.status == "refused"


def test_the_editor_gets_the_arguments_and_gives_them_back(company, wire, tmp_path, monkeypatch):
    ticket = wire.propose("DE89", 90_000)
    script = tmp_path / "editor.sh"
    script.write_text("#!/bin/sh\nsed -i.bak 's/90000/620/' \"$1\"\n")
    script.chmod(0o755)
    env = {**company.environment("ann"), "VISUAL": str(script)}
    with on_terminal("reviews", "edit", ticket.review, "-q", env=env) as (terminal, _):
        assert "+ args.amount  620" in SGR.sub("", read_until(terminal, "[y/N] "))
        os.write(terminal, b"yes\n")
        read_until(terminal, "Ctrl-C leaves")
        assert company("actions", "show", ticket.id, "--json").json["args"]["amount"] == 620
