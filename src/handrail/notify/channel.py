"""What every way of telling people has to do: send one message to one address, or say why not."""

from dataclasses import dataclass
from typing import Protocol

from ..errors import HandrailError
from .message import Message


class Unreachable(HandrailError):
    """It did not go out this time; the same message is sent again later."""

    code = "unreachable"
    status = 502


class Undeliverable(HandrailError):
    """It will not go out however often it is tried: the message is dead until somebody sends it again."""

    code = "undeliverable"
    status = 502


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person is told on one channel. `to` is what the channel understands, and may be empty where the person's
    id is enough; `zone` is the time zone in which they read times."""

    tenant: str
    person: str
    to: str
    zone: str = "UTC"


class Channel(Protocol):
    """One way of telling people. It is called from one thread at a time, and gives up by itself after some seconds."""

    def send(self, message: Message, to: Address) -> None:
        """Hand the message over. Returns once it was taken; a message that was taken may come a second time after a
        crash. Raises `Unreachable` or `Undeliverable`, whose words hold no secret and nothing of the message."""
