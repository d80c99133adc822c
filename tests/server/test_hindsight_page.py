"""Saying on the pages without script how an action turned out after its end."""

from __future__ import annotations

from .house import House
from .test_decide_page import ask, form, send, still
from .visitor import Page, Visitor

__all__ = ["still"]


def rejected(house: House, visitor: Visitor) -> str:
    """A review that somebody has rejected."""
    review: str = ask(house)["review"]
    assert send(visitor, review, "reject", note="not now").status_code == 303
    return review


def text(visitor: Visitor, path: str) -> str:
    """What a page says."""
    return " ".join(Page(visitor.get(path).text).text.split())


def test_who_may_decide_says_it_and_another_corrects_it(still: House):
    ann, ben = (Visitor(still).come_in(handle) for handle in ("ann", "ben"))
    review = rejected(still, ann)
    told = send(ann, review, "outcome", turned="wrong", note="it was due\u202e")
    assert (told.status_code, told.headers["location"]) == (303, f"/d/{review}#standing")
    assert "It turned out wrong, says user:ann" in text(ben, f"/d/{review}")
    assert "it was due⟨U+202E⟩" in text(ben, f"/d/{review}")
    assert send(ben, review, "outcome", turned="right").status_code == 303
    assert "It turned out right, say You" in text(ben, f"/d/{review}")
    record = text(ann, f"/d/{review}/record")
    assert record.index("wrong, says user:ann") < record.index("right, says user:ben")


def test_it_is_said_how(still: House):
    ann = Visitor(still).come_in("ann")
    review = rejected(still, ann)
    answer = send(ann, review, "outcome", note="it was due")
    assert answer.status_code == 422
    assert "Say whether it turned out right or wrong" in answer.text
    assert "it was due" in answer.text


def offered(visitor: Visitor, review: str) -> bool:
    """Whether the page has a form to say it."""
    return ["outcome"] in [one["fields"].get("do") for one in Page(visitor.get(f"/d/{review}").text).forms]


def test_what_is_not_over_has_no_form_and_takes_none(still: House):
    ann = Visitor(still).come_in("ann")
    over, waiting = rejected(still, ann), ask(still)["review"]
    assert (offered(ann, over), offered(ann, waiting)) == (True, False)
    assert ann.post(f"/d/{waiting}", {**form(ann, over, "outcome"), "turned": "wrong"}).status_code == 409


def test_who_only_reads_has_no_form_and_is_refused(still: House):
    still.company.person("sue", roles=("supervisor",))
    ann, eye, sue = (Visitor(still).come_in(handle) for handle in ("ann", "eye", "sue"))
    review = rejected(still, ann)
    assert (offered(eye, review), offered(sue, review)) == (False, True)
    session = Page(eye.get(f"/d/{review}").text).forms[0]["fields"]["csrf"]
    fields = {**form(ann, review, "outcome"), "csrf": session, "turned": "wrong"}
    assert eye.post(f"/d/{review}", fields).status_code == 403
    assert send(sue, review, "outcome", turned="right").status_code == 303
