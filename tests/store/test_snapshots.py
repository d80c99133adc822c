"""A connection sees what others have written as soon as it looks again."""

from pathlib import Path

from handrail.store.protocol import Batch, Head
from handrail.store.sqlite import SQLiteStore


def test_a_reader_that_has_read_sees_that_another_process_has_written(tmp_path: Path):
    one, other = (SQLiteStore(str(tmp_path / "shared.db")) for _ in range(2))
    with one.write() as tx:
        tx.append("default", Batch(Head("local", 1, b"", 0, -1)))
    with other.read() as reader:
        assert reader.head("default") is not None
    before = other.version()
    with one.write() as tx:
        tx.append("default", Batch(Head("local", 2, b"", 0, -1)))
    assert other.version() != before
    one.close()
    other.close()


def test_a_writer_that_wrote_nothing_can_write_after_another_process_has(tmp_path: Path):
    one, other = (SQLiteStore(str(tmp_path / "shared.db")) for _ in range(2))
    with one.write() as tx:
        tx.append("default", Batch(Head("local", 1, b"", 0, -1)))
    with other.write() as tx:
        tx.head("default")
    with one.write() as tx:
        tx.append("default", Batch(Head("local", 2, b"", 0, -1)))
    with other.write() as tx:
        tx.append("default", Batch(Head("local", 3, b"", 0, -1)))
    one.close()
    other.close()
