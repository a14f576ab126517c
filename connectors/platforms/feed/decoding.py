"""From a feed's bytes to a plain JSON value, whatever they are: the one module that knows the feed library.

The value is what the library found, without its duplicates: texts with their type and base, times as written,
counters as numbers. Nothing is asked of the network, and no entity that a document declares itself is expanded.
"""

from __future__ import annotations

import io
import re
import warnings
from typing import Any

import feedparser

_ROOT = re.compile(rb"<(?:[A-Za-z0-9_]{1,20}:)?(rss|feed|RDF)[\s>]")
_ROOT_END = re.compile(rb"</(?:[A-Za-z0-9_]{1,20}:)?(?:rss|feed|RDF)\s{0,20}>")
_ENTITY = re.compile(rb"<!ENTITY[^>]{0,100000}>?")
_HEAD = 20_000
"""So many bytes from the beginning a feed's root element is looked for."""
_TAIL = 5_000
"""So many bytes from the end its end tag is looked for."""
_DEPTH = 12
_NUMBERS = frozenset({"slash_comments", "thr_total", "count"})
_TWICE = frozenset({"author", "author_detail", "guidislink", "thr:count", "thr:updated", "length"})
"""What the library says a second time, or of itself (``length`` is the file's size, which the file tells)."""


def is_feed(data: bytes) -> bool:
    """Whether the bytes begin like RSS, RDF or Atom."""
    return _ROOT.search(data[:_HEAD].replace(b"\0", b"")) is not None


def decoded(data: bytes, address: str) -> dict[str, Any]:
    """The feed as a JSON value.

    Args:
        data: the answer's bytes.
        address: where it was read, against which relative addresses in it count.

    Returns:
        ``version`` (``rss20``, ``atom10`` ...; empty = no feed), ``problem`` (``""``, ``not well-formed``,
        ``encoding``, ``entities``, ``cut`` or ``unreadable``), ``feed`` (about the feed) and ``entries``. Of a cut
        document the last entry, which may be half, is left out.
    """
    declared = b"<!ENTITY" in data.replace(b"\0", b"")
    parsed = _read(_without_entities(data) if declared else data, address)
    if parsed is None:
        return {"version": "", "problem": "unreadable", "feed": {}, "entries": []}
    entries = [_plain(entry, 0) for entry in parsed.get("entries", ())]
    problem = _problem(parsed)
    if problem and _ROOT_END.search(data[-_TAIL:].replace(b"\0", b"")) is None:
        problem, entries = "cut", entries[:-1]
    elif declared:
        problem = "entities"
    return {
        "version": str(parsed.get("version") or ""),
        "problem": problem,
        "feed": _plain(parsed.get("feed", {}), 0),
        "entries": entries,
    }


def _read(data: bytes, address: str) -> Any:
    # The transport's own charset is not known here; a document says its own, and the library tries others.
    headers = {"content-type": "application/xml", "content-location": address}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return feedparser.parse(
                io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
            )
    except Exception:  # noqa: BLE001  # whatever a hostile document does to the library, it is an unreadable feed
        return None


def _problem(parsed: Any) -> str:
    if not parsed.get("bozo"):
        return ""
    name = type(parsed.get("bozo_exception")).__name__
    return "encoding" if "Encoding" in name else "not well-formed"


def _without_entities(data: bytes) -> bytes:
    """The document without its own entity declarations: what refers to them stays as it is written."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:64]:
        data = data.decode("utf-16", "replace").encode()
        data = re.sub(rb"^(\s{0,10}<\?xml[^>]{0,200}?)encoding=[\"'][^\"']{0,40}[\"']", rb"\1", data)
    return _ENTITY.sub(b"", data)


def _plain(value: Any, depth: int) -> Any:
    """Dicts, lists, strings and numbers alone."""
    if isinstance(value, dict):
        return _plain_dict(value, depth)
    if isinstance(value, list | tuple):
        return [_plain(one, depth + 1) for one in value] if depth < _DEPTH else []
    if isinstance(value, bool | int | str):
        return value
    return None


def _plain_dict(value: dict[str, Any], depth: int) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, inner in dict.items(value) if depth < _DEPTH else ():
        # Elements of RFC 5005 say something by being there, empty as they are.
        if (
            (inner in (None, "", [], {}) and not name.startswith("fh_"))
            or name.endswith("_parsed")
            or name in _TWICE
            or f"{name}_detail" in value
        ):
            continue
        if name in _NUMBERS and isinstance(inner, str) and inner.isascii() and inner.isdigit() and len(inner) < 18:
            plain[name] = int(inner)
        else:
            plain[name.removesuffix("_detail")] = _plain(inner, depth + 1)
    return plain
