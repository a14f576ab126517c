"""A thread as people read it: Swedish, plain text, indented."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from flows.keep.blocks import stub_of
from flows.keep.thread import Node
from schemas.calendar import local_time
from schemas.codes.words import value

_DEEPEST = 12
"""Steps of indentation; deeper replies stand there too."""
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def thread_lines(nodes: Sequence[Node]) -> Iterator[str]:
    """The thread with stubs, and at the end how many there are."""
    for node in nodes:
        indent = "  " * min(node.depth, _DEEPEST)
        if node.standing == "live":
            yield f"{indent}{_head(node)}"
            for line in (node.text or "").splitlines():
                yield f"{indent}  {_plain(line)}".rstrip()
        else:
            yield indent + stub_of(node)
    yield counts(nodes)


def counts(nodes: Sequence[Node]) -> str:
    """How many items the thread has or had here, how many of them are culled, and how many never came."""
    culled = sum(node.standing == "culled" for node in nodes)
    missing = sum(node.standing == "missing" for node in nodes)
    known = len(nodes) - missing
    text = f"{known} {'handling' if known == 1 else 'handlingar'}, varav {culled} {'gallrad' if culled == 1 else 'gallrade'}"
    return f"{text}; {missing} finns inte i arkivet." if missing else f"{text}."


def _head(node: Node) -> str:
    at = "odaterad" if node.published is None else f"{local_time(node.published):%Y-%m-%d %H.%M}"
    state = "" if node.state in {None, "seen"} else f" ({value(node.state or '', 'sv')})"
    return f"{at}  {value(node.kind or '', 'sv')}, {_plain(node.author or 'okänd avsändare')}{state}  {node.item}"


def _plain(text: str) -> str:
    """Without what would move a terminal's cursor or turn the direction of what follows."""
    return "".join(" " if one in _TURNING or unicodedata.category(one) == "Cc" else one for one in text)
