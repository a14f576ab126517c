"""A Bluesky repository as a CAR file: ``com.atproto.sync.getRepo``, or the app's own export.

Specifications: AT Protocol "Repository" (version 3) and "Data Model". The file holds our own records alone: posts,
answers, boosts, the profile. The items are those of the platform's own module, read by its ``parse``: same ids, same
identity, so an import after a harvest makes no second version.

What the file lacks: attachments (blobs are fetched by the harvest, as long as the server has them), others' answers,
counts, what was deleted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from connectors.dagcbor import BrokenEncodingError, as_json, cid, decode_car, records
from connectors.exports.naming import matching
from connectors.platforms.bluesky import IGNORED, VOLATILE
from connectors.platforms.bluesky.reading import POST, PROFILE, REPOST
from connectors.platforms.bluesky.reading import parse as parse_answer
from schemas.account import Account
from schemas.finding import Finding
from schemas.neighbours import Bundle, Capture, Owner, Parsed
from schemas.refusal import RefusedError

__all__ = ["IGNORED", "NAME", "PLATFORMS", "VOLATILE", "owner", "parse", "read", "recognise"]

NAME = "bluesky_car"
PLATFORMS = ("bluesky",)
_CAR = r".+\.car"
_LARGEST = 512 * 1024 * 1024
"""Bytes of a file; a repository's tree can only be followed with all of it in memory."""
_GROUP = 50
_LISTINGS = {POST: "posts", REPOST: "boosts", PROFILE: "profile"}


def recognise(bundle: Bundle) -> bool:
    """Files ending in ``.car``."""
    return bool(matching(bundle, _CAR))


def owner(bundle: Bundle) -> Owner:
    """The repository's DID."""
    for name in matching(bundle, _CAR):
        return Owner(native=str(_opened(bundle, name)[0].get("did", "")))
    return Owner()


def _opened(bundle: Bundle, name: str) -> tuple[dict[str, Any], Any]:
    if bundle.size(name) > _LARGEST:
        raise RefusedError("PATH", "…", "the repository is larger than 512 MB; let the harvest read it from the server")
    with bundle.open(name) as stream:
        data = stream.read()
    try:
        roots, blocks = decode_car(data)
        commit = blocks.get(roots[0]) if roots else None
    except BrokenEncodingError:
        commit = None
    if not isinstance(commit, dict) or not isinstance(commit.get("did"), str) or "data" not in commit:
        raise RefusedError("PATH", "…", "the file is no whole CAR of a repository; fetch it anew")
    return commit, blocks


def read(bundle: Bundle, account: Account, *, own: str, at: datetime) -> Iterator[Capture | Finding]:  # noqa: ARG001 - the repository says whose it is
    """The records in the tree's order; collections other than posts, boosts and the profile are counted, not read."""
    for name in matching(bundle, _CAR):
        commit, blocks = _opened(bundle, name)
        did = commit["did"]
        context = {"own": did, "handle": account.handle}
        groups: dict[str, list[Any]] = {}
        others = 0
        try:
            for path, link, value in records(commit["data"], blocks):
                collection = path.partition("/")[0]
                if collection not in _LISTINGS:
                    others += 1
                    continue
                group = groups.setdefault(collection, [])
                group.append({"uri": f"at://{did}/{path}", "cid": cid(link), "value": as_json(value)})
                if len(group) >= _GROUP or collection == PROFILE:
                    yield from _captures(groups.pop(collection), _LISTINGS[collection], at, context)
        except BrokenEncodingError:
            for collection, group in groups.items():
                yield from _captures(group, _LISTINGS[collection], at, context)
            raise RefusedError(
                "PATH", "…", "the repository's file is cut; what was readable is in, fetch it anew"
            ) from None
        for collection, group in groups.items():
            yield from _captures(group, _LISTINGS[collection], at, context)
        if others:
            yield Finding(code="I151", severity="info", subject=account.name, count=others)


def _captures(group: list[Any], listing: str, at: datetime, context: dict[str, str]) -> Iterator[Capture]:
    bodies = group if listing == "profile" else [{"records": group}]
    for body in bodies:
        yield Capture(
            endpoint=f"export:{NAME}", parameters={}, status=200, at=at, body=body, listing=listing, context=context
        )


def parse(capture: Capture) -> Parsed:
    """Items and findings, by the platform's own ``parse``."""
    return parse_answer(capture)
