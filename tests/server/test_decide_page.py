"""Deciding on the pages without script: what they show, what their forms do once, and what they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from handrail.clock import SystemClock
from handrail.testing import FrozenClock

from .house import House, opened
from .visitor import Page, Visitor

SCHEMA: dict[str, Any] = {
    "type": "object", "additionalProperties": False, "required": ["amount"],
    "properties": {"amount": {"type": "integer", "maximum": 1000}, "memo": {"type": "string"}},
}  # fmt: skip
DECLARED: dict[str, Any] = {"pattern": "approval", "reviewers": ["group:treasury"], "within": "15m"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("decide") / "a.db", clock=SystemClock()) as found:
        people(found)
        yield found


@pytest.fixture
def still(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "a.db", clock=FrozenClock()) as found:
        people(found)
        yield found


def people(house: House) -> None:
    house.company.person("ann", "treasury")
    house.company.person("ben", "treasury")
    house.company.person("out")
    house.company.person("eye", "treasury", roles=("viewer",))


def ask(house: House, key: str | None = None, **given: Any) -> dict[str, Any]:
    body = {
        "name": "payments.wire", "args": {"amount": 620, "memo": "invoice 12"}, "schema": SCHEMA,
        "declared": {**DECLARED, **given.pop("declared", {})}, **given,
    }  # fmt: skip
    answer = house("POST", "/actions", key or house.company.key("bot"), json=body)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def question(house: House, **given: Any) -> str:
    body = {"question": "Which one?", "to": ["group:treasury"], "within": "15m", **given}
    found: str = house("POST", "/ask", house.company.key("bot"), json=body).json()["review"]
    return found


def form(visitor: Visitor, review: str, what: str, path: str = "") -> dict[str, Any]:
    """The fields of one form of a page, as the server filled them in."""
    page = visitor.get(f"/d/{review}{path}")
    assert page.status_code == 200, page.text
    forms = [one["fields"] for one in Page(page.text).forms if one["fields"].get("do") == [what]]
    assert len(forms) == 1, f"{what}: {len(forms)} forms"
    found = forms[0]
    return {name: found[name] for name in ("csrf", "do", "key", "view", "seen") if name in found}


def send(visitor: Visitor, review: str, what: str, path: str = "", **fields: Any) -> httpx2.Response:
    return visitor.post(f"/d/{review}", {**form(visitor, review, what, path), **fields})


def status(house: House, asked: dict[str, Any]) -> str:
    found: str = house.service.archive("default").state(asked["id"]).status  # type: ignore[union-attr]
    return found


def test_the_page_shows_the_whole_of_it_and_the_agents_words_last(house: House):
    long = "begin " + "x" * 5_000 + " end"
    asked = ask(
        house, args={"amount": 620, "memo": long}, risk="high", context={"ticket": 88121},
        story={"description": "please hurry"},
    )  # fmt: skip
    page = Visitor(house).come_in("ann").get(f"/d/{asked['review']}")
    assert page.status_code == 200
    assert long in page.text
    told = Page(page.text).text
    places = [told.index(words) for words in ("Exact arguments", "88121", "Agent says, not verified", "please hurry")]
    assert places == sorted(places)
    assert "If nobody decides by" in told
    assert "script" not in {tag for tag, _ in Page(page.text).found}


def test_an_approval_lets_it_run_once_however_often_the_form_is_sent(house: House):
    asked, ann = ask(house), Visitor(house).come_in("ann")
    fields = {**form(ann, asked["review"], "approve"), "note": "checked\r\nby phone"}
    answers = [ann.post(f"/d/{asked['review']}", fields) for _ in range(3)]
    assert {(one.status_code, one.headers["location"]) for one in answers} == {(303, f"/d/{asked['review']}#standing")}
    assert status(house, asked) == "cleared"
    told = Page(ann.get(f"/d/{asked['review']}").text).text
    assert "You approved this" in told
    record = house.service.archive("default").review(asked["review"])
    assert record.decision
    assert (record.decision.note, record.decision.auth) == ("checked\nby phone", "link")


@pytest.mark.parametrize(("what", "reason"), [("reject", "rejected"), ("send_back", "changes_requested")])
def test_a_no_needs_a_reason(house: House, what: str, reason: str):
    asked, ann = ask(house), Visitor(house).come_in("ann")
    bare = send(ann, asked["review"], what, note="  ")
    assert (bare.status_code, "Say why" in bare.text) == (422, True)
    assert status(house, asked) == "held"
    assert send(ann, asked["review"], what, note="two charges").status_code == 303
    assert house.service.archive("default").action(asked["id"]).state.reason == reason


def test_looking_neither_decides_nor_claims(house: House):
    asked, ann = ask(house), Visitor(house).come_in("ann")
    fields = form(ann, asked["review"], "approve")
    size = house.service.archive("default").size()
    for path in ("", "/edit", "/record", "?do=approve", "/edit?do=edit"):
        assert ann.get(f"/d/{asked['review']}{path}").status_code == 200
    assert ann.client.get(f"/d/{asked['review']}", params=fields).status_code == 200
    assert house.service.archive("default").size() == size


def test_without_a_session_the_address_shows_nothing(house: House):
    asked = ask(house)
    for path in ("", "/edit", "/record"):
        answer = Visitor(house).get(f"/d/{asked['review']}{path}")
        assert (answer.status_code, answer.text) == (303, "")
        assert answer.headers["location"] == f"/login?next=/d/{asked['review']}{path}"
    sent = Visitor(house).post(f"/d/{asked['review']}", {"do": "approve", "key": "x"})
    assert (sent.status_code, "payments" in sent.text) == (401, False)


def test_what_was_written_is_given_back_where_the_session_ended_meanwhile(house: House):
    asked, ann = ask(house), Visitor(house).come_in("ann")
    fields = form(ann, asked["review"], "reject")
    house.company.accounts.sign_out(str(ann.client.cookies.get("handrail")))
    answer = ann.post(f"/d/{asked['review']}", {**fields, "note": "a <b>long</b> reason"})
    assert (answer.status_code, "a &lt;b&gt;long&lt;/b&gt; reason" in answer.text) == (401, True)
    assert f"/login?next=/d/{asked['review']}" in Page(answer.text).links()
    assert status(house, asked) == "held"


@pytest.mark.parametrize("change", [{"csrf": ""}, {"csrf": "0" * 64}, {"csrf": "é"}])
def test_a_form_without_the_sessions_token_is_refused(house: House, change: dict[str, str]):
    asked, ann = ask(house), Visitor(house).come_in("ann")
    answer = send(ann, asked["review"], "approve", **change)
    assert (answer.status_code, status(house, asked)) == (403, "held")


def test_a_form_of_another_site_decides_nothing(house: House):
    asked, ann = ask(house), Visitor(house).come_in("ann")
    fields = form(ann, asked["review"], "approve")
    for change in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert ann.post(f"/d/{asked['review']}", fields, **change).status_code == 403
    ann.own = {}
    assert ann.post(f"/d/{asked['review']}", fields).status_code == 403
    assert status(house, asked) == "held"


def test_high_risk_wants_the_arguments_read_and_critical_the_name_typed(house: House):
    ann, high, critical = Visitor(house).come_in("ann"), ask(house, risk="high"), ask(house, risk="critical")
    assert "tick the box" in send(ann, high["review"], "approve").text
    assert send(ann, high["review"], "approve", read="yes").status_code == 303
    assert "Type the action’s name" in send(ann, critical["review"], "approve", read="yes", name="payments").text
    assert status(house, critical) == "held"
    assert send(ann, critical["review"], "approve", read="yes", name=" payments.wire ").status_code == 303
    assert status(house, critical) == "cleared"


def test_the_arguments_are_edited_as_text_and_the_server_checks_them(house: House):
    asked, ann = ask(house), Visitor(house).come_in("ann")
    for text, said in (
        ('{"amount": 2000}', "1000"), ('{"amount": "620"}', "amount"), ("{amount}", "Nothing was sent"),
        ("[1]", "JSON object"),
        ('{"amount": 1, "amount": 2}', "amount"),
    ):  # fmt: skip
        answer = send(ann, asked["review"], "edit", "/edit", args=text)
        assert answer.status_code == 422, text
        assert said in Page(answer.text).text, Page(answer.text).text
        assert Page(answer.text).text.count(text), "what was written stays"
    assert send(ann, asked["review"], "edit", "/edit", args='{"amount": 600,\r\n "memo": "half"}').status_code == 303
    record = house.service.archive("default").action(asked["id"])
    assert (record.state.status, record.args) == ("cleared", '{"amount":600,"memo":"half"}')


def test_what_is_edited_has_no_character_that_is_not_seen(house: House):
    asked, ann = ask(house, args={"amount": 1, "memo": "a\u202eb\u200bc\n\U000e0041"}), Visitor(house).come_in("ann")
    page = ann.get(f"/d/{asked['review']}/edit").text
    assert r"a\u202eb\u200bc\n\udb40\udc41" in page
    assert "\u202e" not in page
    text = r'{"amount": 2, "memo": "a\u202eb\u200bc\n\udb40\udc41"}'
    assert send(ann, asked["review"], "edit", "/edit", args=text).status_code == 303
    assert "a\u202eb\u200bc\\n\U000e0041" in str(house.service.archive("default").action(asked["id"]).args)


def test_long_values_are_shown_whole_and_so_count_as_seen(house: House):
    asked, ann = ask(house, args={"amount": 1, "memo": "y" * 3_000}), Visitor(house).come_in("ann")
    fields = form(ann, asked["review"], "approve")
    assert fields["seen"] == ["args.memo"]
    unseen = ann.post(f"/d/{asked['review']}", {**fields, "seen": []})
    assert (unseen.status_code, status(house, asked)) == (409, "held")
    assert send(ann, asked["review"], "approve").status_code == 303


def test_a_question_is_answered_by_choosing(house: House):
    options = ["Acme, Berlin", "Acme, Wien", 3]
    review, ann = question(house, options=options), Visitor(house).come_in("ann")
    assert "Choose one" in send(ann, review, "answer").text
    assert send(ann, review, "answer", option="7").status_code == 422
    assert send(ann, review, "answer", option="2").status_code == 303
    record = house.service.archive("default").review(review)
    assert record.decision
    assert record.decision.value == 3
    assert "You answered" in Page(ann.get(f"/d/{review}").text).text


@pytest.mark.parametrize(
    ("schema", "wrong", "text", "value"),
    [({"type": "integer"}, "soon", " 12 ", 12), ({"type": "number"}, "x", "1.5", 1.5),
     ({"type": "boolean"}, "", "no", False), (None, "", "two\r\nlines", "two\nlines"),
     ({"type": "array", "items": {"type": "integer"}}, "[1", "[1, 2]", [1, 2]),
     ({"enum": ["a", "b"]}, "c", "b", "b")],
)  # fmt: skip
def test_a_question_is_answered_in_its_type(house: House, schema: Any, wrong: str, text: str, value: Any):
    review, ann = question(house, schema=schema), Visitor(house).come_in("ann")
    assert send(ann, review, "answer", value=wrong).status_code == 422
    assert send(ann, review, "answer", value=text).status_code == 303
    record = house.service.archive("default").review(review)
    assert record.decision
    assert record.decision.value == value


def test_who_comes_second_is_told_who_was_first_and_keeps_what_they_wrote(house: House):
    asked, ann, ben = ask(house), Visitor(house).come_in("ann"), Visitor(house).come_in("ben")
    late = form(ben, asked["review"], "reject")
    assert send(ann, asked["review"], "approve").status_code == 303
    answer = ben.post(f"/d/{asked['review']}", {**late, "note": "not this one"})
    assert answer.status_code == 409
    told = Page(answer.text).text
    assert "too late" in told
    assert "user:ann approved this" in told
    assert "not this one" in told
    assert status(house, asked) == "cleared"


def test_an_edit_meanwhile_makes_the_view_stale_and_nothing_is_decided(house: House):
    asked, ann, ben = (
        ask(house, declared={"quorum": [["any", 2]]}),
        Visitor(house).come_in("ann"),
        Visitor(house).come_in("ben"),
    )
    old = form(ben, asked["review"], "approve")
    assert send(ann, asked["review"], "edit", "/edit", args='{"amount": 5}').status_code == 303
    answer = ben.post(f"/d/{asked['review']}", old)
    assert (answer.status_code, "changed while you looked" in answer.text) == (409, True)
    assert status(house, asked) == "held"
    assert "1 more person has to agree" in Page(ann.get(f"/d/{asked['review']}").text).text
    assert send(ben, asked["review"], "approve").status_code == 303
    assert status(house, asked) == "cleared"


def test_after_the_deadline_it_is_told_and_nothing_is_decided(still: House):
    asked, ann = ask(still), Visitor(still).come_in("ann")
    old = form(ann, asked["review"], "approve")
    still.company.clock.advance("16m")
    answer = ann.post(f"/d/{asked['review']}", old)
    assert (answer.status_code, "too late" in answer.text) == (409, True)
    page = Page(ann.get(f"/d/{asked['review']}").text)
    assert not [one for one in page.forms if one["fields"].get("do") == ["approve"]]


def test_a_review_that_was_taken_back_says_so(house: House):
    key = house.company.key("bot")
    asked, ann = ask(house, key), Visitor(house).come_in("ann")
    old = form(ann, asked["review"], "approve")
    house("POST", f"/actions/{asked['id']}/withdraw", key, json={})
    assert "took this back" in ann.get(f"/d/{asked['review']}").text
    assert ann.post(f"/d/{asked['review']}", old).status_code == 409


def test_who_may_not_decide_is_told_the_rule_and_offered_no_form(house: House):
    asked = ask(house)
    for handle, said in (("out", "does not ask you"), ("eye", "permission")):
        visitor = Visitor(house).come_in(handle)
        page = Page(visitor.get(f"/d/{asked['review']}").text)
        assert not [one for one in page.forms if one["fields"].get("do") == ["approve"]]
        assert said in page.text, page.text
        fields = {"csrf": page.forms[0]["fields"]["csrf"], "do": "approve", "key": "k", "view": house.service.archive(
            "default").review(asked["review"]).state.view}  # fmt: skip
        answer = visitor.post(f"/d/{asked['review']}", fields)
        assert (answer.status_code, said in answer.text) == (403, True), answer.text
    assert status(house, asked) == "held"


def test_claims_and_comments_have_forms_of_their_own(house: House):
    asked, ann, ben = ask(house), Visitor(house).come_in("ann"), Visitor(house).come_in("ben")
    assert send(ann, asked["review"], "claim").status_code == 303
    assert "user:ann is at it" in Page(ben.get(f"/d/{asked['review']}").text).text
    assert "You are at it" in Page(ann.get(f"/d/{asked['review']}").text).text
    assert send(ann, asked["review"], "release").status_code == 303
    assert send(ben, asked["review"], "comment", note="  ").status_code == 422
    assert send(ben, asked["review"], "comment", note="is this the <b>old</b> account?").status_code == 303
    assert "is this the &lt;b&gt;old&lt;/b&gt; account?" in ann.get(f"/d/{asked['review']}").text
    assert status(house, asked) == "held"


def test_a_decision_can_be_taken_back_while_it_is_not_in_effect(house: House):
    asked, ann = ask(house, declared={"undo": "10m"}), Visitor(house).come_in("ann")
    assert send(ann, asked["review"], "approve").status_code == 303
    assert "until then it can be taken back" in Page(ann.get(f"/d/{asked['review']}").text).text
    assert send(ann, asked["review"], "revoke").status_code == 303
    assert status(house, asked) == "held"
    assert send(ann, asked["review"], "reject", note="no").status_code == 303


def test_a_form_that_asks_for_nothing_known_does_nothing(house: House):
    asked, ann = ask(house), Visitor(house).come_in("ann")
    for change in ({"do": "supply"}, {"do": "nonsense"}, {"do": ""}, {"key": ""}):
        answer = send(ann, asked["review"], "approve", **change)
        assert answer.status_code in (409, 422), change
    assert status(house, asked) == "held"
    unknown = ann.post("/d/rev_" + "0" * 26, form(ann, asked["review"], "approve"))
    assert unknown.status_code == 404


def test_the_list_holds_what_is_for_who_looks_and_leads_to_it(still: House):
    asked = [ask(still, risk=risk) for risk in ("low", "critical")]
    ann, out = Visitor(still).come_in("ann"), Visitor(still).come_in("out")
    links = [one for one in Page(ann.get("/d").text).links() if one.startswith("/d/rev_")]
    assert links == [f"/d/{asked[1]['review']}", f"/d/{asked[0]['review']}"]
    empty = out.get("/d").text
    assert "Nothing waits for you." in empty
    assert "2 reviews are open, for others" in empty
    assert len([one for one in Page(out.get("/d?view=open").text).links() if one.startswith("/d/rev_")]) == 2
    assert send(ann, asked[0]["review"], "reject", note="no").status_code == 303
    assert f"/d/{asked[0]['review']}" in Page(ann.get("/d?view=done").text).links()
    assert ann.get("/d?view=else").status_code == 422
    assert ann.get("/d?after=x").status_code == 422


def test_the_record_tells_what_was_decided_on_which_view_and_where_the_log_has_it(house: House):
    asked, ann = ask(house), Visitor(house).come_in("ann")
    assert send(ann, asked["review"], "reject", note="<i>no</i>").status_code == 303
    state = house.service.archive("default").review(asked["review"]).state
    page = ann.get(f"/d/{asked['review']}/record")
    told = Page(page.text).text
    for words in (state.view, state.bind, "user:ann", state.decision.by, "link", "<i>no</i>", asked["id"]):  # type: ignore[union-attr]
        assert words in told, words
    for event in house.service.archive("default").history(asked["review"]):
        assert f'<td class="num">{event.index}</td>' in page.text
        assert event.type in told


def test_hostile_text_in_every_place_stays_text(house: House):
    evil = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'</textarea></form>{{ 7*7 }}\u202e"
    asked = ask(
        house, args={"amount": 1, "memo": evil, evil: [evil, {evil: evil}]}, schema={}, risk="high",
        context={evil: evil}, story={"description": evil, evil: {evil: evil}},
    )  # fmt: skip
    ann = Visitor(house).come_in("ann")
    assert send(ann, asked["review"], "comment", note=evil).status_code == 303
    for path in ("", "/edit", "/record"):
        page = ann.get(f"/d/{asked['review']}{path}")
        assert page.status_code == 200
        kinds = {tag for tag, _ in Page(page.text).found}
        assert not kinds & {"script", "img", "iframe", "object", "style"}
        assert not [name for _, given in Page(page.text).found for name in given if name.startswith("on")]
        assert "\u202e" not in page.text
        assert "49" not in [word.strip() for word in Page(page.text).text.split("{{ 7*7 }}")]
    wrong = send(ann, asked["review"], "reject", note="")
    assert wrong.status_code == 422
    kept = send(ann, asked["review"], "approve", note=evil)
    assert kept.status_code == 422
    assert not {tag for tag, _ in Page(kept.text).found} & {"script", "img"}
