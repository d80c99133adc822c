"""Checks that need more than one life: what people type against the action's schemas, a proposal against its run."""

from typing import Any, Final

import orjson

from ..action.model import Action
from ..codec.canonical import canonical, parse
from ..codec.edits import validate_edit
from ..codec.problems import Problem
from ..errors import InvalidValue, Misfit, NotAllowed, RunFinished, UnknownAction, UnknownRun
from ..principal import Principal
from ..review.commands import Decide
from ..review.model import OPEN, Review
from ..run.model import Run
from ..stream import JSON
from ..view.escape import visible
from .sources import Sources

UNSAID: Final = "Change the value."
"""A hint that says nothing beside what is wrong."""


def check_run(run: Any, run_id: str, actor: Principal) -> None:
    """Raise `UnknownRun`, `RunFinished`, or `NotAllowed` for the run of another agent: it would wait with it."""
    if not isinstance(run, Run):
        raise UnknownRun(f"no run {run_id[:40]!a} is in this database: open it first")
    if run.agent != actor.id:
        raise NotAllowed("this run belongs to another agent: open one of its own below it")
    if run.status in ("finished", "failed"):
        raise RunFinished(f"this run is {run.status}; give new work another run id")


def check_output(kind: str, args: str) -> None:
    """Raise `InvalidValue` for an output that does not travel as one."""
    if kind == "output" and orjson.loads(args).keys() != {"output"}:
        raise InvalidValue('the arguments of an output are {"output": …} and nothing else')


def check_above(above: Any, run_id: str, actor: Principal) -> None:
    """Raise `UnknownRun` for a run to be inside of that is not there, and in the same words for one of others;
    `RunFinished` for one that is over."""
    if not isinstance(above, Run) or (above.agent != actor.id and above.starter != actor.owner):
        raise UnknownRun(f"no run {run_id[:40]!a} of yours is in this database: open it first")
    if above.status in ("finished", "failed"):
        raise RunFinished(f"the run around this one is {above.status}; open this one outside of it")


def check_parent(above: Any, action_id: str, actor: Principal) -> None:
    """Raise `UnknownAction` for one that is not there, and in the same words for one of others."""
    if not isinstance(above, Action) or (above.agent != actor.id and above.owner != actor.owner):
        raise UnknownAction(f"no action {action_id[:40]!a} of yours is in this database: check the id")


def check_decision(work: Any, state: Review, held: Action, command: Decide) -> None:
    """Raise `InvalidValue`, `MalformedJSON` or `UnreadableSchema` for an edit or answer that does not fit.

    Nothing is checked for a review that is closed: its refusal is the better message.
    """
    if state.status not in OPEN:
        return
    if command.outcome == "edit":
        _check_edit(work.sources, held, command)
    elif command.outcome == "answer":
        args = work.args(held.id, held.revision)
        check_answer(orjson.loads(args) if args else {}, command.value)
    elif command.outcome == "supply" or (command.outcome == "happened" and command.value is not None):
        _check_result(work.sources, held, command.value)


def check_correction(sources: Sources, held: Action, value: JSON) -> None:
    """Raise `InvalidValue` unless what is said to be right fits the type of the output that is corrected."""
    if held.kind != "output":
        raise InvalidValue("only the output of a predictor is corrected by a value: say in a note what would be right")
    schema = sources.schema(held.schema)
    if schema is not None:
        _fits(schema, {"output": value})


def _check_result(sources: Sources, held: Action, value: JSON) -> None:
    """What people give as the result is what the caller gets, so it has to fit the type of a result."""
    schema = sources.schema(held.returns) if held.returns else None
    if schema is not None:
        _fits(schema, value)


def _check_edit(sources: Sources, held: Action, command: Decide) -> None:
    if command.args is None:
        raise InvalidValue("an edit needs the new arguments, complete")
    value = parse(command.args)
    if canonical(value) != command.args:
        raise InvalidValue("the edited arguments are not canonical JSON: send them through handrail's client")
    schema = sources.schema(held.schema)
    if schema is not None:
        _fits(schema, value)


def _fits(schema: str, value: JSON) -> None:
    problems = validate_edit(schema, value)
    if problems:
        said = "; ".join(
            f"{problem.path}: {problem.message}" if problem.path else problem.message for problem in problems
        )
        raise InvalidValue(visible(said), errors=tuple(map(_misfit, problems)))


def _misfit(problem: Problem) -> Misfit:
    """A problem as sentences. What a schema says is an agent's text, so what hides in it is drawn."""
    hint = "" if problem.hint == UNSAID else f" {problem.hint}"
    return Misfit(problem.path, visible(f"{problem.message[:1].upper()}{problem.message[1:]}.{hint}"))


def check_answer(question: dict[str, Any], value: JSON) -> None:
    """Raise `InvalidValue` unless `value` is one of the question's options and fits its schema."""
    options = question.get("options")
    if options and value not in options:
        listed = visible(", ".join(str(option) for option in options))
        raise InvalidValue(f"choose one of: {listed}", errors=(Misfit("", f"Choose one of: {listed}."),))
    schema = question.get("schema")
    if schema:
        _fits(canonical(schema), value)
