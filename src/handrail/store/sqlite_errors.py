"""The errors of SQLite's driver as ours."""

from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from ..errors import CorruptLog, HandrailError, Unavailable, UsageError


@contextmanager
def translated() -> Iterator[None]:
    """Turns a driver's error into ours: corruption is a corrupt log, a file that this user may not use is a mistake,
    everything else means not now."""
    try:
        yield
    except (apsw.Error, OSError) as error:
        raise ours(error) from error


def ours(error: Exception) -> HandrailError:
    """The error that the product knows for one of the driver's, or of the file's."""
    if isinstance(error, apsw.CorruptError | apsw.NotADBError):
        return CorruptLog(f"the database file is damaged or no database: {error}")
    if isinstance(error, apsw.Error):
        return Unavailable(f"the database cannot be used now, and nothing was changed: {error}")
    if isinstance(error, PermissionError | IsADirectoryError | NotADirectoryError):
        return UsageError(f"the database file cannot be used by this user: {error}")
    return Unavailable(f"the database file cannot be used: {error}")
