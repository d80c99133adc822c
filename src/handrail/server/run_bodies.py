"""What is asked of runs, and reported of them, as the description limits it."""

from typing import Any, Final

from ..action.words import EXECUTOR
from ..run import watch
from ..run.control import LONGEST

JSONObject = dict[str, Any]
REASON: Final[JSONObject] = {"type": "string", "pattern": r"\S", "maxLength": LONGEST}
COUNT: Final[JSONObject] = {"type": "integer", "minimum": 0, "maximum": watch.MOST}
NUMBER: Final[JSONObject] = {"type": "integer", "minimum": 1, "maximum": watch.MOST}
RATE: Final[JSONObject] = {"properties": {"kind": {"const": "errors"}}, "required": ["kind"]}


def limit_run_bodies(found: JSONObject, maybe_object: JSONObject) -> None:
    """Bring the schemas of a run's commands to what the commands take."""
    for name, member in (
        ("RunStop", "reason"), ("RunPause", "reason"), ("RunInterrupt", "reason"), ("RunGuide", "text"),
    ):  # fmt: skip
        found[name]["properties"][member] = REASON
    found["RunResume"]["properties"]["note"] = {"anyOf": [{"type": "string", "maxLength": LONGEST}, {"type": "null"}]}
    found["RunObserve"]["properties"]["items"] |= {"minItems": 1, "maxItems": watch.BATCH}
    found["RunPrepare"]["properties"]["args"] = maybe_object
    for name in ("RunTakeCleanup", "RunClean"):
        found[name]["properties"]["number"] = NUMBER
    for name in ("Watch", "Monitor", "Observation"):
        found[name]["additionalProperties"] = False
    found["Watch"]["properties"]["executor"]["pattern"] = f"^{EXECUTOR.pattern}$"
    found["Watch"]["properties"]["monitors"]["maxItems"] = watch.MONITORS
    found["Monitor"]["properties"]["limit"] = NUMBER
    found["Monitor"] |= {"if": RATE, "then": {"properties": {"limit": {"maximum": 100}}}}
    for name in ("spend", "tokens"):
        found["Observation"]["properties"][name] |= COUNT
    found["Seen"] = {
        **found["Observation"],
        "properties": {"number": NUMBER, **found["Observation"]["properties"]},
        "required": ["number", *found["Observation"]["required"]],
        "description": "An observation with its number: the first of a run is 1.",
    }
