"""How people are told, as their file says it: read strictly, kept, and back."""

import pytest

from handrail.clock import MINUTE
from handrail.codec.people_file import PeopleFileError, read_people
from handrail.directory.telling import SILENT, WINDOW, Tell, Telling, telling_of, telling_text


def told(members: str) -> Telling:
    (found,) = read_people(f"people:\n  - {{handle: ann, {members}}}")
    return found.telling


def test_who_says_nothing_is_told_nothing():
    assert read_people("people: [{handle: ann}]")[0].telling == SILENT


def test_ways_and_the_time_of_a_digest_are_read_and_kept():
    found = told("tell: [{by: mail, to: ann@example.com}, {by: push}], digest: 15m")
    assert found == Telling((Tell("mail", "ann@example.com"), Tell("push")), 15 * MINUTE)
    assert telling_of({"telling": telling_text(found)}) == found
    assert told("tell: [{by: chat}]").window == WINDOW


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ("tell: mail", "`tell` is no list"),
        ("tell: []", "`tell` is no list"),
        ("tell: [{to: ann@example.com}]", "this way has no channel"),
        ("tell: [{by: Mail}]", "names no channel"),
        ("tell: [{by: mail, to: 'ann'}]", "is no mail address"),
        ("tell: [{by: mail, to: 'ann@example.com, eve@example.com'}]", "is no mail address"),
        ("tell: [{by: mail, to: 'Ann <ann@example.com>'}]", "is no mail address"),
        ("tell: [{by: mail, to: 'https://example.com/hook'}]", "is no mail address"),
        ("tell: [{by: mail, to: a@example.com}, {by: mail, to: b@example.com}]", "'mail' is listed twice"),
        ("tell: [{by: mail, url: x}]", "url"),
        ("digest: 15m", "`digest` stands without `tell`"),
        ("tell: [{by: mail}], digest: 5s", "is no time for a digest"),
        ("tell: [{by: mail}], digest: 2d", "is no time for a digest"),
        ("tell: [{by: mail}], digest: soon", "is no time for a digest"),
        (f"tell: [{', '.join(f'{{by: c{n}}}' for n in range(9))}]", "there are 9 ways here"),
    ],
)
def test_what_cannot_be_meant_is_refused(members: str, words: str):
    with pytest.raises(PeopleFileError) as caught:
        told(members)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "profile", [None, "x", {}, {"telling": 1}, {"telling": {"ways": 3}}, {"telling": {"ways": ["x"]}}, {"$erased": "d"}]
)
def test_what_is_not_kept_any_more_tells_nobody(profile: object):
    assert telling_of(profile).ways == ()  # type: ignore[arg-type]
