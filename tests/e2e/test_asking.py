"""On a terminal a person decides on what was drawn last, however many calls wait at the same time."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.terminal import terminal

SCRIPT = """
import asyncio
import handrail

rail = handrail.connect("sqlite:///handrail.db")


@rail.approval(name="send")
async def send(word: str) -> str:
    return word.upper()


async def main() -> None:
    found = await asyncio.gather(*(send(word) for word in ("one", "two", "three")), return_exceptions=True)
    print("sent", " ".join(str(one) for one in found), "END")


asyncio.run(main())
"""


def test_of_calls_that_wait_together_one_asks_after_the_other(tmp_path: Path):
    (tmp_path / "agent.py").write_text(SCRIPT)
    words = []
    with terminal("agent.py", cwd=tmp_path) as screen:
        for _ in range(3):
            shown = screen.until("decide>")
            assert shown.count("EXACT ARGUMENTS") == 1
            words.append(shown.split('word  "')[1].split('"')[0])
            outcome = "a" if words[-1] == "two" else "r"
            screen.type(f"{outcome}\n")
            assert "EXACT ARGUMENTS" not in screen.until("may be empty" if outcome == "a" else "why?")
            screen.type(f"about {words[-1]}\n")
        sent = screen.until("END").split("sent ")[1]
    assert sorted(words) == ["one", "three", "two"]
    assert "TWO" in sent
    assert "ONE" not in sent
    assert "about one" in sent
    assert "about three" in sent


FAILING = """
import handrail

rail = handrail.connect("sqlite:///handrail.db")


@rail.exceptions(name="settle", on=ConnectionError, retries=1, backoff="10ms")
def settle(number: int) -> int:
    raise ConnectionError(f"no line, token=sk_live_4eC39HqLyjWDarjtT1zdp7dc\\x1b[2J")


print("got", settle(7), "END")
"""


def test_who_is_asked_about_a_failure_sees_its_attempts_and_supplies_a_result_of_its_type(tmp_path: Path):
    (tmp_path / "agent.py").write_text(FAILING)
    with terminal("agent.py", cwd=tmp_path) as screen:
        shown = screen.until("decide>")
        assert "attempt 1 failed: ConnectionError: no line" in shown
        assert "attempt 2 failed: ConnectionError: no line" in shown
        assert "settle in agent.py:9" in shown
        assert "4eC39H" not in shown
        screen.type("u\n")
        screen.until("result>")
        screen.type("seven\n")
        screen.until("may be empty")
        screen.type("\n")
        assert "whole number" in screen.until("decide>")
        screen.type("u\n")
        screen.until("result>")
        screen.type("7\n")
        screen.until("may be empty")
        screen.type("\n")
        screen.until("got 7 END")
