"""The locks install the same everywhere: pinned, hashed, without hosts, no older than what is asked for."""

import json
import tomllib

import pytest

from tests.architecture.locks import missing, npm_complaints, pins, requirement_complaints
from tests.architecture.rules import ROOT

REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
NPM = ROOT / "web" / "package-lock.json"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
HASH = f"--hash=sha256:{'0' * 64}"


def needs(group: str) -> list[str]:
    """The requirements of a dependency group, those of included groups with it."""
    items = PROJECT["dependency-groups"][group]
    return [need for item in items for need in ([item] if isinstance(item, str) else needs(item["include-group"]))]


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_requirement_is_pinned_and_hashed_and_names_no_host(path):
    assert requirement_complaints(path.read_text("utf-8")) == []


def test_each_file_pins_what_it_is_for():
    texts = {path.stem: path.read_text("utf-8") for path in REQUIREMENTS}
    run = PROJECT["project"]["dependencies"]
    assert missing(run, texts["runtime"]) == []
    assert missing(needs("build"), texts["build"]) == []
    assert missing(needs("node"), texts["node"]) == []
    assert missing(run + needs("dev"), texts["dev"]) == []


def test_all_files_pin_the_same_versions():
    runtime, build, dev = (
        pins((ROOT / "requirements" / name).read_text("utf-8")) for name in ("runtime.txt", "build.txt", "dev.txt")
    )
    assert {**runtime, **build}.items() <= dev.items()


def test_the_web_lock_is_hashed_and_names_no_host():
    assert npm_complaints(NPM.read_text("utf-8")) == []


def test_a_good_file_has_no_complaint_and_tells_its_pins():
    text = f"a-b==1.0 ; python_version < '4' \\\n    {HASH} \\\n    {HASH}\n    # via c\nc==2 {HASH}\n"
    assert requirement_complaints(text) == []
    assert pins(text) == {"a-b": "1.0", "c": "2"}


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (f"a>=1 {HASH}", "not a pin: a>=1"),
        ("a==1", "not hashed: a==1"),
        ("a==1 --hash=md5:00", "not a SHA-256 hash: --hash=md5:00"),
        ("--index-url https://example.org/simple", "names a place: --index-url https://example.org/simple"),
        (f"a @ https://example.org/a.whl {HASH}", f"names a place: a @ https://example.org/a.whl {HASH}"),
        (f"-e ./local {HASH}", f"names a place: -e ./local {HASH}"),
        ("# made by /opt/bin/tool", "names a place: # made by /opt/bin/tool"),
    ],
)
def test_a_bad_line_is_found(line: str, complaint: str):
    assert complaint in requirement_complaints(f"b==1 {HASH}\n{line}\n")


def test_a_pin_that_the_project_does_not_allow_is_found():
    text = f"ruamel-yaml==0.18 {HASH}\n"
    assert missing(["ruamel.yaml>=0.18"], text) == []
    assert missing(["ruamel.yaml>=0.19", "rich"], text) == ["ruamel.yaml>=0.19", "rich"]


def test_a_web_package_with_a_host_or_without_a_hash_is_found():
    packages = {
        "": {},
        "node_modules/a": {"resolved": "https://example.org/a.tgz", "integrity": "sha512-x"},
        "node_modules/b": {},
    }
    assert npm_complaints(json.dumps({"packages": packages})) == [
        "names a place: node_modules/a",
        "not hashed: node_modules/b",
    ]
