"""`handrail policy try` and `backtest`: a policy on one action, and on those that were recorded."""

from __future__ import annotations

import os
from collections import Counter
from decimal import Decimal
from typing import Annotated, Any, Final

import typer

from ..clock import DAY
from ..codec.canonical import canonical, parse
from ..codec.policy_file import PolicyFile, read_policy_file
from ..codec.policy_words import RISKS
from ..directory.model import Directory, Names
from ..engine.backtest import Backtest, Judged, backtest
from ..engine.rehearsal import described
from ..engine.trial import Trial, Tried, tried
from ..errors import UsageError
from ..policy.asked import Asked
from ..policy.criticality import Criticality
from ..policy.rules import MODES
from ..view.escape import visible
from ..view.lines import Line
from ..view.words import count
from .desk import Db, desk, place
from .local import LocalSite
from .page import Json, say, show, tell
from .policy import File, read
from .refusal import refused

FEW: Final = 20
_MARKS: Final = {
    "counts": ("+", "good", "counts"), "untrue": ("-", "muted", "does not count"),
    "no_answer": ("!", "flag", "asks people: its condition has no answer"),
    "other_action": (" ", "muted", "is about other actions"), "not_reached": (" ", "muted", "is not reached"),
}  # fmt: skip


def try_policy(
    file: File,
    action: Annotated[str, typer.Option("--action", metavar="NAME", help="The action's name.")],
    args: Annotated[str, typer.Option("--args", metavar="JSON", help="Its arguments.")] = "{}",
    env: Annotated[str | None, typer.Option("--env", metavar="NAME", help="Where it would run.")] = None,
    agent: Annotated[str | None, typer.Option("--agent", metavar="NAME", help="Who asks.")] = None,
    run: Annotated[str | None, typer.Option("--run", metavar="NAME", help="In which run.")] = None,
    risk: Annotated[str, typer.Option("--risk", help="low, medium, high, critical or unrated.")] = "unrated",
    reversible: Annotated[bool, typer.Option("--reversible", help="It can be undone.")] = False,
    confidence: Annotated[float | None, typer.Option("--confidence", min=0, max=1, help="How sure it is.")] = None,
    json: Json = False,
    db: Db = None,
) -> None:  # fmt: skip
    """Try a policy on one action: what becomes of each rule and why, then the verdict."""
    text = read(file)
    with refused():
        directory = _directory(db)
        names = directory.names if directory and not directory.solo else Names(b"")
        given = canonical(_object(args))
        if risk not in RISKS:
            raise UsageError(f"--risk {risk[:40]!a} is not known: give one of {', '.join(RISKS)}")
        who, where = names.agent(agent) if agent else "", names.run(run) if run else None
        asked = Asked(action, risk, reversible, who, where, env, confidence)
        found = read_policy_file(text)
        trial = tried(found, asked, given, directory)
    _tell_trial(found, trial) if json else _show_trial(found, trial)


def _object(args: str) -> Any:
    found = parse(args)
    if not isinstance(found, dict):
        raise UsageError('--args is no JSON object: give {"amount": "600.00"}')
    return found


def _directory(db: str | None) -> Directory | None:
    """The people who are there, where there is a database."""
    if db is None and not os.path.exists(place(db)):
        return None
    with desk(db) as at:
        return at.directory


def _show_trial(file: PolicyFile, trial: Trial) -> None:
    for one in trial.rules:
        mark, style, words = _MARKS[one.outcome]
        show([Line(style, f"{mark} {visible(one.rule.name)}: {words}")])  # type: ignore[arg-type]
        show([Line("muted", f"    {visible(why)}") for why in one.why])
    if trial.criticality is not None:
        say(f"criticality {visible(_criticality(trial.criticality))}", "muted")
    why = f", by the rule {visible(trial.verdict.rule)}" if trial.verdict.rule else ""
    why += f", mode {trial.verdict.reason}" if trial.verdict.reason in MODES else ""
    advice = f": {visible(trial.verdict.advice)}" if trial.verdict.advice else ""
    say(f"{described(file.policy, trial.verdict)}{why}{advice}", "good" if trial.verdict.kind == "run" else "fact")


def _criticality(found: Criticality | str) -> str:
    if isinstance(found, str):
        return f"has no answer: {found}"
    return f"{found.level}: {', '.join(found.because) or 'by its risk alone'}"


def _tell_trial(file: PolicyFile, trial: Trial) -> None:
    said = trial.verdict
    tell(
        {
            "rules": [_told(one) for one in trial.rules], "verdict": said.kind, "reason": said.reason,
            "rule": said.rule, "advice": said.advice, "expect": described(file.policy, said),
        }
    )  # fmt: skip


def _told(one: Tried) -> dict[str, Any]:
    return {"rule": one.rule.id, "outcome": one.outcome, "why": list(one.why)}


def backtest_policy(
    file: File,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How far to look back.")] = 30,
    json: Json = False,
    db: Db = None,
) -> None:
    """Try a policy on the actions that were recorded: which would be judged otherwise, and how many reviews there
    would be. Limits and standing permissions are left out of it."""
    text = read(file)
    with desk(db) as at:
        if not isinstance(at.site, LocalSite):
            raise UsageError("a policy is tried on what was recorded where the database is: give --db a database")
        found = read_policy_file(text)
        archive = at.site.backend.archive
        with archive.read() as reader:
            result = backtest(reader, archive.tenant, at.directory.names, found, at.now() - days * DAY)
    _tell_result(result, days) if json else _show_result(result, days)


def _tell_result(result: Backtest, days: int) -> None:
    tell(
        {
            "days": days, "actions": len(result.judged), "whole": result.whole, "erased": result.erased,
            "reviews": {"was": result.reviews("was"), "would_be": result.reviews("would")},
            "changed": [one._asdict() for one in result.changed],
            "refused_and_would_run": [one.id for one in result.slipping],
            "never_and_would_run": [one.id for one in result.broken],
        }
    )  # fmt: skip


def _show_result(result: Backtest, days: int) -> None:
    first = "" if result.whole else "the newest "
    say(f"{first}{count(len(result.judged), 'action')} of {days} days, {len(result.changed)} judged otherwise.")
    kinds = Counter((one.name, one.was, one.would, one.rule or "") for one in result.changed)
    for (name, was, would, rule), many in sorted(kinds.items()):
        by = f", by the rule {visible(rule)}" if rule else ""
        show([Line("fact", f"~ {visible(name)}: {was} → {would}, {many} times{by}")])
    say(f"Reviews a day: {_a_day(result.reviews('was'), days)}, and would be {_a_day(result.reviews('would'), days)}.")
    _show_some(result.slipping, "people said no to, and would run")
    _show_some(result.broken, "would run, and `never:` forbids it")
    if result.erased:
        say(f"{count(result.erased, 'action')} cannot be judged: the arguments were erased.", "muted")


def _a_day(many: int, days: int) -> str:
    return str((Decimal(many) / days).quantize(Decimal("0.1")))


def _show_some(found: list[Judged], what: str) -> None:
    if found:
        more = f" and {len(found) - FEW} more" if len(found) > FEW else ""
        say(f"{count(len(found), 'action')} {what}: {', '.join(one.id for one in found[:FEW])}{more}.", "flag")
