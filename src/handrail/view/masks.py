"""Finds secrets in values, by their form or by the name of their key, and masks them for display.

Masking is display only: the digest that binds a decision covers the full value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import Literal

from .value import JSON, number

Sensitivity = Literal["", "likely", "always"]


@dataclass(frozen=True, slots=True)
class Found:
    """A secret within a text: characters `start` to `end`, and what it is in words."""

    start: int
    end: int
    what: str


class Masked(str):
    """A whole value that was masked; what a renderer shows without quotes."""

    __slots__ = ()


_NAMED = r"(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key)"
_EDGE = r"(?<![\w-])"
_START = r"(?<![A-Za-z0-9])"
_HEADER = r"(?i)\bauthorization\b[\"']?\s*[:=]\s*[\"']?(?:basic|bearer|digest|token)\s+([^\s\"']{8,})"
_NAMES = "passw pwd passphrase secret token api_key api-key apikey access_key access-key accesskey"
_FORMS = tuple(
    (hint, what, re.compile(form))
    for hints, what, form in (
        (
            "-----begin",
            "private key",
            r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [^-]{0,40}-----|\Z)",
        ),
        ("akia asia", "AWS access key", _START + r"(?:AKIA|ASIA)[0-9A-Z]{16}(?![A-Za-z0-9])"),
        ("ghp_ gho_ ghu_ ghs_ ghr_", "GitHub token", _START + r"gh[pousr]_[A-Za-z0-9]{20,}"),
        ("github_pat_", "GitHub token", _START + r"github_pat_\w{20,}"),
        ("glpat-", "GitLab token", _START + r"glpat-[\w-]{20,}"),
        ("k_live_ k_test_ whsec_", "Stripe key", _START + r"(?:[srp]k_(?:live|test)|whsec)_[A-Za-z0-9]{16,}"),
        ("sk-", "API key", _EDGE + r"sk-(?=[\w-]{0,200}\d)[\w-]{16,}"),
        ("aiza", "Google API key", _START + r"AIza[\w-]{30,}"),
        ("xox xapp-", "Slack token", _START + r"(?:xox[abeoprs]|xapp)-[\w-]{10,}"),
        ("hooks.slack.com/", "Slack webhook", r"hooks\.slack\.com/(?:services|workflows)/([\w/-]{20,})"),
        ("discord", "Discord webhook", r"discord(?:app)?\.com/api/webhooks/(\d+/[\w-]{20,})"),
        ("ya29. gocspx-", "Google token", _START + r"(?:ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,})"),
        (
            "dop_v1_ shpat_ shpss_ lin_api_ gsk_ xai- glsa_ sq0 figd_ hvs. ntn_ rk_",
            "API key",
            _START
            + (
                r"(?:dop_v1_[0-9a-f]{40,}|shp(?:at|ss|ca|pa)_[0-9a-fA-F]{32}|lin_api_\w{30,}|gsk_\w{30,}|xai-\w{30,}|glsa_\w{30,}"
                r"|sq0[a-z]{3}-[\w-]{22,}|figd_[\w-]{20,}|hvs\.[\w-]{20,}|ntn_\w{30,})"
            ),
        ),
        (
            "dapi key- age-secret-key",
            "API key",
            _START + r"(?:dapi[0-9a-f]{32}|key-[0-9a-f]{32}|AGE-SECRET-KEY-1[0-9A-Z]{50,})",
        ),
        ("accountkey=", "storage key", r"(?i)AccountKey=([\w+/]{40,}={0,2})"),
        (":aa", "bot token", r"(?<![\w:])\d{8,10}:AA[\w-]{33}(?![\w-])"),
        ("sig=", "signed address", r"[?&](?:sig|X-Amz-Signature|Signature)=([\w%+/=-]{20,})"),
        ("-amz-signature", "signed address", r"(?i)X-Amz-Signature=([0-9a-f]{40,})"),
        ("curl", "password option", r"\bcurl\b.{0,200}?\s(?:-u|--user)[ =]?[\"']?([^\s:\"']{1,80}:[^\s\"'@]{3,})"),
        ("mysql", "password option", r"\bmysql(?:dump|admin)?\b.{0,200}?\s-p([^\s-]\S{3,})"),
        (
            "password kennwort passwort",
            "named secret",
            r"(?i)\b(?:password|passwort|kennwort)\s+(?:is|ist|lautet)\s*:?\s*[\"']?((?=\S{0,60}\d)[^\s\"',;]{6,})",
        ),
        ("npm_ pypi- hf_", "registry token", _START + r"(?:(?:npm|hf)_[A-Za-z0-9]{30,}|pypi-[\w-]{40,})"),
        ("sg.", "SendGrid key", _EDGE + r"SG\.[\w-]{16,100}\.[\w-]{16,}"),
        ("eyj", "signed token (JWT)", _EDGE + r"eyJ[\w-]{8,4000}\.[\w-]{8,}(?:\.[\w-]*)*"),
        ("://", "password in an address", r"://[^\s/:@]{0,200}:([^\s/@]{1,200})@"),
        ("authorization", "credential in a header", _HEADER),
        ("bearer", "credential in a header", r"(?i)\bbearer\s+((?=[\w.~+/=-]{0,200}\d)[\w.~+/=-]{12,})"),
        (_NAMES, "password option", r"(?<!\S)--(?:password|passwd|token|secret|api-key)[ =]([^\s<$-]\S{3,})"),
        (_NAMES, "named secret", rf"(?i)(?<![a-z]){_NAMED}[\"']\s*:\s*[\"']([^\"'\s]{{4,}})"),
        (
            _NAMES,
            "named secret",
            rf"(?i)(?<![a-z]){_NAMED}\s*[=:]\s*[\"']?((?=[^\s\"';,&]{{0,200}}\d)[^\s\"';,&]{{6,}})",
        ),
        (
            "aws_secret secretaccesskey",
            "AWS secret key",
            r"(?i)secret_?access_?key\W{1,5}([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])",
        ),
    )
    for hint in hints.split()
)
"""Each form with a hint that its lower-cased text holds; a group marks the secret within its surroundings."""


def _by_sign(hints: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the hints by a sign that they contain and that is rare in prose, and by none those of letters alone."""
    found: dict[str, dict[str, None]] = {"": {}}
    for hint in hints:
        sign = next((char for char in "_-/=:." if char in hint), "")
        found.setdefault(sign, {})[hint] = None
    return {sign: tuple(own) for sign, own in found.items()}


