"""What a policy may look at when it judges an action, beside its arguments and its past."""

import re
from dataclasses import dataclass
from typing import Final

from ..errors import UsageError


@dataclass(frozen=True, slots=True)
class Asked:
    """The action's name, what its agent says about it, who that is, and where it would run: `watched` tells whether
    people watch the run, or one around it.

    `agent` is the name by which the agent is known, or its id; `env` the word of whoever commits; `confidence` a number
    from 0 to 1.
    """

    name: str = ""
    risk: str = "unrated"
    reversible: bool = False
    agent: str = ""
    run: str | None = None
    env: str | None = None
    confidence: float | None = None
    watched: bool = False


def environment(given: str | None) -> str | None:
    """The environment that somebody named. Raises `UsageError` for what is no name of one."""
    if given and not _ENV.fullmatch(given):
        raise UsageError(f"{given[:60]!a} names no environment: use small letters, digits, - _ and ., as in prod")
    return given or None


_ENV: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
