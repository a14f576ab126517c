"""Records with secret marks in everything that they consist of, and what an officer says to mask half of them.

What a mark is, and its fate, says ``tests.disclose.marks``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Final
from urllib.parse import quote

from schemas.ids import ItemId, Month, new_item_id
from schemas.record import Kind, Row
from tests.disclose import marked_files as files
from tests.disclose.marked_attachments import ATTACHMENTS
from tests.disclose.marks import LENGTH, PROVISIONS, Fate, Marked, Marks
from tests.disclose.world import ACCOUNT, ACCOUNTS, CHANNEL, PAGE, SCHOOL, File
from tests.pictures import JPEG
from tests.plan.worlds import make_row

_KINDS: Final[tuple[Kind, ...]] = ("post", "comment", "comment", "visitor_post", "comment", "reply", "mention")
_MONTHS: Final = (Month("2025-10"), Month("2025-11"), Month("2025-12"))
_TOGETHER: Final = 20
"""Records that one command names."""
Setting = tuple[str, str, Callable[[str], str]]
_SETTINGS: Final[tuple[Setting, ...]] = (
    ("Hej ", ", tack för svaret.", str),
    ("👨\u200d👩\u200d👧\u200d👦", "👍🏽!", str),
    ("شكرا \u202e", "\u202c جزيلا", str),
    ("Åa\u030a ", "\u0301 och ö", str),
    ("<b title='", "'>&amp;</b>", str),
    ('=CMD("', '");\t+1', str),
    ("rad ett\n", "\r\nrad tre\u2028", str),
    ("(vänligen ", " )", str.lower),
    ("É\u200d", "\ufe0f🇸🇪", str),
    ("\u2067", "\u2069 עברית", str),
    ("#", " \x07\x0b {nummer}", str),
    ("@", "%20%5B%s", str.title),
)
"""What stands before and after a mark in a text, and how it is spelled."""


class Maker(Marks):
    """Makes the records one after the other; the same seed makes the same ones."""

    def __init__(self, seed: str) -> None:
        """Nothing is made yet."""
        super().__init__(seed)
        self._attachments = cycle(ATTACHMENTS)
        self._settings = cycle(_SETTINGS)

    def record(self, number: int) -> None:
        """One record in one or two versions, with everything that belongs to it."""
        month = _MONTHS[number % len(_MONTHS)]
        item = new_item_id(month, self.random.randbytes(10))
        account = (ACCOUNT, PAGE, ACCOUNT, CHANNEL, SCHOOL)[number % 5]
        platform, authority = ACCOUNTS[account]
        published = datetime(int(month[:4]), int(month[5:]), 1 + number % 27, number % 24, tzinfo=UTC)
        refused = number % 11 == 5
        row = make_row(
            item,
            kind=_KINDS[number % len(_KINDS)],
            own=_KINDS[number % len(_KINDS)] in {"post", "reply"},
            platform=platform,
            account=account,
            authority=authority,
            thread=item,
            published=published,
            observed=published + timedelta(hours=1),
            identity=f"{number:064d}",
            language="sv",
        )
        if refused:
            self._refused(row, number)
            return
        first = self._version(row, number)
        attached: list[File] = []
        if number % 5 == 2:
            attached = next(self._attachments)(self, f"{item}@1")
        self.made.rows.append((first, attached))
        self.made.versions.append(f"{item}@1")
        if number % 7 == 3:
            self.made.rows.append((self._edited(first, number), []))
            self.made.versions.append(f"{item}@2")

    def _refused(self, row: Row, number: int) -> None:
        """Nothing of it is given."""
        mark = self.word
        picture = files.spoken(JPEG, [mark("masked", "file", "refused metadata")])
        row = replace(
            row,
            text=f"Hemligt {mark('masked', 'text', 'refused text')}",
            author=f"Rut {mark('masked', 'text', 'refused author')}",
            author_native=mark("never", "text", "refused handle").lower(),
            native=f"https://test/@{mark('masked', 'text', 'refused address').lower()}/{number}",
            links=(f"https://exempel.se/{mark('masked', 'text', 'refused link')}",),
            payload=_payload(mark("never", "text", "refused payload")),
        )
        origin = f"bilder/{mark('never', 'text', 'refused file name')}.jpg"
        alt = f"Bild: {mark('masked', 'text', 'refused alt')}"
        self.made.rows.append((row, [File(data=picture, media_type="image/jpeg", alt=alt, origin=origin)]))
        self.made.refused.append(f"{row.item}@1")
        self.made.versions.append(f"{row.item}@1")

    def _version(self, row: Row, number: int) -> Row:
        """Text, author, address and links of the first version."""
        this = f"{row.item}@1"
        hidden = number % 4 == 1
        author: Fate = "masked" if hidden else "given"
        handle: Fate = "masked" if hidden or number % 8 == 4 else "given"
        name = f"Anna {self.word(author, 'text', 'author')} Öst"
        address = f"https://test/@{self.word(handle, 'text', 'address').lower()}/{number}"
        row = replace(
            row, author=name, native=address, author_native=f"{self.word('never', 'text', 'handle')}-{number}"
        )
        if hidden:
            self._hide_author(this, name, number)
        elif handle == "masked":
            self.mask(this, "--field", "address")
        row = replace(row, links=self._links(this, number), payload=_payload(self.word("never", "text", "payload")))
        return replace(row, text=self._text(this, number))

    def _hide_author(self, this: str, name: str, number: int) -> None:
        form = number // 4 % 4
        if form == 0:
            self.mask(this, "--field", "author")
        elif form == 1:
            self.mask(this, "--field", "author", "--stand-in")
        elif form == 2:
            self.mask("--name", name)
        else:
            # A name is masked where it stands; the address may still show it, so it is masked by itself.
            self.mask(this, "--span", f"author:5-{5 + LENGTH}")
            self.mask(this, "--field", "address")

    def _links(self, this: str, number: int) -> tuple[str, ...]:
        if number % 3:
            return ()
        first = self.word("given", "text", "link")
        second = self.word("masked", "text", "link")
        if number % 2:
            self.mask(this, "--field", "links:1")
            return (f"https://exempel.se/{first}", f"https://exempel.se/?q={quote(second)}&r=1")
        self.everywhere.setdefault(PROVISIONS[number % 2], []).append(second)
        escaped = "".join(f"%{byte:02x}" for byte in second.encode())
        return (f"https://exempel.se/{first}", f"https://exempel.se/{escaped}")

    def _text(self, this: str, number: int) -> str:
        """Two marks that are given, or three of which the first and the last are masked."""
        text = f"Nummer {number}. "
        for turn in range(2 + number % 2):
            before, after, spelled = next(self._settings)
            fate: Fate = "masked" if number % 2 and turn != 1 else "given"
            word = self.word(fate, "text", f"text {before!r}")
            start = len(text) + len(before)
            shown = spelled(word)
            if turn == 2 and fate == "masked":
                shown = f"{shown[:5]}\u200b{shown[5:]}"  # a sign of no width inside: only its place can be named
                self.mask(this, "--span", f"text:{start}-{start + len(shown)}")
            elif fate == "masked":
                # An accent above its last letter makes it another word: the officer names it as it is written.
                said = f"{word}\u0301" if after.startswith("\u0301") else word
                self._hide_words(this, said, (start, start + len(shown)), number)
            text += f"{before}{shown}{after} "
        return text

    def _hide_words(self, this: str, word: str, span: tuple[int, int], number: int) -> None:
        form = number % 3
        if form == 0:
            self.everywhere.setdefault(PROVISIONS[number % 4], []).append(word)
        elif form == 1:
            self.mask(this, "--words", word)
        else:
            self.mask(this, "--span", f"text:{span[0]}-{span[1]}")

    def _edited(self, first: Row, number: int) -> Row:
        """A second version: another text, of which nothing of the first one's is to come back."""
        when = first.observed + timedelta(days=1)
        mark, secret = self.word("given", "text", "later text"), self.word("masked", "text", "later text")
        text = f"Rättat {number}: {mark} i stället för {secret}."
        self.mask(f"{first.item}@2", "--words", secret)
        if first.author is not None and number % 4 == 1:
            self.mask(f"{first.item}@2", "--field", "author")
        if number % 8 == 4:
            self.mask(f"{first.item}@2", "--field", "address")
        changes = {"version": 2, "edited": when, "observed": when, "identity": f"{number:063d}2"}
        return replace(first, text=text, links=(), payload=_payload(self.word("never", "text", "payload")), **changes)  # type: ignore[arg-type] # fields of a row

    def said(self) -> Marked:
        """What was made, with what is masked throughout."""
        self.made.masks = list(_together(self.made.masks))
        for provision, words in sorted(self.everywhere.items()):
            self.made.masks.append(("--words", *words, "--provision", provision))
        return self.made


