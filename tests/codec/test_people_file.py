"""The people file: what can be meant is read, anything else is refused with its line and what to write."""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from handrail.codec.people_file import GroupSpec, PeopleFileError, PersonSpec, read_groups, read_people
from handrail.directory.hours import hours
from handrail.directory.times import Absence, Rota, Rotation, Shift, Times

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
        ("people:\n- {handle: ann, zone: Mars}", 2, "'Mars' is no time zone that this machine knows"),
        ("people:\n- {handle: ann, hours: 9 to 5}", 2, "`hours`: '9 to 5' is no time of the week; write Mon-Fri"),
        ("people:\n- {handle: ann, hours: Moo 09:00-17:00}", 2, "'Moo' is no day"),
        ("people:\n- {handle: ann, hours: Mon 09:00-09:00}", 2, "'Mon 09:00-09:00' has no length"),
        ("people:\n- {handle: ann, hours: Mon 09:00-25:00}", 2, "'25:00' is no time of the day"),
        ("people:\n- {handle: ann, hours: Mon 09:70-10:00}", 2, "'09:70' is no time of the day"),
        ("people:\n- {handle: ann, quiet: 00:00-24:00}", 2, "no hour is left in which they can be told"),
        ("people:\n- {handle: ann, hours: Mon 09:00-17:00,\n   quiet: 08:00-18:00}", 3, "no hour is left"),
        ("people:\n- {handle: ann, absent: tomorrow}", 2, "`absent` is no list"),
        ("people:\n- {handle: ann, absent: [{from: 2026-12-24}]}", 2, "this does not say `to`"),
        ("people:\n- {handle: ann, absent: [{from: 2026-12-24, to: 2026-12-23}]}", 2, "this ends before it begins"),
        ("people:\n- {handle: ann, absent: [{from: 2026-02-30, to: 2026-12-23}]}", 2, "'2026-02-30' is no day or time"),
        ("people:\n- {handle: ann, absent: [{from: 9000-01-01, to: 9999-12-31}]}", 2, "'9000-01-01' is no day or time"),
        (
            "people:\n- {handle: ann, absent: [{from: 2026-12-24, to: 2026-12-24, substitute: bo b}]}",
            2,
            "nobody's handle",
        ),
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


TIMES = """
people:
  - handle: ann
    zone: Europe/Berlin
    hours: Mon-Thu 09:00-17:00, Fri 09:00-14:00
    quiet: 22:00-07:00
    absent:
      - {from: 2026-12-24, to: 2027-01-02, substitute: user:bob}
      - {from: 2027-03-28 01:00, to: 2027-03-28 12:00}
  - {handle: bob, quiet: Sat-Mon 22:00-24:00}
groups:
  - handle: treasury
    zone: America/New_York
    oncall:
      - {who: user:ann, from: 2026-11-30 09:00, to: 2026-12-07 09:00}
    rotation: {who: [user:ann, user:bob], from: 2026-11-30 09:00, every: 1w}
  - {handle: group:legal}
"""
DAY = 86_400_000_000
CHRISTMAS = 1_798_066_800_000_000
"""Its eve in Berlin, at midnight."""


def test_times_and_rotas_are_read_in_their_zone():
    ann, bob = read_people(TIMES)
    week = [(day, 540, 1020) for day in range(4)] + [(4, 540, 840)]
    assert ann.times == Times(
        (Absence(CHRISTMAS, CHRISTMAS + 10 * DAY, "user:bob"), Absence(1_806_192_000_000_000, 1_806_228_000_000_000)),
        hours("Europe/Berlin", week), hours("Europe/Berlin", [(day, 1320, 420) for day in range(7)]),
    )  # fmt: skip
    assert bob.times == Times((), None, hours("UTC", [(day, 1320, 1440) for day in (5, 6, 0)]))
    shift = Shift("user:ann", 1_796_047_200_000_000, 1_796_652_000_000_000)
    rotation = Rotation(("user:ann", "user:bob"), "America/New_York", "2026-11-30T09:00", 7)
    assert read_groups(TIMES) == (
        GroupSpec("group:treasury", Rota((shift,), rotation), 12), GroupSpec("group:legal", None, 17)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("groups", "line", "words"),
    [
        ("- {zone: UTC}", 2, "this group has no handle"),
        ("- {handle: a}\n- {handle: group:a}", 3, "group:a is described in line 2, too"),
        ("- {handle: a, oncall: []}", 2, "`oncall` is no list; write oncall: [{who"),
        ("- {handle: a, oncall: [{from: 2026-01-01, to: 2026-01-02}]}", 2, "this shift does not say `who`"),
        ("- {handle: a, rotation: {who: [user:b], from: 2026-01-01}}", 2, "this rotation does not say `every`"),
        (
            "- {handle: a, rotation: {who: [user:b], from: 2026-01-01, every: 36h}}",
            2,
            "`every` is no number of whole days",
        ),
        ("- {handle: a, rotation: {who: [user:b], from: 2026-01-01, every: soon}}", 2, "`every` is no duration"),
        ("- {handle: a, rota: weekly}", 2, "'rota' is no key here"),
    ],
)
def test_a_rota_that_cannot_be_meant_is_refused_with_its_line(groups, line, words):
    with pytest.raises(PeopleFileError) as caught:
        read_groups(f"groups:\n{groups}\npeople: [{{handle: b}}]")
    assert caught.value.line == line
    assert words in str(caught.value)
