"""The shapes of answers and of hand-written bodies in the description of the API."""

from typing import Any, Final, get_args

from ..action import likeness, words
from ..backend import ConsumerLease, WaitScore
from ..directory.commands import Scope
from ..directory.model import Agent, Person
from ..directory.roles import Permission
from ..engine.escalation import Escalation
from ..engine.page import Page
from ..engine.request import LEASES
from ..engine.taking import BESIDE, FUNCTIONS, MOST
from ..errors import Misfit
from ..learning.cursors import CONSUMER, LONGEST
from ..notify.subscription import ENDPOINT
from ..policy.limits import Limit
from ..policy.standing import Standing
from ..policy.stops import LONGEST as LONGEST_REASON
from ..policy.stops import LONGEST_TARGET, Runs, Stop
from ..policy.stops import Scope as StopScope
from ..wire.routes import MOST_SEEN
from .auth.passkeys import CREDENTIAL_LENGTH, NAME_LENGTH, PART_LENGTH
from .changes import Changed, Hello, Moved, Tick
from .inbox import Listed
from .oversight import MOST as MOST_CARDS
from .oversight import RunPage, Watched

JSONObject = dict[str, Any]
TEXT: Final[JSONObject] = {"type": "string"}
DURATION: Final[JSONObject] = {
    "type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9]{1,3})?(ms|s|m|min|h|d)$", "examples": ["15m"]
}  # fmt: skip
MAYBE_DURATION: Final[JSONObject] = {**DURATION, "type": ["string", "null"]}
VALUE: Final[JSONObject] = {"$ref": "#/components/schemas/Value"}
MAYBE_OBJECT: Final[JSONObject] = {"type": ["object", "null"], "additionalProperties": VALUE}
ACTION_ID: Final[JSONObject] = {"type": ["string", "null"], "pattern": "^act_[0-9a-hjkmnp-tv-z]{26}$"}
MAYBE: Final[JSONObject] = {"type": ["string", "null"]}
JSON: Final = "application/json"


def _object(required: JSONObject, *, closed: bool = False, **optional: JSONObject) -> JSONObject:
    found: JSONObject = {"type": "object", "properties": {**required, **optional}}
    if required:
        found["required"] = list(required)
    return found | ({"additionalProperties": False} if closed else {})


def _ref(name: str) -> JSONObject:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(item: JSONObject) -> JSONObject:
    return {"type": "array", "items": item}


def _bytes(most: int) -> JSONObject:
    return {"type": "string", "pattern": f"^[A-Za-z0-9_-]{{1,{most}}}$", "description": "Base64url, without padding."}