_HINTS = _by_sign(hint for hint, _, _ in _FORMS)


def suspected(text: str) -> bool:
    """Say quickly that a text may hold a secret by its form; `find` decides."""
    holds = text.lower().__contains__
    return any(any(map(holds, hints)) for sign, hints in _HINTS.items() if sign in text)


_ALWAYS = frozenset({
    "password", "passwords", "passwd", "pwd", "passphrase", "secret", "secrets", "apikey", "apikeys", "privatekey",
    "secretkey", "accesskey", "cvv", "cvc", "otp", "authorization", "api key", "api keys", "private key",
    "secret key", "access key", "signing key", "encryption key", "hmac key", "master key", "passcode", "passwort",
    "kennwort", "contrasena", "senha", "mnemonic", "seed phrase", "recovery phrase", "db pass",
    "smtp pass", "mysql pass", "user pass", "admin pass", "root pass", "de passe", "motdepasse", "recovery codes",
    "backup codes",
})  # fmt: skip
_LIKELY = frozenset({
    "token", "tokens", "pass", "pw", "credential", "credentials", "cookie", "cookies", "jwt", "bearer", "session",
    "sessionid",
})  # fmt: skip
_SUFFIX = frozenset({
    "value", "confirm", "confirmation", "confirmed", "hash", "plain", "plaintext", "text", "b64", "base64", "new",
    "old", "current",
})  # fmt: skip
"""Words of a name, or two together, that say secret; and words after them that change nothing."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_REFERENCE = re.compile(
    r"\$\{?[A-Z_][A-Z0-9_]*\}?|\$\{\{[^{}]*\}\}|\{\{[^{}]*\}\}|<[^<>]*>|[*•]+|(?i:none|null|redacted|true|false)"
    r"|(?:vault|op|env|arn|secret|secrets|keyring|ssm|aws-sm|gcp-sm):\S*"
).fullmatch
_OPAQUE = re.compile(r"(?=\S*\d)(?=\S*[A-Za-z])[\w.~+/=:%-]{16,}").fullmatch


def sensitive(key: str) -> Sensitivity:
    """Say whether a key's last words name a secret: always one, or one when the value looks random."""
    return _sensitive(key) if len(key) <= 64 else _judge(key[-64:])


