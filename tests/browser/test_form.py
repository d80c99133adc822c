"""Editing in a real browser: what a person changes is changed, and not a byte more."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from handrail.codec.canonical import canonical
from tests.server.house import House
from tests.web.tables import actions

from . import desk
from .chromium import AXE, LOOKS, NARROWEST, TAGS, fits, size_of
from .desk import question, staffed
from .reading import at, settled, sheet, told

ACTIONS: Final = {action["name"]: action for action in actions()}
TOKEN: Final = "sk-" + "proj-Abc123Def456Ghi789Jkl012Mno345"
MEMO: Final = {"type": "string", "maxLength": 40}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with staffed(tmp_path_factory.mktemp("form") / "a.db", demo=True) as found:
        yield found


def ask(house: House, args: Any, schema: Any) -> tuple[str, str]:
    """An agent asks; the ids of the action and of its review."""
    review = desk.ask(house, args=args, schema=schema, risk="low")
    return sheet(house, review)["row"]["action"], review


def stored(house: House, action: str) -> str:
    """The bytes of the arguments that would run."""
    found: str = house("GET", f"/actions/{action}", house.session("ann")).json()["args"]
    return found


def answered(house: House, review: str) -> Any:
    """What the agent got as the answer of a question."""
    action = sheet(house, review)["row"]["action"]
    return house("GET", f"/actions/{action}", house.session("ann")).json()["outcome"]["value"]["value"]


@asynccontextmanager
async def editing(chromium: Browser, house: House, review: str, **options: Any) -> AsyncIterator[Page]:
    """The page with the form open and its first field focused."""
    async with at(chromium, house, review, **options) as page:
        await page.keyboard.press("e")
        await expect(form(page)).to_be_visible()
        yield page


def together(*names: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """One schema and its arguments: those of all these actions, each under its name, and a memo."""
    shared: dict[str, Any] = {}
    for name in names:
        shared |= ACTIONS[name]["schema"].get("$defs", {})
    own = {name: {key: each for key, each in ACTIONS[name]["schema"].items() if key != "$defs"} for name in names}
    schema = {"type": "object", "properties": own | {"memo": MEMO}, "$defs": shared, "required": [*names]}
    return schema, {name: ACTIONS[name]["args"] for name in names}


def form(page: Page) -> Locator:
    return page.get_by_role("region", name="Edit", exact=True)


async def accessible(page: Page, view: str) -> None:
    """Hold the form to what axe-core asks of it, wide and light, narrow and dark; at the narrowest it still fits."""
    for width, scheme in LOOKS:
        await page.set_viewport_size(size_of(width))
        await page.emulate_media(color_scheme=scheme)
        await page.evaluate(AXE.read_text(encoding="utf-8"))
        found = await page.evaluate(
            "(tags) => axe.run('.form', { runOnly: { type: 'tag', values: tags } }).then((run) => "
            "run.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))",
            TAGS,
        )
        assert found == [], f"{view} {width} {scheme}"
        await fits(page, f"{view} {width}")
    await page.set_viewport_size(size_of(NARROWEST))
    await fits(page, f"{view} {NARROWEST}")


async def approve(page: Page, edits: str = "1 edit") -> None:
    await page.get_by_role("button", name=f"Approve with {edits}").click()
    await told(page, "was approved")


async def test_an_edit_of_one_argument_leaves_all_others_byte_for_byte(chromium: Browser, house: House):
    schema, args = together(*ACTIONS)
    made, review = ask(house, args | {"memo": "before"}, schema)
    async with editing(chromium, house, review) as page:
        await form(page).get_by_label("memo", exact=True).fill("after")
        await approve(page)
    assert stored(house, made) == canonical(args | {"memo": "after"})


NUMBERS: Final = ACTIONS["numbers"]


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("small", "42", 42),
        ("small", "9007199254740993", "9007199254740993"),
        ("big", "7", 7),
        ("real", "2", 2),
        ("real", "-0.25", -0.25),
        ("whole", "1e17", "1e+17"),
    ],
)
async def test_what_is_typed_has_the_type_of_the_schema(
    chromium: Browser, house: House, field: str, typed: str, value: Any
):
    made, review = ask(house, NUMBERS["args"], NUMBERS["schema"])
    async with editing(chromium, house, review) as page:
        await form(page).get_by_label(field, exact=True).fill(typed)
        await approve(page)
    assert stored(house, made) == canonical(NUMBERS["args"] | {field: value})


async def test_a_text_of_digits_stays_a_text_and_its_hidden_characters_stay(chromium: Browser, house: House):
    args = {"code": "42", "name": "pay\u200bpal\r\n\u202eend"}
    schema = {"type": "object", "properties": {"code": {}, "name": {"type": "string"}}}
    made, review = ask(house, args, schema)
    async with editing(chromium, house, review) as page:
        await form(page).get_by_label("code", exact=True).fill("43")
        name = form(page).get_by_label("name", exact=True)
        await expect(name).to_have_value("pay⟨U+200B⟩pal⟨U+000D⟩\n⟨U+202E⟩end")
        await name.press("Control+End")
        await name.press_sequentially("!")
        await approve(page, "2 edits")
    assert json.loads(stored(house, made)) == {"code": "43", "name": args["name"] + "!"}


async def test_what_does_not_fit_is_said_at_the_field_and_cannot_be_approved(chromium: Browser, house: House):
    action = ACTIONS["bounded"]
    made, review = ask(house, action["args"], action["schema"])
    async with editing(chromium, house, review) as page:
        amount = form(page).get_by_label("amount", exact=True)
        await amount.fill("500.01")
        await expect(amount).to_have_attribute("aria-invalid", "true")
        await expect(amount).to_have_accessible_description(re.compile("Must be at most 500[.]"))
        await expect(page.get_by_role("button", name="Approve with")).to_be_disabled()
        await amount.fill("500.00")
        await expect(amount).to_have_attribute("aria-invalid", "false")
        count = form(page).get_by_label("count", exact=True)
        await count.fill("three")
        await expect(count).to_have_accessible_description(re.compile("Must be a whole number: digits"))
        await expect(page.get_by_role("button", name="Approve with")).to_be_disabled()
        await count.fill("3")
        await approve(page)
    assert json.loads(stored(house, made)) == action["args"] | {"amount": "500.00"}


async def test_what_only_the_server_finds_is_said_at_the_field_and_the_edit_is_kept(chromium: Browser, house: House):
    schema = {
        "type": "object",
        "properties": {"to": {"type": "string"}, "odd": {"type": "integer", "not": {"multipleOf": 2}}},
    }
    made, review = ask(house, {"to": "ann", "odd": 1}, schema)
    async with editing(chromium, house, review, expected=(422,)) as page:
        odd = form(page).get_by_label("odd", exact=True)
        await odd.fill("4")
        await page.get_by_role("button", name="Approve with 1 edit").click()
        await expect(odd).to_have_attribute("aria-invalid", "true")
        await expect(odd).to_have_value("4")
        await form(page).get_by_role("link", name="odd").click()
        await expect(odd).to_be_focused()
        await odd.fill("5")
        await expect(odd).to_have_attribute("aria-invalid", "false")
        await approve(page)
    assert json.loads(stored(house, made)) == {"to": "ann", "odd": 5}


async def test_a_covered_secret_is_nowhere_on_the_page_and_kept(chromium: Browser, house: House):
    args = {"memo": "before", "api_key": TOKEN}
    schema = {"type": "object", "properties": {"memo": MEMO, "api_key": {"type": "string"}}}
    made, review = ask(house, args, schema)
    async with editing(chromium, house, review) as page:
        await form(page).get_by_label("memo", exact=True).fill("after")
        for view in ("JSON", "Difference", "Form"):
            await form(page).get_by_role("button", name=view).click()
            assert TOKEN not in await page.content()
            values = await page.locator("input, textarea").evaluate_all("(all) => all.map((one) => one.value)")
            assert not any(TOKEN in value for value in values)
        await form(page).get_by_role("button", name="JSON").click()
        source = form(page).get_by_label("JSON", exact=True)
        await source.fill((await source.input_value()).replace("after", "at last"))
        await approve(page)
    assert json.loads(stored(house, made)) == args | {"memo": "at last"}


async def test_a_covered_secret_can_be_replaced(chromium: Browser, house: House):
    schema = {"type": "object", "properties": {"api_key": {"type": "string"}}}
    made, review = ask(house, {"api_key": TOKEN}, schema)
    async with editing(chromium, house, review) as page:
        await form(page).get_by_role("button", name="Replace api_key").click()
        await page.keyboard.type("another")
        await approve(page)
    assert json.loads(stored(house, made)) == {"api_key": "another"}


async def test_what_was_begun_is_there_after_a_reload_also_broken_json(chromium: Browser, house: House):
    made, review = ask(house, {"memo": "before"}, {"type": "object", "properties": {"memo": MEMO}})
    async with editing(chromium, house, review) as page:
        await form(page).get_by_role("button", name="JSON").click()
        source = form(page).get_by_label("JSON", exact=True)
        await source.fill('{\n  "memo": "after",\n  "memo": 1\n}')
        await expect(source).to_have_accessible_description(
            'Line 3, column 3 The key "memo" is in this object twice. Keep one.'
        )
        await page.reload()
        await settled(page)
        if not await form(page).is_visible():
            await page.keyboard.press("e")
        await expect(source).to_have_value('{\n  "memo": "after",\n  "memo": 1\n}')
        await source.fill('{ "memo": "after" }')
        await expect(source).to_have_value('{ "memo": "after" }')
        await approve(page)
    assert stored(house, made) == '{"memo":"after"}'


async def test_lists_and_maps_are_edited_with_the_keyboard_alone(chromium: Browser, house: House):
    schema = {
        "type": "object",
        "properties": {
            "names": {"type": "array", "items": {"type": "string"}},
            "limits": {"type": "object", "additionalProperties": {"type": "integer"}},
        },
        "required": ["names", "limits"],
    }
    made, review = ask(house, {"names": ["a", "b"], "limits": {"eu": 1}}, schema)
    async with editing(chromium, house, review) as page:
        await form(page).get_by_role("button", name="Add to names").press("Enter")
        await page.keyboard.type("c")
        await form(page).get_by_role("button", name="Move names 3 up").press("Enter")
        await expect(form(page).get_by_role("button", name="Move names 2 up")).to_be_focused()
        await page.keyboard.press("Enter")
        await form(page).get_by_role("button", name="Remove names 3").press("Enter")
        await expect(form(page).get_by_role("button", name="Remove names 2")).to_be_focused()
        await form(page).get_by_label("New name in limits").focus()
        await page.keyboard.type("us")
        await page.keyboard.press("Enter")
        await expect(form(page).get_by_label("us", exact=True)).to_be_focused()
        await page.keyboard.type("7")
        await page.keyboard.press("Control+Enter")
        await expect(form(page)).to_have_count(0)
        await page.keyboard.press("a")
        await told(page, "was approved")
    assert json.loads(stored(house, made)) == {"names": ["c", "a"], "limits": {"eu": 1, "us": 7}}


async def test_each_edit_can_be_taken_back(chromium: Browser, house: House):
    args = {"a": "one", "b": [1, 2, 3]}
    schema = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"items": {"type": "integer"}}}}
    _, review = ask(house, args, schema)
    async with editing(chromium, house, review) as page:
        first = form(page).get_by_label("a", exact=True)
        await first.fill("two")
        await form(page).get_by_role("button", name="Undo the edit of a").click()
        await expect(first).to_have_value("one")
        await expect(first).to_be_focused()
        await form(page).get_by_role("button", name="Remove b 2").click()
        await page.evaluate("document.activeElement.blur()")
        await page.keyboard.press("f")
        await page.keyboard.press("f")
        await expect(form(page).get_by_role("listitem")).to_have_count(1)
        await form(page).get_by_role("button", name="Undo the change of b").click()
        await expect(form(page)).to_contain_text("No difference.")


async def test_a_union_changes_its_kind_and_keeps_what_fits(chromium: Browser, house: House):
    action = ACTIONS["discriminated"]
    made, review = ask(house, action["args"], action["schema"])
    async with editing(chromium, house, review) as page:
        await form(page).get_by_label("Kind of payment").select_option("Cash")
        await form(page).get_by_label("till", exact=True).fill("12")
        await page.get_by_role("button", name="Approve with").click()
        await told(page, "was approved")
    assert json.loads(stored(house, made)) == {"payment": {"kind": "cash", "till": 12}}


@pytest.mark.nightly
async def test_the_form_is_accessible_at_every_width_light_and_dark(chromium: Browser, house: House):
    schema, args = together(
        "models", "recursive", "discriminated", "optionals", "keyed_maps", "untyped", "tuples", "binary"
    )
    schema["properties"] |= {"hostile": MEMO, "odd": {"not": {}}, "wrong": {"type": "integer"}}
    args |= {"hostile": "pay\u202e\u200b\n" + "x" * 300, "api_key": TOKEN, "odd": 1, "wrong": "x"}
    _, review = ask(house, args, schema)
    async with editing(chromium, house, review) as page:
        for view in ("Form", "JSON", "Difference"):
            await form(page).get_by_role("button", name=view).click()
            await accessible(page, view)
        await form(page).get_by_role("button", name="JSON").click()
        await form(page).get_by_label("JSON", exact=True).fill("{broken")
        await accessible(page, "broken JSON")


@pytest.mark.parametrize(("key", "answer"), [("1", "7"), ("2", '"7"')])
async def test_an_option_is_chosen_by_its_number_and_keeps_its_type(
    chromium: Browser, house: House, key: str, answer: str
):
    review = question(house, options=[7, "7"])
    async with at(chromium, house, review) as page:
        await page.keyboard.press(key)
        await expect(page.get_by_role("radio").nth(int(key) - 1)).to_be_checked()
        await page.keyboard.press("a")
        await told(page, "Answered")
    assert canonical(answered(house, review)) == answer


async def test_a_question_is_answered_in_a_form_of_its_type(chromium: Browser, house: House):
    action = ACTIONS["model"]
    schema = action["schema"]["properties"]["line"] | {"$defs": action["schema"]["$defs"]}
    review = question(house, schema=schema)
    async with at(chromium, house, review) as page:
        answer = page.get_by_role("region", name="Answer", exact=True)
        await expect(page.get_by_role("button", name="Answer", exact=True)).to_be_disabled()
        await answer.get_by_label("text", exact=True).fill("Paper")
        await answer.get_by_label("price", exact=True).fill("12.50")
        await page.get_by_role("button", name="Answer", exact=True).click()
        await told(page, "Answered")
    assert answered(house, review) == {"text": "Paper", "price": "12.50"}