PASSKEY: Final = _object(
    {"id": TEXT, "name": TEXT, "born": {"type": "integer", "description": "µs since the epoch."},
     "seen": {"type": ["integer", "null"], "description": "When it was used last, in µs since the epoch."}},
    closed=True,
)  # fmt: skip
PUSH_BROWSER: Final = _object(
    {"id": TEXT, "name": TEXT, "born": {"type": "integer", "description": "µs since the epoch."}}, closed=True
)
ERASABLE: Final = _object({}, value={}, erased=TEXT)
ACTION: Final = _object(
    {"state": _ref("Action"), "args": MAYBE, "context": ERASABLE, "story": ERASABLE, "outcome": ERASABLE,
     "schema": MAYBE, "waits_for": MAYBE, "returns": MAYBE}
)  # fmt: skip
REVIEW: Final = _object(
    {"state": _ref("Review"), "action": ACTION, "view": ERASABLE, "first_args": MAYBE,
     "decision": {"type": ["object", "null"]}}
)  # fmt: skip
MAYBE_WAIT: Final[JSONObject] = {"anyOf": [_ref("Wait"), {"type": "null"}]}
ANSWER: Final = _object(
    {"id": TEXT, "status": TEXT, "rev": {"type": "integer"}}, reason=MAYBE, review=MAYBE, view=MAYBE, bind=MAYBE,
    fence={"type": ["integer", "null"]}, deadline={"type": ["integer", "null"]}, outcome={}, estimated_wait=MAYBE_WAIT,
    control={"anyOf": [_ref("Control"), {"type": "null"}]}, guidance={"type": "integer"}, heard={"type": "integer"},
    lost={"type": "boolean"},
)  # fmt: skip
GUIDANCE: Final = _object(
    {"number": {"type": "integer"}, "text": ERASABLE, "by": TEXT, "at": {"type": "integer"}}, closed=True
)
BUDGET: Final = _object({"id": TEXT, "key": ERASABLE, "used": MAYBE, "left": MAYBE}, closed=True)
PERMISSION: Final = _object({"state": _ref("Standing"), "values": ERASABLE}, closed=True)
STOP: Final = _object(
    {"state": _ref("Stop"), "target": {**MAYBE, "description": "What people call it, drawn."},
     "by": {**TEXT, "description": "The name of who made it, drawn."}, "reason": ERASABLE,
     "why": {**MAYBE, "description": "The reason, drawn; null once it is erased."},
     "note": {**ERASABLE, "description": "Why it was lifted."}, "begun": _list(_ref("Action"))},
    closed=True,
)  # fmt: skip
PAGE: Final = _object({"items": _list({"type": "object"}), "next": MAYBE})
NEW_KEY: Final = _object({"id": TEXT, "agent": TEXT, "scopes": _list(TEXT), "secret": TEXT})
FLAG: Final[JSONObject] = {"type": ["boolean", "null"]}
TIME: Final[JSONObject] = {"type": ["integer", "null"], "description": "µs since the epoch."}
ME: Final = _object(
    {"tenant": TEXT, "kind": {"enum": ["human", "agent"]}, "id": TEXT, "auth": TEXT, "owner": MAYBE, "label": VALUE,
     "permissions": _list({"enum": list(get_args(Permission))}), "scopes": _list({"enum": list(get_args(Scope))}),
     "key": MAYBE, "solo": {"type": "boolean"}, "csrf": MAYBE, "until": TIME,
     "name": {**TEXT, "description": "What people call you, drawn."}, "groups": _list(TEXT)},
    closed=True,
)  # fmt: skip
SIGNED_IN: Final[JSONObject] = {
    **ME, "properties": {**ME["properties"], "token": {**TEXT, "description": "A terminal's session."}}
}  # fmt: skip
DIRECTORY: Final = _object(
    {"solo": {"type": "boolean"}, "people": _list(_ref("Person")), "agents": _list(_ref("Agent")),
     "labels": {"type": "object", "additionalProperties": VALUE},
     "names": {"type": "object", "additionalProperties": TEXT, "description": "Of people, groups and agents, drawn."}},
    closed=True,
)  # fmt: skip
DECIDED: Final = _object(
    {"position": {"type": "integer", "description": "Where it stands in the log."},
     "kind": {**TEXT, "description": "The review's, or report."}, "action": TEXT, "review": MAYBE, "name": TEXT,
     "agent": TEXT, "run": MAYBE, "risk": TEXT, "pattern": TEXT, "rule": MAYBE, "reason": TEXT,
     "args": {**ERASABLE, "description": "As the agent asked."},
     "decided": {**ERASABLE, "description": "As they were decided on."}, "edited": {"type": "boolean"},
     "outcome": {**TEXT, "description": "The review's; expired, or of a report wrong or right."},
     "value": ERASABLE, "note": ERASABLE, "by": MAYBE, "auth": TEXT,
     "at": {"type": "integer", "description": "µs since the epoch."},
     "confidence": {"type": ["number", "null"], "description": "How sure the agent was, from 0 to 1."},
     "threshold": {"type": ["number", "null"], "description": "How sure it had to be to go on by itself."}},
    closed=True,
)  # fmt: skip
SPAN: Final[JSONObject] = {"type": ["integer", "null"], "description": "µs."}
WAIT: Final = _object(
    {"known": {"enum": ["range", "nobody_online", "too_few", "long_queue"]}, "online": {"type": "integer"},
     "position": {"type": ["integer", "null"]}, "low": SPAN, "likely": SPAN, "high": SPAN, "text": TEXT},
    closed=True,
)  # fmt: skip
TAKEN: Final[JSONObject] = {
    **ANSWER, "properties": {**ANSWER["properties"], "name": {**TEXT, "description": "Which function to run."}},
    "required": [*ANSWER["required"], "name"],
    "description": "An action that is claimed for this executor. One that is unknown is not: ask its probe.",
}  # fmt: skip
NAMED: Final[dict[str, JSONObject]] = {
    "Taken": TAKEN,
    "Decided": DECIDED,
    "Wait": WAIT,
    "Me": ME,
    "SignedIn": SIGNED_IN,
    "Passkey": PASSKEY,
    "PushBrowser": PUSH_BROWSER,
    "Directory": DIRECTORY,
}
"""Hand-written shapes that have a name in the description."""
SHAPES: Final[dict[str, type]] = {
    "Inbox": Listed, "Oversight": Watched, "RunPage": RunPage, "Page": Page, "StreamHello": Hello, "StreamRow": Changed,
    "StreamCard": Moved, "StreamTick": Tick, "Misfit": Misfit, "Person": Person, "Agent": Agent, "Limit": Limit,
    "Standing": Standing, "Stop": Stop, "WaitScore": WaitScore,
    "ConsumerLease": ConsumerLease, "Escalation": Escalation,
}  # fmt: skip
"""Answers that are frozen dataclasses: they have these members, all of them, and no others."""

