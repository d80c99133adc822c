"""Every pattern keeps the contract of patterns: outcome by outcome, at a time-out, and across a restart."""

from __future__ import annotations

from typing import Any, ClassVar

import handrail
from handrail.testing.pattern_contract import SAYS, AskingContract, PatternContract

UNCHECKED: Any = tuple(one for one in SAYS if one != "send_back")


@handrail.pattern("contract-stacked")
def stacked(rail: handrail.Rail, **keywords: Any) -> Any:
    """Approved, and looked after when it fails."""
    return lambda function: rail.approval(**keywords)(rail.exceptions(retries=0)(function))


class TestApproval(AskingContract):
    pattern = "approval"


class TestAuto(AskingContract):
    pattern = "auto"


class TestConfidence(AskingContract):
    pattern, says = "confidence", UNCHECKED
    keywords: ClassVar[Any] = {"reviewers": "user:local", "threshold": 0.8}


class TestExceptions(PatternContract):
    pattern = "exceptions"
    keywords: ClassVar[Any] = {"reviewers": "user:local", "retries": 0}


class TestStacked(AskingContract):
    pattern = "contract-stacked"
