"""The tree over a certificate's leaves."""

from __future__ import annotations

import hashlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.merkle import leaf, root
from schemas.refusal import RefusedError

LEAVES = tuple(sorted(hashlib.sha256(bytes([number])).hexdigest() for number in range(11)))


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _recursive(leaves: list[bytes]) -> bytes:
    """The tree as RFC 6962 defines it: split at the largest power of two below the number."""
    if len(leaves) == 1:
        return leaves[0]
    at = 1
    while at * 2 < len(leaves):
        at *= 2
    return _node(_recursive(leaves[:at]), _recursive(leaves[at:]))


def test_a_leaf_is_the_digest_of_salt_and_id() -> None:
    """SHA-256 of the 32 bytes of salt followed by the id in ASCII."""
    salt, item = bytes(range(32)), "202401-aaaaaaaaaaaaaaaa"
    assert leaf(salt, item) == hashlib.sha256(salt + item.encode()).hexdigest()
    assert leaf(salt, item) != leaf(bytes(32), item)


@pytest.mark.parametrize("salt", [b"", bytes(31), bytes(33)])
def test_a_salt_of_another_length_is_refused(salt: bytes) -> None:
    """Only 32 bytes of salt hide an id."""
    with pytest.raises(RefusedError):
        leaf(salt, "202401-aaaaaaaaaaaaaaaa")


def test_known_roots() -> None:
    """No leaf gives the digest of nothing, one leaf itself, two and three what is written down."""
    one, two, three = (bytes.fromhex(each) for each in LEAVES[:3])
    assert root(()) == hashlib.sha256(b"").hexdigest()
    assert root(LEAVES[:1]) == LEAVES[0]
    assert root(LEAVES[:2]) == _node(one, two).hex()
    assert root(LEAVES[:3]) == _node(_node(one, two), three).hex()


@given(st.sets(st.binary(min_size=32, max_size=32), min_size=1, max_size=70))
@settings(max_examples=60)
def test_the_tree_is_that_of_rfc_6962(leaves: set[bytes]) -> None:
    """Built level by level it is the same as split by powers of two."""
    ascending = sorted(leaves)
    assert root([one.hex() for one in ascending]) == _recursive(ascending).hex()


@given(st.sets(st.binary(min_size=32, max_size=32), min_size=2, max_size=20), st.data())
@settings(max_examples=60)
def test_every_change_of_the_leaves_changes_the_root(leaves: set[bytes], data: st.DataObject) -> None:
    """Another leaf, one more or one less gives another root."""
    ascending = sorted(one.hex() for one in leaves)
    gone = data.draw(st.sampled_from(ascending))
    other = hashlib.sha256(gone.encode()).hexdigest()
    without = [one for one in ascending if one != gone]
    assert (
        len({root(ascending), root(without), root(sorted([*without, other])), root(sorted([*ascending, other]))}) == 4
    )


@pytest.mark.parametrize(
    "leaves",
    [
        LEAVES[::-1],
        (*LEAVES, LEAVES[-1]),
        (LEAVES[0], LEAVES[0]),
        (LEAVES[0].upper(),),
        (LEAVES[0][:-1],),
        (LEAVES[0] + "\n",),
        ("",),
    ],
)
def test_leaves_out_of_order_doubled_or_misshapen_are_refused(leaves: tuple[str, ...]) -> None:
    """The same leaves cannot have two roots, and what is no leaf has none."""
    with pytest.raises(RefusedError):
        root(leaves)


def test_many_leaves_are_quick() -> None:
    """100,000 leaves take far less than two seconds."""
    leaves = sorted(hashlib.sha256(number.to_bytes(4, "big")).hexdigest() for number in range(100_000))
    begun = time.process_time()
    root(leaves)
    assert time.process_time() - begun < 2
