"""Settings of the whole suite: the Hypothesis profile and the one event loop that tests run on."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests import postgres as servers

settings.register_profile("local", deadline=None, print_blob=True)
settings.register_profile("ci", settings.get_profile("local"), derandomize=True, database=None)
settings.register_profile("nightly", settings.get_profile("local"), max_examples=5_000, stateful_step_count=200)


def profile() -> str:
    """The Hypothesis profile the environment asks for: `nightly`, `ci` (repeatable) or `local` (random)."""
    if os.environ.get("HANDRAIL_NIGHTLY"):
        return "nightly"
    return "ci" if os.environ.get("CI") else "local"


settings.load_profile(profile())


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Coroutine tests run on asyncio, the loop the product is made for."""
    return "asyncio"


def pytest_configure() -> None:
    servers.begin_run()


def pytest_unconfigure() -> None:
    servers.end_run()


@pytest.fixture
def postgres() -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    with servers.database(servers.shared()) as url:
        yield url
