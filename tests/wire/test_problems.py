"""Errors as problem documents and back: what a server raised is what its client raises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from handrail import errors
from handrail.codec.people_file import PeopleFileError
from handrail.codec.policy_file import Mistake, PolicyFileError
from handrail.errors import HandrailError
from handrail.notify.settings import NotifyFileError
from handrail.server import app
from handrail.wire.problems import TYPE, error_of, known, problem_of

GIVEN: dict[type[HandrailError], tuple[tuple[Any, ...], dict[str, Any]]] = {
    errors.MalformedJSON: (("a lone surrogate", "/a/0", "Repair it."), {}),
    errors.TooMany: (("too many",), {"retry_after": 17}),
    errors.InvalidValue: (("/a: is missing",), {"errors": (errors.Misfit("/a", "Is missing. Give it a value."),)}),
    NotifyFileError: ((3, "there is no channel", "write one"), {}),
    PeopleFileError: ((3, "there is no handle", "write one"), {}),
    PolicyFileError: (((Mistake(1, "no rule", "write one"), Mistake(9, "no path", "name one")),), {}),
}
SPECIAL = ("retry_after", "what", "where", "hint", "line", "problem", "fix", "mistakes", "errors")


def travelling() -> list[type[HandrailError]]:
    return [one for one in known().values() if one.__module__.startswith("handrail.") and ".cli." not in one.__module__]


@pytest.mark.parametrize("kind", travelling(), ids=lambda kind: kind.__name__)
def test_each_error_comes_back_as_what_it_is(kind: type[HandrailError]):
    args, more = GIVEN.get(kind, (("what to do next",), {}))
    error = kind(*args, **more)
    problem = json.loads(json.dumps(problem_of(error)))
    assert problem["type"] == TYPE + kind.code
    again = error_of(problem["status"], problem)
    assert type(again) is kind
    assert str(again) == str(error)
    for name in SPECIAL:
        assert getattr(again, name, None) == getattr(error, name, None)
    if isinstance(again, errors.Outcome):
        assert (again.action, again.decision) == ("", None)


def test_every_class_has_a_code_of_its_own_and_a_row_in_the_reference():
    kinds = [one for one in _all(HandrailError) if one.__module__.startswith("handrail.")]
    codes = [one.code for one in kinds]
    assert len(codes) == len(set(codes))
    page = (Path(__file__).parents[2] / "docs/reference/errors.md").read_text("utf-8")
    missing = [kind.__name__ for kind in travelling() if kind is not HandrailError and f"`{kind.code}`" not in page]
    assert not missing


def _all(base: type[HandrailError]) -> list[type[HandrailError]]:
    return [base, *(found for one in base.__subclasses__() for found in _all(one))]


def test_a_client_knows_every_error_that_a_server_raises():
    """The server defines none of its own, which its clients could not know."""
    assert app.create_app.__module__ == "handrail.server.app"
    assert not [one for one in _all(HandrailError) if one.__module__.startswith("handrail.server")]


@pytest.mark.parametrize(
    ("status", "problem", "kind"),
    [
        (404, {"code": "from_the_future"}, errors.NotFound),
        (403, None, errors.NotAllowed),
        (503, "<html>", errors.Unavailable),
        (418, {}, HandrailError),
        (429, {"code": "too_many"}, errors.TooMany),
        (400, {"code": "policy_file", "mistakes": 1}, PolicyFileError),
        (409, {"code": "../../x", "detail": None}, errors.Refused),
    ],
)
def test_what_is_no_problem_of_ours_becomes_the_nearest_error(status: int, problem: Any, kind: type[HandrailError]):
    error = error_of(status, problem)
    assert type(error) is kind
    assert str(error)
