"""The page of one review: all that is needed to decide it, and the forms that do. Looking never changes anything."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

import orjson
from fastapi import FastAPI, Response

from ...backend import Wait
from ...engine.sheet import Sheets, Viewer
from ...errors import HandrailError, InvalidValue, NotAllowed, NotFound, Refused, UsageError
from ...ids import derive
from ...review.model import OPEN, Review
from ...wire.bodies import command_of
from ..personal_links import PREFIX, followed
from ..rights import visible
from ..service import Service
from .choices import CHOICES, as_text, cares, choices_of, decision_body
from .faults import sentence
from .form import Form
from .standing import ASKS, Said, conflict, foreseen, standing, turned_out, until
from .visit import NEEDS, Visit, add, see_other

OTHERS: Final[Mapping[str, str]] = {
    "claim": "claim_review", "release": "release_review", "comment": "comment_review", "revoke": "revoke_review",
    "escalate": "escalate_review", "outcome": "report_outcome",
}  # fmt: skip
"""What else a form can send, and the operation that it is."""
TURNED: Final[Mapping[str, bool]] = {"right": False, "wrong": True}
"""How it turned out, and whether that is wrong."""


def mount(app: FastAPI, service: Service) -> None:
    """Add the pages."""
    add(app, service, "GET", "/d/{id}", show, need="get_review_page")
    add(app, service, "GET", "/d/{id}/edit", edit, need="get_review_page")
    add(app, service, "POST", "/d/{id}", send, need="get_review_page")


async def show(visit: Visit) -> Response:
    """The review as it stands, and how long it will probably take. A link that a message gave a person leads to it."""
    given = str(visit.request.path_params["id"])
    if given.startswith(PREFIX):
        return see_other(f"/d/{_followed(visit, given)}")
    page = await read(visit)
    feedback = visit.service.backend(visit.who).feedback
    visit.service.database.process.waits.met(visit.who.tenant, visit.who.principal.id)
    return _drawn(visit, page, wait=await asyncio.to_thread(feedback.expected_wait, page["row"]["id"]))


def _followed(visit: Visit, given: str) -> str:
    who, service = visit.who, visit.service
    return followed(service.archive(who.tenant).secret, given, who.principal.id, service.database.clock.now())


async def edit(visit: Visit) -> Response:
    """The arguments as text to be changed."""
    page = await read(visit)
    if "edit" not in choices_of(page) or page["raw"] is None:
        return see_other(f"/d/{visit.review}")
    return _drawn(visit, page, template="edit.html")


async def read(visit: Visit) -> dict[str, Any]:
    """All of the review, as the API gives it to who looks. Raises `NotFound`."""
    state = visible(visit.service, visit.who, visit.review)
    viewer = Viewer(visit.who.principal, visit.who.permissions, visit.service.database.clock.now(), UTC)
    sheets = Sheets(visit.service.archive(visit.who.tenant))
    found: dict[str, Any] = orjson.loads(orjson.dumps(await asyncio.to_thread(sheets.page, state.id, viewer)))
    return found


async def send(visit: Visit) -> Response:
    """Do what a form says, once, however often it is sent."""
    form, review = await visit.form(), visit.review
    state = visible(visit.service, visit.who, review)
    page: dict[str, Any] | None = None
    try:
        if form.text("do") in CHOICES:
            page = await read(visit)
        operation, body = _meant(form, page)
        await visit.need(operation)
        kind = NEEDS[operation].command
        assert kind is not None
        command_id = derive("cmd", visit.who.principal.id, "page", form.text("key")[:100])
        subject = state.action if operation == OTHERS["outcome"] and isinstance(state, Review) else review
        await visit.service.backend(visit.who).acall(subject, command_of(kind, body), command_id=command_id)
    except NotFound:
        raise
    except (Refused, UsageError) as error:
        return _again(visit, await read(visit), form, error)
    return see_other(f"/d/{review}#standing")


def _meant(form: Form, page: Mapping[str, Any] | None) -> tuple[str, dict[str, Any]]:
    """The operation that a form means, and its body. Raises `UsageError`."""
    if not form.text("key"):
        raise UsageError("this form lacks its key: load the page again")
    what = form.text("do")
    if page is not None:
        return "decide_review", decision_body(CHOICES[what], form, page)
    if what not in OTHERS:
        raise UsageError("this form asks for nothing that is known here: load the page again")
    note = form.text("note").strip()
    if what == "comment":
        if not note:
            raise InvalidValue("write a comment first")
        return OTHERS[what], {"text": note}
    if what == "outcome":
        if form.text("turned") not in TURNED:
            raise InvalidValue("say whether it turned out right or wrong")
        return OTHERS[what], {"wrong": TURNED[form.text("turned")], "note": note or None}
    return OTHERS[what], {"note": note or None} if what in ("revoke", "escalate") else {}


def _again(visit: Visit, page: dict[str, Any], form: Form, error: HandrailError) -> Response:
    """The page as it stands now, with why nothing was done, and what was written."""
    told = conflict(page, visit.who.principal.id, error.code) or Said("bad", f"Nothing was sent. {sentence(error)}")
    if isinstance(error, NotAllowed):
        told = Said("bad", f"This is not allowed. {sentence(error)}")
    status = 422 if isinstance(error, UsageError) and error.status < 500 else error.status
    editing = form.text("do") == "edit" and "edit" in choices_of(page) and page["raw"] is not None
    problems = [{"path": str(one.path), "text": str(one.text)} for one in getattr(error, "problems", ())]
    return _drawn(
        visit, page, status, template="edit.html" if editing else "decide.html", told=told, form=form,
        problems=problems,
    )  # fmt: skip


def _drawn(
    visit: Visit, page: dict[str, Any], status: int = 200, *, template: str = "decide.html", told: Said | None = None,
    form: Form | None = None, problems: list[dict[str, str]] | None = None, wait: Wait | None = None,
) -> Response:  # fmt: skip
    me, what = visit.me, form.text("do") if form else ""
    tick, name = cares(page)
    written = {field: form.text(field) if form else "" for field in ("note", "value", "option")}
    return visit.paper.page(
        template, status, me=me, page=page, row=page["row"], asks=ASKS.get(page["row"]["kind"], "Review"),
        until=until(page), said=list(standing(page, me["id"])), told=told, choices=choices_of(page),
        tick=tick, type_name=name, key=secrets.token_urlsafe(18), what=what, written=written,
        problems=problems or [], text=_text(page, form) if template == "edit.html" else "",
        others=_others(visit, page), turned=turned_out(page, me["id"]), wait=foreseen(wait),
    )  # fmt: skip


def _text(page: Mapping[str, Any], form: Form | None) -> str:
    return form.text("args") if form and "args" in form else as_text(page["raw"])


def _others(visit: Visit, page: Mapping[str, Any]) -> set[str]:
    """What else than deciding is possible now."""
    row, me = page["row"], visit.who.principal.id
    found = {"outcome"} if page["may_report"] else set()
    if "decide" not in visit.who.permissions:
        return found
    made = row["decision"]
    found |= {"comment"} if page["may_comment"] else set()
    if row["status"] in OPEN and not page["refusal"]:
        mine = row["claimed_by"] and row["claimed_by"]["id"] == me
        found |= {"release"} if mine else {"claim"}
        found |= {"escalate"} if row["level"] + 1 < row["levels"] else set()
    if made and not made["effective"] and made["by"]["id"] == me:
        found.add("revoke")
    return found
