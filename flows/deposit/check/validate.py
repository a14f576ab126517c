"""KB's own schemas, where the settings name their folder: METS by itself, then each piece of MODS in it.

What METS wraps is taken out before METS is validated: a type of another namespace (PREMIS') would break it for want of
that namespace's schema. MODS exists in two editions; that for XML Schema 1.0, which can be run here, fixes an order in
``location`` that the other does not, and KB's second example keeps the other.
"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any, Final

from lxml import etree

from flows.deposit.check.document import MODS, Document
from flows.keep.check.official import NoSchemaError, schema
from flows.keep.check.values import METS

_TOLD: Final = 50
_LOCATION: Final = ("physicalLocation", "shelfLocator", "url", "holdingSimple", "holdingExternal")


def validate(document: Document, schemas: Path | None) -> list[str]:
    """Tell what the schemas say against the document. Returns the files of schemas that are not here."""
    lacking = []
    try:
        _mets(document, schema("kb-mets", schemas))
    except NoSchemaError as error:
        lacking.append(error.name)
    try:
        official = schema("kb-mods", schemas)
    except NoSchemaError as error:
        return [*lacking, error.name]
    for data in document.root.iterfind(f"{METS}dmdSec/{METS}mdWrap/{METS}xmlData"):
        for one in data.iterchildren(f"{MODS}*"):
            _mods(document, one, official)
    return lacking


def _mets(document: Document, official: Any) -> None:
    root = deepcopy(document.root)
    for data in root.iter(f"{METS}xmlData"):
        if len(data):
            del data[:]
            data.append(etree.Element("{urn:bevara:held}held"))
    if not official.validate(root):
        _tell(document, "BV-XSD-METS", official)


def _mods(document: Document, element: Any, official: Any) -> None:
    if official.validate(element):
        return
    ordered = deepcopy(element)
    for location in ordered.iter(f"{MODS}location"):
        location[:] = sorted(location, key=_place)
    if official.validate(ordered):
        document.wrong("KB-XSD-ORDER", element)
    else:
        _tell(document, "KB-XSD-MODS", official)


def _place(element: Any) -> int:
    name = str(element.tag).removeprefix(MODS)
    return _LOCATION.index(name) if name in _LOCATION else len(_LOCATION)


def _tell(document: Document, code: str, official: Any) -> None:
    for entry in list(official.error_log)[:_TOLD]:
        message = entry.message.replace(METS, "").replace(MODS, "mods:")
        document.report.add(code, document.path, f":{entry.line}", message=message)
