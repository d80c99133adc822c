"""Who is asked once an action fails, and the pattern of one whose failures are handled."""

from dataclasses import replace

from ..directory.model import Directory
from .declaration import Declaration
from .demanded import Undecidable, demanded, require_reachable
from .paths import Demand
from .patterns import EXCEPTIONS, joined
from .rules import Policy
from .verdict import Verdict


def stacked(
    verdict: Verdict, declared: Declaration, failing: Declaration | None, directory: Directory,
    barred: frozenset[str], policy: Policy | None,
) -> Verdict:  # fmt: skip
    """The verdict on an action whose code may also say who is asked once it fails: `failing`, or `declared` itself.

    People who are named and who are not there, or may never decide, are a reason to refuse it before it runs; with
    nobody named, those who approve it are asked, or nobody.
    """
    handled = failing or (declared if declared.pattern == EXCEPTIONS else None)
    if handled is None:
        return verdict
    found = replace(verdict, pattern=joined(verdict.pattern))
    if verdict.kind == "deny":
        return found
    try:
        demand = demanded(handled, directory, policy, None, floor=False)
        if handled.reviewers:
            require_reachable(demand, directory, barred)
    except Undecidable as denied:
        if not handled.reviewers:
            return found
        return replace(found, kind="deny", reason=denied.reason, demand=None, advice=denied.advice)
    return found if demand == verdict.demand else replace(found, failing=demand)


def put_to(present: Demand, approving: Demand) -> Demand:
    """A demand in its own times, put to those who approve: who is asked about failures alone agrees to no new bytes."""
    asked = tuple(sorted(approving.asked))
    return replace(present, levels=tuple(replace(level, ask=asked) for level in present.levels))
