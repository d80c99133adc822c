"""A text on one row: its ends. However long it is, no more is searched than a secret at either end needs."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from .escape import quoted, visible
from .masks import Concealed, Sensitivity, conceal, find

SHORT: Final = 64
"""Characters of a text that is shown whole."""
HEAD: Final = 40
TAIL: Final = 16
"""Characters that stay of a longer one."""
WHOLE: Final = 4_096
"""Characters of a text that is searched whole."""
AHEAD: Final = 6_000
"""Characters behind a secret's first that say whether it is one: no form asks for more than some 4,000."""
BEHIND: Final = 2_048
"""Characters at the end in which its last words, and what may introduce them as a secret, have to lie."""
INTRODUCED: Final = 1_024
"""Characters before a word that may introduce it: no form has more while its gaps are shorter than `_GAP`."""
COVER: Final = "⟨••••••••⟩"
LEFT_OUT: Final = "⟨…⟩"
_GAP: Final = re.compile(r"\s{64}")
_KEY_ENDS: Final = re.compile("-----END [^-]{0,40}-----")


def ends(text: str, sensitivity: Sensitivity = "") -> str:
    """Return a text in quotes with its secrets covered, of a long one both ends. In doubt an end is covered."""
    if len(text) > WHOLE:
        return COVER if sensitivity else f'"{head(text, HEAD, _inner)}{LEFT_OUT}{_tail(text)}"'
    hidden = conceal(text, sensitivity)
    if hidden.whole:
        return f"⟨{hidden.text}⟩"
    start, stop = _middle(hidden)
    middle = LEFT_OUT if stop > start else ""
    return f'"{_inner(hidden.text[:start])}{middle}{_inner(hidden.text[stop:])}"'


def head(text: str, most: int, draw: Callable[[str], str] = visible) -> str:
    """Return the first characters of a text in drawn form; of a secret that begins among them, its cover."""
    out, last = "", 0
    for secret in find(text[: most + AHEAD], until=most):
        out += draw(text[last : secret.start]) + COVER
        last = secret.end
    return out + draw(text[last:most])


def _middle(hidden: Concealed) -> tuple[int, int]:
    """Where the middle begins and ends that is left out, no cover cut."""
    size = len(hidden.text)
    if size <= SHORT:
        return size, size
    start = max([HEAD, *(end for begin, end in hidden.covers if begin < HEAD)])
    return start, max(start, min([size - TAIL, *(begin for begin, end in hidden.covers if end > size - TAIL)]))


def _tail(text: str) -> str:
    """The last characters, or a cover where a secret may reach into them that begins too far before."""
    window, out = text[-BEHIND:], ""
    last = len(window) - TAIL
    if _in_doubt(text, window[:last]):
        return COVER
    for secret in find(window):
        if secret.end > last:
            out += _inner(window[last : max(last, secret.start)]) + COVER
            last = secret.end
    return out + _inner(window[last:])


def _in_doubt(text: str, before: str) -> bool:
    word = next((at for at in range(len(before) - 1, -1, -1) if before[at].isspace()), 0)
    if word < INTRODUCED or _GAP.search(before):
        return True
    key = text.rfind("-----BEGIN ")
    return key >= 0 and _KEY_ENDS.search(text, key, len(text) - TAIL) is None


def _inner(text: str) -> str:
    return quoted(text)[1:-1]
