"""The commit loop: a command's failure is its own, a transaction's everybody's; the cache is never believed blindly."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from handrail.action.commands import Start
from handrail.directory.commands import PutGroup, PutPerson
from handrail.embedded import Embedded, local_agent
from handrail.engine.engine import Engine
from handrail.engine.request import Request, deliver
from handrail.errors import CommandReused, KeyReused, NotAllowed, NotReady, RunFinished, Unavailable, UnknownRun
from handrail.ids import mint
from handrail.principal import person
from handrail.review.commands import Decide
from handrail.run.commands import Finish, Open
from handrail.store.sqlite import SQLiteStore
from handrail.testing import FrozenClock
from tests.engine.kit import SOLO, Desk, proposal


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """Two engines on one file, as two processes have."""
    one, two = Desk(str(tmp_path / "a.db")), Desk(str(tmp_path / "a.db"))
    yield one, two
    one.close()
    two.close()


def request(desk: Desk, subject: str, command: Any, who: Embedded | None = None) -> Request:
    return Request(mint("cmd"), subject, command, (who or desk.agent).actor)


class Broken:
    """A command whose handling fails unexpectedly."""


def test_a_refusal_in_a_batch_touches_only_its_caller(desk: Desk):
    held = desk.propose()
    batch = [
        request(desk, mint("act"), proposal('{"n":2}')),
        request(desk, held["id"], Start("exe_1", held["bind"])),
        request(desk, mint("act"), proposal('{"n":3}')),
    ]
    with pytest.raises(NotReady):
        desk.engine.together(batch)
    assert [one.result()["status"] for one in batch[::2]] == ["held", "held"]
    assert desk.look(held["id"])["status"] == "held"
    assert {one.id for one in desk.agent.newest("action")} == {held["id"], batch[0].subject, batch[2].subject}


def test_an_unexpected_failure_in_a_batch_touches_only_its_caller(desk: Desk):
    held = desk.propose()
    batch = [
        request(desk, mint("act"), proposal()),
        request(desk, held["id"], Broken()),
        request(desk, mint("act"), proposal()),
    ]
    with pytest.raises(TypeError):
        desk.engine.together(batch)
    assert batch[0].result()["status"] == batch[2].result()["status"] == "held"
    assert desk.replayed(held["id"]) == desk.action(held["id"])


def test_a_commit_that_fails_fails_for_all_and_leaves_nothing_behind(tmp_path: Path):
    connections: list[apsw.Connection] = []
    apsw.connection_hooks.append(connections.append)
    desk = Desk(str(tmp_path / "a.db"))
    try:
        action = desk.propose()
        for connection in connections:
            connection.set_commit_hook(lambda: True)
        refused = request(desk, action["id"], Start("exe_1", action["bind"]))
        batch = [request(desk, mint("act"), proposal()), refused]
        with pytest.raises(Unavailable):
            desk.engine.together(batch)
        with pytest.raises(Unavailable):
            desk.decide(action["review"])
        assert all(isinstance(one.error, Unavailable) for one in batch)
        for connection in connections:
            connection.set_commit_hook(None)
        assert [one.id for one in desk.agent.newest("action")] == [action["id"]]
        assert desk.look(action["id"])["status"] == "held"
        assert desk.decide(action["review"])["action_status"] == "cleared"
        assert desk.engine.together([request(desk, batch[0].subject, proposal())])[0]["status"] == "held"
        assert desk.replayed(action["id"]) == desk.action(action["id"])
    finally:
        apsw.connection_hooks.remove(connections.append)
        desk.close()


def test_a_store_that_cannot_be_read_fails_for_all_and_never_writes_half(tmp_path: Path):
    """A read that fails in the midst of a transaction may have ended it: nothing may be written after it."""
    path = str(tmp_path / "a.db")
    desk = Desk(path)
    action = desk.propose()
    deciding = Decide("edit", desk.review(action["review"]).view, args='{"n":2}')
    connection = apsw.Connection(path)
    connection.execute("ALTER TABLE revisions RENAME TO elsewhere")
    batch = [request(desk, mint("act"), proposal()), request(desk, action["review"], deciding, desk.person)]
    with pytest.raises(Unavailable):
        desk.engine.together(batch)
    assert all(isinstance(one.error, Unavailable) for one in batch)
    connection.execute("ALTER TABLE elsewhere RENAME TO revisions")
    connection.close()
    assert desk.decide(action["review"])["action_status"] == "cleared"
    desk.close()


def test_a_listener_that_fails_keeps_nobody_from_their_answer():
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    engine = Engine(SQLiteStore(":memory:"), FrozenClock(), listener=fail)
    group = PutGroup("hash", "group:x")
    assert engine.call(Request("cmd_1", "grp_x", group, SOLO))["status"] == "present"
    answered = threading.Event()
    engine.submit(Request("cmd_2", "grp_y", group, SOLO, done=lambda _: answered.set()))
    assert answered.wait(10)
    engine.close()


def test_an_event_loop_that_is_gone_keeps_nobody_else_from_their_answer():
    loop = asyncio.new_event_loop()
    loop.close()
    told: list[str] = []
    requests = [Request("cmd_1", "grp_x", None, SOLO, loop=loop, done=lambda one: told.append(one.id))]
    requests.append(Request("cmd_2", "grp_x", None, SOLO, done=lambda one: told.append(one.id)))
    deliver(requests)
    assert told == ["cmd_2"]


def _setting(event: threading.Event) -> Callable[[Request], None]:
    return lambda _: event.set()


def test_what_is_queued_has_its_turn_although_others_call_without_pause(desk: Desk):
    actor, over, seen = desk.agent.actor, threading.Event(), [0]

    def call_for_ever() -> None:
        while not over.is_set():
            desk.engine.call(Request(mint("cmd"), mint("act"), proposal(), actor))
            seen[0] += 1

    callers = [threading.Thread(target=call_for_ever) for _ in range(2)]
    for caller in callers:
        caller.start()
    waits = []
    for _ in range(20):
        before, answered = seen[0], threading.Event()
        desk.engine.submit(Request(mint("cmd"), mint("act"), proposal(), actor, done=_setting(answered)))
        assert answered.wait(10)
        waits.append(seen[0] - before)
    over.set()
    for caller in callers:
        caller.join()
    assert max(waits) < 200


def test_a_command_after_the_close_is_answered(desk: Desk):
    engine, actor = desk.engine, desk.agent.actor
    engine.close()
    for _ in range(2):
        with pytest.raises(Unavailable):
            engine.call(Request(mint("cmd"), mint("act"), proposal(), actor))
        answered = threading.Event()
        late = Request(mint("cmd"), mint("act"), proposal(), actor, done=_setting(answered))
        engine.submit(late)
        assert answered.wait(10)
        assert isinstance(late.error, Unavailable)


def test_a_close_answers_what_is_queued_and_the_next_use_opens_again(tmp_path: Path):
    desk = Desk(str(tmp_path / "a.db"))
    actor, answered = desk.agent.actor, threading.Semaphore(0)
    queued = [
        Request(mint("cmd"), mint("act"), proposal(), actor, done=lambda _: answered.release()) for _ in range(50)
    ]
    for one in queued:
        desk.engine.submit(one)
    desk.close()
    for _ in queued:
        assert answered.acquire(timeout=10)
    kept = {state.id for state in desk.agent.newest("action", limit=100)}
    assert kept == {one.subject for one in queued if one.error is None}
    desk.close()


def test_the_same_command_id_gets_the_first_answer_also_after_a_restart(tmp_path: Path):
    path, action = str(tmp_path / "a.db"), mint("act")
    desk = Desk(path)
    first = desk.agent.call(action, proposal(), command_id="cmd_1")
    desk.decide(first["review"])
    assert desk.agent.call(action, proposal(), command_id="cmd_1") == first
    desk.close()
    again = Desk(path)
    assert again.agent.call(action, proposal(), command_id="cmd_1") == first
    assert len(again.types(action)) == 3
    for subject, command in ((action, proposal('{"n":2}')), (mint("act"), proposal())):
        with pytest.raises(CommandReused):
            again.agent.call(subject, command, command_id="cmd_1")
    with pytest.raises(CommandReused):
        again.person.call(action, proposal(), command_id="cmd_1")
    again.close()


def test_twins_in_one_batch_are_one_command(desk: Desk):
    action, actor = mint("act"), desk.agent.actor
    twins = [Request("cmd_1", action, proposal(), actor) for _ in range(3)]
    answers = desk.engine.together(twins)
    assert answers[0] == answers[1] == answers[2]
    assert desk.types(action) == ["action.proposed", "action.held"]


def test_a_refused_command_may_be_sent_again_once_it_is_allowed(desk: Desk):
    action = desk.propose()
    start = Start("exe_1", action["bind"])
    with pytest.raises(NotReady):
        desk.agent.call(action["id"], start, command_id="cmd_1")
    desk.decide(action["review"])
    assert desk.agent.call(action["id"], start, command_id="cmd_1")["status"] == "started"


def test_a_key_leads_to_its_action_and_to_no_other(desk: Desk):
    first = desk.propose(key="k")
    assert desk.propose(key="k")["id"] == first["id"]
    with pytest.raises(KeyReused):
        desk.propose('{"n":2}', key="k")


def test_two_engines_on_one_file_never_act_on_what_they_remember(pair: tuple[Desk, Desk]):
    one, two = pair
    for mine, other in ((one, two), (two, one)) * 5:
        action = mine.propose()
        other.decide(action["review"])
        started = mine.agent.call(action["id"], Start("exe_1", action["bind"]))
        with pytest.raises(NotReady):
            other.agent.call(action["id"], Start("exe_2", action["bind"]))
        other.settle(started)
        assert mine.look(action["id"]) == other.look(action["id"])
        for subject in (action["id"], action["review"]):
            assert mine.replayed(subject) == other.archive_state(subject) == mine.archive_state(subject)


def test_more_news_than_are_read_at_once_are_not_missed(pair: tuple[Desk, Desk]):
    one, two = pair
    old = one.propose()
    two.decide(old["review"])
    actor = two.agent.actor
    two.engine.together([Request(mint("cmd"), mint("act"), proposal(), actor) for _ in range(400)])
    assert one.agent.call(old["id"], Start("exe_1", old["bind"]))["status"] == "started"


def test_the_directory_is_the_one_that_another_process_wrote(pair: tuple[Desk, Desk]):
    one, two = pair
    held = one.propose()
    ann = mint("usr")
    names = two.engine.names("default")
    two.person.call(ann, PutPerson(names.look_up("user", "ann"), None, (), "user:ann", "Ann"))
    with pytest.raises(NotAllowed):
        one.decide(held["review"])
    assert one.agent.solo is False
    assert one.agent.name(ann) == "user:ann"
    asked = one.propose(reviewers=("user:ann",))
    someone = Embedded(one.database, lambda _: person(ann, "local"))
    assert one.decide(asked["review"], who=someone)["action_status"] == "cleared"
    assert one.denials(SOLO) == [("not_allowed", held["review"])]


def test_an_action_joins_only_a_run_of_its_own_agent(desk: Desk):
    other = Embedded(desk.database, local_agent("other", None))
    run = desk.engine.names("default").run("nightly")
    with pytest.raises(UnknownRun):
        desk.propose(run=run)
    desk.agent.call(run, Open("nightly"))
    desk.propose(run=run)
    with pytest.raises(NotAllowed, match="another agent"):
        other.call(mint("act"), proposal(run=run))
    desk.agent.call(run, Finish())
    with pytest.raises(RunFinished):
        desk.propose(run=run)
