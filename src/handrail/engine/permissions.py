"""Standing permissions inside the transaction: whether one covers a proposal, and what a decision gives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import orjson

from ..action.commands import Propose
from ..action.model import Action
from ..codec.canonical import canonical
from ..directory.model import Names
from ..policy.standing import Facts, Fixed, Give, Given, Like, Revoke, Standing, like
from ..policy.verdict import Verdict
from ..principal import Principal
from ..review.model import Review
from ..stream import JSON

if TYPE_CHECKING:
    from .work import Work

ORDINARY: Final = frozenset({"rule", "declared", "default"})
"""Why people are asked where a permission can answer for them. A refused intent or a condition in error is none."""
REVOKED: Final = "permission_revoked"


def permitted(work: Work, command: Propose, actor: Principal, verdict: Verdict, barred: frozenset[str]) -> Verdict:
    """The verdict on a proposal that a standing permission may cover: then it runs, in the giver's name."""
    undoable = command.kind == "call" and command.reversible and command.risk != "critical"
    if verdict.kind != "review" or verdict.reason not in ORDINARY or verdict.demand is None or not undoable:
        return verdict
    owner = actor.owner or ""
    found = work.sources.permissions(like(command.name, command.schema, owner))
    if not found:
        return verdict
    directory = work.sources.directory()
    about = Like(command.name, command.schema, owner, hashes(directory.names, command.name, command.args))
    for one in found:
        if one.covers(about, work.now) and one.suffices(verdict.demand, directory, barred):
            demand = replace(verdict.demand, grant=min(verdict.demand.grant, one.until - work.now))
            return replace(verdict, kind="run", reason="standing", rule=one.id, demand=demand)
    return verdict


def revoked(work: Work, state: Action) -> Verdict | None:
    """The verdict on an action that may run by a permission that was taken back; `None` for any other."""
    by = state.grant.by if state.grant else ""
    permission = work.state(by) if by.startswith("std_") else None
    if not isinstance(permission, Standing) or permission.why != "revoked":
        return None
    return Verdict("review", state.pattern, REVOKED, state.demand, pol=state.pol)


def hashes(names: Names, action: str, args: str | None) -> dict[str, str]:
    """The keyed hash of each argument."""
    found: dict[str, Any] = orjson.loads(args) if args else {}
    return {name: names.argument(action, name, canonical(value)) for name, value in found.items()}


def facts(work: Work, subject: str, state: Standing | None, command: object, actor: Principal) -> Facts:
    """The facts for a permission's command."""
    match command:
        case Give():
            return _giving(work, command, actor)
        case Revoke():
            known = work.sources.directory().people.get(actor.id)
            permitted = known is not None and bool({"supervise", "administer"} & known.permissions)
            return Facts(work.now, actor, permitted=permitted)
        case _:
            return Facts(work.now, actor)


def _giving(work: Work, command: Give, actor: Principal) -> Facts:
    action, review = work.state(command.action), work.state(command.review)
    args = work.args(command.action, review.revision) if isinstance(review, Review) else None
    made = review.decision if isinstance(review, Review) else None
    if not isinstance(action, Action) or made is None or made.standing is None or args is None:
        return Facts(work.now, actor)
    terms, all_ = made.standing, hashes(work.sources.directory().names, action.name, args)
    names = sorted(all_) if terms.fixed is None else sorted(terms.fixed)
    given = Given(
        command.review, command.action, made.by, made.auth, action.name, action.schema, action.owner,
        work.now + terms.lasts, terms.times, tuple(Fixed(name, all_[name]) for name in names), terms.fixed is None,
    )  # fmt: skip
    found: dict[str, Any] = orjson.loads(args)
    values: JSON = {name: found[name] for name in names}
    return Facts(work.now, actor, given, values)
