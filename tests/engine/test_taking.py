"""Work is taken by whoever has the function: each agent in its turn, each action once, on every store."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from handrail.action.commands import Claim, Release, Settle, Start
from handrail.action.work import Function, Take
from handrail.codec.policies import put_policy
from handrail.codec.policy_file import read_policy_file
from handrail.embedded import Embedded, local_agent
from handrail.engine.request import Request
from handrail.errors import CommandReused, FencedOff, InvalidValue, NotAllowed, NotReady
from handrail.ids import mint
from handrail.policy.register import ID as POLICY
from handrail.principal import agent
from handrail.review.commands import Decide
from handrail.run import commands as r
from handrail.run.commands import Open
from handrail.testing import FrozenClock
from tests.engine.kit import Desk, proposal

HAVE = (Function("test.effect", "sha256:0"),)
RUNS = "rules: [{name: runs, action: test.effect, verdict: run, replaces: code}]\n"
DENIES = "rules: [{name: no, action: test.effect, verdict: deny}]\n"


PROCESS = "exe_9"


class Yard(Desk):
    """A desk where many agents propose what may run at once, and workers take it."""

    clock: FrozenClock

    def policy(self, text: str) -> None:
        self.person.call(POLICY, put_policy(text, read_policy_file(text).policy))

    def agent_of(self, name: str) -> Embedded:
        return Embedded(self.database, local_agent(name, None))

    def offers(self, name: str, count: int = 1, **given: Any) -> list[str]:
        """New actions of an agent that whoever has the function may execute."""
        who = self.agent_of(name)
        return [who.call(mint("act"), proposal(**{"offered": True, **given}))["id"] for _ in range(count)]

    def take(self, most: int = 1, executor: str = "exe_1", command_id: str | None = None, **given: Any) -> list[Any]:
        take = Take(executor, given.pop("functions", HAVE), most, **given)
        who = self.agent_of("worker").actor
        answer = self.engine.call(Request(command_id or mint("cmd"), executor, take, who))
        found: list[Any] = answer["items"]
        return found

    def taken(self, most: int = 1, **given: Any) -> list[str]:
        return [one["id"] for one in self.take(most, **given)]

    def owner(self, action: str) -> str:
        return self.action(action).agent


@pytest.fixture(params=["sqlite", "postgres"])
def yard(request: pytest.FixtureRequest) -> Iterator[Yard]:
    place = request.getfixturevalue("postgres") if request.param == "postgres" else ":memory:"
    found = Yard(place)
    found.policy(RUNS)
    yield found
    found.close()


def test_an_agent_with_many_actions_starves_nobody(yard: Yard):
    yard.offers("busy", 40)
    for name in ("one", "two", "three"):
        yard.offers(name, 2)
    shares = Counter(yard.owner(one) for one in yard.taken(8))
    assert sorted(shares.values()) == [2, 2, 2, 2]


def test_turns_go_on_over_many_small_requests(yard: Yard):
    for name in ("one", "two", "three"):
        yard.offers(name, 3)
    owners = [yard.owner(yard.taken()[0]) for _ in range(9)]
    assert all(len(set(owners[n : n + 3])) == 3 for n in (0, 3, 6))
    assert yard.taken() == []


def test_of_one_agent_the_longest_asked_for_comes_first(yard: Yard):
    asked = []
    for _ in range(3):
        asked += yard.offers("one")
        yard.clock.advance(1)
    assert yard.taken(2) + yard.taken(2) == asked


def test_only_what_the_worker_has_is_given_and_only_what_anybody_may_execute(yard: Yard):
    yard.offers("one", offered=False)
    yard.offers("one")
    assert yard.taken(functions=(Function("test.effect", "sha256:1"), Function("test.other", "sha256:0"))) == []
    assert yard.taken(functions=()) == []
    assert len(yard.taken(9)) == 1


def test_what_is_left_out_is_not_given(yard: Yard):
    first, second = yard.offers("one", 2)
    assert yard.taken(9, beside=(first,)) == [second]
    assert yard.taken(9) == [first]


def test_an_answer_that_was_lost_is_told_again_and_nothing_is_taken_twice(yard: Yard):
    yard.offers("one", 4)
    command = mint("cmd")
    first = yard.take(2, command_id=command)
    assert yard.take(2, command_id=command) == first
    with pytest.raises(CommandReused):
        yard.take(3, command_id=command)
    assert len(yard.taken(9)) == 2


def test_asking_in_vain_leaves_nothing_behind_and_may_be_repeated_under_its_id(yard: Yard):
    assert yard.take() == []
    command, size = mint("cmd"), yard.agent.archive.size()
    assert yard.take(command_id=command) == []
    assert yard.agent.archive.size() == size
    yard.offers("one")
    assert len(yard.take(command_id=command)) == 1


def test_a_run_that_waits_as_a_whole_holds_up_nothing_else_of_its_agent(yard: Yard):
    run, agent_ = yard.agent.run_id("payday"), yard.agent
    agent_.call(run, Open("payday", None, "run"))
    yard.policy(RUNS.replace("test.effect", "nothing.else"))
    held = agent_.call(mint("act"), proposal(run=run, occurrence=0))
    yard.policy(RUNS)
    for number in range(1, 6):
        agent_.call(mint("act"), proposal(run=run, occurrence=number, offered=True))
    yard.clock.advance(1)
    other = yard.offers("tester")
    assert yard.taken(9) == other
    yard.person.call(held["review"], Decide("reject", yard.review(held["review"]).view))
    assert len(yard.taken(9)) == 5


def test_what_waits_under_another_action_holds_up_nothing_else(yard: Yard):
    """In a run or in none, and however much of it was asked for first."""
    run = yard.agent.run_id("payday")
    yard.agent.call(run, Open("payday"))
    yard.policy(RUNS.replace("test.effect", "nothing.else"))
    above = yard.agent.call(mint("act"), proposal())
    yard.policy(RUNS)
    under = yard.offers("tester", 7, parent=above["id"])
    under += [yard.offers("tester", parent=above["id"], run=run, occurrence=number)[0] for number in range(3)]
    yard.clock.advance(1)
    others = [*yard.offers("tester", run=run, occurrence=9), *yard.offers("tester", 2)]
    assert sorted([*yard.taken(), *yard.taken(9)]) == sorted(others)
    yard.person.call(above["review"], Decide("approve", yard.review(above["review"]).view))
    assert sorted(yard.taken(20)) == sorted(under)


def test_a_policy_that_became_stricter_is_asked_before_anything_is_given(yard: Yard):
    (action,) = yard.offers("one")
    yard.policy(DENIES)
    assert yard.taken() == []
    assert (yard.action(action).status, yard.action(action).reason) == ("refused", "policy_changed")


def test_what_is_given_back_another_takes_at_once_and_who_gave_it_back_cannot_start_it(yard: Yard):
    (action,) = yard.offers("one")
    worker = yard.agent_of("worker")
    (first,) = yard.take()
    with pytest.raises(FencedOff):
        worker.call(action, Release("exe_2", first["fence"]))
    worker.call(action, Release("exe_1", first["fence"]))
    (second,) = yard.take(executor="exe_2")
    assert second["fence"] == first["fence"] + 1
    with pytest.raises(FencedOff):
        worker.call(action, Start("exe_1", first["bind"], first["fence"]))
    worker.call(action, Start("exe_2", second["bind"], second["fence"]))
    with pytest.raises(NotReady, match="not started"):
        worker.call(action, Release("exe_2", second["fence"]))
    worker.call(action, Settle("exe_2", second["fence"], "succeeded", {"value": 1}))
    assert yard.replayed(action) == yard.archive_state(action)


def test_a_claim_whose_worker_is_gone_is_anothers_when_its_lease_ends(yard: Yard):
    (action,) = yard.offers("one")
    (first,) = yard.take()
    assert yard.taken(executor="exe_2") == []
    yard.clock.advance(61)
    yard.tick(action)
    (second,) = yard.take(executor="exe_2")
    assert (second["id"], second["fence"]) == (action, first["fence"] + 1)


def test_an_outcome_that_only_a_probe_can_tell_is_given_to_whoever_has_it(yard: Yard):
    (action,) = yard.offers("one", probe=True)
    (first,) = yard.take()
    yard.agent_of("worker").call(action, Start("exe_1", first["bind"], first["fence"]))
    yard.clock.advance(61)
    yard.tick(action)
    assert [(one["id"], one["status"]) for one in yard.take(executor="exe_2")] == [(action, "unknown")]
    assert yard.taken(beside=(action,)) == []
    assert yard.action(action).status == "unknown"


def test_requests_of_one_transaction_share_what_there_is(yard: Yard):
    offered = yard.offers("one", 6)
    who = yard.agent_of("worker").actor
    requests = [Request(mint("cmd"), f"exe_{n}", Take(f"exe_{n}", HAVE, 2), who) for n in range(3)]
    answers = yard.engine.together(requests)
    assert sorted(one["id"] for answer in answers for one in answer["items"]) == sorted(offered)


def test_a_caller_keeps_its_own_action_and_can_still_execute_it_itself(yard: Yard):
    (action,) = yard.offers("one", offered=False)
    assert yard.taken() == []
    assert yard.agent_of("one").call(action, Claim("exe_1"))["status"] == "claimed"


@pytest.mark.parametrize("most", [0, 101])
def test_how_much_is_taken_at_once_is_bounded(yard: Yard, most: int):
    with pytest.raises(InvalidValue):
        yard.take(most)


def test_only_who_may_execute_for_others_takes_work(yard: Yard):
    yard.offers("one")
    request = Request(mint("cmd"), "exe_1", Take("exe_1", HAVE), agent("agt_x", "osu_x"))
    with pytest.raises(NotAllowed, match="scope execute"):
        yard.engine.call(request)


def abandoned(yard: Yard, *names: str | None) -> str:
    """A run that was stopped, whose process was not heard of since."""
    run = mint("run")
    yard.agent.call(run, r.Open("migrate", watch=r.Watch(PROCESS)))
    for name in names:
        yard.agent.call(run, r.Prepare(name, "{}"))
    yard.person.call(run, r.Stop("enough"))
    yard.clock.advance("61s")
    yard.tick(run)
    return run


def test_a_worker_is_told_of_runs_that_its_functions_clean_up_after(yard: Yard):
    run, other = abandoned(yard, "shop.close", "shop.drop", None), abandoned(yard, "shop.other")
    abandoned(yard, None)
    known = ("shop.close", "shop.drop")
    assert yard.take(9) == []
    [told] = yard.take(9, cleanups=known)
    assert (told["id"], told["status"], told["name"]) == (run, "stopped", "shop.drop")
    assert {one["id"] for one in yard.take(9, cleanups=(*known, "shop.other"))} == {run, other}
    assert len(yard.take(1, cleanups=(*known, "shop.other"))) == 1
    assert yard.take(9, cleanups=known, beside=(run,)) == []
    worker = yard.agent_of("worker")
    worker.call(run, r.TakeCleanup(2, "exe_1"))
    with pytest.raises(NotReady, match="another process"):
        worker.call(run, r.TakeCleanup(1, "exe_2"))
    worker.call(run, r.Clean(2, "exe_1", ok=True))
    assert yard.take(9, cleanups=("shop.drop",)) == []
    assert yard.take(9, cleanups=known)[0]["name"] == "shop.close"


def test_who_waits_for_work_hears_of_a_run_whose_process_is_gone(yard: Yard):
    worker = yard.agent_of("worker")

    async def both() -> list[Any]:
        taking = asyncio.create_task(worker.take(Take("exe_1", (), cleanups=("shop.close",)), 20))
        run = await asyncio.to_thread(abandoned, yard, "shop.close")
        return [run, await taking]

    run, [told] = asyncio.run(both())
    assert told["id"] == run
