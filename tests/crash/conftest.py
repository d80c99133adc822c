"""The seed of a test that chooses at random."""

import os
import random

import pytest


@pytest.fixture
def seed() -> int:
    """Another one in each run, unless `HANDRAIL_SEED` repeats an earlier one."""
    return int(os.environ.get("HANDRAIL_SEED") or random.SystemRandom().randrange(2**32))