def _together(masks: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Records of which the same is masked are named in one command, twenty at a time."""
    named: dict[tuple[str, ...], list[str]] = {}
    for first, *rest in masks:
        if first.startswith("--"):
            yield (first, *rest)
        else:
            named.setdefault(tuple(rest), []).append(first)
    for said, some in named.items():
        for at in range(0, len(some), _TOGETHER):
            yield (*some[at : at + _TOGETHER], *said)


def _payload(word: str) -> str:
    told = {"id": "1", "spoiler": word, "user": {"name": word}, "counts": {word: 3}}
    return json.dumps(told, ensure_ascii=False)


def make(count: int = 300, seed: str = "läckprov") -> Marked:
    """So many records."""
    maker = Maker(seed)
    for number in range(count):
        maker.record(number)
    return maker.said()


def batches(marked: Marked) -> Iterator[list[tuple[Row, list[File]]]]:
    """The rows as nights bring them: first versions by account, later ones after them."""
    by_account: dict[tuple[str, int], list[tuple[Row, list[File]]]] = {}
    for row, attached in marked.rows:
        by_account.setdefault((row.account, row.version), []).append((row, attached))
    for _, some in sorted(by_account.items(), key=lambda one: one[0][1]):
        yield some


def items(marked: Marked) -> set[ItemId]:
    """Every item."""
    return {row.item for row, _ in marked.rows}
