"""What comes in badly is told so; what waits is let go; what is followed is neither lost nor told twice."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from handrail.clock import SystemClock
from handrail.errors import UsageError
from handrail.ids import mint
from handrail.server.edge import JSONLines
from handrail.server.examples import BODIES
from handrail.server.run import Listen
from handrail.server.settings import Caps
from handrail.store.lock import WriterLock

from .company import PASSWORD
from .house import House, opened


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "a.db", clock=SystemClock()) as found:
        found.company.person("ann", "treasury", password=PASSWORD)
        yield found


def propose(house: House, key: str, **given: Any) -> httpx2.Response:
    return house("POST", "/actions", key, json=BODIES["propose_action"], **given)


@pytest.mark.parametrize(
    ("body", "media", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed_json"),
        (b'{"name":"a","name":"b"}', "application/json", 400, "malformed_json"),
        (b'{"name":NaN}', "application/json", 400, "malformed_json"),
        (b'{"name":"\\ud800"}', "application/json", 400, "malformed_json"),
        (b"[" * 2000, "application/json", 400, "malformed_json"),
        (b'{"args":{"n":12345678901234567890}}', "application/json", 400, "malformed_json"),
        (b"\xff\xfe", "application/json", 400, "malformed_json"),
        (b'"text"', "application/json", 422, "invalid_value"),
        (b"{}", "application/json", 422, "invalid_value"),
        (b'{"name":"a","args":[]}', "application/json", 422, "invalid_value"),
        (b'{"name":"a","declared":{"within":"soon"}}', "application/json", 422, "invalid_value"),
        (b'{"name":"a","declared":{"within":-1}}', "application/json", 422, "invalid_value"),
        (b'{"name":"a","surprise":1}', "application/json", 400, "usage"),
        (b'{"name":"a","id":"act_1"}', "application/json", 422, "invalid_value"),
        (b'{"name":"a"}', "text/plain", 415, "not_json"),
        (b"x" * (1024 * 1024 + 1), "application/json", 413, "too_large"),
    ],
    ids=range(16),
)
def test_a_bad_body_is_told_what_is_wrong(house: House, body: bytes, media: str, status: int, code: str):
    answer = house("POST", "/actions", house.company.key(), content=body, headers={"Content-Type": media})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    assert problem["type"] == f"urn:handrail:problem:{code}"
    assert problem["detail"]


def test_a_number_is_whole_however_it_is_written(house: House):
    key = house.company.key()
    body = {**BODIES["propose_action"], "declared": {"reviewers": ["group:treasury"], "within": 60_000_000.0}}
    found = house("POST", "/actions", key, json=body)
    assert found.status_code == 202, found.text
    body["declared"]["within"] = 60_000_000.5
    assert house("POST", "/actions", key, json=body).status_code == 422


def test_a_number_with_an_exponent_is_taken_beside_one_that_is_written_as_a_fraction(house: House):
    body = {**BODIES["propose_action"], "target": 3.4e38, "declared": {"within": 60_000_000.0}}
    found = house("POST", "/actions", house.company.key(), json=body)
    assert found.status_code == 201, found.text


def test_an_empty_text_is_no_duration(house: House):
    house.company.person("olga", roles=("administrator",))
    key = house.company.accounts.by_key(house.company.key()).key
    answer = house("POST", f"/keys/{key}/rotate", house.session("olga"), json={"overlap": ""})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")


def test_an_address_has_one_spelling_and_leads_nowhere_else(house: House):
    for path in ("/me/", "//me", "/actions/", "/Me"):
        answer = house("GET", path, house.company.key(), follow_redirects=False)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_wrong_method_and_a_wrong_address_are_problems_too(house: House):
    wrong = house("PATCH", "/actions", house.company.key())
    assert (wrong.status_code, wrong.json()["code"]) == (405, "wrong_method")
    assert wrong.headers["allow"] == "GET, POST"
    assert house("OPTIONS", "/passkeys/challenge").headers["allow"] == "POST"
    assert house("GET", "/nowhere").json()["code"] == "not_found"


def test_the_same_idempotency_key_is_answered_alike_and_another_callers_is_another(house: House):
    key, other = house.company.key(), house.company.key("other")
    headers = {"Idempotency-Key": "order-17"}
    first, again = propose(house, key, headers=headers), propose(house, key, headers=headers)
    assert first.json() == again.json()
    assert propose(house, other, headers=headers).json()["id"] != first.json()["id"]
    body = {**BODIES["propose_action"], "args": {"order": "O-2", "amount": "1.00"}}
    reused = house("POST", "/actions", key, json=body, headers=headers)
    assert (reused.status_code, reused.json()["code"]) == (409, "command_reused")
    assert propose(house, key, headers={"Idempotency-Key": "a b"}).status_code == 400


def test_pages_lead_through_everything_once(house: House):
    key = house.company.key()
    ids = [propose(house, key).json()["review"] for _ in range(7)]
    ann, seen, path = house.signed_in("ann"), [], "/reviews?limit=3"
    while path:
        answer = house("GET", path, ann)
        seen += [one["state"]["id"] for one in answer.json()["items"]]
        following = answer.json()["next"]
        assert bool(following) == ("link" in answer.headers)
        path = f"/reviews?limit=3&after={following}" if following else ""
    assert sorted(seen) == sorted(ids)
    for wrong in ("limit=0", "limit=201", "limit=x", "after=act_1"):
        assert house("GET", f"/reviews?{wrong}", ann).status_code == 422


def test_who_waits_hears_of_the_decision_at_once(house: House):
    key = house.company.key()
    asked = propose(house, key).json()
    path = f"/actions/{asked['id']}/wait?rev={asked['rev']}"
    assert house("GET", path, key).status_code == 204
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(house, "GET", path, key, headers={"Prefer": "wait=20"})
        decision = {"outcome": "approve", "view": asked["view"]}
        house("POST", f"/reviews/{asked['review']}/decisions", house.signed_in("ann"), json=decision)
        assert waiting.result().json()["status"] == "cleared"


def test_one_agent_can_ask_only_so_much(tmp_path: Path):
    with opened(tmp_path / "a.db", clock=SystemClock(), hold=0.0, caps=Caps(3, 5, 2)) as house:
        house.company.person("ann", "treasury", password=PASSWORD)
        busy, twin, calm = house.company.key("busy"), house.company.key("twin"), house.company.key("calm", "osu_calm")
        answers = [propose(house, busy) for _ in range(5)]
        assert [one.status_code for one in answers] == [202, 202, 202, 429, 429]
        assert int(answers[-1].headers["retry-after"]) > 0
        assert propose(house, busy).json()["detail"].startswith("asks come too fast: 5 a minute")
        assert [propose(house, twin).status_code for _ in range(4)] == [202, 202, 202, 429]
        assert propose(house, calm).status_code == 202


class Followed:
    """The stream as a browser reads it."""

    def __init__(self, house: House, token: str, after: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} | ({"Last-Event-ID": after} if after else {})
        self._stream = house.client.stream("GET", "/v1/stream", headers=headers)
        self._lines = self._stream.__enter__().iter_lines()

    def next(self) -> dict[str, str]:
        """The next event."""
        found: dict[str, str] = {}
        for line in self._lines:
            name, _, value = line.partition(": ")
            if line and name:
                found[name] = value
            elif not line and "event" in found:
                return found
        raise EOFError

    def close(self) -> None:
        self._stream.__exit__(None, None, None)


def test_what_happens_is_followed_and_resumed_without_loss_or_repeat(house: House):
    key, ann = house.company.key(), house.signed_in("ann")
    live = Followed(house, ann)
    first = propose(house, key).json()
    events = [live.next() for _ in range(3)]
    assert [json.loads(one["data"])["type"] for one in events] == ["action.proposed", "action.held", "review.opened"]
    assert {json.loads(one["data"])["id"] for one in events} == {first["id"], first["review"]}
    assert not {"amount", "48.00", "T-17"} & set(json.dumps(events).split('"'))
    live.close()
    for _ in range(4):
        propose(house, key)
    resumed = Followed(house, ann, events[0]["id"])
    seen = [resumed.next() for _ in range(2 + 12)]
    positions = [int(one["id"]) for one in seen]
    assert positions == list(range(int(events[0]["id"]) + 1, int(events[0]["id"]) + 15))
    resumed.close()


def test_a_reader_from_another_log_begins_anew(house: House):
    ann = house.signed_in("ann")
    follower = Followed(house, ann, "999999")
    assert follower.next()["event"] == "reset"
    follower.close()
    assert house("GET", "/stream", ann, headers={"Last-Event-ID": "x"}).status_code == 422


def test_a_reader_who_does_not_read_is_cut_and_delays_nobody(tmp_path: Path):
    with opened(tmp_path / "a.db", clock=SystemClock(), stalled=0.5) as house:
        house.company.person("ann", "treasury", password=PASSWORD)
        key, ann = house.company.key(), house.signed_in("ann")
        host, port = house.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as stalled:
            stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stalled.sendall(f"GET /v1/stream HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {ann}\r\n\r\n".encode())
            assert stalled.recv(16).startswith(b"HTTP/1.1 200")
            hub = house.service.hubs.of("default")
            while not hub._readers:
                assert house.client.get("/livez").status_code == 200
            reader = next(iter(hub._readers))
            flood = [b"event: entry\ndata: " + b"x" * 8000 + b"\n\n"] * 600
            loop = house.running._loop
            assert loop is not None
            loop.call_soon_threadsafe(reader.give, flood)
            while hub._readers:
                assert propose(house, key).status_code in (202, 429)
            assert b"handrail_stream_cut_total 1.0" in house.client.get("/metrics").content


def test_draining_lets_go_of_everybody_who_waits(tmp_path: Path):
    with opened(tmp_path / "a.db", clock=SystemClock()) as house:
        house.company.person("ann", "treasury", password=PASSWORD)
        key, ann = house.company.key(), house.signed_in("ann")
        asked = propose(house, key).json()
        follower = Followed(house, ann)
        with ThreadPoolExecutor(1) as pool:
            path = f"/actions/{asked['id']}/wait?rev={asked['rev']}"
            waiting = pool.submit(house, "GET", path, key, headers={"Prefer": "wait=60"})
            while not house.service.waiting:
                assert house.client.get("/readyz").status_code == 200
            house.running.handle_exit(15, None)
            assert waiting.result().status_code == 204
        assert follower.next()["event"] == "end"
        follower.close()


def test_no_secret_is_ever_in_the_log(house: House, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    key, canary = house.company.key(), "canary-" + mint("x")
    house("POST", "/sessions", json={"name": canary, "password": canary})
    house("GET", f"/actions?after={canary}", key)
    house("POST", "/actions", key, json={**BODIES["propose_action"], "context": {"secret": canary}})
    house("GET", "/me", canary, headers={"Cookie": f"handrail={canary}"})
    ours = [record for record in caplog.records if record.name.startswith(("handrail", "uvicorn"))]
    written = "\n".join(JSONLines().format(record) for record in ours)
    assert '"route":"/v1/actions"' in written
    assert canary not in written
    assert key not in written


@pytest.mark.parametrize(
    ("host", "given", "safe"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("localhost", {}, True),
        ("0.0.0.0", {}, False),
        ("192.0.2.1", {}, False),
        ("0.0.0.0", {"proxies": ("10.0.0.0/8",)}, True),
        ("0.0.0.0", {"proxies": ("everybody",)}, False),
        ("0.0.0.0", {"certificate": "a.pem"}, True),
    ],
)
def test_plain_http_stays_on_this_machine(host: str, given: Any, safe: bool):
    if safe:
        Listen(host, 1, **given).require_safe()
    else:
        with pytest.raises(UsageError, match="behind-proxy"):
            Listen(host, 1, **given).require_safe()


def test_a_lock_that_is_held_is_not_taken(tmp_path: Path):
    one, other = WriterLock(str(tmp_path / "a")), WriterLock(str(tmp_path / "a"))
    assert one.try_now()
    assert not other.try_now()
    one.close()
    assert other.try_now()
    other.close()


def test_the_description_names_every_route_with_an_example_and_its_problems(house: House):
    found = house("GET", "/openapi.json").json()
    assert found["openapi"] == "3.1.0"
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            assert operation["responses"].keys() >= {"401", "422", "503"}, (path, method)
            body = operation.get("requestBody")
            schema = body["content"]["application/json"] if body else {}
            assert not body or schema.get("example") is not None or schema["schema"].get("$ref"), (path, method)


def test_who_asks_whether_the_server_lives_may_call_it_by_any_name(house: House):
    by_address = {"Host": "203.0.113.7:8321"}
    assert [house.client.get(path, headers=by_address).status_code for path in ("/livez", "/readyz")] == [200, 200]
    assert house.client.get("/metrics", headers=by_address).json()["code"] == "wrong_host"
