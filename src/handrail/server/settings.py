"""What an operator chooses when a server starts."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

DEFAULT_ORIGIN: Final = "http://127.0.0.1:8321"


@dataclass(frozen=True, slots=True)
class Caps:
    """How much one agent may ask, up to `burst` at once and then at an even pace; its owner's agents together may ask
    `owner` times that."""

    open_reviews: int = 100
    asks_per_minute: int = 600
    owner: int = 2
    burst: int = 20


@dataclass(frozen=True, slots=True)
class Settings:
    """`origin` is where browsers find the server; a body has at most `body` bytes; times are seconds. A request's head
    has `head` to arrive, its body `arrival`. `demo` lets people in by links, on this machine only.
    `env` is the environment that a policy's conditions see."""

    origin: str = DEFAULT_ORIGIN
    body: int = 1024 * 1024
    poll: int = 60
    polls: int = 2_000
    stalled: float = 25.0
    heartbeat: float = 15.0
    hold: float = 1.0
    head: float = 15.0
    arrival: float = 30.0
    demo: bool = False
    caps: Caps = field(default_factory=Caps)
    env: str | None = None

    @property
    def secure(self) -> bool:
        """Whether browsers reach the server over TLS."""
        return self.origin.startswith("https://")

    @property
    def host(self) -> str:
        """The host, with the port, that a request is meant for."""
        return urlsplit(self.origin).netloc.lower()
