"""Every error the product raises: one base, named by whose fault it is, with a message that says what to do next."""

from dataclasses import dataclass
from typing import Any, ClassVar


class HandrailError(Exception):
    """The base of all errors of this package. `code` is stable; `status` is its HTTP status."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500


# The caller's call or configuration is wrong.


class UsageError(HandrailError):
    """What was asked for cannot be done as it was asked."""

    code = "usage"
    status = 400


class NotSerialisable(UsageError, TypeError):
    """A value does not survive the way into the database and back unchanged."""

    code = "not_serialisable"
    status = 422


class MalformedJSON(UsageError, ValueError):
    """A text or value outside the JSON that can be hashed and shown without doubt: what is wrong, where, what to do."""

    code = "malformed_json"

    def __init__(self, what: str, where: str, hint: str) -> None:
        super().__init__(f"{what} at {where}. {hint}")
        self.what, self.where, self.hint = what, where, hint


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing that is wrong with a value: where (JSON Pointer, empty for the whole), and what to do about it."""

    path: str
    text: str


class InvalidValue(UsageError, ValueError):
    """A value does not fit the schema of the action or of the answer. `errors` names each place."""

    code = "invalid_value"
    status = 422
    errors: tuple[Misfit, ...] = ()

    def __init__(self, message: str, *, errors: tuple[Misfit, ...] = ()) -> None:
        super().__init__(message)
        self.errors = errors


class UnreadableSchema(UsageError, ValueError):
    """A stored schema cannot be read back, so an edit or answer cannot be checked."""

    code = "unreadable_schema"
    status = 422


class KeyReused(UsageError):
    """The same `key=` was used with another action or other arguments."""

    code = "key_reused"
    status = 409


class CommandReused(UsageError):
    """The same command id came with another content."""

    code = "command_reused"
    status = 409


class NotFound(UsageError, LookupError):
    """Nothing has that id here."""

    code = "not_found"
    status = 404


class UnknownReview(NotFound):
    """No review has that id in this database."""

    code = "unknown_review"


class UnknownAction(NotFound):
    """No action has that id in this database."""

    code = "unknown_action"


class UnknownRun(NotFound):
    """No run has that id in this database."""

    code = "unknown_run"


class UnknownPerson(NotFound):
    """No person or group of the directory has that handle."""

    code = "unknown_person"


class RunFinished(UsageError):
    """The run has ended; an ended run is never opened again."""

    code = "run_finished"
    status = 409


class RunStopped(RunFinished):
    """A person stopped the run, or one around it. A gated call raises `Stopped` instead."""

    code = "run_stopped"


# The command is well formed, but the rules or the present state refuse it.


class Refused(HandrailError):
    """The rules or the present state do not allow the command. Nothing was changed.

    `recorded` says that the refusal itself is an entry in the log.
    """

    code = "refused"
    status = 409
    recorded: ClassVar[bool] = False


class NotAllowed(Refused):
    """This principal may not do this here."""

    code = "not_allowed"
    status = 403
    recorded = True


class StopInForce(Refused):
    """People have stopped this agent, action or team, or all: it begins nothing until an administrator lifts that.

    A gated call raises `Stopped` instead.
    """

    code = "stop_in_force"
    recorded = True


class StaleView(Refused):
    """The decision names another view than the one that stands: something changed since it was drawn."""

    code = "stale_view"
    recorded = True


