"""The tree over the leaves of a certificate: proves which items were culled without naming any of them.

A leaf is the SHA-256 of an item's salt (32 random bytes, kept in its tombstone) followed by its opaque id in ASCII.
Whoever is given the salt can find the item among the leaves; without it a leaf tells nothing.

The tree: the leaves stand in ascending order, each once. Two neighbours of a level make one node of the next,
``SHA-256(0x01 + left + right)`` over raw bytes; an odd last one goes up unchanged. The one that remains is the root;
without leaves it is the SHA-256 of nothing. This is the tree of RFC 6962 but for the leaf, which needs no prefix: it is
made from fewer bytes than a node (55 and 65), so that none can pass for the other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from itertools import pairwise

from schemas.refusal import RefusedError

SALT_BYTES = 32
"""Bytes of a salt."""

_NODE = b"\x01"
_LEAF = re.compile(r"[0-9a-f]{64}")


def leaf(salt: bytes, item: str) -> str:
    """The leaf of an item, 64 hexadecimal digits.

    Args:
        salt: 32 bytes.
        item: the opaque id.

    Raises:
        RefusedError: a salt of another length.
    """
    if len(salt) != SALT_BYTES:
        raise RefusedError("salt", f"{len(salt)} bytes", f"give {SALT_BYTES} random bytes")
    return hashlib.sha256(salt + item.encode("ascii")).hexdigest()


def root(leaves: Sequence[str]) -> str:
    """The root over leaves, 64 hexadecimal digits. A million leaves take about a second.

    Raises:
        RefusedError: a leaf that is none, or leaves that are not in ascending order or not each once.
    """
    for one in leaves:
        if not _LEAF.fullmatch(one):
            raise RefusedError("leaves", one, "a leaf is 64 lower-case hexadecimal digits")
    for number, (one, other) in enumerate(pairwise(leaves), start=2):
        if one >= other:
            raise RefusedError("leaves", f"number {number}", "give every leaf once, in ascending order")
    digest = hashlib.sha256
    level = [bytes.fromhex(one) for one in leaves]
    while len(level) > 1:
        above = [digest(_NODE + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return (level[0] if level else digest(b"").digest()).hex()
