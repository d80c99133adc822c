"""How much is explored: a little in `make test`, and in `make nightly` as much as a night allows."""

import os
from typing import Any, Final

import pytest

NIGHT: Final = float(os.environ.get("HANDRAIL_NIGHTLY") or 0)
"""The share of a whole night that is at hand: 1 in `make nightly`, 0 in `make test`."""


def by_night(night: int, day: int = 1) -> int:
    """How many: `day` in `make test`, at night their share of `night`."""
    return max(round(night * NIGHT), 1) if NIGHT else day


def longer_by_night(test: Any) -> Any:
    """The test runs in both, and takes as long as it takes."""
    test = pytest.mark.timeout(7200)(test)
    return pytest.mark.nightly(test) if NIGHT else test
