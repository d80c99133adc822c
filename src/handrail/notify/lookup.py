"""What a sender has to know of the rest of the product when it is about to tell somebody something."""

from dataclasses import dataclass
from typing import Protocol

from ..directory.telling import Telling
from ..store.outbox import Parcel


@dataclass(frozen=True, slots=True)
class About:
    """How a review or run stands now. `waits` is whether people are still asked, `by` who has ended it, with their
    name in `who`; the other members are those of a message."""

    waits: bool
    kind: str = ""
    name: str = ""
    by: str = ""
    who: str = ""
    why: str = ""
    until: int | None = None


class Lookup(Protocol):
    """The rest of the product, at the moment of telling."""

    def about(self, parcel: Parcel) -> About | None:
        """How that stands which a parcel is about; `None` where it is not there."""

    def concerned(self, parcel: Parcel) -> frozenset[str]:
        """The people whom a parcel without a person is for."""

    def telling(self, parcel: Parcel) -> Telling:
        """How the person of a parcel is told."""

    def zone(self, parcel: Parcel) -> str:
        """The time zone in which the person of a parcel reads times."""

    def quiet(self, parcel: Parcel, now: int) -> int:
        """Until when (µs) the person of a parcel is not to be disturbed; a time that has passed where they may be."""

    def link(self, parcel: Parcel) -> str:
        """An address that leads the person of a parcel to what it is about."""

    def overview(self) -> str:
        """The address of everything that waits for somebody."""
