"""The table of guards fits the code, the tests and the docs; and no guard can go without a test that fails."""

import ast
from pathlib import Path

import pytest

from tests.architecture.rules import ROOT

from .guards import GUARDS
from .model import PACKAGE, Edit, Guard, Moved
from .page import PAGE, page
from .run import copied, run, weakened


def name(guard: Guard) -> str:
    """The guard's name, for the test's id."""
    return guard.name


@pytest.mark.parametrize("guard", GUARDS, ids=name)
def test_the_guard_is_where_the_table_says_and_the_code_without_it_can_be_read(guard: Guard) -> None:
    for edit in guard.edits:
        text = edit.applied(ROOT)
        if edit.file.endswith(".py"):
            ast.parse(text)


@pytest.mark.parametrize("guard", GUARDS, ids=name)
def test_the_tests_that_must_notice_exist(guard: Guard) -> None:
    for test in guard.tests:
        file, _, function = test.partition("::")
        tree = ast.parse((ROOT / file).read_text("utf-8"))
        assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, test
    assert guard.tests


def test_there_are_enough_guards_and_each_is_told_once() -> None:
    assert len(GUARDS) >= 12
    assert len({guard.name for guard in GUARDS}) == len({guard.promise for guard in GUARDS}) == len(GUARDS)


def test_the_page_in_the_docs_is_the_table() -> None:
    assert PAGE.read_text("utf-8") == page(GUARDS), "run: python -m tests.weaken --docs"


@pytest.mark.parametrize("text", ["nothing of it", "twice it is, twice"])
def test_an_edit_that_fits_nowhere_or_twice_is_refused(tmp_path: Path, text: str) -> None:
    place = tmp_path / PACKAGE
    place.mkdir(parents=True)
    (place / "a.py").write_text(text)
    with pytest.raises(Moved, match=r"a\.py"):
        Edit("a.py", "twice", "once").apply(tmp_path)


@pytest.mark.weaken
def test_with_every_guard_in_place_its_tests_pass() -> None:
    with copied() as root:
        assert run(root, list(dict.fromkeys(test for guard in GUARDS for test in guard.tests))).failed == frozenset()


@pytest.mark.weaken
@pytest.mark.parametrize("guard", GUARDS, ids=name)
def test_without_the_guard_its_tests_fail(guard: Guard) -> None:
    assert weakened(guard).failed >= set(guard.tests)
