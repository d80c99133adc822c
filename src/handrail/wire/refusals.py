"""Errors that only a server raises; the client knows them too, so that they arrive as what they are."""

from ..errors import HandrailError, UsageError


class WrongMethod(UsageError):
    """The address exists, and knows no such method."""

    code = "wrong_method"
    status = 405


class Broken(HandrailError):
    """The server failed at something that it should not fail at; nothing was acknowledged."""

    code = "broken"
    status = 500


class HeadTooLong(UsageError):
    """The headers are larger than the server takes."""

    code = "head_too_long"
    status = 431


class WrongHost(UsageError):
    """The request is meant for another server, or another site's page points here."""

    code = "wrong_host"


class Smuggled(UsageError):
    """Two who read the request could disagree about where it ends."""

    code = "smuggled"


class TooLarge(HandrailError):
    """The body is larger than the server takes."""

    code = "too_large"
    status = 413


class TooSlow(HandrailError):
    """The body did not arrive in time."""

    code = "too_slow"
    status = 408


class NotJSON(HandrailError):
    """The body is said to be something else than JSON."""

    code = "not_json"
    status = 415


class NotForm(HandrailError):
    """The body is said to be something else than a form of a page."""

    code = "not_form"
    status = 415


class Foreign(HandrailError):
    """A browser sent this from another site, or without the token of its session."""

    code = "foreign"
    status = 403


class WeakPassword(UsageError):
    """A password that would be guessed."""

    code = "weak_password"
    status = 422


class NotRecent(HandrailError):
    """What was asked needs a session that began a short while ago."""

    code = "not_recent"
    status = 403
