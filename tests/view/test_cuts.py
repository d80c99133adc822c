"""No secret shows through a cut of a long text, whatever its form and wherever it lies around the cuts."""

from __future__ import annotations

from hashlib import sha512

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.view.ends import BEHIND, HEAD, TAIL, WHOLE, ends, head
from handrail.view.masks import find


def opaque(size: int, digits: int = 36) -> str:
    """Characters none of whose runs comes twice."""
    letters = "0123456789abcdefghijklmnopqrstuvwxyz"[:digits]
    found = "".join(sha512(bytes([number])).hexdigest() for number in range(size // 64 + 1))
    return "".join(letters[int(found[at * 2 : at * 2 + 2], 16) % digits] for at in range(size))


FORMS = [
    ("-----BEGIN RSA PRIVATE KEY-----\n", opaque(1_600), "\n-----END RSA PRIVATE KEY-----"),
    ("-----BEGIN PRIVATE KEY-----\n", opaque(3_900), ""), ("AKIA", opaque(16).upper(), ""),
    ("ghp_", opaque(36), ""), ("github_pat_", opaque(80), ""), ("glpat-", opaque(20), ""),
    ("sk_live_", opaque(24), ""), ("whsec_", opaque(32), ""), ("sk-", opaque(48), ""), ("sk-", opaque(3_000), ""),
    ("AIza", opaque(35), ""), ("xoxb-", opaque(2_500), ""), ("xapp-", opaque(40), ""),
    ("https://hooks.slack.com/services/T01/", opaque(40), ""),
    ("https://discord.com/api/webhooks/12345/", opaque(60), ""), ("ya29.", opaque(2_100), ""),
    ("GOCSPX-", opaque(28), ""), ("dop_v1_", opaque(64, 16), ""), ("shpat_", opaque(32, 16), ""),
    ("lin_api_", opaque(40), ""), ("gsk_", opaque(50), ""), ("xai-", opaque(60), ""), ("glsa_", opaque(40), ""),
    ("sq0atp-", opaque(22), ""), ("figd_", opaque(40), ""), ("hvs.", opaque(90), ""), ("ntn_", opaque(46), ""),
    ("dapi", opaque(32, 16), ""), ("key-", opaque(32, 16), ""), ("AGE-SECRET-KEY-1", opaque(58).upper(), ""),
    ("AccountKey=", opaque(86), "=="), ("12345678:AA", opaque(33), ""), ("https://x.example/a?sig=", opaque(44), ""),
    ("https://x.example/a?sig=", opaque(2_100), ""), ("X-Amz-Signature=", opaque(64, 16), ""),
    ("curl -s " + "x" * 190 + " -u ann:", opaque(12), ""), ("curl --user ann:", opaque(1_100), ""),
    ("mysql -h " + "db " * 60 + "-p", opaque(12), ""), ("password is ", opaque(12), ""),
    ("passwort lautet" + " " * 70 + ": ", opaque(1_100), ""), ("npm_", opaque(36), ""), ("pypi-", opaque(2_000), ""),
    ("hf_", opaque(34), ""), (f"SG.{opaque(22)[::-1]}.", opaque(43), ""), ("eyJ", f"{opaque(40)}.{opaque(43)}", ""),
    ("eyJ", f"{opaque(3_900)}.{opaque(43)[::-1]}", ""), ("postgres://ann:", opaque(190), "@db.example/x"),
    ("Authorization: Basic ", opaque(40), ""), ("Authorization: Digest ", opaque(2_100), ""),
    ("authorization" + " " * 60 + "=" + " " * 60 + "token" + " " * 60, opaque(900), ""),
    ("Bearer ", opaque(40), ""), ("Bearer" + " " * 1_500, opaque(40), ""), ("--password ", opaque(12), ""),
    ("--api-key ", opaque(2_100), ""), ('"api_key"' + " " * 60 + ": '", opaque(20), "'"),
    ("secret_key = ", opaque(20), ""), ("password" + " " * 1_100 + "= ", opaque(12), ""),
    ("aws_secret_access_key = ", opaque(40), ""),
]  # fmt: skip
FILLS = st.sampled_from(["a calm word ", "x" * 30 + " ", "Z9. ", "line\n", "ä ", "- \t"])


def filled(fill: str, size: int) -> str:
    """So much of a text that means nothing, with a space at its end."""
    return (fill * (size // len(fill) + 1))[: size - 1] + " " if size > 0 else ""


def shows(said: str, secret: str) -> bool:
    """Whether 6 characters of a secret in a row can be read."""
    return any(secret[at : at + 6] in said for at in range(len(secret) - 5))


@pytest.mark.parametrize(("before", "secret", "after"), FORMS)
@settings(max_examples=40)
@given(
    where=st.sampled_from(["head", "tail", "window"]), place=st.integers(0, HEAD + 8), fill=FILLS,
    size=st.integers(WHOLE + 1, 10_000), end=st.sampled_from([" ", "\n", ""]),
)  # fmt: skip
def test_no_form_of_a_secret_shows_at_any_place_around_a_cut(
    before: str, secret: str, after: str, where: str, place: int, fill: str, size: int, end: str
):
    whole = before + secret + after
    if where == "head":
        text = filled(fill, place) + whole + " " + filled(fill, size)
    elif where == "tail":
        text = filled(fill, size) + whole + (end + filled(fill, place - 1) if place and end else "")
    else:
        text = filled(fill, size) + whole + " " + filled(fill, BEHIND + HEAD // 2 - place - len(whole))
    start = text.index(whole) + len(before)
    assert any(one.start <= start and start + len(secret) <= one.end for one in find(text)), "as a whole it is one"
    assert not shows(ends(text), secret)
    assert not shows(head(text, HEAD + TAIL), secret)
