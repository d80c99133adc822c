"""What people do, rightly and wrongly: decide, edit, delegate, take back, come late, look at an older view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from handrail.codec.policies import text_digest
from handrail.directory.commands import PutPerson, RemovePerson
from handrail.directory.roles import DEFAULT, Role
from handrail.errors import HandrailError
from handrail.ids import mint
from handrail.policy.register import ID as ACTIVE
from handrail.policy.register import PutPolicy
from handrail.policy.stops import Halt, Lift, Runs, Scope
from handrail.policy.stops import Stop as Halting
from handrail.principal import Principal, agent, person
from handrail.review import commands as c
from handrail.review.access import People
from handrail.review.model import Review
from handrail.run.commands import Stop
from handrail.run.model import Run
from handrail.view.model import folds
from tests.heart.policies import PATHS, put

if TYPE_CHECKING:
    from .world import World

Request = tuple[str, Any, Principal]
PEOPLE: Final = {"ann": ("legal",), "bob": ("legal",), "cyd": ("finance",), "dan": ("legal", "finance"), "olga": ()}
ROLES: Final[dict[str, tuple[Role, ...]]] = {
    "ann": ("reviewer", "administrator"), "dan": ("reviewer", "supervisor"),
}  # fmt: skip
STAFF: Final = tuple(person(f"usr_{name}", "session") for name in PEOPLE)
OWNER: Final = "osu_olga"
BOTS: Final = (agent("agt_one", OWNER), agent("agt_two", "osu_sam", executes=True))
RULES: Final = (
    "- {name: reads, action: shop.read, verdict: run, grant: 10m}",
    "- {name: reads, action: 'shop.*', verdict: run, replaces: code, grant: 1m}",
    "- {name: two, action: 'shop.*', pattern: approval, path: both, quorum: 2, undo: 5m}",
    "- {name: one, action: shop.read, pattern: approval, path: money}",
    "- {name: no, action: shop.put, verdict: deny}",
    "- {name: looked at, action: shop.read, verdict: run, sample: 0.7}",
    "- {name: shadow, action: 'shop.*', pattern: approval, mode: sampled, sample: 0.3, replaces: code}",
    "- {name: watched, action: shop.read, pattern: watched}",
)
STOPPABLE: Final[tuple[tuple[Scope, str | None], ...]] = (
    ("all", None), ("tool", "shop.*"), ("tool", "shop.read"), ("team", "group:finance"), ("agent", "nobody"),
)  # fmt: skip
POLICIES: Final = (*(put(PATHS + rule) for rule in RULES), put("default: deny"))
BROKEN: Final = "this is no compiled policy"
UNREADABLE: Final = PutPolicy("rules: [", BROKEN, text_digest("rules: ["), text_digest(BROKEN))


def join(world: World, name: str, groups: tuple[str, ...]) -> Request:
    """Somebody comes, or changes groups."""
    ids = tuple(world.names.group(one) for one in groups)
    os_user = OWNER if name == "olga" else None
    roles = ROLES.get(name, DEFAULT)
    known = PutPerson(world.names.look_up("user", name), os_user, ids, f"user:{name}", name.title(), roles=roles)
    return f"usr_{name}", known, STAFF[0]


def staff(world: World) -> Request:
    """Somebody comes, goes, or changes groups."""
    name = world.chance.choice(list(PEOPLE)[1:])
    if world.chance.random() < 0.3:
        return f"usr_{name}", RemovePerson(), STAFF[0]
    return join(world, name, world.chance.choice((("legal",), ("finance",), ("legal", "finance"))))


def policy(world: World) -> Request:
    """The policy becomes another one: stricter, looser, or one that cannot be read."""
    by = BOTS[0] if world.chance.random() < 0.1 else STAFF[0]
    return ACTIVE, world.chance.choice((*POLICIES, POLICIES[0], UNREADABLE)), by


def stop(world: World) -> Request | None:
    """A supervisor stops a run."""
    runs = [one for one in world.history.states.values() if isinstance(one, Run) and not one.final]
    busy = {one.run for one in world.actions() if one.status in ("cleared", "claimed")}
    runs = [one for one in runs if one.id in busy] or runs
    if not runs:
        return None
    return world.chance.choice(runs).id, Stop("enough"), world.chance.choice((*STAFF, *STAFF[-1:] * 5))


def halt(world: World) -> Request | None:
    """Somebody stops everything, a tool or a team, or lifts what is stopped."""
    chance = world.chance
    present = [one for one in world.history.states.values() if isinstance(one, Halting) and one.status == "present"]
    if present:
        return chance.choice(present).id, Lift("repaired"), chance.choice((*STAFF, STAFF[0], STAFF[0]))
    runs: Runs = chance.choice(("pause", "stop", "stop", "none"))
    scope: tuple[Scope, str | None] = chance.choice(STOPPABLE)
    return mint("stp"), Halt(scope[0], "enough", scope[1], runs), chance.choice((*STAFF, STAFF[3], STAFF[3]))


def on_review(world: World) -> Request | None:
    """Somebody, who may or may not be asked, does something about a review."""
    chance, reviews = world.chance, world.reviews()
    if not reviews:
        return None
    live = [one for one in reviews if one.status in ("open", "claimed", "decided") and not one.effective]
    review = chance.choice(live or reviews) if chance.random() < 0.95 else chance.choice(reviews)
    by: Principal = _somebody(world, review) if chance.random() < 0.97 else chance.choice(BOTS)
    return review.id, _what(world, review), by


def _somebody(world: World, review: Review) -> Principal:
    """Mostly one who is asked."""
    asked = People(world.directory(), frozenset(review.barred)).asked(review)
    staff = [one for one in STAFF if one.id in asked] if world.chance.random() < 0.7 else []
    return world.chance.choice(staff or STAFF)


def _what(world: World, review: Review) -> Any:
    chance, fate = world.chance, world.chance.random()
    if review.status == "decided" and fate < 0.6:
        return c.Revoke()
    if fate < 0.72:
        return decision(world, review)
    other: list[Any] = [
        c.Claim(), c.Release(), c.Comment("a word"), c.Escalate(), c.Revoke(),
        c.Delegate(chance.choice((*STAFF, *BOTS)).id),
    ]  # fmt: skip
    return chance.choice(other)


def decision(world: World, review: Review) -> c.Decide:
    """One of the answers that the review has, mostly the first, mostly on the view that stands."""
    chance = world.chance
    outcome = review.choices[0] if chance.random() < 0.5 else chance.choice(review.choices)
    view = review.view if chance.random() < 0.95 else "sha256:" + "0" * 64
    args = f'{{"n":{chance.randrange(1_000_000)}}}' if outcome == "edit" else None
    return c.Decide(outcome, view, value=None if outcome == "wrong" else 7, args=args, seen=_seen(world, review))


def _seen(world: World, review: Review) -> tuple[str, ...]:
    """The folds that a person opens: nearly always all of them."""
    if world.chance.random() < 0.03:
        return ()
    try:
        shown = world.machine().backend(STAFF[0]).review(review.id)
    except HandrailError:
        return ()
    return folds(shown.view) or ()
