"""What the pages of a rendering say: a plain value of JSON for the template, and the pictures that it names.

The value: ``title``, ``heading`` (the title, breakable), ``subtitle``, ``notice`` (lines), ``footer``, ``keywords``,
``fields`` (label, text), ``sections`` (``heading``, ``fields``, ``paragraphs``, ``blocks``, ``images``), ``attached``,
``listed`` (lines of the attached files), ``replaced``. A block has ``depth``, ``head``, ``text`` (pieces, one under the
other), ``stub``, ``focus``, ``images``, ``files``, ``notes``. An image has ``key`` (of the input that holds it), ``width``
and ``height`` in millimetres, ``parts`` (heights of the pieces that it is cut into, from the top), ``alt`` and
``caption``, or only ``missing``: the line that stands in its place.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from connectors.typesetting.display import number
from connectors.typesetting.pictures import Picture, Why, look_at
from connectors.typesetting.wording import Wording
from schemas.refusal import RefusedError
from schemas.rendering import Attached, Block, FileLine, Image, Rendering, Section

MOST_TOGETHER: Final = 128 * 1024 * 1024
"""Bytes that all pictures of one document may have together, each counted once."""
_MOST_ATTACHED: Final = 32 * 1024 * 1024
_TEXT_WIDTH, _TEXT_HEIGHT = 160.0, 225.0
"""Millimetres of a page between its margins; the height leaves room for a line of caption."""
_STEP, _DEEPEST = 5.0, 12
"""Millimetres that each level is moved to the right, and the levels after which it is not moved further."""
_DPI, _DPI_WHOLE = 150, 96
"""Dots per inch of a picture in a block, and of one that stands by itself."""
_MOST_PARTS = 30
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_CHUNK = 65_536
_PIECE = 8_000
"""Characters of one paragraph."""

_WHY: Final[Mapping[Why, str]] = {
    "unreadable": "filen kan inte läsas som bild",
    "unknown": "formatet kan inte visas",
    "large": "bilden är för stor för att visas",
    "outward": "bilden innehåller annat än former",
}
_ENOUGH: Final = "dokumentet har redan så många bilder som det kan ha"


@dataclass(slots=True)
class Layout:
    """A rendering ready for the template.

    Attributes:
        page: the value described above. pictures: key → picture.
        replaced, unshown: as ``schemas.rendering.Typeset``'s.
    """

    page: dict[str, Any] = field(default_factory=dict)
    pictures: dict[str, Picture] = field(default_factory=dict)
    replaced: tuple[str, ...] = ()
    unshown: tuple[str, ...] = ()

    def inputs(self) -> dict[str, str]:
        """What the template is given."""
        return {
            "page": json.dumps(self.page, ensure_ascii=False),
            **{key: one.as_svg() for key, one in self.pictures.items()},
        }


def lay_out(rendering: Rendering, refused: Mapping[str, Why]) -> Layout:
    """Everything that the template sets.

    Args:
        refused: pictures that the typesetter could not decode, by key.

    Raises:
        RefusedError: an attached file whose name is not plain or comes twice, or too many bytes of them.
    """
    return _Layer(refused).run(rendering)


class _Layer:
    def __init__(self, refused: Mapping[str, Why]) -> None:
        self._refused = refused
        self._words = Wording()
        self._pictures: dict[str, Picture] = {}
        self._size = 0
        self._unshown: dict[str, None] = {}
        self._looked: dict[str, Picture | Why] = {}

    def run(self, rendering: Rendering) -> Layout:
        words = self._words
        heading = words.line(rendering.title)
        title = _whole(heading)
        page = {
            "title": title,
            "heading": heading,
            "subtitle": words.line(rendering.subtitle),
            "notice": [words.text(line) for line in rendering.notice.splitlines()],
            "footer": " – ".join([title[:60], *(_whole(words.line(one))[:40] for one in rendering.keywords[:1])]),
            "keywords": [_whole(words.line(one)) for one in rendering.keywords],
            "fields": self._fields(rendering.fields),
            "sections": [self._section(one) for one in rendering.sections],
            "attached": _attached(rendering.attached),
            "listed": [self._listed(one) for one in rendering.attached],
        }
        page["replaced"] = list(words.replaced)
        return Layout(page=page, pictures=self._pictures, replaced=words.replaced, unshown=tuple(self._unshown))

    def _section(self, one: Section) -> dict[str, Any]:
        return {
            "heading": self._words.line(one.heading),
            "fields": self._fields(one.fields),
            "paragraphs": [self._words.text(text) for text in one.paragraphs],
            "images": [self._image(image, _TEXT_WIDTH, _TEXT_HEIGHT, _DPI_WHOLE, cut=True) for image in one.images],
            "blocks": [self._block(block) for block in one.blocks],
        }

    def _block(self, one: Block) -> dict[str, Any]:
        depth = max(0, min(one.depth, _DEEPEST))
        room = min(110.0, _TEXT_WIDTH - _STEP * depth - 8)
        return {
            "depth": depth,
            "head": self._words.line(one.head),
            "text": _pieces(self._words.text(one.text).rstrip("\n")),
            "stub": self._words.line(one.stub),
            "focus": one.focus,
            "images": [self._image(image, room, 95.0, _DPI, cut=False) for image in one.images],
            "files": [self._file(file) for file in one.files],
            "notes": [self._words.line(note) for note in one.notes],
        }

    def _fields(self, fields: tuple[tuple[str, str], ...]) -> list[list[str]]:
        return [[self._words.line(label), self._words.text(text)] for label, text in fields]

    def _file(self, one: FileLine) -> dict[str, str]:
        size = "storlek okänd" if one.size is None else f"{number(one.size)} byte"
        about = ", ".join(part for part in (self._words.line(one.about), size) if part)
        return {"name": self._words.line(one.name), "about": about, "sha256": self._words.line(one.sha256)}

    def _listed(self, one: Attached) -> dict[str, str]:
        digest = hashlib.sha256(one.data).hexdigest()
        about = ", ".join(part for part in (one.description, one.media_type) if part)
        return self._file(FileLine(name=one.name, size=len(one.data), sha256=digest, about=about))

    def _image(self, one: Image, width: float, height: float, dpi: int, *, cut: bool) -> dict[str, Any]:
        key, found = self._picture(one.data)
        if isinstance(found, str):
            self._unshown[one.name] = None
            return {"missing": f"Bilden {self._words.line(one.name)} visas inte: {found}."}
        across, down = found.shape
        scale = min(1.0, width / (across * 25.4 / dpi))
        wide, tall = across * 25.4 / dpi * scale, down * 25.4 / dpi * scale
        parts = [tall]
        if tall > height and cut and tall <= height * _MOST_PARTS:
            parts = [min(height, tall - height * number) for number in range(-int(-tall // height))]
        elif tall > height:
            wide, tall = wide * height / tall, height
            parts = [height]
        return {
            "key": key,
            "width": round(wide, 2),
            "height": round(tall, 2),
            "parts": [round(part, 2) for part in parts],
            "alt": _whole(self._words.line(one.alt or one.name)),
            "caption": self._words.line(f"{one.name}: {one.alt}" if one.alt else one.name),
        }

    def _picture(self, data: bytes) -> tuple[str, Picture | str]:
        """The picture's key, and itself or why it is not shown, in words."""
        key = "p" + hashlib.sha256(data).hexdigest()
        if key in self._pictures:
            return key, self._pictures[key]
        found = self._refused.get(key) or self._looked.get(key) or look_at(data)
        self._looked[key] = found
        if not isinstance(found, Picture):
            return key, _WHY[found]
        if self._size + len(found.data) > MOST_TOGETHER:
            return key, _ENOUGH
        self._size += len(found.data)
        self._pictures[key] = found
        return key, found


