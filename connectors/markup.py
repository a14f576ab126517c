"""HTML that a platform wrote around a text: back to plain text and links, losing nothing.

No tree is built: libxml2 stops at a depth of some hundred elements and forgets the text below, and what looks like a
tag to a browser may be text to its writer. What is not plainly a tag stays as text. Time is linear in the length.
"""

from __future__ import annotations

import html
import re

_TOKEN = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})((?:\s[^<>]*|/)?)>|<!--[^<>]*-->")
_ATTRIBUTE = re.compile(r"\s([a-zA-Z-]{1,20})\s{0,3}=\s{0,3}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_PARAGRAPHS = frozenset({"p", "blockquote", "ul", "ol", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
_LINES = frozenset({"div", "li", "tr", "br", "hr"})
_HIDDEN_CLASSES = frozenset({"mention", "hashtag"})
_GAPS = re.compile(r"\n{3,}")


def plain(source: str) -> tuple[str, tuple[str, ...]]:
    """Plain text and the targets of its links, in order and without repetition.

    Paragraphs end in an empty line, breaks in a line; links that only name a person or a topic (classes ``mention``
    and ``hashtag``) are left out of the targets.
    """
    parts: list[str] = []
    links: dict[str, None] = {}
    at = 0
    for found in _TOKEN.finditer(source):
        parts.append(source[at : found.start()])
        at = found.end()
        name = (found[2] or "").lower()
        if name in _PARAGRAPHS:
            parts.append("\n\n")
        elif name in _LINES and not (found[1] and name != "div"):
            parts.append("\n")
        elif name == "a" and not found[1]:
            target = _target(found[3])
            if target:
                links[target] = None
        if name == "li" and not found[1]:
            parts.append("• ")
    parts.append(source[at:])
    text = _unescaped("".join(parts)).replace("\r\n", "\n")
    lines = [line.rstrip(" ") for line in text.split("\n")]
    return _GAPS.sub("\n\n", "\n".join(lines)).strip("\n"), tuple(links)


def attributes(tag: str) -> dict[str, str]:
    """Attributes of a tag, from what stands after its name: names in lower case, values without character references."""
    return {name.lower(): _unescaped(a or b or c).strip() for name, a, b, c in _ATTRIBUTE.findall(tag)}


def _target(written: str) -> str:
    values = attributes(written)
    if _HIDDEN_CLASSES.intersection(values.get("class", "").split()):
        return ""
    return values.get("href", "")


def _unescaped(text: str) -> str:
    try:
        return html.unescape(text)
    except ValueError:  # a character reference of more than 4,300 digits
        return text
