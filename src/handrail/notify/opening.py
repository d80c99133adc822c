"""Makes the channels that an operator's file describes."""

from __future__ import annotations

from typing import assert_never

from ..clock import SystemClock
from .channel import Channel
from .channels.chat import Apprise, Chat
from .channels.push import Push
from .channels.smtp import Mail, MailServer
from .channels.webhook import Hook, Webhook
from .settings import Settings, read_settings
from .subscription import PushService


def channels(path: str | None) -> dict[str, Channel]:
    """The channels of a file by their names; none without a file. Raises `UsageError`."""
    return {name: opened(one) for name, one in read_settings(path).items()} if path else {}


def opened(settings: Settings) -> Channel:
    """The channel that these settings describe."""
    match settings:
        case MailServer():
            return Mail(settings)
        case Hook():
            return Webhook(settings, SystemClock())
        case Chat():
            return Apprise(settings)
        case PushService():
            return Push(settings)
    assert_never(settings)
