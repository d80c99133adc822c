"""Between the heart's dataclasses and JSON: events as disclosures, states as rows, types by their names.

msgspec reads and writes standard-library dataclasses, so the heart needs no base class and no annotations of its own.
"""

import re
from typing import Any, Final, get_args

import msgspec

from ..action import events as action_events
from ..action.model import Action
from ..directory import events as directory_events
from ..directory.model import Agent, Group, Guest, Key, Person
from ..policy import budget, standing, stops
from ..policy.register import ActivePolicy, PolicyApplied
from ..review import events as review_events
from ..review.model import Review
from ..run import events as run_events
from ..run.model import Run
from ..stream import JSON

VERSION: Final = 1
State = (
    Action | Review | Run | Person | Group | Agent | Key | Guest | ActivePolicy | budget.Budget | standing.Standing
    | stops.Stop
)  # fmt: skip
STATES: Final[dict[str, type[Any]]] = {
    "action": Action, "review": Review, "run": Run, "person": Person, "group": Group, "agent": Agent, "key": Key,
    "guest": Guest, "policy": ActivePolicy, "budget": budget.Budget, "standing": standing.Standing,
    "stop": stops.Stop,
}  # fmt: skip
KINDS: Final[dict[type[Any], str]] = {state: kind for kind, state in STATES.items()}


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def _types() -> dict[str, type[Any]]:
    found: dict[str, type[Any]] = {}
    lives: tuple[tuple[str, Any], ...] = (
        ("action", action_events), ("review", review_events), ("run", run_events), ("budget", budget),
        ("standing", standing), ("stop", stops),
    )  # fmt: skip
    for stream, module in lives:
        found |= {f"{stream}.{_snake(event.__name__)}": event for event in get_args(module.Event)}
    registers = (*get_args(directory_events.Event), PolicyApplied)
    return found | {_snake(event.__name__).replace("_", ".", 1): event for event in registers}


EVENTS: Final = _types()
NAMES: Final[dict[type[Any], str]] = {event: name for name, event in EVENTS.items()}


def event_text(event: object) -> bytes:
    """What `evolve` needs of an event, as JSON, with the version of its shape behind its members."""
    members = msgspec.json.encode(event)[1:-1]
    return b'{%b%b"v":%d}' % (members, b"," if members else b"", VERSION)


def read_event(name: str, data: dict[str, JSON]) -> Any:
    """The event again. Raises `ValueError` for an unknown type, version or shape."""
    if data.get("v") != VERSION or name not in EVENTS:
        raise ValueError(f"{name} in version {data.get('v')} is unknown here; update the package")
    return msgspec.convert({key: value for key, value in data.items() if key != "v"}, EVENTS[name])


def state_text(state: State) -> str:
    """A state as the JSON text that its row holds."""
    return msgspec.json.encode(state).decode()


_DECODERS: Final = {kind: msgspec.json.Decoder(state) for kind, state in STATES.items()}


def read_state(kind: str, text: str) -> State:
    """The state again."""
    state: State = _DECODERS[kind].decode(text)
    return state
