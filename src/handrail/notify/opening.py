"""Makes the channels that an operator's file describes."""

from __future__ import annotations

from .channel import Channel
from .channels.smtp import Mail
from .settings import Settings, read_settings


def channels(path: str | None) -> dict[str, Channel]:
    """The channels of a file by their names; none without a file. Raises `UsageError`."""
    return {name: opened(one) for name, one in read_settings(path).items()} if path else {}


def opened(settings: Settings) -> Channel:
    """The channel that these settings describe."""
    return Mail(settings)
