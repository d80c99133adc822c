"""Handrail keeps a person's hand on what AI agents do."""

from .backend import Decided, Decision, Example
from .codec.schema import Local
from .connect import connect
from .errors import (
    Aborted,
    ActionFailed,
    ActionSkipped,
    AlreadyDecided,
    ChangesRequested,
    CommandReused,
    CorruptLog,
    Denied,
    Expired,
    FencedOff,
    HandrailError,
    Interrupted,
    InvalidValue,
    KeyReused,
    Late,
    MalformedJSON,
    NotAllowed,
    NotFound,
    NotReady,
    NotSerialisable,
    Outcome,
    OutcomeUnknown,
    Pending,
    Refused,
    ResultErased,
    RunFinished,
    RunHeld,
    SchemaChanged,
    StaleView,
    Stopped,
    TargetChanged,
    TooMany,
    TooNew,
    Unauthenticated,
    Unavailable,
    UnknownAction,
    UnknownPerson,
    UnknownReview,
    UnknownRun,
    UnreadableSchema,
    UsageError,
    WaitTimeout,
    Withdrawn,
    WrongBytes,
)
from .gate.memory import idempotency_key, last_decision
from .gate.ticket import AsyncTicket, Ticket
from .patterns.named import pattern
from .patterns.oversight.run import WatchedRun, watched_run
from .patterns.oversight.started import AsyncHandle, Handle
from .rail import Rail

__version__ = "0.1.0"

__all__ = [
    "connect", "Rail", "Ticket", "AsyncTicket", "Decision", "Decided", "Example", "Local",
    "last_decision", "idempotency_key", "pattern", "watched_run", "WatchedRun", "Handle", "AsyncHandle",
    "HandrailError", "UsageError", "NotSerialisable", "MalformedJSON", "InvalidValue", "UnreadableSchema", "KeyReused",
    "CommandReused", "NotFound", "UnknownReview", "UnknownAction", "UnknownRun", "UnknownPerson", "RunFinished",
    "Refused", "NotAllowed", "StaleView", "Late", "AlreadyDecided", "FencedOff", "WrongBytes", "NotReady", "RunHeld",
    "SchemaChanged", "Unauthenticated", "TooMany",
    "Outcome", "Denied", "ChangesRequested", "TargetChanged", "Expired", "Withdrawn", "ActionFailed", "Aborted",
    "ActionSkipped", "OutcomeUnknown", "Stopped", "Interrupted", "Pending", "WaitTimeout", "ResultErased",
    "Unavailable", "CorruptLog", "TooNew",
]  # fmt: skip
