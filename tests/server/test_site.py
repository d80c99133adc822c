"""The app for browsers as it is served, and errors in the form that was asked for."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from handrail.clock import SystemClock
from handrail.server.pages.built import Built
from handrail.wire.routes import ROUTES

from .house import House, opened
from .visitor import Page, Visitor

SCRIPT = b"console.log('app')" * 100
INDEX = b"<!doctype html><title>the app</title>"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("static")
    (root / "assets").mkdir()
    (root / "secret.txt").write_bytes(b"beside it")
    (root / "index.html").write_bytes(INDEX)
    for name, data in {
        "app-1a2b.js": SCRIPT, "app-1a2b.js.gz": gzip.compress(SCRIPT), "app-1a2b.js.br": b"as brotli",
        "app-1a2b.css": b"body{}", "inter-9f.woff2": b"font",
        "worker-3c.js": b"addEventListener",
    }.items():  # fmt: skip
        (root / "assets" / name).write_bytes(data)
    return root


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Iterator[House]:
    path = tmp_path_factory.mktemp("site") / "a.db"
    with opened(path, clock=SystemClock(), built=Built.of(built)) as found:
        found.company.person("ann")
        yield found


@pytest.mark.parametrize("path", ["/", "/inbox", "/inbox/rev_" + "0" * 26])
def test_the_app_is_for_signed_in_people_and_is_never_kept(house: House, path: str):
    out = Visitor(house).get(path)
    assert (out.status_code, out.headers["location"]) == (303, f"/login?next={path}")
    page = Visitor(house).come_in("ann").get(path)
    assert (page.status_code, page.content) == (200, INDEX)
    assert page.headers["cache-control"] == "no-store"
    policy = page.headers["content-security-policy"]
    for said in ("default-src 'none'", "script-src 'self'", "require-trusted-types-for 'script'", "base-uri 'none'"):
        assert said in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("wanted", "coding", "body"),
    [("br, gzip", "br", b"as brotli"), ("gzip, br;q=0", "gzip", SCRIPT), ("gzip;q=0.5", "gzip", SCRIPT),
     ("identity", None, SCRIPT), ("", None, SCRIPT), ("br;q=0.0, gzip;q=0", None, SCRIPT),
     ("x-br, *;q=0", None, SCRIPT),
     ("BR ; Q=1", "br", b"as brotli"), ("br;q=x", None, SCRIPT)],
)  # fmt: skip
def test_an_asset_comes_in_a_coding_that_was_asked_for_and_for_ever(
    house: House, wanted: str, coding: str | None, body: bytes
):
    with house.client.stream("GET", "/assets/app-1a2b.js", headers={"Accept-Encoding": wanted}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == coding
    assert (gzip.decompress(raw) if coding == "gzip" else raw) == body
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    ["/assets/app-1a2b.js.br", "/assets/", "/assets", "/assets/%2e%2e/index.html", "/secret.txt",
     "/assets/..%2fsecret.txt", "/assets/%2e%2e%2fsecret.txt", "/assets/..\\secret.txt", "/assets//etc/passwd",
     "/assets/../../pages/pages.css", "/assets/app-1a2b.js/", "/index.html", "/assets/app-1a2b.js%00",
     "/static/index.html"],
)  # fmt: skip
def test_nothing_is_served_but_the_assets_by_their_names(house: House, path: str):
    assert house.client.get(path).status_code == 404


def test_a_browser_can_install_the_app_without_a_session(house: House):
    manifest = house.client.get("/manifest.webmanifest")
    said = manifest.json()
    assert manifest.headers["content-type"] == "application/manifest+json"
    assert (said["name"], said["display"], said["start_url"], said["scope"]) == (
        "Handrail",
        "standalone",
        "/inbox",
        "/",
    )
    assert any(one.get("purpose") == "maskable" for one in said["icons"])
    for one in said["icons"]:
        icon = house.client.get(one["src"])
        assert icon.headers["content-type"] == "image/png"
        assert "x".join(str(int.from_bytes(icon.content[at : at + 4])) for at in (16, 20)) == one["sizes"]
    for page in (Visitor(house).get("/login"), Visitor(house).come_in("ann").get("/d")):
        assert ("link", {"rel": "manifest", "href": "/manifest.webmanifest"}) in Page(page.text).found
        assert "manifest-src 'self'" in page.headers["content-security-policy"]


def test_the_service_worker_is_asked_for_anew_and_may_fetch_nothing(house: House):
    worker = house.client.get("/worker.js")
    assert (worker.status_code, worker.content) == (200, b"addEventListener")
    assert worker.headers["cache-control"] == "no-cache"
    assert worker.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert house.client.get("/icons/none.png").status_code == 404


def test_without_a_built_app_a_page_says_how_to_build_it_and_where_to_decide(tmp_path: Path):
    with opened(tmp_path / "a.db", clock=SystemClock(), built=Built()) as house:
        house.company.person("ann")
        page = Visitor(house).come_in("ann").get("/")
        assert page.status_code == 503
        assert "make web" in page.text
        assert "/d" in Page(page.text).links()


def test_the_pages_are_set_in_the_apps_fonts_where_it_was_built(house: House, tmp_path: Path):
    style = next(given["href"] for tag, given in Page(Visitor(house).get("/login").text).found if tag == "link")
    sheet = house.client.get(str(style))
    assert "/assets/inter-9f.woff2" in sheet.text
    assert sheet.headers["content-type"].startswith("text/css")
    with opened(tmp_path / "b.db", clock=SystemClock(), built=Built()) as plain:
        other = next(given["href"] for tag, given in Page(Visitor(plain).get("/login").text).found if tag == "link")
        assert other != style
        assert "font-face" not in plain.client.get(str(other)).text


def test_a_browser_gets_errors_as_pages_and_a_program_as_problems(house: House):
    ann = Visitor(house).come_in("ann")
    for path, status in (("/nowhere", 404), ("/d/rev_x", 404), ("/logout", 405)):
        page = ann.get(path)
        assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
        assert page.headers["x-request-id"] in page.text
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        problem = ann.get(path, Accept="*/*")
        assert (problem.status_code, problem.headers["content-type"]) == (status, "application/problem+json")
    for path in ("/v1/nowhere", "/v1/reviews/x", "/v1/me"):
        assert Visitor(house).get(path).headers["content-type"] == "application/problem+json"


def test_a_page_that_is_not_for_somebody_names_what_they_would_need(house: House):
    house.company.person("gast", roles=())
    page = Visitor(house).come_in("gast").get("/inbox")
    assert page.status_code == 403
    assert "permission to read" in page.text


def test_no_page_may_be_kept_or_framed_and_every_answer_has_its_number(house: House):
    ann = Visitor(house).come_in("ann")
    for path in ("/login", "/join", "/d", "/inbox", "/nowhere", "/d/rev_" + "0" * 26):
        page = ann.get(path)
        assert page.headers["cache-control"] == "no-store", path
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"], path
        assert page.headers["x-request-id"].startswith("req_"), path
        assert page.headers["x-content-type-options"] == "nosniff", path


def test_the_pages_are_no_part_of_the_api(house: House):
    paths = house("GET", "/openapi.json").json()["paths"]
    assert {route.path for route in ROUTES} == paths.keys()
    assert all(path.startswith("/v1/") for path in paths)
