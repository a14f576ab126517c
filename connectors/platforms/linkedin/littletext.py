r"""LinkedIn's "little text": the form a post's commentary is written in, back to plain text.

Reserved characters are escaped by a backslash, a mention is ``@[Name](urn)``, a hashtag ``{hashtag|\#|word}``.
"""

from __future__ import annotations

import re

_RESERVED = r"|{}@[]()<>#\*_~"
_TOKEN = re.compile(
    r"@\[((?:\\.|[^\]\\]){1,300})\]\(urn:[^()\s]{1,200}\)"
    r"|\{hashtag\|((?:\\.|[^|{}\\]){1,10})\|((?:\\.|[^|{}\\]){1,300})\}"
    r"|\\(.)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def plain(source: str) -> str:
    """The text as people read it: mentions as ``@Name``, hashtags as ``#word``, escapes resolved."""
    return _TOKEN.sub(_replaced, source) if "\\" in source or "@[" in source or "{hashtag" in source else source


def _replaced(found: re.Match[str]) -> str:
    name, sign, word, escaped = found.groups()
    if name is not None:
        return f"@{_unescaped(name)}"
    if word is not None:
        return f"{_unescaped(sign)}{_unescaped(word)}"
    return escaped if escaped in _RESERVED else found[0]


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: found[1] if found[1] in _RESERVED else found[0], text)
