"""Passwords of people, as Argon2id (RFC 9106, the choice for little memory: 3 passes over 64 MiB in 4 lanes)."""

from functools import cached_property
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ...wire.refusals import WeakPassword

SHORTEST: Final = 12
LONGEST: Final = 256


def require_strong(password: str, handle: str) -> None:
    """Raise `WeakPassword` for one that is too short or long, one repeated letter, or made of the handle."""
    bare = handle.partition(":")[2] or handle
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(f"a password has {SHORTEST} to {LONGEST} characters: a few words together are a good one")
    if len(set(password)) < 5 or password.lower().replace(bare.lower(), "") == "":
        raise WeakPassword("this password would be guessed at once: a few words together are a good one")


class Passwords:
    """Hashes and checks; a check takes the same time whether or not there is somebody of that name."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher: Final = hasher or PasswordHasher()

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("the password of nobody")

    def hash(self, password: str) -> str:
        """The string that is kept: salted, with its parameters."""
        return self._hasher.hash(password)

    def matches(self, kept: str | None, password: str) -> bool:
        """Whether it is the password; with nothing kept it never is."""
        try:
            self._hasher.verify(kept or self._nobodys, password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    def outdated(self, kept: str) -> bool:
        """Whether it was hashed with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)
