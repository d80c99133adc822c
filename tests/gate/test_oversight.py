"""People watch a run step by step, and pause, guide, interrupt and stop it while it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import handrail
from handrail.run import commands as r
from handrail.testing import reviewing
from tests.gate.watching import found, heard, told

rail = handrail.connect("sqlite:///:memory:", agent="runner")
PLAN = ["customers", "orders", "items"]


@pytest.fixture
def people() -> Iterator[Any]:
    with reviewing(rail) as scripted:
        yield scripted


@rail.approval(name="oversight.write")
def write(table: str) -> str:
    return f"{table} written"


def migrate(**keywords: Any) -> list[str]:
    done: list[str] = []
    with rail.oversight("migration", supervisors="group:ops", **keywords) as run:
        for table in run.steps(PLAN):
            done.append(table)
            run.report(table, table.upper(), spend=0.25, tokens=100)
        assert run.results == {table: table.upper() for table in done}
    return done


def test_steps_are_reported_with_what_they_cost_and_the_run_finishes(people: Any) -> None:
    assert migrate() == PLAN
    state = found(people)
    assert (state.status, state.watched) == ("finished", True)
    totals = state.totals
    assert (totals.steps, totals.errors, totals.tokens, totals.spend, totals.seen) == (3, 0, 300, 750_000, 6)


def test_a_step_that_the_code_does_not_report_is_reported_all_the_same(people: Any) -> None:
    with rail.oversight("migration") as run:
        assert list(run.steps(PLAN)) == PLAN
    assert found(people).totals.steps == 3


def test_a_pause_holds_before_the_next_step_and_is_confirmed(people: Any) -> None:
    people.pauses("migration", "look at the orders", before="orders")
    assert migrate() == PLAN
    kinds = [one.type for one in people.somebody(None).history(found(people).id)]
    asked = [one for one in kinds if one in ("run.paused", "run.confirmed", "run.resumed")]
    assert asked == ["run.paused", "run.confirmed", "run.resumed", "run.confirmed"]
    assert told(people, "run.paused") == ["look at the orders"]


def test_a_stop_ends_it_for_good_with_the_reason(people: Any) -> None:
    people.stops("migration", "wrong customer", before="items")
    with pytest.raises(handrail.Stopped, match="wrong customer") as stopped:
        migrate()
    assert stopped.value.reason == "wrong customer"
    state = found(people)
    assert state.status == "stopped"
    assert state.control is not None
    assert state.control.confirmed_at is not None
    assert state.totals.steps == 2


def test_ordinary_code_that_is_stopped_in_a_step_leaves_at_its_report_and_that_is_said(people: Any) -> None:
    people.stops("migration", "enough", during="orders")
    with pytest.raises(handrail.Stopped, match="enough"), rail.oversight("migration") as run:
        for table in run.steps(PLAN):
            if table == "orders":
                heard(run)
            run.report(table)
    assert told(people, "run.confirmed") == ["the step could not be cut off, and went on to its report"]
    assert found(people).totals.steps == 2, "what was done is reported"


def test_guidance_is_read_at_the_next_step_and_only_there(people: Any) -> None:
    people.guides("migration", "only the small ones", during="customers")
    people.guides("migration", "and slowly", during="customers")
    read: dict[str, tuple[str, ...]] = {}
    with rail.oversight("migration") as run:
        for table in run.steps(PLAN):
            read[table] = run.guidance
    assert read == {"customers": (), "orders": ("only the small ones", "and slowly"), "items": ()}
    assert (found(people).guidance, found(people).heard) == (2, 2)


def test_an_interrupted_program_is_ended_and_its_step_given_again(people: Any) -> None:
    people.interrupts("migration", "too early", during="orders")
    tries: list[str] = []
    with rail.oversight("migration") as run:
        for table in run.steps(PLAN):
            with run.interruptible():
                tries.append(table)
                program = ["sleep", "60"] if tries.count("orders") == 1 and table == "orders" else ["true"]
                assert run.subprocess(program).returncode == 0
    assert tries == ["customers", "orders", "orders", "items"]
    assert told(people, "run.confirmed") == ["sleep was ended", None]
    assert found(people).status == "finished"


def test_a_program_outside_of_an_interruptible_block_leaves_the_run(people: Any) -> None:
    people.interrupts("migration", "too early", during="orders", resumes=False)
    with pytest.raises(handrail.Interrupted, match="too early"), rail.oversight("migration") as run:
        for _ in run.steps(PLAN):
            run.subprocess(["sleep", "60"] if "customers" in run.results else ["true"])
            run.report("customers")
    assert found(people).status == "failed"


def test_a_program_is_run_as_subprocess_runs_it(people: Any) -> None:
    with rail.oversight("migration") as run:
        assert run.subprocess(["cat"], input="rows", text=True, capture_output=True).stdout == "rows"
        assert run.subprocess(["false"]).returncode == 1
        with pytest.raises(Exception, match="non-zero exit"):
            run.subprocess(["false"], check=True)
        with pytest.raises(Exception, match="timed out"):
            run.subprocess(["sleep", "60"], timeout=0.01)


def test_an_exception_is_kept_without_secrets_and_raised_as_it_is(people: Any) -> None:
    error = ValueError("no line: password=hunter2secret")
    with pytest.raises(ValueError, match="hunter2secret") as raised, rail.oversight("migration") as run:
        for _ in run.steps(PLAN):
            raise error
    assert raised.value is error
    state = found(people)
    assert (state.status, state.totals.errors) == ("failed", 1)
    [failed] = [one for one in people.somebody(None).history(state.id) if one.type == "run.failed"]
    assert "no line" in failed.texts["note"]
    assert "in test_oversight.py" in failed.texts["trace"]
    assert "hunter2secret" not in failed.texts["note"] + failed.texts["trace"]


def test_an_exception_that_the_code_reports_counts_and_the_run_goes_on(people: Any) -> None:
    with rail.oversight("migration") as run:
        for table in run.steps(PLAN):
            run.report(table, KeyError(table) if table == "orders" else 1)
        assert run.results == {"customers": 1, "items": 1}
    assert (found(people).totals.steps, found(people).totals.errors) == (2, 1)


def test_a_run_with_an_id_is_entered_again_after_an_exception(people: Any) -> None:
    with pytest.raises(KeyError), rail.oversight("migration", id="nightly"):
        raise KeyError("rows")
    assert found(people).status == "running"
    with rail.oversight("migration", id="nightly") as run:
        assert list(run.steps(PLAN)) == PLAN
    with pytest.raises(handrail.RunFinished), rail.oversight("migration", id="nightly"):
        pass


def test_a_paused_run_lets_no_gated_call_start(people: Any) -> None:
    people.approves("oversight.write")
    people.pauses("migration", during="customers", resumes=False)
    with rail.oversight("migration") as run:
        for table in run.steps(PLAN[:1]):
            ticket = write.propose(table)
            people.react(ticket.review)
            with pytest.raises(handrail.RunHeld):
                rail.core.backend.call(ticket.id, _start(ticket))
            people.somebody(None).call(run.id, r.Resume())
            assert ticket.wait() == "customers written"


def _start(ticket: Any) -> object:
    from handrail.action.commands import Start

    state = rail.core.backend.action(ticket.id).state
    return Start(rail.core.seat.executor, state.bind, None, write.gated.schema.digest, None)


def test_a_run_inside_hears_of_the_run_around_it(people: Any) -> None:
    people.pauses("outer", before="b", resumes=False)
    people.stops("outer", "enough")
    done: list[str] = []
    with (
        pytest.raises(handrail.Stopped, match="enough"),
        rail.oversight("outer") as outer,
        rail.oversight("inner") as inner,
    ):
        for step in inner.steps("abc"):
            done.append(step)
            people.moves.reached(outer.id, "outer", "b", False, people.somebody)
    assert done == ["a"], "it waited with the run around it, and was stopped there"
    assert (found(people, "outer").status, found(people, "inner").status) == ("stopped", "stopped")
    assert people.somebody(None).run(inner.id)[0].parent == outer.id


def test_a_named_clean_up_travels_as_json(people: Any) -> None:
    cleaned: list[tuple[str, int]] = []

    @rail.cleanup(name="oversight.drop")
    def drop(region: str, tables: int = 3) -> None:
        cleaned.append((region, tables))

    with pytest.raises(KeyError), rail.oversight("migration") as run:
        run.cleanup(drop, "eu-1")
        raise KeyError
    assert cleaned == [("eu-1", 3)]
    [one] = found(people).cleanups
    assert (one.name, one.status) == ("oversight.drop", "done")
    assert one.args is not None
    with pytest.raises(handrail.UsageError, match="another clean-up"):
        rail.cleanup(name="oversight.drop")(lambda: None)


def test_a_supervisor_who_is_nobody_is_refused(people: Any) -> None:
    people.person("ann")
    with pytest.raises(handrail.UsageError, match="nobody is called"), rail.oversight("x", supervisors="user:zoe"):
        pass


def test_a_thread_under_watch_goes_on_by_itself(people: Any) -> None:
    people.pauses("migration", before="orders")

    def work(suffix: str) -> str:
        run = handrail.watched_run()
        for table in run.steps(PLAN):
            run.report(table, table + suffix)
        return "done"

    handle = rail.start(work, "!", title="migration", supervisors="group:ops")
    assert handle.result(timeout=60) == "done"
    assert (handle.id, handle.status) == (found(people).id, "finished")
    assert handle.results == {table: f"{table}!" for table in PLAN}


def test_what_a_thread_under_watch_raises_reaches_who_asks_for_its_result(people: Any) -> None:
    people.stops("migration", "enough", before="orders")
    handle = rail.start(lambda: list(handrail.watched_run().steps(PLAN)), title="migration")
    with pytest.raises(handrail.Stopped, match="enough"):
        handle.result(timeout=60)
    assert handle.status == "stopped"


def test_outside_of_a_watched_run_there_is_none(people: Any) -> None:
    with rail.run("plain"), pytest.raises(handrail.UsageError, match=r"rail\.oversight"):
        handrail.watched_run()


def test_a_script_that_no_run_came_to_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="never came to orders"), reviewing(rail) as people:
        people.stops("migration", "enough", before="orders")
