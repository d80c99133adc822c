"""Records as JSON and back. A text that can be erased is `{"value": …}`, or `{"erased": its digest}` once it is."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final, TypeVar

import msgspec

from ..action.model import Action
from ..backend import (
    ActionRecord,
    BudgetRecord,
    Decided,
    Decision,
    Event,
    Guidance,
    LimitRecord,
    PermissionRecord,
    ReviewRecord,
    Seen,
    StopRecord,
    Text,
    Wait,
)
from ..codec.records import STATES
from ..policy.limits import Limit
from ..policy.register import ActivePolicy
from ..policy.standing import Standing
from ..policy.stops import Stop
from ..principal import Principal
from ..review.model import Review
from ..run.commands import Observation
from ..run.model import Run
from ..view.escape import visible
from ..view.model import Erased

JSONObject = dict[str, Any]
T = TypeVar("T")
ERASABLE: Final = frozenset({"args", "decided", "value", "note"})
"""The members of a decision that can be erased."""


def text_out(text: Text) -> JSONObject:
    """A text that can be erased."""
    return {"erased": text.digest} if isinstance(text, Erased) else {"value": text}


def text_in(found: JSONObject) -> Text:
    """The text again."""
    return Erased(found["erased"]) if "erased" in found else found["value"]


def plain(value: object) -> Any:
    """A frozen dataclass as JSON."""
    return msgspec.to_builtins(value)


def state_in(kind: str, found: JSONObject) -> Any:
    """The state again; `kind` is how `codec.records` calls it."""
    return msgspec.convert(found, STATES[kind])


def action_out(record: ActionRecord) -> JSONObject:
    """An action with its texts."""
    return {
        "state": plain(record.state), "args": record.args, "context": text_out(record.context),
        "story": text_out(record.story), "outcome": text_out(record.outcome), "schema": record.schema,
        "waits_for": record.waits_for, "returns": record.returns,
    }  # fmt: skip


def action_in(found: JSONObject) -> ActionRecord:
    """The record again."""
    return ActionRecord(
        msgspec.convert(found["state"], Action), found["args"], text_in(found["context"]), text_in(found["story"]),
        text_in(found["outcome"]), found["schema"], found.get("waits_for"), found.get("returns"),
    )  # fmt: skip


def review_out(record: ReviewRecord) -> JSONObject:
    """A review with everything needed to decide it."""
    return {
        "state": plain(record.state), "action": action_out(record.action), "view": text_out(record.view),
        "first_args": record.first_args, "decision": _decision_out(record.decision), "alike": record.alike,
    }  # fmt: skip


def review_in(found: JSONObject) -> ReviewRecord:
    """The record again."""
    return ReviewRecord(
        msgspec.convert(found["state"], Review), action_in(found["action"]), text_in(found["view"]),
        found["first_args"], _decision_in(found["decision"]), found.get("alike"),
    )  # fmt: skip


def _decision_out(made: Decision | None) -> JSONObject | None:
    if made is None:
        return None
    return {
        "outcome": made.outcome, "by": made.by, "auth": made.auth, "at": made.at, "note": made.note,
        "value": text_out(made.value), "edited": made.edited, "review": made.review,
    }  # fmt: skip


def _decision_in(found: JSONObject | None) -> Decision | None:
    return None if found is None else Decision(**{**found, "value": text_in(found["value"])})


def decided_out(made: Decided) -> JSONObject:
    """One decision."""
    texts = {name: text_out(getattr(made, name)) for name in ERASABLE}
    return {one.name: texts.get(one.name, getattr(made, one.name)) for one in fields(made)} | {"edited": made.edited}


def decided_in(found: JSONObject) -> Decided:
    """The decision again."""
    members: dict[str, Any] = {one.name: found[one.name] for one in fields(Decided) if one.name in found}
    return Decided(**(members | {name: text_in(found[name]) for name in ERASABLE}))


def wait_out(wait: Wait | None) -> JSONObject | None:
    """How long a review will wait, with the words for it."""
    return None if wait is None else {**plain(wait), "text": str(wait)}


def wait_in(found: JSONObject | None) -> Wait | None:
    """The estimate again."""
    return None if found is None else Wait(**{one.name: found[one.name] for one in fields(Wait)})


def event_out(event: Event) -> JSONObject:
    """One entry, read for people."""
    texts = {name: text_out(text) for name, text in event.texts.items()}
    by = {"kind": event.by.kind, "id": event.by.id, "auth": event.by.auth}
    return {
        "index": event.index, "rev": event.rev, "type": event.type, "at": event.at, "by": by, "before": event.before,
        "after": event.after, "bind": event.bind, "data": dict(event.data), "texts": texts,
    }  # fmt: skip


def event_in(found: JSONObject) -> Event:
    """The entry again."""
    texts = {name: text_in(text) for name, text in found["texts"].items()}
    return Event(**{**found, "by": Principal(**found["by"]), "texts": texts})


def permission_out(record: PermissionRecord) -> JSONObject:
    """A standing permission."""
    return {"state": plain(record.state), "values": text_out(record.values)}


def permission_in(found: JSONObject) -> PermissionRecord:
    """The permission again."""
    return PermissionRecord(msgspec.convert(found["state"], Standing), text_in(found["values"]))


def stop_out(record: StopRecord) -> JSONObject:
    """A stop."""
    return {
        "state": plain(record.state), "target": record.target, "by": record.by, "reason": text_out(record.reason),
        "why": visible(record.reason) if isinstance(record.reason, str) else None,
        "note": text_out(record.note), "begun": [plain(one) for one in record.begun],
    }  # fmt: skip


def stop_in(found: JSONObject) -> StopRecord:
    """The stop again."""
    begun = tuple(msgspec.convert(one, Action) for one in found["begun"])
    reason, note = text_in(found["reason"]), text_in(found["note"])
    return StopRecord(msgspec.convert(found["state"], Stop), found["target"], found["by"], reason, note, begun)


def limit_out(record: LimitRecord) -> JSONObject:
    """A limit with its budgets."""
    budgets = [{"id": one.id, "key": text_out(one.key), "used": one.used, "left": one.left} for one in record.budgets]
    return {"limit": plain(record.limit), "budgets": budgets}


def limit_in(found: JSONObject) -> LimitRecord:
    """The limit again."""
    budgets = tuple(BudgetRecord(**{**one, "key": text_in(one["key"])}) for one in found["budgets"])
    return LimitRecord(msgspec.convert(found["limit"], Limit), budgets)


def policy_in(found: JSONObject) -> ActivePolicy:
    """The register again."""
    return msgspec.convert(found, ActivePolicy)


def seen_out(one: Seen) -> JSONObject:
    """An observation with its number."""
    return {"number": one.number, **plain(one.observation), "value": one.observation.value}


def seen_in(found: JSONObject) -> Seen:
    """The observation again."""
    said = {name: value for name, value in found.items() if name != "number"}
    return Seen(found["number"], Observation(**said))


def guidance_out(one: Guidance) -> JSONObject:
    """A message to the agent of a run."""
    return {"number": one.number, "text": text_out(one.text), "by": one.by, "at": one.at}


def guidance_in(found: JSONObject) -> Guidance:
    """The message again."""
    return Guidance(**{**found, "text": text_in(found["text"])})


def run_out(run: Run, title: Text) -> JSONObject:
    """A run and its title."""
    return {"state": plain(run), "title": text_out(title)}


def run_in(found: JSONObject) -> tuple[Run, Text]:
    """The run and its title again."""
    return msgspec.convert(found["state"], Run), text_in(found["title"])
