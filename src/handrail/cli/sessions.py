"""The sessions of this OS user: one file for each server, readable by nobody else, written by `handrail login`."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import orjson

from ..errors import UsageError

PREFIX: Final = "hrs_"
LARGEST: Final = 16 * 1024
_PORTS: Final = {"https": ":443", "http": ":80"}


class UnsafeSession(UsageError):
    """The file with a session could have been read or written by others."""

    code = "unsafe_session"


@dataclass(frozen=True, slots=True)
class Session:
    """A person's session at a server: its secret token, who it is, and when it ends (µs)."""

    url: str
    token: str
    handle: str
    until: int

    def __repr__(self) -> str:
        return f"Session({self.url!r}, {self.handle!r})"


def normal(url: str) -> str:
    """The address under which a server's session is kept, however it was written."""
    parts = urlsplit(url.strip())
    host = parts.netloc.lower().removesuffix(_PORTS.get(parts.scheme.lower(), "none"))
    return f"{parts.scheme.lower()}://{host}{parts.path.rstrip('/')}"


def folder() -> Path:
    """Where this OS user's sessions are. Raises `UsageError` where they can have no place."""
    given = os.environ.get("XDG_CONFIG_HOME", "")
    try:
        return Path(given if os.path.isabs(given) else Path.home() / ".config", "handrail", "sessions")
    except RuntimeError:
        raise UsageError("this OS user has no home folder: set XDG_CONFIG_HOME to a folder of theirs") from None


def _file(url: str) -> Path:
    return folder() / quote(normal(url), safe="")


def read(url: str) -> Session | None:
    """The session at a server, if there is one. Raises `UnsafeSession` for a file that is not this OS user's alone."""
    path = _file(url)
    try:
        opened = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnsafeSession(f"{path} cannot be read ({error.strerror}): remove it, and sign in again") from None
    with open(opened, "rb") as file:
        _require_private(path, os.fstat(opened))
        return _meant(path, file.read(LARGEST))


def _require_private(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise UnsafeSession(f"{path} is no file: remove it, and sign in again")
    if os.name != "posix":
        return
    if found.st_uid != os.getuid():
        raise UnsafeSession(f"{path} belongs to another OS user: remove it, and sign in again")
    if found.st_mode & 0o077:
        raise UnsafeSession(
            f"others may read {path} (mode {stat.S_IMODE(found.st_mode):o}): take the session for known to them, end "
            "it with `handrail logout` after `chmod 600`, and sign in again"
        )


def _meant(path: Path, text: bytes) -> Session:
    try:
        found: dict[str, Any] = orjson.loads(text)
        session = Session(str(found["url"]), str(found["token"]), str(found["handle"]), int(found["until"]))
    except (ValueError, KeyError, TypeError):
        raise UnsafeSession(f"{path} holds no session: remove it, and sign in again") from None
    if not session.token.startswith(PREFIX):
        raise UnsafeSession(f"{path} holds no person's session: remove it, and sign in again")
    return session


def keep(session: Session) -> None:
    """Keep a session in place of an earlier one at the same server. Raises `UsageError` where that cannot be."""
    path = _file(session.url)
    new = path.with_name(f".{secrets.token_hex(8)}")
    text = orjson.dumps({"url": session.url, "token": session.token, "handle": session.handle, "until": session.until})
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text)
        os.replace(new, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            new.unlink()
        raise UsageError(f"the session cannot be kept in {path.parent}: {error.strerror}") from None


def forget(url: str) -> None:
    """Forget the session at a server."""
    with contextlib.suppress(FileNotFoundError):
        _file(url).unlink()
