"""The house rules hold, and each check can fail."""

from pathlib import Path

import pytest

from tests.architecture import rules

SOURCE = rules.python_files("src")
TESTS = rules.python_files("tests")
ALL = rules.python_files("src", "tests", "bench", "examples")
WEB = [
    path
    for path in (rules.ROOT / "web" / "src").rglob("*")
    if path.suffix in {".ts", ".svelte", ".css"} and not path.name.endswith(".d.ts")  # those are generated
]

PYDANTIC = "pydantic takes 150 ms to load, and only typed values need it"
ASYNCIO = "asyncio takes 50 ms to load, and only async callers need it"
DRIVER = "the driver is loaded when a database is opened, and PostgreSQL's may not be installed"
YAML = "a YAML reader takes 100 ms to load, and one command reads YAML"
CONDITIONS = "conditions take 10 ms to load, and not every policy has some"
HTTP = "an HTTP client takes 150 ms to load, and a database file needs none"
LOCAL_IMPORTS: dict[str, str] = {
    "src/handrail/notify/channels/push.py:_libraries": "they may not be installed",
    "src/handrail/codec/schema.py:_typed": PYDANTIC,
    "src/handrail/codec/schema.py:_json_schemas": PYDANTIC,
    "src/handrail/codec/edits.py:validate_edit": "jsonschema takes 300 ms to load, and only edits need it",
    "src/handrail/codec/people_file.py:read_people": YAML,
    "src/handrail/codec/people_file.py:read_groups": YAML,
    "src/handrail/codec/policy_file.py:read_policy_file": "a YAML reader takes 100 ms to load, and few read policies",
    "src/handrail/codec/cel/functions.py:pattern": "pydantic's core takes 30 ms to load, and few match",
    "src/handrail/codec/policies.py:_is_condition": CONDITIONS,
    "src/handrail/engine/conditions.py:critical": CONDITIONS,
    "src/handrail/engine/conditions.py:_context": CONDITIONS,
    "src/handrail/connect.py:_connect_http": HTTP,
    "src/handrail/cli/desk.py:site_at": HTTP,
    "src/handrail/cli/doctor.py:_server": HTTP,
    "src/handrail/cli/login.py:_server": HTTP,
    "src/handrail/cli/login.py:_send": HTTP,
    "src/handrail/cli/login.py:_end": HTTP,
    "src/handrail/cli/local.py:office": "hashing passwords needs packages that may not be installed, and few commands",
    "src/handrail/cli/notify.py:_channels_of": "a YAML reader takes 100 ms to load, and one command reads channels",
    "src/handrail/cli/notify.py:test": "a YAML reader takes 100 ms to load, and one command sends",
    "src/handrail/notify/channels/chat.py:_known": "it takes a second to load, and may not be installed",
    "src/handrail/cli/serve.py:serve": "the web framework takes 500 ms to load, and may not be installed",
    "src/handrail/cli/doctor.py:_remote": DRIVER,
    "src/handrail/cli/migrate.py:_check": DRIVER,
    "src/handrail/store/open.py:open_store": DRIVER,
    "src/handrail/store/open.py:exists": DRIVER,
    "src/handrail/store/open.py:migrate": DRIVER,
    "src/handrail/cli/work.py:work": ASYNCIO,
    "src/handrail/embedded/__init__.py:acall": ASYNCIO,
    "src/handrail/engine/news.py:await_": ASYNCIO,
    "src/handrail/embedded/__init__.py:take": ASYNCIO,
    "src/handrail/gate/drivers.py:_apatient": ASYNCIO,
    "src/handrail/gate/notice.py:atell": ASYNCIO,
    "src/handrail/gate/controls.py:await_": ASYNCIO,
    "src/handrail/gate/reports.py:flush_async": ASYNCIO,
    "src/handrail/patterns/feedback.py:consume": ASYNCIO,
    "src/handrail/patterns/oversight/run.py:subprocess_async": ASYNCIO,
    "src/handrail/patterns/oversight/started.py:__init__": ASYNCIO,
    "src/handrail/patterns/oversight/started.py:__await__": ASYNCIO,
    "src/handrail/patterns/oversight/watching.py:inside_async": ASYNCIO,
    "src/handrail/patterns/oversight/watching.py:_alone": ASYNCIO,
    "src/handrail/server/run.py:_allow_many_connections": "Windows has no such module",
    "src/handrail/testing/plugin.py:reviewing": "pytest loads the plugin in every run, also where nothing is gated",
}
"""Where a function may import, and why: `src/handrail/package/module.py:function` -> reason."""


