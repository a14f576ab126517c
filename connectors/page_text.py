"""What of a web page a visitor reads: visible text and links, from HTML of any shape.

Scripts, styles, templates, forms' hidden fields and what is marked as hidden are left out. What style sheets hide is not known
and counts as visible. Where the library gives up (elements nested some thousand deep) tags are taken away one by one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from lxml import etree, html

from connectors.markup import plain

MOST_LINKS: Final = 5_000
_LONGEST_LINK: Final = 2_000
_LONGEST_TITLE: Final = 300
_NEVER: Final = frozenset(
    {"script", "style", "template", "noscript", "svg", "math", "iframe", "object", "title", "select"}
)
_AROUND: Final = frozenset({"nav", "header", "footer", "aside"})
_AROUND_ROLES: Final = frozenset({"navigation", "banner", "contentinfo", "complementary", "search"})
_INLINE: Final = frozenset(
    {
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "cite",
        "code",
        "data",
        "dfn",
        "em",
        "font",
        "i",
        "kbd",
        "label",
        "mark",
        "q",
        "s",
        "samp",
    }
    | {"small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)
_HIDING: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_DECLARATION: Final = re.compile(r"^\s{0,100}<\?xml[^>]{0,500}>", re.IGNORECASE)
_INVISIBLE: Final = {
    ord(one): None
    for one in "\u00ad\u200b\u200c\u200d\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
}
_NOT_TEXT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """What a page says; ``main``: what it is about, without menus, head and foot. Links: (whole address, text)."""

    title: str = ""
    text: str = ""
    links: tuple[tuple[str, str], ...] = ()
    main: str = ""
    main_links: tuple[tuple[str, str], ...] = ()


def read_page(source: str, address: str) -> PageText:
    """Read a page's HTML.

    Args:
        source: its characters. address: where it lies, for links that are not whole.
    """
    text = _NOT_TEXT.sub(" ", _DECLARATION.sub("", source))
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
        too_deep = any("depth" in str(one.message).lower() for one in parser.error_log)
    except (etree.LxmlError, ValueError, AssertionError):
        return _without_tree(text, address)
    if too_deep:
        return _without_tree(text, address)
    base = _base(root, address)
    title = one_spaced(next((one.text for one in root.iter("title")), None) or "")[:_LONGEST_TITLE]
    whole = _Reading(base).read(root, around=False)
    about = next((one for one in root.iter() if one.tag == "main" or one.get("role") == "main"), None)
    main = _Reading(base).read(root if about is None else about, around=about is None).done()
    every = whole.done()
    return PageText(title=title, text=every[0], links=every[1], main=main[0], main_links=main[1])


def one_spaced(text: str) -> str:
    """The text in one form of its characters (NFC), without invisible ones, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text.translate(_INVISIBLE)).split())


class _Reading:
    """Collects text and links of a tree in one walk without recursion."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._parts: list[str] = []
        self._links: list[tuple[str, list[str]]] = []
        self._open: list[tuple[html.HtmlElement, list[str]]] = []

    def done(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The text, and the links in order."""
        links = tuple((target, one_spaced("".join(words))) for target, words in self._links)
        return one_spaced("".join(self._parts)), links

    def read(self, root: html.HtmlElement, *, around: bool) -> _Reading:
        """Read a tree; ``around``: menus, head and foot are left out."""
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, one in walk:
            if event == "end":
                self._end(one, root)
            elif not isinstance(one.tag, str) or _left_out(one, around=around):
                # What follows it belongs to what is around it, and is read at its end.
                walk.skip_subtree()
            else:
                self._start(one)
        return self

    def _start(self, one: html.HtmlElement) -> None:
        if one.tag not in _INLINE:
            self._say(" ")
        if one.tag in {"a", "area"}:
            target = _whole(self._base, one.get("href"))
            if target and len(self._links) < MOST_LINKS:
                words = [one.get("aria-label") or "", " "] if one.get("aria-label") else []
                self._links.append((target, words))
                if one.tag == "a":
                    self._open.append((one, words))
        if one.tag == "img":
            self._say(f" {one.get('alt') or ''} ")
        self._say(one.text)

    def _end(self, one: html.HtmlElement, root: html.HtmlElement) -> None:
        if self._open and self._open[-1][0] is one:
            self._open.pop()
        if isinstance(one.tag, str) and one.tag not in _INLINE:
            self._say(" ")
        if one is not root:
            self._say(one.tail)

    def _say(self, text: str | None) -> None:
        if text:
            self._parts.append(text)
            for _, words in self._open[-1:]:
                words.append(text)


def _left_out(one: html.HtmlElement, *, around: bool) -> bool:
    if one.tag in _NEVER or one.get("hidden") is not None or _HIDING.search(one.get("style") or ""):
        return True
    if one.tag == "input":
        return True
    return around and (one.tag in _AROUND or (one.get("role") or "").lower() in _AROUND_ROLES)


def _base(root: html.HtmlElement, address: str) -> str:
    stated = root.find(".//base[@href]")
    return address if stated is None else _whole(address, stated.get("href")) or address


def _whole(base: str, href: str | None) -> str:
    if not href or len(href) > _LONGEST_LINK:
        return ""
    try:
        target = urljoin(base, "".join(href.split()))
    except ValueError:
        return ""
    return target if target.lower().startswith(("http://", "https://", "mailto:", "tel:")) else ""


def _without_tree(source: str, address: str) -> PageText:
    text, targets = plain(_unscripted(source))
    links = tuple((whole, "") for whole in _wholes(address, targets))[:MOST_LINKS]
    said = one_spaced(text)
    return PageText(text=said, links=links, main=said, main_links=links)


_SCRIPT: Final = re.compile(r"<(script|style|template|noscript)\b", re.IGNORECASE)


def _unscripted(source: str) -> str:
    """The source without scripts and styles; one that is not closed takes the rest with it, as in browsers."""
    parts, at = [], 0
    while (found := _SCRIPT.search(source, at)) is not None:
        parts.append(source[at : found.start()])
        end = re.compile(f"</{found[1]}", re.IGNORECASE).search(source, found.end())
        # An end that nothing closes ends nothing.
        at = 0 if end is None else source.find(">", end.start()) + 1
        if not at:
            return " ".join(parts)
    return " ".join([*parts, source[at:]])


def _wholes(address: str, targets: tuple[str, ...]) -> Iterator[str]:
    for one in targets:
        whole = _whole(address, one)
        if whole:
            yield whole
