"""The people file: what can be meant is read, anything else is refused with its line and what to write."""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from handrail.codec.people_file import PeopleFileError, PersonSpec, read_people

HANDLES = st.from_regex(r"[a-z0-9][a-z0-9._@+-]{0,12}[a-z0-9]", fullmatch=True).filter(lambda text: text != "local")
NAMES = st.text(st.characters(categories=["L", "M", "N", "P", "S"]), min_size=1, max_size=30)


def test_handles_and_groups_may_have_their_prefix():
    text = "people:\n  - handle: user:ann\n    groups: [treasury, group:legal]\n  - handle: bob\n    os_user: b\n"
    assert read_people(text) == (
        PersonSpec("user:ann", "ann", None, ("group:treasury", "group:legal"), 2),
        PersonSpec("user:bob", "bob", "b", (), 4),
    )


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "the file is no mapping"),
        ("people: []", 1, "`people:` is no list of people"),
        ("folk: []", 1, "'folk' is no key here; known are people"),
        ("people:\n- {handle: ann}\npeople: []", 3, "`people` is written twice"),
        ("people:\n- ann", 2, "a person is no mapping"),
        ("people:\n- name: Ann", 2, "this person has no handle"),
        ("people:\n- handle: ann\n  handle: bob", 3, "`handle` is written twice"),
        ("people:\n- handle: ann\n  role: boss", 3, "'role' is no key here; did you mean roles?"),
        ("people:\n- handle: ann\n  name: 12", 3, "`name` is no text; put it between quotes"),
        ("people:\n- handle: ann\n  name: true", 3, "`name` is no text"),
        ("people:\n- handle: ann\n  name: null", 3, "`name` is no text"),
        ("people:\n- handle: ann\n  name: ''", 3, "`name` is empty, too long"),
        ('people:\n- handle: ann\n  name: "a\\u202eb"', 3, "`name` holds characters that nobody sees"),
        ("people:\n- handle: Ann", 2, "'Ann' is no handle; use small letters"),
        ("people:\n- handle: local", 2, "user:local is the one person of solo mode"),
        ("people:\n- handle: ann\n  groups: treasury", 3, "`groups` is no list"),
        ("people:\n- handle: ann\n  groups: [a, group:a]", 3, "group:a is listed twice"),
        ("people:\n- handle: ann\n- handle: user:ann", 3, "the handle 'user:ann' belongs to the person of line 2, too"),
        ("people:\n- {handle: ann, os_user: x}\n- {handle: bob, os_user: x}", 3, "the os_user 'x' belongs to"),
        ("people:\n- handle: ann\n---\npeople: []", 4, "a second document begins here"),
        ("people:\n- handle: !!python/name:os.system ann", 2, "tags (words that begin with !) are not used"),
        ("people:\n- {handle: ann", 2, "a { is not closed"),
        ("people:\n- ? [a]\n  : b", 2, "'' is no key here"),
        ("\x00", 1, "a character that nobody sees stands here"),
        ("a" * 1_000_001, 1, "the file has 1,000,001 characters"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(text, line, words):
    with pytest.raises(PeopleFileError) as caught:
        read_people(text)
    assert caught.value.line == line
    assert words in str(caught.value)
    assert caught.value.fix


@given(
    st.lists(
        st.tuples(HANDLES, NAMES, st.none() | HANDLES, st.lists(HANDLES, unique=True, max_size=4)),
        min_size=1, max_size=6, unique_by=(lambda one: one[0], lambda one: one[2] or one[0]),
    )
)  # fmt: skip
def test_what_a_program_writes_is_read_as_it_was_meant(people):
    rows = [
        {"handle": f"user:{handle}", "name": name, "groups": [f"group:{group}" for group in groups]}
        | ({"os_user": f"u-{user}"} if user else {})
        for handle, name, user, groups in people
    ]
    found = read_people(_written({"people": rows}))
    assert [(one.handle, one.name, one.os_user, list(one.groups)) for one in found] == [
        (row["handle"], row["name"], row.get("os_user"), row["groups"]) for row in rows
    ]


def _written(value: object) -> str:
    writer, text = YAML(typ="safe", pure=True), io.StringIO()
    writer.dump(value, text)
    return text.getvalue()


PIECES = st.sampled_from(
    ["people:", "\n", "- ", "  ", "handle: ", "ann", "name: ", "os_user: ", "groups: ", "[", "]", "{", "}", ",", "&a ",
     "*a", "!!int ", "|", ">", "'", '"', "? ", ": ", "#", "---\n", "%YAML 1.1\n", "<<: ", "\t", "\x07", "é", "\ud800",
     "~", "1"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=200))
@example("people: &a\n- *a")
@example("people:\n- &p {handle: ann}\n- *p")
@example("[" * 300)
def test_any_text_is_people_or_an_error_with_a_line_of_it(text):
    found = _read(text)
    if isinstance(found, PeopleFileError):
        assert 1 <= found.line <= len(text.splitlines()) + 1
        assert str(found).isprintable()
    else:
        assert len({one.handle for one in found}) == len(found) > 0


def _read(text: str) -> tuple[PersonSpec, ...] | PeopleFileError:
    try:
        return read_people(text)
    except PeopleFileError as error:
        return error
