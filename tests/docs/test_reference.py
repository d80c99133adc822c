"""The generated pages are those that the code generates."""

from __future__ import annotations

import re

import pytest

import handrail
from handrail.audit.entry import _MEMBERS, _OPTIONAL
from handrail.errors import HandrailError
from tests.docs.pages import ROOT
from tools import entry_reference, error_reference, reference


@pytest.mark.parametrize("name", [*reference.PAGES, *reference.PARTS])
def test_the_committed_page_is_the_one_that_the_code_generates(name):
    found = (ROOT / name).read_text("utf-8")
    assert found == reference.written(name), "run `make docs` and commit what it writes"


def test_every_public_name_is_on_a_page():
    pages = (ROOT / "docs/reference/api.md").read_text() + (ROOT / "docs/reference/errors.md").read_text()
    shown = set(re.findall(r"^### (\w+)$|^\| `(\w+)`", pages, re.MULTILINE))
    assert set(handrail.__all__) - {name for pair in shown for name in pair} == {"HandrailError"}


def test_every_error_is_somebodys_fault():
    grouped = [error for _, errors in error_reference.by_fault() for error in errors]
    assert sorted(grouped, key=str) == sorted(error_reference.everything(), key=str)


def test_an_error_that_is_nobodys_fault_is_found(monkeypatch):
    class Orphan(HandrailError):
        """Nobody's."""

    monkeypatch.setattr(handrail.errors, "Orphan", Orphan, raising=False)
    with pytest.raises(ValueError, match="Orphan"):
        list(error_reference.by_fault())


def test_the_page_of_entries_names_every_member_of_an_entry():
    named = set(re.findall(r"`(\w+)`", entry_reference.HEAD))
    assert (_MEMBERS | _OPTIONAL) - named == set()
