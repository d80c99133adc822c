"""A supervisor stops a run over HTTP; the agent's process is told, and others may neither stop nor name its runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

import handrail
from handrail.ids import mint

from .company import Company
from .house import House, serving


@pytest.fixture(params=["sqlite", "postgres"])
def house(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[House]:
    where = request.getfixturevalue("postgres") if request.param == "postgres" else tmp_path / "a.db"
    company = Company(where)
    company.person("ann", "treasury")
    company.person("sue", roles=("supervisor",))
    with serving(company) as found:
        yield found


def test_a_supervisor_stops_the_run_of_an_agent_at_work_and_a_reviewer_may_not(house: House) -> None:
    rail = handrail.connect(house.url, key=house.company.key("asker"), quiet=True)
    gated = rail.approval(name="mail.send", reviewers="group:treasury")(lambda to: to)
    ended: list[BaseException] = []

    def work() -> None:
        try:
            with rail.run("newsletter"), rail.run("page-1"):
                gated("ann@mail.example")
        except BaseException as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    ann, sue, size = house.session("ann"), house.session("sue"), 0
    while not (open_ := house("GET", "/reviews", ann).json()["items"]):
        size = house("GET", f"/log?size={size}", ann, headers={"prefer": "wait=10"}).json()["size"]
    run = next(one for one in house("GET", "/runs", sue).json()["items"] if one["parent"] is None)["id"]
    stop = {"reason": "they have left"}
    assert house("POST", f"/runs/{run}/stop", ann, json=stop).status_code == 403
    assert house("POST", f"/runs/{run}/stop", sue, json={"reason": ""}).status_code == 422
    assert house("POST", f"/runs/{run}/stop", sue, json=stop).json()["status"] == "stopped"
    thread.join(30)
    [error] = ended
    assert isinstance(error, handrail.Stopped)
    assert error.reason == "they have left"
    review = house("GET", f"/reviews/{open_[0]['state']['id']}", ann).json()
    assert review["state"]["status"] == "superseded"
    rail.close()


def test_a_run_of_others_cannot_be_named_as_the_one_around(house: House) -> None:
    theirs, key = house.company.key("theirs", "osu_other"), house.company.key("mine", "osu_me")
    friend = house.company.key("friend", "osu_me")
    outer, foreign = mint("run"), mint("run")
    assert house("POST", f"/runs/{foreign}/open", theirs, json={"title": "t"}).status_code == 200
    assert house("POST", f"/runs/{outer}/open", key, json={"title": "t"}).status_code == 200
    asks = [
        house("POST", f"/runs/{mint('run')}/open", key, json={"title": "t", "parent": one})
        for one in (foreign, mint("run"))
    ]
    assert [one.status_code for one in asks] == [404, 404]
    said = {one.json()["detail"].partition("'")[2].partition("'")[2] for one in asks}
    assert len(said) == 1, "what is there is not to be told from what is not"
    inner = {"title": "t", "parent": outer}
    assert house("POST", f"/runs/{mint('run')}/open", friend, json=inner).status_code == 200
