"""Which item of the archive a sponsored post is: by the platform's id or address, never by likeness."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.addresses import addresses
from flows.keep.read import partitions
from schemas.account import Account
from schemas.ground import Home
from schemas.ids import ItemId, native_hash
from schemas.tables import HOLDINGS, to_rows

_KEPT: Final = ("v", "story_fbid", "fbid", "id", "p")
"""Parts of an address's query that say which item it is; all others (tracking, language) are left out."""
_OWN: Final = ("post", "story", "boost", "reply")
_FACEBOOK_ID: Final = re.compile(r"[0-9]{5,25}(?:_[0-9]{5,25})?")


def same_address(text: str) -> str:
    """What two addresses of one item have in common; empty for what is no web address."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    host = re.sub(r"^(?:www|m|mobile|web)\.", "", parts.hostname.casefold())
    query = parse_qs(parts.query)
    kept = "&".join(f"{name}={query[name][0]}" for name in _KEPT if name in query)
    return f"{host}{parts.path.rstrip('/')}{'?' + kept if kept else ''}"


def natives(advert: str) -> tuple[str, ...]:
    """Ids that the platform may have given the item: as written, and as an address of Facebook holds them."""
    found = [advert]
    try:
        parts = urlsplit(advert)
    except ValueError:
        return (advert,)
    if parts.hostname and parts.hostname.casefold().endswith("facebook.com"):
        query = parse_qs(parts.query)
        page, post = query.get("id", [""])[0], query.get("story_fbid", [""])[0]
        steps = [step for step in parts.path.split("/") if step]
        if len(steps) == 3 and steps[1] == "posts":
            page, post = steps[0], steps[2]
        if page.isdigit() and post.isdigit():
            found += [f"{page}_{post}", post]
    return tuple(dict.fromkeys(found))


def sponsored(home: Home, adverts: Mapping[Account, Collection[str]]) -> dict[tuple[str, str], ItemId]:
    """(account's name, advert as the report names it) → item, for those that are found and are one.

    First by the keyed hash of the id; what is left is looked for among the accounts' own items, by address.
    """
    found: dict[tuple[str, str], ItemId] = {}
    for account, names in adverts.items():
        of = _by_native(home, account, names)
        found.update({(account.name, name): next(iter(items)) for name, items in of.items() if len(items) == 1})
        left = [name for name in names if name not in of]
        if left:
            found.update(_by_address(home, account, left))
    return found


def _by_native(home: Home, account: Account, names: Iterable[str]) -> dict[str, set[ItemId]]:
    key = home.native_key()
    named: dict[bytes, list[str]] = defaultdict(list)
    for name in names:
        for native in natives(name):
            named[native_hash(key, account.authority, account.platform, native)].append(name)
    with home.ground.state.reading() as books:
        known = books.natives.find(list(named))
    of: dict[str, set[ItemId]] = defaultdict(set)
    for hashed, item in known.items():
        if item is not None:
            for name in named[hashed]:
                of[name].add(item)
    return of


def _by_address(home: Home, account: Account, names: Iterable[str]) -> dict[tuple[str, str], ItemId]:
    wanted = {name: {same_address(name)} - {""} for name in names}
    ends = {name: f"_{name}" for name in wanted if _FACEBOOK_ID.fullmatch(name)}
    of: dict[str, set[ItemId]] = defaultdict(set)
    for _, _, table in partitions(home.ground.state, home.ground.store, HOLDINGS.names, authority=account.authority):
        ours = pc.and_(pc.equal(table["row"], "version"), pc.equal(table["account"].cast(pa.string()), account.name))
        kinds = pc.is_in(table["kind"].cast(pa.string()), value_set=pa.array(_OWN))
        for row in to_rows(table.filter(pc.and_(ours, kinds))):
            shown = {same_address(one) for one in addresses(row)}
            for name, addresses_of in wanted.items():
                if addresses_of & shown or (name in ends and row.native.endswith(ends[name])):
                    of[name].add(row.item)
    return {(account.name, name): next(iter(items)) for name, items in of.items() if len(items) == 1}
