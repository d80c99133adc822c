"""Every pattern keeps the contract of patterns: outcome by outcome, at a time-out, and across a restart."""

from __future__ import annotations

from typing import Any, ClassVar

import handrail
from handrail.testing.contracts import SAYS, PatternContract

UNCHECKED: Any = tuple(one for one in SAYS if one != "send_back")


@handrail.pattern("contract-stacked")
def stacked(rail: handrail.Rail, **keywords: Any) -> Any:
    """Approved, and looked after when it fails."""
    return lambda function: rail.approval(**keywords)(rail.exceptions(retries=0)(function))


class TestApproval(PatternContract):
    pattern = "approval"


class TestAuto(PatternContract):
    pattern = "auto"


class TestConfidence(PatternContract):
    pattern, says = "confidence", UNCHECKED
    keywords: ClassVar[Any] = {"reviewers": "user:local", "threshold": 0.8}


class TestExceptions(PatternContract):
    pattern, asks = "exceptions", False
    keywords: ClassVar[Any] = {"reviewers": "user:local", "retries": 0}


class TestStacked(PatternContract):
    pattern = "contract-stacked"
