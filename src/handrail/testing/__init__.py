"""For the tests of gated code: scripted reviewers instead of people, a clock that stands still, no files."""

from .clock import FrozenClock
from .reviewing import Reviewers, UnexpectedAsk, reviewers, reviewing

__all__ = ["FrozenClock", "Reviewers", "UnexpectedAsk", "reviewers", "reviewing"]