class Unseen(Refused):
    """What would run was not seen whole: `folds` are the paths to open first. Handrail's clients open them."""

    code = "unseen"
    recorded = True

    def __init__(self, message: str, *, folds: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.folds = folds


class Late(Refused):
    """The deadline has passed; the outcome chosen for that case stands."""

    code = "late"
    recorded = True


class AlreadyDecided(Refused):
    """Somebody, or the deadline, was first."""

    code = "already_decided"
    recorded = True


class FencedOff(Refused):
    """The lease ended and the right went on: what this executor or consumer reports no longer counts."""

    code = "fenced_off"
    recorded = True


class SchemaChanged(Refused):
    """The function takes other parameters than when the action was asked for, so its bytes may mean something else."""

    code = "schema_changed"
    recorded = True


class WrongBytes(Refused):
    """The digest to be executed is not the digest that was granted."""

    code = "wrong_bytes"
    recorded = True


class Unauthenticated(HandrailError):
    """Who asks did not prove who they are, or what proved it has ended."""

    code = "unauthenticated"
    status = 401


class TooMany(HandrailError):
    """Too many requests: repeat this one after `retry_after` seconds. Nothing was changed.

    A gated call does that by itself for a little more than a minute, and then raises this.
    """

    code = "too_many"
    status = 429

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotReady(Refused):
    """The action is not in a state in which this can happen."""

    code = "not_ready"


class RunHeld(NotReady):
    """Another action waits for people, and this one waits with it; `waits_for` is that action."""

    code = "run_held"

    def __init__(self, message: str, *, waits_for: str = "") -> None:
        super().__init__(message)
        self.waits_for = waits_for


# What people or time decided; a gated call ends with one of these instead of a result.


class Outcome(HandrailError):
    """The action did not run, or nobody knows whether it did. `action` is its id; `decision` says who and why."""

    code = "outcome"
    status = 409

    def __init__(
        self, message: str, *, action: str = "", reason: str = "", note: str = "", decision: Any = None
    ) -> None:
        super().__init__(message)
        self.action, self.reason, self.note, self.decision = action, reason, note, decision


class Denied(Outcome):
    """People or the rules said no. `reason` is the code, `note` what the person wrote."""

    code = "denied"


class ChangesRequested(Denied):
    """Sent back: propose again with what the note asks for."""

    code = "changes_requested"


class TargetChanged(Denied):
    """What the action is about is no longer as it was when people were asked: look again, and ask anew."""

    code = "target_changed"


class Expired(Denied):
    """Nobody decided in time."""

    code = "expired"


class Stopped(BaseException):
    """A person stopped this call, by its run, agent, action or team; `reason` is what they wrote.

    No ordinary error: a program that catches every `Exception` and goes on would go on here, too. Clean-up in `finally`
    and `with` blocks runs.
    """

    def __init__(self, message: str, *, reason: str = "", run: str = "") -> None:
        super().__init__(message)
        self.reason, self.run = reason, run


class Interrupted(BaseException):
    """A person interrupted the step that ran, in a watched run that waits now; `reason` is what they wrote.

    No ordinary error, like `Stopped`. Inside `run.interruptible()` the block ends there, and `run.steps` gives the same
    step again once people let the run go on; elsewhere it leaves the run.
    """

    def __init__(self, message: str, *, reason: str = "", run: str = "") -> None:
        super().__init__(message)
        self.reason, self.run = reason, run


class Withdrawn(Outcome):
    """The action was taken back before it ran."""

    code = "withdrawn"


class ActionFailed(Outcome):
    """The action ran in another process or earlier execution, and raised there."""

    code = "action_failed"


class Aborted(ActionFailed):
    """Every attempt failed, and a person ended it; `note` says why, and the error of the last attempt is the cause."""

    code = "aborted"


class ActionSkipped(Outcome):
    """A person decided that the work goes on without this action."""

    code = "action_skipped"


class OutcomeUnknown(Outcome):
    """The action was started, and nobody could say whether it took effect. A gated function raises it, too, to say that
    it cannot tell: then a probe or people are asked, and nothing is repeated."""

    code = "outcome_unknown"


class Pending(Outcome):
    """The action is held and the caller asked not to wait. `ticket` leads back to it."""

    code = "pending"
    status = 202

    def __init__(self, message: str, *, ticket: Any = None, **rest: Any) -> None:
        super().__init__(message, **rest)
        self.ticket = ticket

    @property
    def estimated_wait(self) -> Any:
        """How long people will probably take, or why nobody can tell; `None` once they have decided."""
        return self.ticket.estimated_wait if self.ticket else None


class WaitTimeout(HandrailError, TimeoutError):
    """The time given to `wait` is over; the action stays as it is."""

    code = "wait_timeout"
    status = 408


class ResultErased(HandrailError):
    """The action ran, and its result was erased since: it is not run again. Done once more, it is another call."""

    code = "result_erased"
    status = 410


# The place where things are kept, or the program itself, is at fault.


class Unavailable(HandrailError):
    """The database cannot be used now. Nothing was acknowledged, so nothing is lost: repeat the call."""

    code = "unavailable"
    status = 503


class CommitUnknown(Unavailable):
    """The database was lost while it committed: the change was kept, or not. Repeat the command with the same id."""

    code = "commit_unknown"


class CorruptLog(HandrailError):
    """What is stored contradicts itself. Nothing is repaired silently: run `handrail doctor`."""

    code = "corrupt_log"


class TooNew(HandrailError):
    """The database was written by a newer version; update the package."""

    code = "too_new"
    status = 503
