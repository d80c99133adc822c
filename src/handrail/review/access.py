"""Who may decide a review: those asked so far, and never those who asked for the action."""

from dataclasses import dataclass

from ..directory.model import Directory
from ..errors import NotAllowed
from ..policy.demanded import seats
from ..policy.quorum import matching
from ..principal import Principal
from .model import Review, Vote


@dataclass(frozen=True, slots=True)
class People:
    """The directory at the moment of the command, and whom this review may never be decided by."""

    directory: Directory
    barred: frozenset[str]

    def asked(self, review: Review, *, level: int | None = None) -> frozenset[str]:
        """Everybody who may decide at the level reached (or at `level`), earlier levels and delegates included."""
        reached = review.demand.levels[: (review.level if level is None else level) + 1]
        found = {person for rung in reached for asked in rung.ask for person in self.directory.members(asked)}
        found.update(one for one in review.delegates if self.directory.members(one))
        return frozenset(found) - self.barred - frozenset(review.barred)

    def seats(self, review: Review, person: str) -> frozenset[str]:
        """The places of the quorum that this person can fill."""
        return seats(self.directory, person, review.demand.quorum)


def barred(directory: Directory, agent: str, owner: str, starter: str | None, *, question: bool) -> frozenset[str]:
    """Who may never decide: the agent, whoever answers for it or made a key of it, and who started its run; in solo
    mode and for questions only the agent itself. `starter` is `None` where there is no run."""
    if directory.solo or question:
        return frozenset({agent})
    started = owner if starter is None else starter
    return frozenset({agent}) | directory.makers(agent) | directory.same(owner) | directory.same(started)


def require(review: Review, actor: Principal, people: People) -> None:
    """Raise `NotAllowed`, with the rule that says so, unless this principal may decide the review."""
    if actor.kind != "human":
        raise NotAllowed("an agent never decides; a person does")
    if actor.id in people.barred or actor.id in review.barred:
        raise NotAllowed("who asked for an action, or answers for its agent, may not decide it")
    if actor.id not in people.asked(review):
        raise NotAllowed("this review does not ask you; somebody who is asked can delegate it to you")
    if review.demand.auth and actor.auth not in review.demand.auth:
        raise NotAllowed(f"this review asks for a decision by {' or '.join(review.demand.auth)}")


def counted(review: Review, votes: tuple[Vote, ...], people: People) -> tuple[str, ...] | None:
    """Whose votes fill the quorum now, or `None`. A vote counts with the places it had and still has."""
    allowed = people.asked(review)
    voters = {vote.by: frozenset(vote.seats) & people.seats(review, vote.by) for vote in votes if vote.by in allowed}
    filled = matching(voters, review.demand.quorum)
    return None if filled is None else tuple(sorted(set(filled.values())))
