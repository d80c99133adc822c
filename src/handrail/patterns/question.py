"""A question: an action that has no effect but its answer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

import orjson

from ..codec.canonical import canonical
from ..codec.schema import CallSchema
from ..errors import InvalidValue
from ..gate.call import Call, Gated, Identity, Texts
from ..gate.gate import Gate
from ..gate.scope import current_run
from ..policy.declaration import Declaration
from ..stream import JSON

NAME: Final = "handrail.ask"


@dataclass(frozen=True)
class Asked:
    """A question with all that its answer must fit."""

    args: dict[str, JSON]
    answer: Any
    declared: Declaration
    context: Any


class Question:
    """Asks people through a gate."""

    def __init__(self, gate: Gate) -> None:
        self._gate: Final = gate

    def prepare(
        self, question: str, options: list[Any] | None, default: Any, expected: Any, declared: Declaration, context: Any
    ) -> Asked:
        """The question as it travels. Raises `InvalidValue` for a default that is none of the options."""
        if options is not None and default is not None and default not in options:
            raise InvalidValue(f"default={default!r} is none of the options")
        answer = _Answer(expected)
        args: dict[str, JSON] = {"question": question}
        if options is not None:
            args["options"] = list(options)
        elif expected is not None:
            args["schema"] = answer.schema
        if default is not None:
            args["default"] = answer.dump(default)
        return Asked(args, answer, declared, context)

    def ask(self, asked: Asked, key: str | None) -> Any:
        """The answer, waited for in this thread."""
        return asked.answer.load(self._gate.drive(self._gate.conduct(self._call(asked, key))))

    async def ask_async(self, asked: Asked, key: str | None) -> Any:
        """The answer, waited for on the event loop."""
        return asked.answer.load(await self._gate.adrive(self._gate.conduct(self._call(asked, key))))

    def _call(self, asked: Asked, key: str | None) -> Call:
        text = canonical(asked.args)
        run = current_run() or self._gate.default_run()
        gated = _Questioning(_unasked, NAME, asked.declared, Texts(context=asked.context), kind="question")
        occurrence = run.occurrence(NAME, text) if run is not None and key is None else None
        return Call(gated, asked.args, text, {}, Identity(key), run, occurrence)


class _Answer:
    """The type of an answer: read back into what the asker wrote."""

    def __init__(self, expected: Any) -> None:
        def answer() -> Any: ...

        if expected is not None:
            answer.__annotations__["return"] = expected
        self._codec: Final = CallSchema(answer)

    @property
    def schema(self) -> JSON:
        found: JSON = orjson.loads(self._codec.result_schema_json)
        return found

    def dump(self, value: Any) -> JSON:
        return self._codec.dump_result(value)

    def load(self, value: JSON) -> Any:
        return self._codec.load_result(value)


def _unasked(**_: Any) -> None:
    """A question is never executed."""


@dataclass(frozen=True)
class _Questioning(Gated):
    """A question in the place of a function: its schema says what a question is, and nothing runs."""

    @property
    def schema(self) -> Any:
        return _SCHEMA


class _QuestionSchema:
    schema_json: Final = canonical(
        {"type": "object", "required": ["question"], "properties": {"question": {"type": "string"}}}
    )
    digest: Final = "sha256:" + hashlib.sha256(schema_json.encode()).hexdigest()
    has_local: Final = False

    def load_result(self, value: JSON) -> JSON:
        """The answer as it was given."""
        return value


_SCHEMA: Final = _QuestionSchema()
