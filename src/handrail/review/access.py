"""Who may decide a review: those asked so far, and never those who asked for the action."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ..directory.model import Directory
from ..errors import NotAllowed
from ..policy.demanded import seats
from ..policy.paths import ANYONE
from ..policy.quorum import matching
from ..principal import Principal
from .model import Review, Vote

SEPARATE: Final = "who asked for an action, answers for its agent, or stands in for them, may not decide it"


@dataclass(frozen=True, slots=True)
class People:
    """The directory at the moment of the command, and whom this review may never be decided by. `now` is in µs;
    `on_call` are those of the groups that have a rota who are on call then."""

    directory: Directory
    barred: frozenset[str]
    now: int = 0
    on_call: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def forbidden(self, review: Review) -> frozenset[str]:
        """Whom this review may not be decided by, with those who stand in for them."""
        return self.directory.with_substitutes(self.barred | frozenset(review.barred), self.now)

    def own(self, review: Review) -> frozenset[str]:
        """Everybody who may decide at the level reached in their own right: earlier levels and delegates included."""
        found = {one for asked in _named(review, review.level) for one in self.directory.members(asked)}
        return frozenset(found) - self.forbidden(review)

    def asked(self, review: Review) -> frozenset[str]:
        """Everybody who may decide at the level reached, also those who stand in for somebody who is away."""
        own, forbidden = self.own(review), self.forbidden(review)
        return own | (frozenset(one for one in map(self._substitute, own) if one) - forbidden)

    def reached(self, review: Review, level: int) -> frozenset[str]:
        """Whom asking up to that level reaches now: those on call, and for who is away whoever stands in for them."""
        return self.reached_by(_named(review, level)) - self.forbidden(review)

    def reached_by(self, named: Iterable[str]) -> frozenset[str]:
        """Whom asking these ids reaches now, whoever is barred."""
        called = {one for asked in named for one in self.called(asked)}
        there = (one if self.directory.absence(one, self.now) is None else self._substitute(one) for one in called)
        return frozenset(one for one in there if one is not None)

    def called(self, asked: str) -> frozenset[str]:
        """The people behind an asked id; of a group with a rota, those on call, if any are."""
        members = self.directory.members(asked)
        return members & self.on_call.get(asked, members) or members

    def instead(self, review: Review, person: str) -> str | None:
        """For whom a person who may decide does so: `None` in their own right, else the one who is away. Whoever has a
        place of their own in the quorum takes that."""
        own = self.own(review)
        away = sorted(one for one in own if self._substitute(one) == person)
        if not away or (person in own and self._fits(review, person)):
            return None
        return next((one for one in away if self._fits(review, one)), None if person in own else away[0])

    def seats(self, review: Review, person: str) -> frozenset[str]:
        """The places of the quorum that this person can fill."""
        return seats(self.directory, person, review.demand.quorum)

    def voters(self, review: Review, votes: Iterable[Vote]) -> dict[str, frozenset[str]]:
        """Whose places the votes fill that count now, each with those it had and still has. A vote that was given
        instead of somebody is theirs, so that their place is filled once."""
        own, forbidden = self.own(review), self.forbidden(review)
        found: dict[str, frozenset[str]] = {}
        for vote in votes:
            holder = vote.instead or vote.by
            if holder in own and vote.by not in forbidden and self.directory.members(vote.by):
                found.setdefault(holder, frozenset(vote.seats) & self.seats(review, holder))
        return found

    def _substitute(self, person: str) -> str | None:
        found = self.directory.substitute(person, self.now)
        return found if found is not None and self.directory.members(found) else None

    def _fits(self, review: Review, person: str) -> bool:
        places = {place for place, _ in review.demand.quorum}
        return ANYONE in places or not places.isdisjoint(self.seats(review, person))


def _named(review: Review, level: int) -> frozenset[str]:
    """The ids that are asked up to a level, and those who were asked in addition."""
    return frozenset(one for rung in review.demand.levels[: level + 1] for one in rung.ask) | {*review.delegates}


def barred(
    directory: Directory, agent: str, owner: str, starter: str | None, *, question: bool, now: int = 0
) -> frozenset[str]:
    """Who may never decide: the agent, whoever answers for it or made a key of it, who started its run, and who stands
    in for one of them at that time (µs); in solo mode and for questions only the agent itself. `starter` is `None`
    where there is no run."""
    if directory.solo or question:
        return frozenset({agent})
    started = owner if starter is None else starter
    found = frozenset({agent}) | directory.makers(agent) | directory.same(owner) | directory.same(started)
    return directory.with_substitutes(found, now)


def require(review: Review, actor: Principal, people: People) -> None:
    """Raise `NotAllowed`, with the rule that says so, unless this principal may decide the review."""
    if actor.kind != "human":
        raise NotAllowed("an agent never decides; a person does")
    if actor.id in people.forbidden(review):
        raise NotAllowed(SEPARATE)
    if actor.id not in people.asked(review):
        raise NotAllowed("this review does not ask you; somebody who is asked can delegate it to you")
    if review.demand.auth and actor.auth not in review.demand.auth:
        raise NotAllowed(f"this review asks for a decision by {' or '.join(review.demand.auth)}")


def counted(review: Review, votes: tuple[Vote, ...], people: People) -> tuple[str, ...] | None:
    """Whose votes fill the quorum now, or `None`. A vote counts with the places it had and still has."""
    filled = matching(people.voters(review, votes), review.demand.quorum)
    if filled is None:
        return None
    holders = frozenset(filled.values())
    givers = {vote.instead or vote.by: vote.by for vote in reversed(votes)}
    return tuple(sorted(givers[one] for one in holders))
