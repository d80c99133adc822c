"""What has to happen in a night of simulations: every fault, every command, and every row of the lives' tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from handrail.codec.records import NAMES
from handrail.stream import Table

from .faults import FAULTS

LIVES: Final = ("action", "review", "run", "policy", "stop")
COMMANDS: Final = (
    "Propose", "Claim", "Start", "Release", "Settle", "Reconcile", "Withdraw", "Decide", "Revoke", "Delegate",
    "Escalate", "Comment", "Open", "Note", "Finish", "Fail", "Pause", "Interrupt", "Resume", "Guide", "Stop", "Confirm",
    "Hear", "Observe", "Prepare", "TakeCleanup", "Clean", "Prune", "Take", "Tick", "Renew", "PutPolicy", "PutPerson",
    "RemovePerson", "Halt", "Lift",
)  # fmt: skip
OTHERS: Final = ("crash", "erasure", "clock skew", "clock leap")
REFUSALS: Final = (
    "AlreadyDecided", "CommitUnknown", "FencedOff", "Late", "NotAllowed", "NotReady", "RunFinished", "RunHeld",
    "RunStopped", "StaleView", "StopInForce", "Unavailable", "UnknownAction", "UnknownPerson", "WrongBytes",
)  # fmt: skip
NEVER: Final = ("action.withdrawn proposed -> withdrawn",)
"""An action is proposed and routed in one transaction: no command finds it in between."""


def rows(tables: Mapping[str, Table]) -> list[str]:
    """Every transition that the lives allow, as the simulation counts it."""
    found: list[str] = []
    for life in LIVES:
        table: Mapping[type[Any], Mapping[str | None, str]] = tables[life]
        found += [f"{NAMES[event]} {old} -> {new}" for event, steps in table.items() for old, new in steps.items()]
    return found


def missing(seen: Counter[str], tables: Mapping[str, Table]) -> list[str]:
    """What never happened, though it should have."""
    wanted = [*FAULTS, *OTHERS, *(f"command {one}" for one in COMMANDS), *(f"refused {one}" for one in REFUSALS)]
    return [one for one in (*wanted, *rows(tables)) if not seen[one] and one not in NEVER]
