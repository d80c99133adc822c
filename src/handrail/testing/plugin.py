"""The pytest plugin: the fixture `reviewing`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .reviewing import Reviewers


@pytest.fixture
def reviewing() -> Iterator[Callable[..., Reviewers]]:
    """`people = reviewing(rail)`: scripted reviewers for a rail until the test ends; an unused script fails it. With
    `env=` conditions of a policy see where they are."""
    from .reviewing import reviewing as start

    with ExitStack() as stack:
        yield lambda rail, env=None: stack.enter_context(start(rail, env=env))
