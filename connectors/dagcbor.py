"""DAG-CBOR and CAR files, the encodings of the AT Protocol, by the library libipld; and their form as JSON.

Specifications: DAG-CBOR and CARv1 (IPLD), "Data Model" and "Repository" (AT Protocol). In JSON a link to another
block is ``{"$link": "bafy…"}`` and bytes are ``{"$bytes": "base64"}``, as the protocol's own servers write them.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

import libipld

_LINKS = (b"\x01\x71\x12\x20", b"\x01\x55\x12\x20")
"""Beginnings of a link's bytes: CID version 1, a DAG-CBOR block or raw bytes, SHA-256."""
_LINK_LENGTH = 36
_DEPTH = 100
_WALK = 64
"""Levels a repository's tree may have; a tree of a million records has about a dozen."""


class BrokenEncodingError(ValueError):
    """The bytes are no DAG-CBOR or no CAR. The message holds nothing of them."""


def decode(data: bytes) -> Any:
    """One DAG-CBOR value; links and byte strings are ``bytes``.

    Raises:
        BrokenEncodingError: cut, nested too deep, or no DAG-CBOR.
    """
    try:
        return libipld.decode_dag_cbor(data)
    except (ValueError, RecursionError, OverflowError, MemoryError):
        raise BrokenEncodingError("no DAG-CBOR") from None


def decode_many(data: bytes) -> list[Any]:
    """DAG-CBOR values that follow each other, as in a frame of an event stream."""
    try:
        return list(libipld.decode_dag_cbor_multi(data))
    except (ValueError, RecursionError, OverflowError, MemoryError):
        raise BrokenEncodingError("no DAG-CBOR") from None


def decode_car(data: bytes) -> tuple[list[bytes], Mapping[bytes, Any]]:
    """The roots of a CAR file, and its blocks by the bytes of their CID, decoded.

    Raises:
        BrokenEncodingError: cut or no CAR.
    """
    try:
        header, blocks = libipld.decode_car(data)
        roots = header["roots"]
    except (ValueError, RecursionError, OverflowError, MemoryError, KeyError, TypeError):
        raise BrokenEncodingError("no CAR") from None
    if not isinstance(roots, list) or not all(isinstance(one, bytes) for one in roots):
        raise BrokenEncodingError("no CAR")
    return roots, blocks


def cid(link: bytes) -> str:
    """The text form of a link. Raises BrokenEncodingError."""
    try:
        text: str = libipld.encode_cid(link)
    except (ValueError, TypeError):
        raise BrokenEncodingError("no CID") from None
    return text


def as_json(value: Any, depth: int = 0) -> Any:
    """The value as the protocol's servers write it in JSON. Raises BrokenEncodingError when nested too deep."""
    if depth > _DEPTH:
        raise BrokenEncodingError("nested too deep")
    if isinstance(value, bytes):
        if len(value) == _LINK_LENGTH and value.startswith(_LINKS):
            return {"$link": cid(value)}
        return {"$bytes": base64.b64encode(value).decode("ascii").rstrip("=")}
    if isinstance(value, dict):
        return {str(name): as_json(one, depth + 1) for name, one in value.items()}
    if isinstance(value, list):
        return [as_json(one, depth + 1) for one in value]
    return value


def records(root: bytes, blocks: Mapping[bytes, Any]) -> Iterator[tuple[str, bytes, Any]]:
    """Path (``collection/rkey``), link and value of every record of a repository, in the order of its tree.

    Args:
        root: link of the tree's topmost node (the commit's ``data``).

    Raises:
        BrokenEncodingError: a node is missing or malformed, or the tree is none: the repository is cut. Records before
            it were given.
    """
    last = b""
    for key, value in _node(root, blocks, 0, set()):
        if key <= last:
            raise BrokenEncodingError("the repository's tree is out of order")
        last = key
        yield key.decode("utf-8", "replace"), value, blocks[value]


def _node(link: Any, blocks: Mapping[bytes, Any], depth: int, walked: set[bytes]) -> Iterator[tuple[bytes, bytes]]:
    node = blocks.get(link) if isinstance(link, bytes) else None
    if depth > _WALK or not isinstance(node, dict) or not isinstance(node.get("e"), list):
        raise BrokenEncodingError("the repository's tree is cut")
    if link in walked:
        # A few blocks that point at each other would make a tree without end.
        raise BrokenEncodingError("the repository's tree meets itself")
    walked.add(link)
    if node.get("l") is not None:
        yield from _node(node["l"], blocks, depth + 1, walked)
    key = b""
    for entry in node["e"]:
        if not isinstance(entry, dict):
            raise BrokenEncodingError("the repository's tree is malformed")
        shared, rest, value = entry.get("p"), entry.get("k"), entry.get("v")
        if type(shared) is not int or shared < 0 or not isinstance(rest, bytes) or not isinstance(value, bytes):
            raise BrokenEncodingError("the repository's tree is malformed")
        key = key[:shared] + rest
        if value not in blocks:
            raise BrokenEncodingError("a record's block is missing")
        yield key, value
        if entry.get("t") is not None:
            yield from _node(entry["t"], blocks, depth + 1, walked)
