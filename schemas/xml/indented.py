"""Write an XML document by streaming, element within element, on the lines of ``schemas.xml.lines``.

Names are written as they stand in the document (``csip:NOTETYPE``); values are escaped there. What is written goes to
the sink in pieces, so that memory is that of a few hundred elements however many files a package has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO, Final

from schemas.xml.lines import Lines

_PIECE: Final = 256
"""Elements that are closed before what was written is handed on."""


class Indented(Lines):
    """An XML document that is being written to a sink."""

    __slots__ = ("_closed", "_sink")

    def __init__(self, sink: BinaryIO) -> None:
        super().__init__()
        self._sink = sink
        self._closed = 0

    @contextmanager
    def holding(self, name: str, attributes: Mapping[str, str] | None = None) -> Iterator[None]:
        """An element that holds others: those that are written before the block ends."""
        self.open(name, attributes or {})
        yield
        self.close(name)
        self._closed += 1
        if self._closed % _PIECE == 0:
            self.hand_on()

    def hand_on(self) -> None:
        """Hand what was written to the sink."""
        self._sink.write(self.take())


@contextmanager
def document(
    sink: BinaryIO, name: str, namespaces: Mapping[str, str], attributes: Mapping[str, str]
) -> Iterator[Indented]:
    """A whole document with this root element. ``namespaces``: by prefix; the empty one is for names without.

    The sink is neither closed nor flushed to disk. After an error what was written is to be thrown away.
    """
    xml = Indented(sink)
    declared = {f"xmlns:{prefix}" if prefix else "xmlns": namespace for prefix, namespace in namespaces.items()}
    with xml.holding(name, {**declared, **attributes}):
        yield xml
    xml.hand_on()