ANSWERS: Final[dict[str, tuple[tuple[int, ...], str, JSONObject]]] = {
    "Answer": ((200,), JSON, ANSWER),
    "Work": ((200,), JSON, _object({"items": _list(_ref("Taken"))})),
    "Leases": ((200,), JSON, _object({"renewed": _list(TEXT)})),
    "Renewed": ((200,), JSON, _object({"renewed": {"type": "boolean"}})),
    "Page": ((200,), JSON, PAGE),
    "Reviews": ((200,), JSON, _object({"items": _list(REVIEW), "next": MAYBE})),
    "Action": ((200,), JSON, ACTION),
    "Review": ((200,), JSON, REVIEW),
    "Run": ((200,), JSON, _object({"state": _ref("Run"), "title": ERASABLE})),
    "Observations": ((200,), JSON, _object({"items": _list(_ref("Seen"))})),
    "Guidance": ((200,), JSON, _object({"items": _list(GUIDANCE)})),
    "Grant": ((200,), JSON, _object({"args": TEXT, "salt": TEXT, "tenant": TEXT, "bind": TEXT})),
    "Explanation": ((200,), JSON, _object({"items": _list(_object({"subject": TEXT, "event": {"type": "object"}}))})),
    "History": ((200,), JSON, _object({"items": _list({"type": "object"})})),
    "Id": ((200,), JSON, _object({"id": TEXT})),
    "Ids": ((200,), JSON, _object({"ids": _list(TEXT)})),
    "Decisions": (
        (200,), JSON,
        _object({"items": _list(_ref("Decided")), "next": {"type": "integer"}, "more": {"type": "boolean"},
                 "newest": {"type": "integer"}, "cursor": {"type": ["integer", "null"]}}),
    ),
    "ConsumerLease": ((200,), JSON, _ref("ConsumerLease")),
    "Cursor": ((200,), JSON, _object({"consumer": TEXT, "cursor": {"type": ["integer", "null"]}})),
    "Examples": (
        (200,), JSON, _object({"items": _list(_object({"decided": _ref("Decided"), "alike": {"type": "number"}}))})
    ),
    "ExpectedWait": ((200,), JSON, _object({"estimated_wait": MAYBE_WAIT})),
    "ExpectedWaits": (
        (200,), JSON, _object({"waits": {"type": "object", "additionalProperties": _ref("Wait")}})
    ),
    "WaitScore": ((200,), JSON, _ref("WaitScore")),
    "Name": ((200,), JSON, _object({"id": TEXT, "name": TEXT})),
    "Me": ((200,), JSON, _ref("Me")),
    "Inbox": ((200,), JSON, _ref("Inbox")),
    "Oversight": ((200,), JSON, _ref("Oversight")),
    "RunPage": ((200,), JSON, _ref("RunPage")),
    "ReviewPage": ((200,), JSON, _ref("Page")),
    "Escalation": ((200,), JSON, _ref("Escalation")),
    "Log": ((200,), JSON, _object({"size": {"type": "integer"}})),
    "Stream": ((200,), "text/event-stream", TEXT),
    "Directory": ((200,), JSON, _ref("Directory")),
    "Policy": ((200,), JSON, _object({"state": {"type": ["object", "null"]}, "text": MAYBE})),
    "PolicyPut": ((200,), JSON, _object({"changes": _list({"type": "object"}), "applied": {"type": "boolean"}})),
    "Limits": ((200,), JSON, _object({"items": _list(_object({"limit": _ref("Limit"), "budgets": _list(BUDGET)}))})),
    "Permissions": ((200,), JSON, _object({"items": _list(PERMISSION), "next": MAYBE})),
    "Stops": ((200,), JSON, _object({"items": _list(STOP), "next": MAYBE})),
    "Stop": ((200,), JSON, STOP),
    "Keys": ((200,), JSON, _object({"items": _list({"type": "object"})})),
    "NewKey": ((201,), JSON, NEW_KEY),
    "Secret": ((201,), JSON, _object({"secret": TEXT})),
    "Ended": ((200,), JSON, _object({"id": TEXT, "ended": {"type": "integer"}})),
    "Changes": ((200,), JSON, _object({"changes": _list({"type": "object"})})),
    "Trial": (
        (200,), JSON, _object({"running": {"type": "boolean"}, "snippet": TEXT, "steps": _list(TEXT)})
    ),
    "NewTrial": ((201,), JSON, _object({"id": TEXT})),
    "SignedIn": ((201,), JSON, _ref("SignedIn")),
    "Passkeys": (
        (200,), JSON, _object({"items": _list(_ref("Passkey")), "possible": {"type": "boolean"}}, closed=True)
    ),
    "PasskeyOffer": ((200,), JSON, _object({"rp": {"type": "object"}, "user": {"type": "object"}, "challenge": TEXT})),
    "NewPasskey": ((201,), JSON, _ref("Passkey")),
    "PushBrowsers": (
        (200,), JSON,
        _object({"key": MAYBE, "told": {"type": "boolean"}, "items": _list(_ref("PushBrowser"))}, closed=True),
    ),
    "NewPushBrowser": ((201,), JSON, _ref("PushBrowser")),
    "PasskeyAsked": ((200,), JSON, _object({"challenge": TEXT, "rpId": TEXT})),
    "Nothing": ((204,), JSON, {}),
}  # fmt: skip

