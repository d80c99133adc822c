"""The Merkle tree of RFC 9162 section 2.1, over leaf hashes of 32 bytes.

A `Frontier` appends without the old leaves. Proofs are first named as ranges of leaves (`inclusion_ranges`,
`consistency_ranges`), so that a store which keeps the roots of full subtrees need not read every leaf.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final, TypeAlias

HASH_BYTES: Final = 32
_SIZE_BYTES: Final = 8
MAX_PROOF: Final = 64
"""A tree of 2^64 leaves needs no longer proof, so verification reads no more hashes."""

Range: TypeAlias = tuple[int, int]
"""The leaves from the first index to before the second; each is a subtree of its own in the tree."""


def node(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree's size and the roots of its full subtrees, largest first: one for each 1 bit of the size."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size < 1 << MAX_PROOF or len(self.hashes) != self.size.bit_count():
            raise ValueError(f"a tree of {self.size} leaves has no frontier of {len(self.hashes)} hashes")
        if not {HASH_BYTES}.issuperset(map(len, self.hashes)):
            raise ValueError(f"a hash in a frontier has {HASH_BYTES} bytes")


EMPTY: Final = Frontier()


def append(frontier: Frontier, leaf: bytes) -> Frontier:
    """The frontier after one more leaf hash: O(log n), one hash on average."""
    return extend(frontier, (leaf,))


def extend(frontier: Frontier, leaves: Iterable[bytes]) -> Frontier:
    """The frontier after more leaf hashes; the work is done in place on one list."""
    hashes = list(frontier.hashes)
    size = frontier.size
    for leaf in leaves:
        right, full = leaf, size
        while full & 1:
            right = node(hashes.pop(), right)
            full >>= 1
        hashes.append(right)
        size += 1
    return Frontier(size, tuple(hashes))


def root(frontier: Frontier) -> bytes:
    """The root hash; of the empty tree SHA-256 of nothing."""
    if not frontier.hashes:
        return hashlib.sha256().digest()
    return reduce(lambda right, left: node(left, right), reversed(frontier.hashes))


def encode(frontier: Frontier) -> bytes:
    """The frontier as bytes: the size as 8 bytes big-endian, then its hashes."""
    return frontier.size.to_bytes(_SIZE_BYTES) + b"".join(frontier.hashes)


def decode(data: bytes) -> Frontier:
    """Read what `encode` wrote. Raises ValueError for any other bytes."""
    if len(data) < _SIZE_BYTES or len(data) % HASH_BYTES != _SIZE_BYTES:
        raise ValueError(f"{len(data)} bytes are no frontier")
    hashes = [data[at : at + HASH_BYTES] for at in range(_SIZE_BYTES, len(data), HASH_BYTES)]
    return Frontier(int.from_bytes(data[:_SIZE_BYTES]), tuple(hashes))


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root hash of a whole list of leaf hashes."""
    return root(extend(EMPTY, leaves))


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The subtrees whose roots, in this order, prove leaf `index` of `size` (section 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return path[::-1]


def consistency_ranges(first: int, second: int) -> list[Range]:
    """The subtrees whose roots prove that the first `first` of `second` leaves stay (section 2.1.4.1)."""
    if not 0 <= first <= second:
        raise ValueError(f"a tree of {second} leaves does not begin with one of {first}")
    if first in (0, second):
        return []
    path: list[Range] = []
    start, end = 0, second
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return [*([(start, end)] if start else []), *path[::-1]]


def _split(count: int) -> int:
    """The largest power of two smaller than a count above 1."""
    return 1 << (count - 1).bit_length() - 1


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The proof that leaf `index` is in the tree of these leaf hashes."""
    return [root_of(leaves[start:end]) for start, end in inclusion_ranges(index, len(leaves))]


def consistency_proof(leaves: Sequence[bytes], first: int) -> list[bytes]:
    """The proof that the tree of these leaf hashes extends the tree of the first `first` of them."""
    return [root_of(leaves[start:end]) for start, end in consistency_ranges(first, len(leaves))]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether the proof shows the leaf hash at `index` of `size` under the root `expected` (2.1.3.2)."""
    if not 0 <= index < size or len(proof) > MAX_PROOF or not _well_formed((leaf, expected, *proof)):
        return False
    at, last, hashed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            hashed = node(sibling, hashed)
            at, last = _next_left(at, last)
        else:
            hashed = node(hashed, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and hashed == expected


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the larger tree extends the smaller one (section 2.1.4.2).

    Every tree extends the empty one and itself, with an empty proof.
    """
    if not 0 <= first <= second or len(proof) > MAX_PROOF or not _well_formed((first_root, second_root, *proof)):
        return False
    if first == second:
        return not proof and first_root == second_root
    if first == 0:
        return not proof and first_root == root(EMPTY)
    return bool(proof) and _verify_growth(first, second, first_root, second_root, list(proof))


def _verify_growth(first: int, second: int, first_root: bytes, second_root: bytes, proof: list[bytes]) -> bool:
    if first & (first - 1) == 0:
        proof.insert(0, first_root)
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = proof[0]
    for sibling in proof[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node(sibling, old), node(sibling, new)
            at, last = _next_left(at, last)
        else:
            new = node(new, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _next_left(at: int, last: int) -> tuple[int, int]:
    """Climb past the levels where the path has no sibling, because it runs along the tree's right edge."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _well_formed(hashes: Iterable[bytes]) -> bool:
    return all(len(each) == HASH_BYTES for each in hashes)
