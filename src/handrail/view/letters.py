"""What a text's characters hide or imitate: unseen ones, direction overrides, look-alikes, mixed scripts."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from .columns import clip
from .escape import MOST_MARKS, escaped, kind, visible
from .lookalikes import LOOKALIKE
from .words import count

Sign = tuple[str, str]
"""A flag's code and its words, before the place is known."""

BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_USUAL_SPACES = frozenset("\u00a0\u202f\u3000")
_JOINERS = "\u200c\u200d"
_CONTROLS = re.compile("\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_NATIONS = "|".join("".join(chr(0xE0000 + ord(char)) for char in code) for code in ("gbeng", "gbsct", "gbwls"))
_NATIONAL_FLAGS = re.compile(f"\U0001f3f4(?:{_NATIONS})\U000e007f")
"""The flags of England, Scotland and Wales: the only emoji that need tag characters."""

_WORD = re.compile(r"[^\W_]+")
_CJK = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC"})
_WITH_LATIN = frozenset({
    "CJK", "ARABIC", "BENGALI", "DEVANAGARI", "ETHIOPIC", "GEORGIAN", "GUJARATI", "GURMUKHI", "HEBREW", "KANNADA",
    "KHMER", "LAO", "MALAYALAM", "MYANMAR", "ORIYA", "SINHALA", "TAMIL", "TELUGU", "THAANA", "THAI", "TIBETAN",
})  # fmt: skip
"""Scripts whose words may carry Latin letters (UTS 39, moderately restrictive)."""


def signs(text: str) -> Iterator[Sign]:
    """Yield what the characters of a text that is not plain printable ASCII hide or imitate."""
    yield from _unseen(text)
    if not text.isascii():
        yield from _imitating(text)


def _unseen(text: str) -> Iterator[Sign]:
    controls = Counter(match.group() for match in _CONTROLS.finditer(text))
    if controls:
        note = " ESC starts terminal commands." if "\x1b" in controls else ""
        yield "control", f"{_told(controls, 'control character')}.{note}"
    if text.isascii():
        return
    turns = Counter(char for char in text if char in BIDI)
    if turns:
        yield "bidi", f"{_told(turns, 'character')}. Such characters change the order of what is read."
    found = Counter(_invisible(_NATIONAL_FLAGS.sub("", text)))
    if found:
        yield "invisible", f"{_told(found, 'character')} that cannot be seen or read."
    if piled := _piled(text):
        yield "invisible", f"{piled} combining marks piled on one letter."


def _told(found: Counter[str], noun: str) -> str:
    kinds = ", ".join(escaped(char, named=True) for char, _ in found.most_common(3))
    return f"{count(found.total(), noun)} ({kinds}{', …' if len(found) > 3 else ''})"


def _invisible(text: str) -> Iterator[str]:
    """Yield unseen characters, but not those that emoji, joined scripts and typography need."""
    for index, char in enumerate(text):
        if char.isascii() or kind(char) != "hidden" or char in "⟨⟩⏎⇥" or char in BIDI:
            continue
        if char in _USUAL_SPACES or char < "\xa0" or _needed(text, index):
            continue
        yield char


def _needed(text: str, index: int) -> bool:
    char, before, after = text[index], text[index - 1 : index], text[index + 1 : index + 2]
    if not before:
        return False
    if "\ufe0e" <= char <= "\ufe0f":
        if before in "0123456789#*":
            return after == "\u20e3"
        return before != "\ufe0f" and (
            _pictured(before) or before in "‼⁉\u2139\u3030\u303d" or unicodedata.category(before) == "Sm"
        )
    if "\U000e0100" <= char <= "\U000e01ef":
        return script(before) == "CJK"
    if char not in _JOINERS or not after:
        return char == "\u2800" and "BRAILLE" in unicodedata.name(before, "") and before != char
    if char == "\u200d" and _pictured(before) and _pictured(after):
        return True
    if after in _JOINERS:
        return False
    return unicodedata.combining(before) == 9 or (char == "\u200c" and script(before) == script(after) == "ARABIC")


def _pictured(char: str) -> bool:
    return unicodedata.category(char) == "So" or char == "\ufe0f" or "\U0001f3fb" <= char <= "\U0001f3ff"


def _piled(text: str) -> int:
    """Return the most combining marks on one base if they are more than are drawn, else 0."""
    most = run = 0
    for char in text:
        run = run + 1 if unicodedata.category(char)[0] == "M" and kind(char) == "mark" else 0
        most = max(most, run)
    return most if most > MOST_MARKS else 0


@lru_cache(maxsize=8192)
def script(char: str) -> str:
    """Return the script of a letter by its Unicode name; `STYLED` for full-width and mathematical ASCII.

    Digits, marks, signs and letters shared by scripts are `COMMON`; Chinese, Japanese and Korean are one.
    """
    if char.isascii():
        return "LATIN" if char.isalpha() else "COMMON"
    if unicodedata.decomposition(char).startswith(("<wide>", "<font>")):
        return "STYLED" if unicodedata.normalize("NFKC", char).isascii() else "COMMON"
    if unicodedata.category(char)[0] != "L" or "\u2100" <= char <= "\u214f":
        return "COMMON"
    first = re.split("[ -]", unicodedata.name(char, "COMMON"), maxsplit=1)[0]
    if first in _CJK or first == "HALFWIDTH":
        return "CJK"
    return "COMMON" if first in ("MODIFIER", "MICRO", "FEMININE", "MASCULINE", "COMMON") else first


def _imitating(text: str) -> Iterator[Sign]:
    """Yield look-alike and mixed-script signs, each once, about the first word they are true of."""
    seen: set[str] = set()
    plain = unicodedata.normalize("NFC", "".join(char for char in text if unicodedata.category(char) != "Cf"))
    genuine = {script(char) for char in plain if char not in LOOKALIKE}
    for word in _WORD.findall(plain):
        for sign in () if word.isascii() else _word(word, genuine):
            if sign[0] not in seen:
                seen.add(sign[0])
                yield sign
    if (dot := _IN_NAMES(plain)) and "lookalike" not in seen:
        seen.add("lookalike")
        yield "lookalike", f"{escaped(dot[1], named=True)} looks like an ASCII sign and is not."
    if (run := _enclosed(plain)) and "lookalike" not in seen:
        seen.add("lookalike")
        yield "lookalike", f"{count(run, 'letter')} in a row that are styled to look like Latin ones."
    styled = [char for char in plain if script(char) == "STYLED" and not char.isalnum()]
    if styled and "CJK" not in genuine and "lookalike" not in seen:
        yield "lookalike", f"{escaped(styled[0], named=True)} looks like an ASCII sign and is not."


_IN_NAMES = re.compile(
    "(?:(?<=[A-Za-z.])|(?<=[A-Za-z][0-9]))([\u2024\u2215\u29f8\ua789\u2236\u3002\uff61\u0589\u05c3\ua4f8\u0701\u0702\u1735"
    "\u2571\u2216\u29f5\u2e31](?=[A-Za-z0-9.]))"
).search
"""Signs that read as a dot, a slash or a colon inside a name of Latin letters."""


def _enclosed(text: str) -> int:
    """Return how many circled, squared or raised Latin letters stand in a row, if more than typography needs."""
    most = run = 0
    for char in text:
        own = not char.isascii() and (
            "\U0001f130" <= char <= "\U0001f189"
            or "\u1d00" <= char <= "\u1d22"
            or char in "\u0262\u026a\u0274\u0280\u028f\u0299\u029c\u029f"
            or (
                unicodedata.decomposition(char).startswith(_ENCLOSED)
                and unicodedata.normalize("NFKC", char).isalpha()
                and unicodedata.normalize("NFKC", char).isascii()
                and len(unicodedata.normalize("NFKC", char)) == 1
            )
        )
        run = run + 1 if own else 0
        most = max(most, run)
    return most if most > 2 else 0


_ENCLOSED = ("<circle>", "<square>", "<super>", "<sub>")


def odd_word(word: str) -> bool:
    """Say whether a single word imitates Latin letters or mixes scripts, with nothing around to excuse it."""
    genuine = {script(char) for char in word if char not in LOOKALIKE}
    return next(_word(word, genuine), None) is not None


def _word(word: str, genuine: set[str]) -> Iterator[Sign]:
    scripts = {script(char) for char in word} - {"COMMON"}
    if fake := _fake(word, scripts, genuine):
        latin = LOOKALIKE.get(fake) or unicodedata.normalize("NFKC", fake)
        shown = clip(visible(word), 24)
        yield "lookalike", f"In “{shown}” the letter {escaped(fake, named=True)} looks like a Latin {latin}."
    scripts -= {"STYLED"} if fake else set()
    if _mixed(scripts) or (fake and {"LATIN", "GREEK"} <= scripts):
        names = " and ".join(sorted(name.capitalize() for name in scripts))
        yield "mixed_script", f"The word “{clip(visible(word), 24)}” mixes {names} letters."
    zeros = {ord(char) - unicodedata.decimal(char) for char in word if char.isdecimal()}
    if len(zeros) > 1:
        yield "mixed_script", f"The number “{clip(visible(word), 24)}” mixes digits of different scripts."


def _fake(word: str, scripts: set[str], genuine: set[str]) -> str:
    """Return the first letter of the word that is taken for a Latin one, or an empty string."""
    for char in word:
        if word == "\u2139":
            break
        if script(char) == "STYLED" and not ("CJK" in genuine and unicodedata.east_asian_width(char) == "F"):
            return char
    fakes = [char for char in word if char in LOOKALIKE]
    if not fakes:
        return ""
    if any(script(char) == "LATIN" and char not in LOOKALIKE for char in word):
        return fakes[0]
    letters = [char for char in word if char.isalpha()]
    whole = len(fakes) == len(letters) > 0 and not scripts & genuine
    return fakes[0] if whole and (len(letters) > 1 or scripts != {"GREEK"}) else ""


def _mixed(scripts: set[str]) -> bool:
    if "CJK" in scripts:
        scripts = scripts - {"STYLED"}
    if len(scripts) < 2 or scripts == {"LATIN", "GREEK"}:
        return False
    return len(scripts) > 2 or "LATIN" not in scripts or not scripts - {"LATIN"} <= _WITH_LATIN
