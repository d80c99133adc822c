"""Tells people what waits for them, while a server runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from ..ids import mint
from ..notify.channel import Channel
from ..notify.channels.push import Push, Pushes
from ..notify.lookup import Lookup
from ..notify.post import Post
from ..notify.sender import Sender
from .service import Service
from .told import Told


@contextmanager
def posting(service: Service, channels: Mapping[str, Channel]) -> Iterator[Post]:
    """Send on these channels, by their names, until the block ends."""
    process, server = service.database.process, mint("srv")
    now, look = process.engine.clock.now, _lookups(service)
    placed = {name: one.at(process.store, now) if isinstance(one, Push) else one for name, one in channels.items()}
    service.pushes = frozenset(name for name, one in placed.items() if isinstance(one, Pushes))
    post = Post([Sender(process.store, name, one, look, now, server) for name, one in placed.items()], now)
    unlisten = process.keeper.listen(post.wake)
    post.start()
    try:
        yield post
    finally:
        unlisten()
        post.close()


def _lookups(service: Service) -> Callable[[str], Lookup]:
    """What is asked about a tenant's messages."""
    found: dict[str, Told] = {}
    now = service.database.process.engine.clock.now

    def look(tenant: str) -> Told:
        if tenant not in found:
            found[tenant] = Told(service.archive(tenant), service.settings.origin, now)
        return found[tenant]

    return look
