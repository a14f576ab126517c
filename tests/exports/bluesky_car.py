"""A Bluesky repository as a CAR file: commit, tree and records, encoded by the library alone."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import libipld

from tests.servers.world import Item, World

DID = "did:plc:alvsjobro0000000000000000"
_LINK = b"\x01\x71\x12\x20"


def key(item: Item | str) -> str:
    """A record key."""
    return f"3k{(item if isinstance(item, str) else item.id).lower()}"


def make(folder: Path, world: World) -> Path:
    """Our own posts and answers, one like, one boost and the profile."""
    records: dict[str, Any] = {
        "app.bsky.actor.profile/self": {"$type": "app.bsky.actor.profile", "displayName": world.own.name},
        "app.bsky.feed.like/3klike": {"$type": "app.bsky.feed.like", "createdAt": "2026-09-02T08:00:00Z"},
        "app.bsky.feed.repost/3kboost": {
            "$type": "app.bsky.feed.repost",
            "createdAt": "2026-09-02T08:00:00Z",
            "subject": {"uri": "at://did:plc:annan/app.bsky.feed.post/3kx", "cid": "bafyreib"},
        },
    }
    for item in world.shown("post", "comment"):
        if item.author is None or item.author.id != world.own.id:
            continue
        record: dict[str, Any] = {
            "$type": "app.bsky.feed.post",
            "text": item.text_now(world.now),
            "createdAt": f"{item.created:%Y-%m-%dT%H:%M:%S.000Z}",
            "langs": ["sv"],
        }
        if item.parent and item.root:
            above = {
                name: {"uri": f"at://{DID}/app.bsky.feed.post/{key(one)}", "cid": "bafyreia"}
                for name, one in (("parent", item.parent), ("root", item.root))
            }
            record["reply"] = above
        records[f"app.bsky.feed.post/{key(item)}"] = record
    blocks: dict[bytes, bytes] = {}

    def put(value: Any) -> bytes:
        data = libipld.encode_dag_cbor(value)
        link = _LINK + hashlib.sha256(data).digest()
        blocks[link] = data
        return link

    root = _tree(sorted(records.items()), put, blocks)
    commit = put_links({"did": DID, "version": 3, "rev": "3krev", "prev": None, "sig": b"\x01"}, {"data": root}, blocks)
    header = b"\xa2\x65roots\x81" + _tag(commit) + b"\x67version\x01"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "repo.car"
    body = b"".join(_varint(len(link) + len(data)) + link + data for link, data in blocks.items())
    path.write_bytes(_varint(len(header)) + header + body)
    return path


def _tree(entries: list[tuple[str, Any]], put: Any, blocks: dict[bytes, bytes]) -> bytes:
    """A tree of two levels: half of the records in the top node, the rest in a node to the right of its last."""
    middle = len(entries) // 2 + 1
    right = _node([(name, put(value)) for name, value in entries[middle:]], None, blocks) if entries[middle:] else None
    return _node([(name, put(value)) for name, value in entries[:middle]], right, blocks)


def _node(entries: list[tuple[str, bytes]], right: bytes | None, blocks: dict[bytes, bytes]) -> bytes:
    before = b""
    written = []
    for number, (name, link) in enumerate(entries):
        full = name.encode()
        shared = next(
            (at for at, (a, b) in enumerate(zip(before, full, strict=False)) if a != b), min(len(before), len(full))
        )
        tail = right if number == len(entries) - 1 else None
        written.append(
            b"\xa4\x61k" + libipld.encode_dag_cbor(full[shared:]) + b"\x61p" + libipld.encode_dag_cbor(shared)
            + b"\x61t" + (_tag(tail) if tail else b"\xf6") + b"\x61v" + _tag(link)
        )  # fmt: skip
        before = full
    data = b"\xa2\x61e" + _head(4, len(written)) + b"".join(written) + b"\x61l\xf6"
    link = _LINK + hashlib.sha256(data).digest()
    blocks[link] = data
    return link


def put_links(value: dict[str, Any], links: dict[str, bytes], blocks: dict[bytes, bytes]) -> bytes:
    """A block with links among its fields, names in the order of DAG-CBOR (by length, then by bytes)."""
    names = sorted([*value, *links], key=lambda name: (len(name), name))
    fields = b"".join(
        libipld.encode_dag_cbor(name) + (_tag(links[name]) if name in links else libipld.encode_dag_cbor(value[name]))
        for name in names
    )
    data = _head(5, len(names)) + fields
    link = _LINK + hashlib.sha256(data).digest()
    blocks[link] = data
    return link


def _tag(link: bytes) -> bytes:
    return b"\xd8\x2a" + _head(2, len(link) + 1) + b"\x00" + link


def _head(major: int, length: int) -> bytes:
    if length < 24:
        return bytes([major << 5 | length])
    if length < 256:
        return bytes([major << 5 | 24, length])
    return bytes([major << 5 | 25]) + length.to_bytes(2, "big")


def _varint(number: int) -> bytes:
    found = bytearray()
    while number >= 0x80:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])
