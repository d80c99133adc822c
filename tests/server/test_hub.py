"""A reader of the stream gets everything in order, in bounded pieces."""

from __future__ import annotations

from handrail.server.hub import SENT, Reader


async def test_what_waits_is_handed_out_in_order_and_in_bounded_pieces():
    reader = Reader()
    reader.give([b"%d;" % number for number in range(3 * SENT + 1)])
    pieces = [await reader.next(1) for _ in range(4)]
    assert [len((piece or b"").split(b";")) - 1 for piece in pieces] == [SENT, SENT, SENT, 1]
    assert b"".join(piece or b"" for piece in pieces) == b"".join(b"%d;" % number for number in range(3 * SENT + 1))
    assert await reader.next(0) == b": still here\n\n"


async def test_what_waits_is_handed_out_before_the_end():
    reader = Reader()
    reader.give([b"."] * (SENT + 1))
    reader.end()
    assert [await reader.next(1) for _ in range(3)] == [b"." * SENT, b".", None]
