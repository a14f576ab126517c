"""What a registry writes back into its hot folder: which parcel got which diary number.

One answer is one file of at most 64 KiB; its ending says which of three forms it has. All say the same three things:

* ``namn``: the parcel's name (the folder's name that was handed over);
* ``dnr`` (or ``diarienummer``): the diary number, 1–60 printable characters with at least one digit;
* ``datum``: the civil day of registration, ``YYYY-MM-DD`` or ``YYYYMMDD``; may be left out.

``.txt``: lines ``namn: …``, ``dnr: …``, ``datum: …`` (or with ``=``), in UTF-8, UTF-16 with a byte order mark, or
Windows-1252. ``.json``: one object with these keys. ``.xml``: elements of these names anywhere, in any namespace, or
attributes of the root. Case of keys does not count, other lines, keys and elements are passed over. A file that names
two parcels or two numbers says nothing.

A registry's system is trusted with numbers, not with memory: document types and entities are not read.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, Literal, cast

from lxml import etree

from schemas.registration import Answer

LONGEST: Final = 64 * 1024
"""Bytes that an answer may have."""

_KEYS: Final[Mapping[str, Literal["name", "dnr", "on"]]] = {
    "namn": "name",
    "name": "name",
    "dnr": "dnr",
    "diarienummer": "dnr",
    "datum": "on",
    "date": "on",
}
_FORMS = re.compile(r".*\.(txt|json|xml)", re.IGNORECASE | re.DOTALL)
_LINE = re.compile(r"\s*([A-Za-z]+)\s*[:=]\s*(.*?)\s*")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
_LONGEST_DNR = 60

_Pairs = Iterator[tuple[str, object]]


def form_of(name: str) -> str | None:
    """``txt``, ``json`` or ``xml`` by the file's ending; None = no answer."""
    found = _FORMS.fullmatch(name)
    return None if found is None else found[1].lower()


def opaque_name(side: str, name: str) -> str:
    """The first half of ``Answer.where``: which folder, and a digest of the file's name."""
    return f"{side}:{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}"


def opaque(side: str, name: str, data: bytes) -> str:
    """``Answer.where``: tells the same file with the same content again, and nothing else."""
    return f"{opaque_name(side, name)}.{hashlib.sha256(data).hexdigest()[:16]}"


def read_answer(name: str, data: bytes, where: str) -> Answer | None:
    """An answer from its file; None = it does not say which parcel got which number. Never raises."""
    if len(data) > LONGEST:
        return None
    read = {"txt": _text, "json": _json, "xml": _xml}[form_of(name) or "txt"]
    values: dict[str, str] = {}
    try:
        for key, value in read(data):
            field = _KEYS.get(key.lower())
            if field is None:
                continue
            if not isinstance(value, str) or values.setdefault(field, value.strip()) != value.strip():
                return None
    except (ValueError, RecursionError, etree.XMLSyntaxError):
        return None
    parcel, dnr, on = values.get("name", ""), values.get("dnr", ""), _day(values.get("on", ""))
    if not _NAME.fullmatch(parcel) or not _is_dnr(dnr) or on is None:
        return None
    return Answer(name=parcel, dnr=dnr, on=on, where=where)


def _text(data: bytes) -> _Pairs:
    for line in _decoded(data).splitlines():
        found = _LINE.fullmatch(line)
        if found is not None and found[2]:
            yield found[1], found[2]


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def _json(data: bytes) -> _Pairs:
    def pairs(found: list[tuple[str, object]]) -> list[tuple[str, object]]:
        return found

    # Pairs and not a dict: a key that stands twice with two values must not hide one of them.
    values = json.loads(_decoded(data), object_pairs_hook=pairs)
    if not isinstance(values, list) or not all(isinstance(one, tuple) for one in values):
        raise ValueError("no object")
    yield from values


def _xml(data: bytes) -> _Pairs:
    if b"<!" in data.replace(b"<!--", b"").replace(b"<![CDATA[", b""):
        raise ValueError("a document type is not read")
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    root = etree.fromstring(data, parser)
    if cast("Any", root.getroottree().docinfo).doctype:  # in an encoding that hid it above
        raise ValueError("a document type is not read")
    for attribute, value in root.attrib.items():
        yield str(attribute).rpartition("}")[2], str(value)
    for element in root.iter(etree.Element):
        text = element.text
        if len(element) == 0 and text and text.strip():
            yield str(element.tag).rpartition("}")[2], text


def _is_dnr(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_DNR and text.isprintable() and any("0" <= one <= "9" for one in text)


def _day(text: str) -> str | None:
    """The day as ISO; empty = none is given; None = it is no day."""
    if not text:
        return ""
    found = _DAY.fullmatch(text)
    try:
        return None if found is None else date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        return None
