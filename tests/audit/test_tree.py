"""The Merkle tree: reference roots, proofs against a naive definition, and hostile proofs."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.audit.entry import leaf
from handrail.audit.tree import (
    EMPTY,
    Frontier,
    append,
    consistency_proof,
    consistency_ranges,
    decode,
    encode,
    extend,
    inclusion_proof,
    inclusion_ranges,
    root,
    root_of,
    verify_consistency,
    verify_inclusion,
)

REFERENCE_DATA = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
"""The eight entries of the Certificate Transparency reference tree, in hex."""

REFERENCE_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

LEAVES = [leaf(str(i).encode()) for i in range(130)]
REFERENCE = [leaf(bytes.fromhex(data)) for data in REFERENCE_DATA]
sizes = st.integers(0, 130)


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162 section 2.1.1, as written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = naive_split(len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 9162 section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = naive_split(len(leaves))
    if index < k:
        return [*naive_path(index, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(index - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(first: int, leaves: list[bytes], complete: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162 section 2.1.4.1."""
    if first == len(leaves):
        return [] if complete else [naive_root(leaves)]
    k = naive_split(len(leaves))
    if first <= k:
        return [*naive_subproof(first, leaves[:k], complete), naive_root(leaves[k:])]
    return [*naive_subproof(first - k, leaves[k:], False), naive_root(leaves[:k])]


def naive_split(count: int) -> int:
    return next(1 << p for p in range(64, -1, -1) if 1 << p < count)


@pytest.mark.parametrize("size", range(9))
def test_reference_roots(size: int) -> None:
    assert root_of(REFERENCE[:size]).hex() == REFERENCE_ROOTS[size]


def test_reference_proofs() -> None:
    assert [h.hex()[:8] for h in inclusion_proof(REFERENCE, 0)] == ["96a296d2", "5f083f0a", "6b47aaf2"]
    assert [h.hex()[:8] for h in consistency_proof(REFERENCE, 6)] == ["0ebc5d34", "ca854ea1", "d37ee418"]


@given(sizes, sizes)
def test_roots_equal_the_definition_however_the_leaves_arrive(first: int, more: int) -> None:
    leaves = LEAVES[: first + more]
    frontier = extend(EMPTY, leaves[:first])
    for each in leaves[first:]:
        frontier = append(frontier, each)
    assert frontier == extend(EMPTY, leaves)
    assert root(frontier) == naive_root(leaves)


@given(st.integers(1, 130), st.data())
def test_inclusion_proofs_equal_the_definition_and_verify(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = LEAVES[:size]
    proof = inclusion_proof(leaves, index)
    assert proof == naive_path(index, leaves)
    assert verify_inclusion(leaves[index], index, size, proof, root_of(leaves))


@given(st.integers(1, 130), st.data())
def test_consistency_proofs_equal_the_definition_and_verify(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second))
    leaves = LEAVES[:second]
    proof = consistency_proof(leaves, first)
    assert proof == naive_subproof(first, leaves, True)
    assert verify_consistency(first, second, root_of(leaves[:first]), root_of(leaves), proof)


@settings(max_examples=300)
@given(st.integers(2, 40), st.data())
def test_a_changed_inclusion_proof_is_refused(size: int, data: st.DataObject) -> None:
    leaves = LEAVES[:size]
    index = data.draw(st.integers(0, size - 1))
    good = (leaves[index], index, size, inclusion_proof(leaves, index), root_of(leaves))
    bad = data.draw(
        st.sampled_from(
            [
                (leaf(b"other"), *good[1:]),
                (good[0], (index + 1) % size, *good[2:]),
                (*good[:3], good[3][:-1], good[4]),
                (*good[:3], [*good[3], LEAVES[0]], good[4]),
                (*good[:3], [LEAVES[129], *good[3][1:]], good[4]),
                (*good[:4], LEAVES[0]),
                (good[0], size, *good[2:]),
                (good[0], -1, *good[2:]),
                (*good[:3], [*good[3][:-1], b"short"], good[4]),
            ]
        )
    )
    assert verify_inclusion(*good)
    assert not verify_inclusion(*bad)


@settings(max_examples=300)
@given(st.integers(2, 40), st.data())
def test_a_changed_consistency_proof_is_refused(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second - 1))
    leaves = LEAVES[:second]
    old, new, proof = root_of(leaves[:first]), root_of(leaves), consistency_proof(leaves, first)
    bad = data.draw(
        st.sampled_from(
            [
                (first, second, leaf(b"other"), new, proof),
                (first, second, old, leaf(b"other"), proof),
                (first, second, old, new, proof[:-1]),
                (first, second, old, new, [*proof, LEAVES[0]]),
                (first, second, old, new, [LEAVES[129], *proof[1:]]),
                (second, first, old, new, proof),
                (first, second, old, new, [*proof[:-1], b""]),
                (-1, second, old, new, proof),
            ]
        )
    )
    assert verify_consistency(first, second, old, new, proof)
    assert not verify_consistency(*bad)


def test_every_tree_extends_the_empty_one_and_itself() -> None:
    new = root_of(LEAVES)
    assert verify_consistency(0, 130, root(EMPTY), new, [])
    assert verify_consistency(130, 130, new, new, [])
    assert consistency_proof(LEAVES, 0) == consistency_proof(LEAVES, 130) == []
    assert not verify_consistency(0, 130, LEAVES[0], new, [])
    assert not verify_consistency(0, 130, root(EMPTY), new, [LEAVES[0]])
    assert not verify_consistency(130, 130, new, LEAVES[0], [])
    assert not verify_consistency(1, 130, LEAVES[0], new, [])


def test_verification_reads_at_most_64_hashes() -> None:
    assert not verify_inclusion(LEAVES[0], 0, 2**70, [LEAVES[1]] * 65, LEAVES[2])
    assert not verify_consistency(1, 2**70, LEAVES[0], LEAVES[2], [LEAVES[1]] * 65)


def test_a_proof_in_a_huge_tree_needs_no_leaves() -> None:
    ranges = inclusion_ranges(123_456, 1_000_000)
    assert len(ranges) == 20
    assert sum(end - start for start, end in ranges) == 999_999
    assert len(consistency_ranges(123_456, 1_000_000)) <= 21


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_no_inclusion_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_ranges(index, size)


@pytest.mark.parametrize(("first", "second"), [(-1, 3), (4, 3)])
def test_no_consistency_with_a_larger_tree(first: int, second: int) -> None:
    with pytest.raises(ValueError, match="does not begin"):
        consistency_ranges(first, second)


@given(sizes)
def test_a_frontier_survives_the_database(size: int) -> None:
    frontier = extend(EMPTY, LEAVES[:size])
    assert decode(encode(frontier)) == frontier
    assert len(encode(frontier)) == 8 + 32 * size.bit_count()


@pytest.mark.parametrize("data", [b"", bytes(7), bytes(9), bytes(40), (3).to_bytes(8) + bytes(32)])
def test_other_bytes_are_no_frontier(data: bytes) -> None:
    with pytest.raises(ValueError, match="frontier"):
        decode(data)


def test_a_frontier_holds_hashes_only() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Frontier(1, (b"short",))
