"""`handrail policy`: which actions run, which are denied, and who decides on the others."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ..clock import SystemClock
from ..codec.policies import text_digest
from ..codec.policy_file import PolicyFile, read_policy_file
from ..engine import rehearsal
from ..engine.differences import differences
from ..errors import NotFound, UsageError
from ..gate.notice import local_zone
from ..view.escape import visible
from ..view.lines import Line
from ..view.words import clock, count
from .desk import Db, Desk, desk, place
from .page import Json, say, show, tell
from .people import MARKS
from .refusal import refused

File = Annotated[str, typer.Argument(metavar="FILE", help="policy.yaml; - reads it from stdin.")]
_STYLES = {"+": MARKS["add"][1], "-": MARKS["remove"][1], "~": MARKS["change"][1]}


def check(file: File, db: Db = None) -> None:
    """Read a policy strictly, and try its tests; with a database also on the people who are there."""
    text = read(file)
    if db is None and not os.path.exists(place(db)):
        with refused():
            _say_checked(_checked(text, None))
        return
    with desk(db) as at:
        _say_checked(_checked(text, at))


def _checked(text: str, at: Desk | None) -> PolicyFile:
    return rehearsal.checked(text, at.directory if at else None)


def _say_checked(found: PolicyFile) -> None:
    parts = [count(len(found.policy.rules), "rule"), count(len(found.policy.paths), "path")]
    parts += [count(len(found.policy.limits), "limit")] if found.policy.limits else []
    parts += [count(len(found.tests), "test"), f"{len(found.never)} never"]
    say(f"The policy can be applied: {', '.join(parts)}.", "good")


def read(file: str) -> str:
    """The text of a file, or of stdin."""
    with refused():
        try:
            return sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
        except OSError as error:
            raise UsageError(f"{file!a} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise UsageError(f"{file!a} is no UTF-8 text") from None


def apply(
    file: File,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    db: Db = None,
) -> None:
    """Make a policy the active one, after it was checked and what it changes was shown."""
    text = read(file)
    with desk(db) as at:
        at.require_administrator("changes the policy")
        found, active = _checked(text, at), at.backend.policy()
        lines = _differences(active.file if active else None, found)
        if active is not None and active.text == text:
            say("This policy is active already; nothing was changed.")
            return
        show(lines or [Line("fact", "Only its words change: every rule stays as it is.")])
        if not yes and sys.stdin.isatty() and not typer.confirm("Apply it?"):
            say("Nothing was changed.")
            return
        at.site.put_policy(text, found)
        say(f"Applied. It counts from now on; what waits for people keeps waiting. {_short(text)}", "good")


def diff(file: File, db: Db = None) -> None:
    """What applying a policy would change."""
    text = read(file)
    with desk(db) as at:
        active = at.backend.policy()
        lines = _differences(active.file if active else None, read_policy_file(text))
        show(lines) if lines else say("It says the same as the active policy.")


def _differences(active: PolicyFile | None, found: PolicyFile) -> list[Line]:
    before = active.policy if active else None
    return [Line(_STYLES[mark], f"{mark} {visible(words)}") for mark, words in differences(before, found.policy)]


def show_policy(json: Json = False, db: Db = None) -> None:
    """The active policy as it was written, with who applied it and when."""
    with desk(db) as at:
        active = at.backend.policy()
        if active is None:
            raise NotFound("no policy is active: what the code declares counts alone")
        by = at.backend.name(active.state.by)
        if json:
            tell({"digest": active.state.digest, "by": by, "at": active.state.at, "text": active.text})
            return
        when = clock(active.state.at, now=SystemClock().now(), zone=local_zone())
        say(f"Applied by {visible(by)} at {when} · {_short(active.text or '')}", "muted")
        text = active.text if active.text is not None else "its text was erased"
        show([Line("fact", visible(one)) for one in text.splitlines()])


def _short(text: str) -> str:
    return f"sha256 {text_digest(text)[7:15]}"