def _judge(key: str) -> Sensitivity:
    words = [word.lower() for word in _WORDS.findall(key)]
    while words and (words[-1] in _SUFFIX or words[-1].isdecimal()):
        words.pop()
    if not words:
        return ""
    if words[-1] in _ALWAYS or " ".join(words[-2:]) in _ALWAYS:
        return "always"
    return "likely" if words[-1] in _LIKELY else ""


_sensitive = lru_cache(maxsize=4096)(_judge)


def find(text: str, sensitivity: Sensitivity = "", until: int | None = None) -> tuple[Found, ...]:
    """Return the secrets in a text, in order; the whole text when its key says so. With `until`, those alone whose form
    begins before that character."""
    if sensitivity and _named(text, sensitivity):
        return (Found(0, len(text), "named like a secret"),)
    if len(text) < 8 or not suspected(text):
        return ()
    lower = text.lower()
    forms = {form: what for hint, what, form in _FORMS if hint in lower}
    found = sorted(
        (
            Found(*match.span(match.lastindex or 0), what)
            for form, what in forms.items()
            for match in takewhile(lambda match: until is None or match.start() < until, form.finditer(text))
        ),
        key=lambda secret: (secret.start, -secret.end),
    )
    return tuple(_apart(found))


def whole(found: tuple[Found, ...], text: str) -> bool:
    """Say whether a text is one secret from end to end."""
    return len(found) == 1 and found[0].start == 0 and found[0].end == len(text)


def _apart(found: list[Found]) -> Iterator[Found]:
    """Yield findings that do not overlap, the longer of two with one start first; an overlap joins its predecessor."""
    joined: Found | None = None
    for secret in found:
        if joined and secret.start < joined.end:
            joined = Found(joined.start, max(joined.end, secret.end), joined.what)
            continue
        if joined:
            yield joined
        joined = secret
    if joined:
        yield joined


def _named(text: str, sensitivity: Sensitivity) -> bool:
    if not text or _REFERENCE(text):
        return False
    return sensitivity == "always" or _OPAQUE(text) is not None


def cover(text: str) -> str:
    """Return what stands for a secret: its last 2 characters if it has 16 or more, and its length."""
    tail = text[-2:] if len(text) >= 16 and text[-2:].isascii() and text[-2:].isalnum() else ""
    return f"••••••••{tail} ({len(text):,} character{'' if len(text) == 1 else 's'})"


def mask(value: JSON, *, key: str = "") -> JSON:
    """Return the value for display with every secret masked; the digest still binds the full value.

    Fields of a container whose key always names a secret are secrets too.
    """
    return _mask(value, sensitive(key) if key else "")


def _mask(value: JSON, sensitivity: Sensitivity) -> JSON:
    match value:
        case str():
            return _mask_text(value, sensitivity)
        case None | bool():
            return value
        case int() | float():
            return Masked(cover(number(value))) if sensitivity == "always" else value
        case Mapping():
            inherited: Sensitivity = "always" if sensitivity == "always" else ""
            return {key: _mask(child, inherited or sensitive(key)) for key, child in value.items()}
        case _:
            return [_mask(child, sensitivity) for child in value]


def _mask_text(text: str, sensitivity: Sensitivity) -> str:
    shown = conceal(text, sensitivity)
    return Masked(shown.text) if shown.whole else shown.text


@dataclass(frozen=True, slots=True)
class Concealed:
    """A text with its secrets covered: where the covers stand, and whether nothing else is left."""

    text: str
    covers: tuple[tuple[int, int], ...] = ()
    whole: bool = False


def conceal(text: str, sensitivity: Sensitivity = "") -> Concealed:
    """Return the text with every secret in it covered."""
    found = find(text, sensitivity)
    out, last = "", 0
    covers: list[tuple[int, int]] = []
    for secret in found:
        out += text[last : secret.start]
        covers.append((len(out), len(out) + len(cover(text[secret.start : secret.end]))))
        out += cover(text[secret.start : secret.end])
        last = secret.end
    return Concealed(out + text[last:], tuple(covers), whole(found, text))