def test_no_file_is_longer_than_400_lines():
    assert rules.long_files(ALL + WEB, limit=400) == []


def test_half_of_the_files_have_at_most_150_lines():
    assert rules.median_file(SOURCE) <= 150


def test_no_function_is_longer_than_40_lines():
    assert rules.long_functions(ALL, limit=40) == []


def test_half_of_the_functions_have_at_most_10_lines():
    assert rules.median_function(SOURCE) <= 10


def test_at_most_one_inline_comment_to_20_lines_of_code():
    assert rules.comment_share(SOURCE) <= 0.05


def test_no_test_sleeps():
    assert rules.sleeps(TESTS) == []


def test_functions_import_nothing_unless_listed_with_a_reason():
    assert rules.local_imports(SOURCE, LOCAL_IMPORTS) == []


def test_every_listed_reason_says_something():
    assert all(len(reason.split()) > 2 for reason in LOCAL_IMPORTS.values())


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A file of ten lines that breaks every rule once."""
    path = tmp_path / "sample.py"
    path.write_text(
        '"""Says what it is."""\n\n\n'
        "def wait():\n"
        '    """One line.\n\n    And another."""\n'
        "    import time  # too late\n\n"
        "    time.sleep(1)\n"
    )
    return path


def test_the_checks_of_length_can_fail(sample: Path):
    assert rules.long_files([sample], limit=9) == [f"{sample}: 10 lines, at most 9"]
    assert rules.long_functions([sample], limit=3) == [f"{sample}:4: wait has 4 lines, at most 3"]
    assert rules.long_files([sample], limit=10) == rules.long_functions([sample], limit=4) == []


def test_the_medians_are_those_of_the_files(sample: Path, tmp_path: Path):
    short = tmp_path / "short.py"
    short.write_text("def one(): return 1\n")
    assert rules.median_file([sample, short]) == 5.5
    assert rules.median_function([sample, short]) == 2.5
    assert rules.median_file([]) == rules.median_function([]) == 0


def test_comments_are_counted_against_code_alone(sample: Path, tmp_path: Path):
    silent = tmp_path / "silent.py"
    silent.write_text('x = 1  # type: ignore[misc]\ny = "# no comment"\n')
    assert rules.comment_share([sample]) == pytest.approx(1 / 3)
    assert rules.comment_share([silent]) == 0
    assert rules.comment_share([sample, silent]) == pytest.approx(1 / 5)


def test_a_sleep_is_found_whatever_it_is_called_on(tmp_path: Path):
    path = tmp_path / "test_x.py"
    path.write_text("from time import sleep\nsleep(0)\nsleeping = str('sleep(1)')\nclock.sleep(2)\n")
    assert rules.sleeps([path]) == [f"{path}:2: sleeps", f"{path}:4: sleeps"]


def test_a_local_import_needs_a_place_in_the_list_and_the_list_no_dead_places(sample: Path, tmp_path: Path):
    place = "sample.py:wait"
    assert rules.local_imports([sample], {}, tmp_path) == [f"{place} (line 8): import inside a function"]
    assert rules.local_imports([sample], {place: "costs 200 ms"}, tmp_path) == []
    assert rules.local_imports([], {place: "costs 200 ms"}, tmp_path) == [f"{place}: allowed, but imports nothing"]


def test_empty_and_missing_files_do_not_count(sample: Path, tmp_path: Path):
    (tmp_path / "__init__.py").touch()
    assert rules.python_files(".", "missing", root=tmp_path) == [sample]
