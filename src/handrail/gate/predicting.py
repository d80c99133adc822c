"""A predictor: a function without effects whose output is proposed, to be used as it is or as people correct it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import orjson

from ..codec.canonical import canonical
from ..codec.schema import CallSchema
from ..stream import JSON
from .call import Call, Gated, Identity
from .conduct import Steps
from .effects import Evaluate
from .scope import RunScope, current_parent

log: Final = logging.getLogger("handrail.gate")


@dataclass(frozen=True)
class Predictor(Gated):
    """A predictor; `of` tells how sure it is of an output."""

    of: Callable[..., Any] | None = None

    @cached_property
    def inputs(self) -> CallSchema:
        """How what it is given travels."""
        return CallSchema(self.function)

    @cached_property
    def schema(self) -> Any:
        """How its output travels, as the one argument of its use."""
        return _OutputSchema(self.inputs)


class _OutputSchema:
    """The schema of an output, in the place of a function's arguments."""

    has_local: Final = False

    def __init__(self, function: CallSchema) -> None:
        self._function: Final = function

    @cached_property
    def schema_json(self) -> str:
        """The canonical JSON Schema of `{"output": …}`."""
        output = orjson.loads(self._function.result_schema_json)
        shared = output.pop("$defs", None)
        schema: dict[str, Any] = {
            "type": "object", "properties": {"output": output}, "required": ["output"], "additionalProperties": False
        }  # fmt: skip
        return canonical(schema | ({"$defs": shared} if shared else {}))

    @cached_property
    def digest(self) -> str:
        """`sha256:` and the hex SHA-256 of the schema."""
        return f"sha256:{hashlib.sha256(self.schema_json.encode()).hexdigest()}"

    def dump_result(self, value: object) -> JSON:
        """The JSON of an output, read back and compared. Raises `NotSerialisable`."""
        return self._function.dump_result(value)

    def load_result(self, stored: JSON) -> Any:
        """An output of its stored JSON, as it came or as it was corrected. Raises `InvalidValue`."""
        return self._function.load_result(stored)


def predicted(
    gated: Predictor, args: tuple[Any, ...], kwargs: Mapping[str, Any], run: RunScope | None, identity: Identity
) -> Steps:
    """The steps that run the predictor; the call that proposes its output. What it raises reaches the caller.

    A repeated call is found again by what the predictor is given: a model may answer anew.
    """
    given = gated.inputs.dump(args, kwargs)
    inputs = canonical(given)
    occurrence = run.occurrence(gated.name, inputs) if run is not None and identity.key is None else None
    output = yield Evaluate(gated.function, args, kwargs)
    sure = identity.confidence if gated.of is None else (yield from _sure(gated, output))
    return Call(
        gated, gated.given(args, kwargs), canonical({"output": gated.schema.dump_result(output)}), {}, identity, run,
        occurrence, identity.parent or current_parent(), sure, inputs, {"inputs": given},
    )  # fmt: skip


def _sure(gated: Predictor, output: Any) -> Steps:
    """How sure the predictor is; nothing where that cannot be told, and then people are asked."""
    assert gated.of is not None
    try:
        return _number((yield Evaluate(gated.of, (output,), {})))
    except Exception as error:
        log.warning("of= of %s failed, so people are asked: %s", gated.name, error)
        return None


def _number(found: Any) -> float | None:
    return None if found is None or isinstance(found, str | bool) else float(found)
