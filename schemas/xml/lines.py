"""XML as text, line by line, for documents of very many small records.

Building a tree of elements for every record takes twice as long as writing its text, and a package may hold 50,000
records. So the text is written at once: names of elements and attributes are constants of the writers, every value
passes ``escaped`` or ``escaped_attribute``, and what is opened is closed by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from schemas.text import for_xml

_ALWAYS_PLAIN = "\x20\x21\x23-\x25\x27-\x3b\x3d\x3f-\u27e5\u27e7-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"
_CARE = re.compile(f'[^\t\n"{_ALWAYS_PLAIN}]')
_CARE_IN_ATTRIBUTE = re.compile(f"[^{_ALWAYS_PLAIN}]")
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


def escaped(text: str) -> str:
    """A text as it stands between tags; what XML forbids is written visibly (``schemas.text.for_xml``)."""
    if _CARE.search(text) is None:
        return text
    written = for_xml(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return written.replace("\r", "&#13;")


def escaped_attribute(text: str) -> str:
    """A text as it stands between the quotation marks of an attribute; line breaks and tabs come back as they were."""
    if _CARE_IN_ATTRIBUTE.search(text) is None:
        return text
    return escaped(text).replace('"', "&quot;").replace("\t", "&#9;").replace("\n", "&#10;")


class Lines:
    """Lines of an XML document in UTF-8, indented by a space for each level."""

    __slots__ = ("_indent", "_parts")

    def __init__(self) -> None:
        """Begin with the declaration."""
        self._parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
        self._indent = ""

    def open(self, name: str, attributes: Mapping[str, str] = _NONE) -> None:
        """The start of an element that holds others."""
        self._parts.append(f"{self._indent}<{name}{_written(attributes) if attributes else ''}>\n")
        self._indent += " "

    def close(self, name: str) -> None:
        """Its end."""
        self._indent = self._indent[1:]
        self._parts.append(f"{self._indent}</{name}>\n")

    def leaf(self, name: str, text: str, attributes: Mapping[str, str] = _NONE) -> None:
        """An element with a text."""
        said = _written(attributes) if attributes else ""
        self._parts.append(f"{self._indent}<{name}{said}>{escaped(text)}</{name}>\n")

    def empty(self, name: str, attributes: Mapping[str, str] = _NONE) -> None:
        """An element with neither text nor others."""
        self._parts.append(f"{self._indent}<{name}{_written(attributes) if attributes else ''}/>\n")

    def take(self) -> bytes:
        """What was written since the last time."""
        data = "".join(self._parts).encode("utf-8")
        self._parts.clear()
        return data


def _written(attributes: Mapping[str, str]) -> str:
    return "".join([f' {name}="{escaped_attribute(value)}"' for name, value in attributes.items()])
