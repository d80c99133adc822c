"""A policy on what was recorded: the past counts as it was, and what was erased is not guessed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from handrail.codec.policy_file import read_policy_file
from handrail.engine.backtest import Backtest, backtest
from handrail.testing import FrozenClock

from .test_conditions import propose, rules
from .test_policy import Office


@pytest.fixture
def office() -> Iterator[Office]:
    made = Office()
    yield made
    made.close()


def judged(office: Office, text: str, since: int = 0) -> Backtest:
    """What a policy makes of all that was recorded."""
    archive = office.person.archive
    with archive.read() as reader:
        return backtest(reader, archive.tenant, office.engine.names("default"), read_policy_file(text), since)


def one_later(office: Office) -> str:
    """An action, a second after the one before."""
    assert isinstance(office.clock, FrozenClock)
    office.clock.advance("1s")
    return str(propose(office, "0.4")["id"])


def test_the_past_counts_as_it_was_when_each_action_came(office: Office) -> None:
    office.apply(rules("verdict: run"))
    made = [one_later(office) for _ in range(4)]
    found = judged(office, rules("""when: 'history.sum("args.amount", "1h") + args.amount > 1', pattern: approval""",
                                 "when: 'history.count(\"1h\") == 1', verdict: deny", "verdict: run"))  # fmt: skip
    assert [(one.id, one.was, one.would) for one in found.judged] == [
        (made[0], "run", "run"), (made[1], "run", "deny"), (made[2], "run", "review"), (made[3], "run", "review"),
    ]  # fmt: skip
    assert (found.reviews("was"), found.reviews("would")) == (0, 2)


def test_the_same_policy_changes_nothing(office: Office) -> None:
    text = rules("when: args.amount > 900, verdict: deny", "when: history.first, pattern: approval", "verdict: run")
    office.apply(text)
    amounts: tuple[Any, ...] = ("1", "901", "2", [], "3")
    for amount in amounts:
        propose(office, amount)
    assert judged(office, text).changed == []


def test_what_was_erased_is_counted_and_not_guessed(office: Office) -> None:
    office.apply(rules("verdict: run"))
    kept, gone = propose(office, "1")["id"], propose(office, "1")["id"]
    with office.store.write() as tx:
        tx._cursor.execute("DELETE FROM revisions WHERE action = ?", (gone,))  # type: ignore[attr-defined]
    found = judged(office, rules("when: args.amount > 900, verdict: deny", "pattern: approval"))
    assert ([one.id for one in found.judged], found.erased) == ([kept], 1)
    found = judged(office, rules("when: 'risk == \"high\"', verdict: deny", "pattern: approval"))
    assert (len(found.changed), found.erased) == (2, 0)


def test_only_what_is_recent_is_looked_at(office: Office) -> None:
    office.apply(rules("verdict: run"))
    propose(office)
    since = office.clock.now() + 1
    late = one_later(office)
    assert [one.id for one in judged(office, rules("pattern: approval"), since).judged] == [late]
