"""`handrail work`: executes in this process what agents elsewhere have proposed and may be done."""

from __future__ import annotations

import importlib
import logging
import sys
import time
import traceback
from types import ModuleType
from typing import Annotated, Any, Final

import typer

from ..clock import SECOND, micros
from ..errors import HandrailError, UsageError
from ..gate.call import Gated
from ..gate.gate import importing
from ..rail import Rail
from ..view.escape import visible
from .page import say
from .refusal import refused

LOG: Final = "handrail"


def work(
    target: Annotated[
        str, typer.Argument(metavar="MODULE:RAIL", help="A module and the name of its rail, such as shop.agent:rail.")
    ],
    slots: Annotated[int, typer.Option(min=1, max=500, help="How many actions run at once.")] = 4,
    drain: Annotated[
        str, typer.Option(metavar="DURATION", help="How long what runs may still take once told to stop.")
    ] = "30s",
) -> None:
    """Execute cleared actions with the functions of a module, until told to stop.

    Takes what was proposed without waiting (`propose`, `wait="defer"`), by any agent of the database or server that the
    rail is connected to, and cleans up after watched runs whose process is gone. SIGTERM or Ctrl-C finishes what runs;
    a second one ends at once.
    """
    with refused():
        from .shift import shift

        patience = _seconds(drain)
        rail = load(target)
        functions = workable(rail, target)
        _log_to_stderr()
        names = ", ".join(visible(name) for name in sorted({*functions, *rail.core.cleanups.names}))
        say(f"Working on {names}; {slots} at once.", "good", stream=sys.stderr)
        shift(rail.core, functions, slots, patience)
        rail.close()


def _seconds(text: str) -> float:
    try:
        return micros(text) / SECOND
    except ValueError as error:
        raise UsageError(f"--drain: {error}") from None


def load(target: str) -> Rail:
    """The rail that `module:attribute` names. Raises `UsageError` that says what to write instead."""
    name, separator, attribute = target.partition(":")
    if not name or not separator or not attribute:
        raise UsageError(f"{target!a} is no MODULE:RAIL, such as shop.agent:rail")
    module = _imported(name)
    found: Any = module
    for part in attribute.split("."):
        found = getattr(found, part, None)
    if isinstance(found, Rail):
        return found
    rails = sorted(key for key, value in vars(module).items() if isinstance(value, Rail))
    advice = f"its rail is {name}:{rails[0]}" if rails else "give the name of what handrail.connect() returned there"
    what = "has nothing of that name" if found is None else f"is a {type(found).__name__} there, and no rail"
    raise UsageError(f"{attribute!a} in {name}: the module {what}; {advice}")


def _imported(name: str) -> ModuleType:
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        with importing(name):
            return importlib.import_module(name)
    except HandrailError:
        raise
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(error.name + ".")):
            raise UsageError(f"there is no module {name!a} here: run this in the folder that holds it") from None
        raise UsageError(f"{name} needs the module {error.name!a}, which is not installed here") from None
    except (Exception, SystemExit) as error:
        raise UsageError(f"{name} cannot be imported: {type(error).__name__}: {error}{_place(error)}") from None


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""


def workable(rail: Rail, target: str) -> dict[str, Gated]:
    """The functions that can run here. Raises `UsageError` where there are none, or one cannot be read."""
    found = {gated.name: gated for gated in rail.core.registry}
    bound = sorted(name for name, gated in found.items() if gated.schema.has_local)
    if len(bound) == len(found) and not rail.core.cleanups.names:
        why = f": {', '.join(bound)} needs an argument that stays in the agent's process" if bound else ""
        raise UsageError(f"{target} has no function that another process could run{why}")
    for name in bound:
        say(f"{visible(name)} is left out: it has an argument (self or Local) that stays in the agent's process.",
            "muted", stream=sys.stderr)  # fmt: skip
    return {name: gated for name, gated in found.items() if name not in bound}


def _log_to_stderr() -> None:
    """One line an event, with the time in UTC."""
    handler = logging.StreamHandler(sys.stderr)
    formatter = logging.Formatter("%(asctime)sZ %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logger = logging.getLogger(LOG)
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)
