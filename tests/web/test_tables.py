"""The tables that the browser's form is tested against are what Python says now."""

import pytest

from tests.web import tables


@pytest.mark.parametrize("name", tables.TABLES)
def test_the_committed_table_is_what_python_says(name: str) -> None:
    assert (tables.FOLDER / name).read_text() == tables.written(name), "run `python -m tests.web.tables` and commit it"


def test_what_is_stored_fits_its_own_schema() -> None:
    from handrail.codec.canonical import canonical
    from handrail.codec.edits import validate_edit

    for action in tables.actions():
        assert validate_edit(canonical(action["schema"]), action["args"]) == [], action["name"]
