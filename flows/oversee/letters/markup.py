"""HTML documents of ours, built as trees: values are data, whatever stands in them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from lxml import etree, html

from schemas.text import for_xml

_SPACES: Final = re.compile("  +")
_MOVING: Final = frozenset({"Cc", "Cf", "Zl", "Zp"})


def page(title: str, style: str) -> tuple[etree._Element, etree._Element]:
    """An empty Swedish page with title and style; returns (root, body)."""
    root = etree.Element("html", lang="sv")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "meta", charset="utf-8")
    etree.SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    etree.SubElement(head, "meta", name="color-scheme", content="light dark")
    add(head, "title", title)
    etree.SubElement(head, "style").text = style
    return root, etree.SubElement(root, "body")


def add(above: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    """An element below another one, with text in one line. ``class_`` and ``for_`` lose their last sign; ``a_b`` is ``a-b``."""
    one = etree.SubElement(above, name)
    for key, value in attributes.items():
        one.set(key.rstrip("_").replace("_", "-"), clean(value))
    if text:
        one.text = clean(text)
    return one


def clean(text: str) -> str:
    """Text in one line that an HTML document can hold; nothing in it turns the direction of writing. No-break spaces stay."""
    kept = "".join(" " if unicodedata.category(one) in _MOVING else one for one in text)
    return for_xml(_SPACES.sub(" ", kept).strip(" "))


def serialised(root: etree._Element) -> bytes:
    """The document in UTF-8, the same bytes every time."""
    written: bytes = html.tostring(root, encoding="utf-8", doctype="<!DOCTYPE html>", method="html")
    return written + b"\n"
