"""Between processes, writers take turns."""

import os
from pathlib import Path

import pytest

from handrail.store.sqlite import SQLiteStore

fcntl = pytest.importorskip("fcntl", reason="Windows has another lock")


def held(path: str) -> bool:
    """Whether a writer would have to wait now."""
    file = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def test_who_writes_holds_the_lock_and_lets_go_of_it(tmp_path: Path):
    path = str(tmp_path / "a.db")
    store = SQLiteStore(path)
    with store.write():
        assert held(path + "-lock")
    assert not held(path + "-lock")
    with pytest.raises(ZeroDivisionError), store.write():
        raise ZeroDivisionError
    assert not held(path + "-lock")
    with store.read():
        assert not held(path + "-lock")
    store.close()
