"""Whatever Apprise knows how to reach: chats, pagers, phones. The address is the operator's, with its secrets in it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Final

from ...errors import UsageError
from ..channel import Address, Unreachable
from ..message import Message, lines, title


@dataclass(frozen=True, slots=True)
class Chat:
    """An Apprise URL."""

    url: str

    def __repr__(self) -> str:
        return "Chat(…)"


class Apprise:
    """Hands a message to Apprise. Raises `UsageError` where that is not installed, or does not know the URL."""

    def __init__(self, chat: Chat) -> None:
        self._known: Final = _known(chat.url)

    def send(self, message: Message, to: Address) -> None:
        """Hand it over. Raises `Unreachable`."""
        said = lines(message, to.zone)
        if not self._known.notify(body="\n".join(said[1:]) or said[0], title=title(message), body_format="text"):
            raise Unreachable("the service did not take the message")


def _known(url: str) -> Any:
    try:
        import apprise
    except ImportError:
        raise UsageError("channels of Apprise need more packages: pip install 'handrail[notify]'") from None
    # It writes whole addresses, whose secrets would stand in the server's log.
    logging.getLogger("apprise").disabled = True
    found = apprise.Apprise(asset=apprise.AppriseAsset(async_mode=False))
    if not found.add(url):
        raise UsageError("Apprise does not know the URL of a channel: see its documentation for how each is written")
    return found
