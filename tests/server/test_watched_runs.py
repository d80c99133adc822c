"""Supervisors and a run's process meet over HTTP: asked, waited for, confirmed; workers see only what was abandoned."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import handrail
from handrail.backend import Answer
from handrail.clock import SECOND
from handrail.gate.worker import Worker
from handrail.ids import mint
from handrail.run import commands as r
from handrail.run.model import Monitor
from handrail.testing import FrozenClock

from .company import Company
from .house import House, serving


@pytest.fixture
def house(tmp_path: Any) -> Iterator[House]:
    company = Company(tmp_path / "a.db", FrozenClock())
    company.person("ann", "treasury")
    company.person("sue", roles=("supervisor",))
    with serving(company) as found:
        yield found
    company.close()


@contextmanager
def working(rail: handrail.Rail) -> Iterator[None]:
    """A worker with nothing but clean-ups, inside the block."""
    worker, loops, begun = Worker(rail.core, {}, 1), [], threading.Event()

    async def run() -> None:
        loops.append(asyncio.get_running_loop())
        begun.set()
        await worker.run(10)

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    begun.wait()
    try:
        yield
    finally:
        loops[0].call_soon_threadsafe(worker.stop)
        thread.join()


def watch(*monitors: dict[str, Any]) -> dict[str, Any]:
    return {"executor": "exe_1", "monitors": list(monitors)}


def opened(house: House, key: str, **watch: Any) -> str:
    run = mint("run")
    body = {"title": "migrate", "watch": {"executor": "exe_1", **watch}}
    assert house("POST", f"/runs/{run}/open", key, json=body).status_code == 200
    return run


def test_a_named_supervisor_interrupts_and_the_process_that_waits_confirms(house: House):
    key, ann, sue = house.company.key("asker"), house.session("ann"), house.session("sue")
    rail = handrail.connect(house.url, key=key, quiet=True)
    backend = rail.core.backend
    run = opened(house, key, supervisors=["group:treasury"])
    other = opened(house, key)
    heard: list[Answer | None] = []
    waiter = threading.Thread(target=lambda: heard.append(backend.wait(run, 1, 20)))
    waiter.start()
    reason = {"reason": "wrong table"}
    assert house("POST", f"/runs/{other}/interrupt", ann, json=reason).status_code == 403
    assert house("POST", f"/runs/{other}/interrupt", sue, json=reason).status_code == 200
    asked = house("POST", f"/runs/{run}/interrupt", ann, json=reason).json()
    waiter.join(30)
    assert heard == [asked]
    assert backend.call(run, r.Confirm(asked["control"]["rev"]))["control"]["confirmed_at"]
    assert house("POST", f"/runs/{run}/guide", ann, json={"text": "use the copy"}).json()["guidance"] == 1
    assert [(one.number, one.text, one.by) for one in backend.guidance(run)] == [(1, "use the copy", "user:ann")]
    assert backend.call(run, r.Hear(1))["heard"] == 1
    assert house("POST", f"/runs/{run}/resume", ann, json={}).json()["status"] == "running"
    assert house("GET", f"/runs/{run}/wait?rev=99", key, headers={"prefer": "wait=0"}).status_code == 204
    rail.close()


def test_what_travels_is_what_the_client_meant_and_nothing_else_is_taken(house: House):
    key = house.company.key("asker")
    rail = handrail.connect(house.url, key=key, quiet=True)
    backend = rail.core.backend
    run = mint("run")
    monitors = (Monitor("spend", 40_000_000), Monitor("silence", 600 * SECOND))
    backend.call(run, r.Open("migrate", watch=r.Watch("exe_1", monitors=monitors)))
    items = (
        r.Observation("step", 1, step="copy"),
        r.Observation("report", 2, step="copy", value={"rows": [1, 2.5, None]}, spend=3, tokens=5),
    )
    backend.call(run, r.Observe(items))
    backend.call(run, r.Prepare("shop.drop", '{"region":"eu-1"}'))
    backend.call(run, r.Prepare())
    state = backend.run(run)[0]
    assert state.monitors == monitors
    assert (state.totals.steps, state.totals.spend, state.totals.tokens, state.totals.seen) == (1, 3, 5, 2)
    assert [one.name for one in state.cleanups] == ["shop.drop", None]
    path = f"/runs/{run}"
    for verb, wrong in (
        ("observations", {"items": [{"kind": "step", "at": 1, "more": 1}]}),
        ("observations", {"items": [{"kind": "thought", "at": 1}]}),
        ("observations", {"items": []}),
        ("observations", {"items": [{"kind": "step", "at": 1, "spend": -1}]}),
        ("observations", {"items": 3}),
        ("open", {"title": "t", "watch": {"executor": "exe_1", "more": 1}}),
        ("open", {"title": "t", "watch": {"executor": "exe 1"}}),
        ("open", {"title": "t", "watch": watch({"kind": "spend", "limit": 1, "then": "x"})}),
        ("open", {"title": "t", "watch": watch({"kind": "errors", "limit": 101})}),
        ("cleanups", {"name": "shop drop"}),
        ("cleanups", {"args": []}),
        ("cleanups/taken", {"number": 1, "executor": "exe 1"}),
        ("heard", {"upto": 1}),
    ):  # fmt: skip
        assert house("POST", f"{path}/{verb}", key, json=wrong).status_code in (400, 422), (verb, wrong)
    assert backend.run(run)[0].rev == state.rev
    rail.close()


def test_the_lease_of_a_run_is_kept_by_its_own_process_alone(house: House):
    key, other = house.company.key("asker"), house.company.key("other", scopes=("execute",))
    run = opened(house, key)
    mine = {"action": run, "executor": "exe_1", "fence": 0}
    house.company.clock.advance("50s")
    assert house("POST", "/leases", other, json={"leases": [mine]}).json() == {"renewed": []}
    assert house("POST", "/leases", key, json={"leases": [{**mine, "executor": "exe_2"}]}).json() == {"renewed": []}
    assert house("POST", "/leases", key, json={"leases": [mine]}).json() == {"renewed": [run]}
    house.company.clock.advance("61s")
    assert house("POST", "/leases", key, json={"leases": [mine]}).json() == {"renewed": []}


def test_a_worker_cleans_up_after_a_process_that_is_gone_and_sees_no_other_run(house: House):
    key, worker, sue = (
        house.company.key("asker"),
        house.company.key("worker", scopes=("execute",)),
        house.session("sue"),
    )
    run = opened(house, key)
    for name in ("shop.drop", None):
        assert house("POST", f"/runs/{run}/cleanups", key, json={"name": name}).status_code == 200
    house("POST", f"/runs/{run}/stop", sue, json={"reason": "wrong list"})
    take = {"number": 1, "executor": "worker-1"}
    assert house("POST", f"/runs/{run}/cleanups/taken", worker, json=take).status_code == 404
    house.company.clock.advance("61s")
    house("POST", f"/runs/{run}/note", key, json={"error": "anything makes the engine look"})
    assert house("POST", f"/runs/{run}/cleanups/taken", worker, json={**take, "number": 2}).status_code == 409
    assert house("POST", f"/runs/{run}/cleanups/taken", worker, json=take).status_code == 200
    done = {**take, "ok": True}
    assert house("POST", f"/runs/{run}/cleanups/done", worker, json={**done, "executor": "worker-2"}).status_code == 409
    assert house("POST", f"/runs/{run}/cleanups/done", worker, json=done).status_code == 200
    found = house("GET", f"/runs/{run}", sue).json()["state"]
    assert [one["status"] for one in found["cleanups"]] == ["done", "lost"]
    assert found["control"]["confirmed_at"]


def test_a_worker_of_another_agent_cleans_up_over_http(house: House):
    key, sue = house.company.key("asker"), house.session("sue")
    run = opened(house, key)
    for name in ("shop.drop", "shop.unknown", "shop.close"):
        body = {"name": name, "args": {"region": "eu-1"}}
        assert house("POST", f"/runs/{run}/cleanups", key, json=body).status_code == 200
    house("POST", f"/runs/{run}/stop", sue, json={"reason": "wrong list"})
    rail = handrail.connect(house.url, key=house.company.key("worker", scopes=("execute",)), quiet=True)
    done: list[str] = []

    @rail.cleanup(name="shop.drop")
    def drop(region: str) -> None:
        done.append(f"dropped {region}")

    @rail.cleanup(name="shop.close")
    async def close(region: str) -> None:
        done.append(f"closed {region}")
        raise ConnectionError("no line")

    with working(rail):
        house.company.clock.advance("61s")
        rev = 0
        while [one["status"] for one in house("GET", f"/runs/{run}", sue).json()["state"]["cleanups"]] != [
            "done", "waits", "failed"
        ]:  # fmt: skip
            moved = house("GET", f"/runs/{run}/wait?rev={rev}", sue, headers={"prefer": "wait=5"})
            rev = moved.json()["rev"] if moved.status_code == 200 else rev
    assert done == ["closed eu-1", "dropped eu-1"]
    rail.close()