NUMBER: Final[JSONObject] = {"type": "integer", "minimum": -1, "maximum": 2**53 - 1}
LIMIT: Final[JSONObject] = {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
AFTER: Final[JSONObject] = {"type": "string", "pattern": "^[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}$"}
CONSUMER_NAME: Final[JSONObject] = {"type": "string", "pattern": f"^{CONSUMER.pattern}$"}
ERROR_TYPE: Final[JSONObject] = {
    "type": "string", "pattern": f"^{likeness.TYPE.pattern}$", "description": "Of the error that was raised.",
}  # fmt: skip
FAILURE: Final[JSONObject] = {
    "type": "string", "pattern": f"^{words.ID.pattern}$", "description": "The `like` of a review.",
}  # fmt: skip
PAGED: Final = {"after": AFTER, "limit": LIMIT}
QUERY: Final[dict[str, dict[str, JSONObject]]] = {
    "list_actions": PAGED, "list_reviews": PAGED | {"error": ERROR_TYPE, "like": FAILURE},
    "list_all_reviews": PAGED, "list_runs": PAGED,
    "list_permissions": PAGED, "list_stops": PAGED,
    "list_decisions": {
        "after": {**NUMBER, "description": "A position of the log; without it behind what the consumer acknowledged."},
        "limit": LIMIT, "consumer": CONSUMER_NAME,
    },
    "get_inbox": {
        "view": {"enum": ["open", "done"], "default": "open"}, "after": AFTER,
        "limit": {"type": "integer", "minimum": 1, "maximum": 500, "default": 200},
    },
    "get_review_page": {
        "zone": {"type": "string", "default": "UTC", "description": "Of times in words; an unknown one is UTC."}
    },
    "get_oversight": {
        "after": AFTER, "limit": {"type": "integer", "minimum": 1, "maximum": MOST_CARDS, "default": 100},
    },
    "get_stream": {
        "topics": {
            "enum": ["inbox", "oversight", "inbox,oversight"],
            "description": "Rows of the inbox, cards of the wall, or both, in place of entries of the log.",
        }
    },
    "get_observations": {
        "after": {**NUMBER, "minimum": 0, "default": 0, "description": "The number of the last observation known."},
        "limit": {"type": "integer", "minimum": 1, "maximum": MOST_SEEN, "default": 50},
    },
    "get_guidance": {"after": {**NUMBER, "minimum": 0, "description": "The number of the last message known."}},
    "wait_for_action": {"rev": NUMBER}, "wait_for_run": {"rev": NUMBER}, "get_log": {"size": NUMBER},
    "find_run": {"name": {"type": "string", "minLength": 1, "maxLength": 500}},
    "find_ids": {
        "beginning": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_]{0,39}$"},
        "limit": {"type": "integer", "minimum": 1, "maximum": 50},
    },
}  # fmt: skip
USE: Final[JSONObject] = {"enum": ["browser", "terminal", None]}
AGENT: Final[JSONObject] = {"type": "string", "minLength": 1, "maxLength": 200}
WORDS: Final = _list({"type": "string"}) | {"maxItems": BESIDE}
LEASE: Final = _object(
    {"action": AFTER, "executor": {"type": "string", "pattern": f"^{words.EXECUTOR.pattern}$"},
     "fence": {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}},
    closed=True,
)  # fmt: skip
STOPPED: Final[JSONObject] = {
    **_object(
        {"scope": {"enum": list(get_args(StopScope))},
         "reason": {"type": "string", "pattern": r"\S", "maxLength": LONGEST_REASON}},
        closed=True, target={"type": ["string", "null"], "maxLength": LONGEST_TARGET},
        runs={"enum": list(get_args(Runs))}, id={"type": ["string", "null"], "pattern": "^stp_[0-9a-hjkmnp-tv-z]{26}$"},
    ),
    "if": {"properties": {"scope": {"const": "all"}}, "required": ["scope"]},
    "then": {"properties": {"target": {"type": "null"}}},
    "else": {"properties": {"target": {"type": "string", "minLength": 1}}, "required": ["target"]},
}  # fmt: skip
BODY_SCHEMAS: Final[dict[str, JSONObject]] = {
    "take_work": _object(
        {"executor": {"type": "string", "pattern": f"^{words.EXECUTOR.pattern}$"},
         "functions": _list(_object({"name": TEXT, "schema": TEXT}, closed=True)) | {"maxItems": FUNCTIONS}},
        closed=True, most={"type": "integer", "minimum": 1, "maximum": MOST, "default": 1}, beside=WORDS,
        cleanups=_list({"type": "string"}) | {"maxItems": FUNCTIONS},
    ),
    "renew_leases": _object({"leases": _list(LEASE) | {"maxItems": LEASES}}, closed=True),
    "lease_consumer": _object(
        {"consumer": CONSUMER_NAME, "holder": CONSUMER_NAME,
         "seconds": {"type": "integer", "minimum": 0, "maximum": LONGEST}},
        closed=True,
    ),
    "acknowledge_decisions": _object(
        {"consumer": CONSUMER_NAME, "position": NUMBER}, closed=True,
        fence={**NUMBER, "type": ["integer", "null"]},
    ),
    "find_examples": _object(
        {"name": {"type": "string", "minLength": 1}}, closed=True, args=MAYBE_OBJECT,
        limit={"type": ["integer", "null"], "minimum": 1, "maximum": 50},
    ),
    "ask_question": _object(
        {"question": {"type": "string", "minLength": 1}}, closed=True,
        options={"type": ["array", "null"], "items": VALUE}, to={"type": ["array", "null"], "items": TEXT},
        within=MAYBE_DURATION, default=VALUE, schema=MAYBE_OBJECT, context=MAYBE_OBJECT, id=ACTION_ID, key=MAYBE,
    ),
    "create_stop": STOPPED,
    "create_key": _object(
        {"agent": AGENT}, closed=True, owner=MAYBE,
        scopes={"type": ["array", "null"], "minItems": 1, "items": {"enum": list(get_args(Scope))}},
        expires=MAYBE_DURATION,
        label=MAYBE,
    ),
    "rotate_key": _object({}, closed=True, overlap=MAYBE_DURATION),
    "put_people": _object({"file": {"type": "string", "minLength": 1}}, closed=True, prune=FLAG, dry_run=FLAG),
    "put_policy": _object({"file": {"type": "string", "minLength": 1}}, closed=True, dry_run=FLAG),
    "sign_in": _object(
        {"name": TEXT, "password": TEXT}, closed=True, use=USE,
    ),
    "add_passkey": _object(
        {"name": {"type": "string", "minLength": 1, "maxLength": NAME_LENGTH}, "credential": _bytes(CREDENTIAL_LENGTH),
         "client_data": _bytes(PART_LENGTH), "attestation": _bytes(PART_LENGTH)},
        closed=True,
    ),
    "sign_in_with_passkey": _object(
        {"credential": _bytes(CREDENTIAL_LENGTH), "client_data": _bytes(PART_LENGTH),
         "authenticator_data": _bytes(PART_LENGTH), "signature": _bytes(PART_LENGTH),
         "user_handle": _bytes(PART_LENGTH)},
        closed=True,
    ),
    "subscribe_to_push": _object(
        {"name": {"type": "string", "minLength": 1, "maxLength": NAME_LENGTH},
         "endpoint": {"type": "string", "format": "uri", "maxLength": ENDPOINT}, "key": _bytes(200),
         "secret": _bytes(200)},
        closed=True,
    ),
    "accept_invitation": _object({"secret": TEXT, "password": TEXT}, closed=True, use=USE),
    "put_agent": _object({"agent": AGENT}, closed=True, owner=MAYBE),
}  # fmt: skip