def _whole(text: str) -> str:
    """The text without places to break, where it is set in one line or not set at all."""
    return text.replace("\u001f", "")


def _pieces(text: str) -> list[str]:
    """The text cut where a line ends or may end: to set one very long paragraph takes far longer than to set many."""
    pieces = []
    while len(text) > _PIECE:
        at = max(text.rfind(sort, 1, _PIECE) for sort in ("\n", "\u001f", " "))
        at = _PIECE if at < 0 else at
        pieces.append(text[:at])
        text = text[at:].removeprefix("\u001f").removeprefix("\n")
    return [*pieces, text] if text else pieces


def _attached(files: tuple[Attached, ...]) -> list[dict[str, Any]]:
    names = [one.name.casefold() for one in files]
    found = []
    for one in files:
        if not _NAME.fullmatch(one.name) or names.count(one.name.casefold()) > 1:
            raise RefusedError("attached.name", one.name, "give each attached file a plain name of its own")
        found.append(
            {
                "name": one.name,
                "type": one.media_type or "application/octet-stream",
                "description": "".join(char for char in one.description if char.isprintable()),
                "source": one.media_type.endswith(("xml", "json")),
                **_bytes(one.data),
            }
        )
    if sum(len(one.data) for one in files) > _MOST_ATTACHED:
        raise RefusedError("attached", f"{len(files)} files", f"attach at most {_MOST_ATTACHED} bytes together")
    return found


def _bytes(data: bytes) -> dict[str, Any]:
    """Text as text; other bytes as numbers, in pieces, as the template has no other way to take bytes."""
    try:
        return {"text": data.decode("utf-8")}
    except UnicodeDecodeError:
        return {"pieces": [str(list(data[at : at + _CHUNK])) for at in range(0, len(data), _CHUNK)]}
