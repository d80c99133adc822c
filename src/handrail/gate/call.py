"""One gated function, and one call of it, as they are before they become an action."""

import inspect
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal, get_args

from ..action import words
from ..action.commands import Propose
from ..action.model import Kind, Risk
from ..codec.canonical import canonical
from ..codec.schema import CallSchema
from ..errors import UsageError
from ..policy.declaration import Declaration
from ..stream import JSON
from .retry import Retry
from .scope import RunScope, current_parent

Wait = Literal["block", "defer"]
RISKS: Final = get_args(Risk)


@dataclass(frozen=True)
class Texts:
    """What describes an action to people: values, or callables of the call's arguments, sync or async."""

    describe: Any = None
    risk: Any = "unrated"
    impact: Any = None
    preview: Any = None
    context: Any = None


@dataclass(frozen=True)
class Gated:
    """A registered function with all that its decorator declared. `probe` tells whether an unknown call took effect,
    `precondition` what the call's target looks like, `retry` what is repeated after which error, and `failing` who is
    asked once it fails, where somebody else approves it."""

    function: Callable[..., Any]
    name: str
    declared: Declaration
    texts: Texts = field(default_factory=Texts)
    reversible: bool = False
    idempotent: bool = False
    probe: Callable[..., Any] | None = None
    precondition: Callable[..., Any] | None = None
    intent: str | None = None
    retry: Retry | None = None
    failing: Declaration | None = None
    wait: Wait = "block"
    kind: Kind = "call"

    @cached_property
    def schema(self) -> CallSchema:
        """How the arguments and the result travel."""
        return CallSchema(self.function)

    @cached_property
    def _signature(self) -> inspect.Signature:
        return inspect.signature(self.function)

    def given(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
        """The call's own values by parameter name, defaults applied, for callables that describe it."""
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return {name: value for name, value in bound.arguments.items() if name not in ("self", "cls")}


@dataclass(frozen=True, slots=True)
class Identity:
    """How one call is told from others: the key that finds it again, the earlier action whose place it takes, the one
    under which it is done, and how sure its agent is."""

    key: str | None = None
    supersedes: str | None = None
    parent: str | None = None
    confidence: float | None = None


NEW: Final = Identity()


@dataclass(frozen=True)
class Call:
    """One call: the arguments as given, as they travel, and those that stay in this process; and how sure its agent is.

    Of an output, `inputs` is the text of what it was made from, and `shown` is what people see of that.
    """

    gated: Gated
    given: Mapping[str, Any]
    args: str
    local: Mapping[str, Any]
    identity: Identity = NEW
    run: RunScope | None = None
    occurrence: int | None = None
    parent: str | None = None
    confidence: float | None = None
    inputs: str | None = None
    shown: Mapping[str, JSON] = field(default_factory=dict)

    @property
    def identified(self) -> bool:
        """Whether a restarted program finds this call again."""
        return self.identity.key is not None or self.run is not None


def prepare(
    gated: Gated, args: tuple[Any, ...], kwargs: Mapping[str, Any], run: RunScope | None, identity: Identity = NEW
) -> Call:
    """Bind, dump, read back and compare the arguments. Raises `NotSerialisable` or `TypeError`."""
    text = canonical(gated.schema.dump(args, kwargs))
    if run is not None:
        run.calling(gated.name, text)
    occurrence = run.occurrence(gated.name, text) if run is not None and identity.key is None else None
    given, local = gated.given(args, kwargs), gated.schema.local(args, kwargs)
    parent = identity.parent or current_parent()
    return Call(gated, given, text, local, identity, run, occurrence, parent, identity.confidence)


def propose(
    call: Call, texts: Mapping[str, Any], surrounding: Mapping[str, JSON], *, offered: bool, executor: str | None
) -> Propose:  # fmt: skip
    """The command for a call; `texts` are the evaluated descriptions. An `offered` one may be run by whoever has the
    function, unless it needs arguments that stay here; else `executor` starts it at once where nobody is asked. Raises
    `UsageError` for an unknown risk."""
    gated = call.gated
    risk: Any = texts.get("risk") or "unrated"
    if risk not in RISKS:
        raise UsageError(f"risk={risk!r} is none of {', '.join(RISKS)}")
    context = {**surrounding, **call.shown, **(texts.get("context") or {})}
    story = {name: plain(name, texts[name]) for name in ("describe", "impact", "preview") if texts.get(name)}
    if "describe" in story:
        story["description"] = story.pop("describe")
    target = None
    if gated.precondition is not None:
        target = {"value": plain("precondition", texts["precondition"])}
        story["target"] = target["value"]
    return Propose(
        name=gated.name, args=call.args, schema=gated.schema.digest, schema_text=gated.schema.schema_json,
        declared=gated.declared, run=call.run.id if call.run else None, key=call.identity.key,
        occurrence=call.occurrence,
        intent=gated.intent, context=plain("context", context) if context else None, story=story, risk=risk,
        reversible=gated.reversible, idempotent=gated.idempotent, probe=gated.probe is not None,
        supersedes=call.identity.supersedes, parent=call.parent, target=target, kind=gated.kind,
        offered=offered and not gated.schema.has_local, confidence=_finite(call.confidence), inputs=call.inputs,
        executor=executor, start=executor is not None, failing=gated.failing, returns=_returns(gated),
    )  # fmt: skip


def _returns(gated: Gated) -> str | None:
    """What a result has to fit that people may have to give by hand; nothing where it may be anything."""
    if gated.kind != "call" or (gated.retry is None and gated.probe is None):
        return None
    schema = gated.schema.result_schema_json
    return None if schema == "{}" else schema


def _finite(confidence: float | None) -> float | None:
    """What no JSON number can say is no confidence."""
    return confidence if confidence is not None and math.isfinite(confidence) else None


def plain(what: str, value: Any) -> JSON:
    """A description as strict JSON; what is no JSON is shown as its text."""
    try:
        canonical(value)
    except (TypeError, ValueError):
        if isinstance(value, Mapping):
            return {str(key): plain(what, one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [plain(what, one) for one in value]
        return str(value)
    plain: JSON = value
    return plain


def default_name(function: Callable[..., Any]) -> str:
    """`<last module part>.<function>`; a program's main module is named by its file."""
    module = getattr(function, "__module__", None) or "function"
    if module == "__main__":
        filename = getattr(getattr(function, "__code__", None), "co_filename", "main.py")
        module = re.split(r"[\\/]", filename)[-1].removesuffix(".py") or "main"
    last = re.sub(r"[^A-Za-z0-9_\-]", "_", module.rpartition(".")[2])
    return f"{last}.{getattr(function, '__name__', 'call')}".replace("<", "").replace(">", "")


class Registry:
    """The functions of one connection, by name: what a ticket or a worker can execute in this process."""

    def __init__(self) -> None:
        self._functions: dict[str, Gated] = {}

    def forget(self, name: str) -> None:
        """Let go of a function, whose decorator was followed by another one."""
        self._functions.pop(name, None)

    def add(self, gated: Gated) -> None:
        """Register a function. Raises `UsageError` for a name that is taken or cannot be one."""
        if not words.is_name(gated.name):
            raise UsageError(f"{gated.name!r} cannot name an action: use letters, digits, '_', '-' and '.'")
        known = self._functions.get(gated.name)
        if known is not None and not is_same(known.function, gated.function):
            raise UsageError(f"the name {gated.name!r} is taken by another function: give one of them name=")
        self._functions[gated.name] = gated

    def __iter__(self) -> Iterator[Gated]:
        return iter(list(self._functions.values()))

    def get(self, name: str) -> Gated | None:
        """The function registered under a name."""
        return self._functions.get(name)


def is_same(one: Callable[..., Any], other: Callable[..., Any]) -> bool:
    """Whether two functions are one, as after reloading a module."""
    code, other_code = getattr(one, "__code__", None), getattr(other, "__code__", None)
    if code is None or other_code is None:
        return one is other
    return (code.co_filename, code.co_firstlineno) == (other_code.co_filename, other_code.co_firstlineno)
