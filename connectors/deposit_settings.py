"""The settings of legal deposit: ``[deposit]`` of a home's ``bevara.toml``, with ``receiver``, ``feed`` and ``receipts`` in it.

No secret stands there: ``password_env`` and ``token_env`` name environment variables. A value that may be one is not
repeated in a refusal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal, cast
from urllib.parse import urlsplit

from connectors.receivers.settings import read_receiver
from schemas.delivery import Receiver
from schemas.deposit import WAYS, DepositSettings, FeedSettings, ReceiptSettings, Way
from schemas.ids import slug
from schemas.package import plain_name
from schemas.refusal import RefusedError

Types = dict[str, type | tuple[type, ...]]

FIELDS: Types = {
    "publisher": str,
    "suffix": str,
    "agreement": str,
    "specification": str,
    "system": str,
    "prefix": str,
    "companies": list,
    "access": str,
    "language": str,
    "way": str,
    "test": bool,
    "originals": str,
    "warn_days": list,
    "keep": bool,
    "receiver": dict,
    "feed": dict,
    "receipts": dict,
}
_FEED: Final[Types] = {
    "address": str,
    "title": str,
    "description": str,
    "window_days": int,
    "name": str,
    "place": dict,
}
_KEYS: Final = (
    "delivery",
    "answer",
    "reference",
    "reason",
    "packages",
    "package",
    "package_answer",
    "package_reference",
    "package_reason",
)
_MAY_BE_EMPTY: Final = frozenset({"delivery", "reference", "reason", "packages", "package_reference", "package_reason"})
_WORDS: Final = ("accepted", "rejected", "waiting")
_RECEIPTS: Final[Types] = {
    "address": str,
    "user": str,
    "password_env": str,
    "token_env": str,
    **dict.fromkeys(_KEYS, str),
    **dict.fromkeys(_WORDS, list),
}
_DELIVERY: Final = "{delivery}"
_LONGEST = 1_000
_MOST_DAYS = 366
_MOST_WORDS = 50
_PREFIX = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_SUFFIX = re.compile(r"[A-Za-z0-9]{1,20}")
_LANGUAGE = re.compile(r"[a-z]{3}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_KEY = re.compile(r"[A-Za-z0-9_@$-]{1,60}(?:\.[A-Za-z0-9_@$-]{1,60}){0,9}")
_FEED_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,90}\.(?:xml|rss)")


def read_deposit(values: Mapping[str, Any], home: Path, file: str) -> DepositSettings:
    """The settings; those that are not written are the usual ones. Types of the outermost fields have been looked at.

    Args:
        home: the home folder; the feed's and the originals' folders are relative to it. file: the file's name, for refusals.

    Raises:
        RefusedError: a field is unknown, of the wrong type or unusable; names the place and the remedy.
    """
    table = f"{file}: deposit"
    usual = DepositSettings()
    for name in ("publisher", "suffix", "agreement", "specification", "system", "prefix", "originals"):
        _line(f"{table}.{name}", values.get(name, ""))
    _fits(_SUFFIX, f"{table}.suffix", values.get("suffix", ""), "write what KB adds to your number: letters and digits")
    _fits(
        _PREFIX,
        f"{table}.prefix",
        values.get("prefix", usual.prefix),
        "write up to 40 of a-z, 0-9 and '-'; delivery ids and file names begin with it",
        empty=False,
    )
    _fits(
        _LANGUAGE,
        f"{table}.language",
        values.get("language", usual.language),
        "write three letters of ISO 639-2, such as swe, fin or eng",
    )
    for name in ("agreement", "specification"):
        if values.get(name):
            _address(f"{table}.{name}", values[name])
    if not values.get("specification", usual.specification):
        raise RefusedError(f"{table}.specification", "", "write the address that KB has given, or leave it out")
    if not values.get("system", usual.system).strip():
        raise RefusedError(f"{table}.system", "", "name the system that delivers, or leave it out")
    return DepositSettings(
        publisher=values.get("publisher", "").strip(),
        suffix=values.get("suffix", ""),
        agreement=values.get("agreement", ""),
        specification=values.get("specification", usual.specification),
        system=values.get("system", usual.system).strip(),
        prefix=values.get("prefix", usual.prefix),
        companies=_companies(f"{table}.companies", values.get("companies", ())),
        access=_access(f"{table}.access", values.get("access", usual.access)),
        language=values.get("language", usual.language),
        way=_way(f"{table}.way", values.get("way", usual.way), feed="feed" in values),
        test=values.get("test", usual.test),
        originals=_originals(f"{table}.originals", values.get("originals", ""), home),
        warn_days=_warn_days(f"{table}.warn_days", values.get("warn_days", usual.warn_days)),
        receiver=replace(_receiver(f"{table}.receiver", values["receiver"]), sidecar=False)
        if "receiver" in values
        else None,
        keep=values.get("keep", usual.keep),
        feed=_feed(f"{table}.feed", values["feed"]) if "feed" in values else None,
        receipts=_receipts(f"{table}.receipts", values["receipts"]) if "receipts" in values else None,
    )


def _receiver(table: str, values: Mapping[str, Any]) -> Receiver:
    found = read_receiver(table, values)
    if found.path.startswith("~"):
        raise RefusedError(
            f"{table}.path", found.path, "write the whole path, or one relative to the home, without '~'"
        )
    return found


def _companies(field: str, values: Sequence[object]) -> tuple[str, ...]:
    for one in values:
        if not isinstance(one, str):
            raise RefusedError(field, str(one), 'write archive creators as the accounts name them: ["bostads-ab"]')
    return tuple(sorted({slug(str(one), field) for one in values}))


def _access(field: str, value: str) -> Literal["gratis", "restricted"]:
    if value not in {"gratis", "restricted"}:
        raise RefusedError(field, value, 'write "gratis" or "restricted"')
    return cast("Literal['gratis', 'restricted']", value)


def _way(field: str, value: str, *, feed: bool) -> Way:
    if value not in WAYS:
        raise RefusedError(field, value, f"write one of {', '.join(WAYS)}")
    if value == "feed" and not feed:
        raise RefusedError(field, value, "write [deposit.feed] too; without it nothing can be delivered that way")
    return value


def _originals(field: str, value: str, home: Path) -> str:
    """A folder of its own: neither the home itself nor the store in it, whose files would be taken for originals."""
    if not value:
        return ""
    path, own = (home / value).resolve(), home.resolve()
    inside = own / "store", own / "state", own / "prefect"
    if (
        value.startswith("~")
        or path == own
        or path in own.parents
        or any(path == one or one in path.parents for one in inside)
    ):
        raise RefusedError(
            field, value, "name a folder of its own, such as originals; not the home, its store or state"
        )
    return value


def _warn_days(field: str, values: Sequence[object]) -> tuple[int, ...]:
    days = {one for one in values if isinstance(one, int) and not isinstance(one, bool) and 0 <= one <= _MOST_DAYS}
    if len(days) != len(values):
        raise RefusedError(
            field, str(list(values)), f"write days left, each once, from 0 to {_MOST_DAYS}: [60, 30, 14, 7]"
        )
    return tuple(sorted(days, reverse=True))


def _feed(table: str, values: Mapping[str, Any]) -> FeedSettings:
    _known(table, values, _FEED)
    for name in ("address", "title", "description", "place"):
        if not values.get(name):
            remedy = "begin it with a line [deposit.feed.place]" if name == "place" else "the feed needs it"
            raise RefusedError(f"{table}.{name}", "", remedy)
    _address(f"{table}.address", values["address"])
    usual = FeedSettings(address="", title="", description="", place=Receiver(kind="folder"))
    days = values.get("window_days", usual.window_days)
    if not 1 <= days <= _MOST_DAYS:
        raise RefusedError(
            f"{table}.window_days", days, f"write days from 1 to {_MOST_DAYS}; KB may come as seldom as once a week"
        )
    name = values.get("name", usual.name)
    _fits(_FEED_NAME, f"{table}.name", name, "write a plain file name that ends with .xml or .rss", empty=False)
    if plain_name(name) != name:
        raise RefusedError(f"{table}.name", name, "write a plain file name that ends with .xml or .rss")
    place = _receiver(f"{table}.place", values["place"])
    if place.kind not in {"folder", "s3"}:
        raise RefusedError(f"{table}.place.kind", place.kind, 'write "folder" or "s3": a place that the web shows')
    return FeedSettings(
        address=values["address"],
        title=values["title"].strip(),
        description=values["description"].strip(),
        window_days=days,
        name=name,
        place=place,
    )


def _receipts(table: str, values: Mapping[str, Any]) -> ReceiptSettings:
    _known(table, values, _RECEIPTS)
    address = values.get("address", "")
    if address.count(_DELIVERY) != 1:
        raise RefusedError(
            f"{table}.address", "…", f"write KB's address with {_DELIVERY} where the delivery id goes, once"
        )
    _address(f"{table}.address", address.replace(_DELIVERY, "id"), host=_DELIVERY not in _host(address))
    for name in ("password_env", "token_env"):
        if values.get(name) and not _VARIABLE.fullmatch(values[name]):
            # The value is not shown: it may be the secret itself.
            raise RefusedError(f"{table}.{name}", "…", "write the name of an environment variable, never a secret")
    if bool(values.get("user")) != bool(values.get("password_env")):
        raise RefusedError(f"{table}.user", values.get("user", ""), "write user and password_env together, or neither")
    if ":" in values.get("user", ""):
        raise RefusedError(f"{table}.user", "…", "write the user's name alone; the password stands in a variable")
    if values.get("token_env") and values.get("user"):
        raise RefusedError(
            f"{table}.token_env", values["token_env"], "write token_env, or user and password_env; not both"
        )
    if (
        (values.get("user") or values.get("token_env"))
        and not address.startswith("https://")
        and not _loopback(address)
    ):
        raise RefusedError(f"{table}.address", "…", "write an https address; a password must not go open on the line")
    for name in _KEYS:
        if name in values and not (values[name] == "" and name in _MAY_BE_EMPTY):
            _fits(
                _KEY,
                f"{table}.{name}",
                values[name],
                "write the keys of the answer with dots: delivery.status",
                empty=False,
            )
    read: dict[str, Any] = {name: values[name] for name in _RECEIPTS if name in values}
    read.update({name: _words(f"{table}.{name}", values[name]) for name in _WORDS if name in values})
    found = ReceiptSettings(**read)
    _refuse_shared(table, found)
    return found


def _words(field: str, values: Sequence[object]) -> tuple[str, ...]:
    usable = [
        one for one in values if isinstance(one, str) and one.strip() and one.isprintable() and len(one) <= _LONGEST
    ]
    if not usable or len(usable) != len(values) or len(usable) > _MOST_WORDS:
        raise RefusedError(field, "…", 'write at least one word in a list: ["accepted", "OK"]')
    return tuple(usable)


def _refuse_shared(table: str, found: ReceiptSettings) -> None:
    """A word that means two things is no answer."""
    seen: dict[str, str] = {}
    for name in _WORDS:
        for word in getattr(found, name):
            if seen.setdefault(word.casefold(), name) != name:
                raise RefusedError(
                    f"{table}.{name}", word, f"the word stands under {seen[word.casefold()]} too; choose one"
                )


def _known(table: str, values: Mapping[str, Any], known: Types) -> None:
    """Refuse unknown keys and wrong types; what is unknown may be a password and is not shown."""
    for key, value in values.items():
        expected = known.get(key)
        if expected is None:
            raise RefusedError(f"{table}.{key}", "…", f"the keys are: {', '.join(known)}; no secret stands here")
        if not isinstance(value, expected) or (expected is not bool and isinstance(value, bool)):
            names = {str: "text", int: "a whole number", list: "a list", dict: "a table"}
            raise RefusedError(f"{table}.{key}", "…", f"write {names[cast('type', expected)]}")
        if isinstance(value, str):
            _line(f"{table}.{key}", value)


def _line(field: str, value: str) -> None:
    if len(value) > _LONGEST or not value.isprintable():
        raise RefusedError(field, "…", f"write one line of at most {_LONGEST} printable characters")


def _fits(pattern: re.Pattern[str], field: str, value: str, remedy: str, *, empty: bool = True) -> None:
    if not (empty and not value) and not pattern.fullmatch(value):
        raise RefusedError(field, value, remedy)


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return address


def _loopback(address: str) -> bool:
    return urlsplit(address).hostname in {"127.0.0.1", "::1", "localhost"}


def _address(field: str, address: str, *, host: bool = True) -> None:
    """An http(s) address with a host, without user information. What is refused is not shown: it may hold a secret."""
    try:
        parts = urlsplit(address)
        named, _ = parts.hostname, parts.port
    except ValueError:
        parts, named = None, None
    if (
        parts is None
        or parts.scheme not in {"http", "https"}
        or not named
        or not host
        or any(one.isspace() for one in address)
    ):
        raise RefusedError(field, "…", "write a whole address that begins with https:// (or http://)")
    if "@" in parts.netloc:
        raise RefusedError(field, "…", "leave out user and password; name variables in user and password_env")
