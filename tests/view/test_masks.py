"""Secrets are covered wherever they stand; the rest of a value stays as it is."""

from __future__ import annotations

import json

import pytest

from handrail.view.masks import Masked, conceal, cover, find, mask, sensitive

from .corpus import AWS, GITHUB, PEM, SECRETS, Case


@pytest.mark.parametrize("case", SECRETS, ids=lambda case: case.name)
def test_no_secret_is_left_in_a_masked_value(case: Case) -> None:
    shown = json.dumps(mask(case.value), ensure_ascii=False)
    assert "••••••••" in shown
    assert not any(secret in shown for secret in case.unseen)


def test_a_cover_tells_the_length_and_of_long_secrets_the_end() -> None:
    assert cover(GITHUB) == "••••••••R8 (40 characters)"
    assert cover("hunter2") == "•••••••• (7 characters)"


def test_only_the_secret_is_covered() -> None:
    masked = mask({"dsn": "postgres://app:s3cr3tpw@db/x", "n": 1, "ok": [True, None, 2.5]})
    assert masked == {"dsn": "postgres://app:•••••••• (8 characters)@db/x", "n": 1, "ok": [True, None, 2.5]}


def test_everything_under_a_secret_name_is_covered() -> None:
    masked = mask({"secrets": {"a": "x", "b": [1, {"c": "y"}]}})
    assert masked == {"secrets": {"a": cover("x"), "b": [cover("1"), {"c": cover("y")}]}}


def test_a_whole_secret_is_marked_as_masked() -> None:
    masked = mask({"key": AWS, "note": f"see {AWS}"})
    assert isinstance(masked, dict)
    assert isinstance(masked["key"], Masked)
    assert not isinstance(masked["note"], Masked)


def test_the_value_itself_is_untouched() -> None:
    value = {"password": "hunter2", "list": [AWS]}
    mask(value)
    assert value == {"password": "hunter2", "list": [AWS]}


@pytest.mark.parametrize(
    "key", ["password", "DB_PASSWORD", "dbPassword", "api_key", "X-API-Key", "clientSecret", "new_password_2"]
)
def test_names_of_secrets(key: str) -> None:
    assert sensitive(key) == "always"


@pytest.mark.parametrize(
    "key", ["secretary", "password_reset_url", "secret_name", "keyboard", "max_token_count", "apikeyboard", ""]
)
def test_names_that_only_sound_secret(key: str) -> None:
    assert sensitive(key) == ""


def test_overlapping_findings_are_one() -> None:
    (found,) = find(f"token={AWS}")
    assert (found.start, found.end) in ((6, 26), (0, 26))


def test_several_secrets_in_one_text() -> None:
    assert [secret.what for secret in find(f"{AWS} and {GITHUB} and {PEM}")] == [
        "AWS access key",
        "GitHub token",
        "private key",
    ]


@pytest.mark.parametrize("call", ["curl -u ann:{} https://x.example", "mysql -h db -p{} shop"])
def test_each_of_two_calls_in_one_line_has_its_password_covered(call: str):
    said = conceal(f"{call.format('hunter22')}; {call.format('hunter33')}").text
    assert "hunter" not in said
