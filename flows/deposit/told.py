"""What a person tells of a film beside yes or no, looked at before it is kept: it stands in what KB is handed.

Addresses are plain web addresses without user, password and secret parameters; languages are ISO 639-2/B; genres are
those of the MARC list, for packages name that list as their authority.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from schemas.deposit import Told
from schemas.refusal import RefusedError
from schemas.text import one_line

TITLE: Final = 300
"""Characters of a title."""
PASSWORD: Final = 200
"""Characters of what the public needed to see a film."""
RELATED: Final = 20
"""Addresses of other material."""
NOTHING: Final = Told()
PER_FILM: Final = ("title", "page", "file", "password")
"""What is one film's alone, so that it is told of one film at a time."""

_PLAIN = re.compile(r"https?://[A-Za-z0-9\[][!-~]{3,1990}")
_NEVER = frozenset('<>"\\^`{|}')
_LIBRIS = re.compile(r"[0-9a-z]{4,24}")
_LIBRIS_ADDRESS = re.compile(r"https?://(?:www\.)?libris\.kb\.se/(?:bib/|katalogisering/)?([0-9A-Za-z]{4,24})(?:#it)?")
_LANGUAGE = re.compile(r"[a-z]{3}")

LANGUAGES: Final[dict[str, str]] = {
    "ar": "ara",
    "bs": "bos",
    "da": "dan",
    "de": "ger",
    "en": "eng",
    "es": "spa",
    "et": "est",
    "fa": "per",
    "fi": "fin",
    "fr": "fre",
    "hr": "hrv",
    "hu": "hun",
    "is": "ice",
    "it": "ita",
    "ku": "kur",
    "lt": "lit",
    "lv": "lav",
    "nb": "nob",
    "nl": "dut",
    "nn": "nno",
    "no": "nor",
    "pl": "pol",
    "prs": "per",
    "ps": "pus",
    "pt": "por",
    "ro": "rum",
    "ru": "rus",
    "se": "sme",
    "so": "som",
    "sq": "alb",
    "sr": "srp",
    "sv": "swe",
    "th": "tha",
    "ti": "tir",
    "tr": "tur",
    "uk": "ukr",
    "vi": "vie",
    "zh": "chi",
}
"""Usual languages by their two letters (ISO 639-1), as KB's form has them (ISO 639-2/B)."""

_BIBLIOGRAPHIC: Final[dict[str, str]] = {
    "bod": "tib",
    "ces": "cze",
    "cym": "wel",
    "deu": "ger",
    "ell": "gre",
    "eus": "baq",
    "fas": "per",
    "fra": "fre",
    "hye": "arm",
    "isl": "ice",
    "kat": "geo",
    "mkd": "mac",
    "mri": "mao",
    "msa": "may",
    "mya": "bur",
    "nld": "dut",
    "ron": "rum",
    "slk": "slo",
    "sqi": "alb",
    "sve": "swe",
    "zho": "chi",
}
"""The languages whose three letters differ between ISO 639-2/T and /B, and the usual slip for Swedish."""

GENRES: Final[frozenset[str]] = frozenset(
    """abstract or summary|article|atlas|autobiography|bibliography|biography|book|calendar|catalog|chart
    |comic or graphic novel|comic strip|conference publication|database|dictionary|directory|discography|drama
    |encyclopedia|essay|festschrift|fiction|filmography|filmstrip|finding aid|folktale|game|government publication
    |graphic|handbook|history|humor, satire|index|instruction|interview|issue|journal|kit|language instruction
    |law report or digest|legal article|legislation|letter|loose-leaf|map|memoir|motion picture|multivolume monograph
    |newspaper|novel|numeric data|offprint|online system or service|periodical|picture|poetry|programmed text|rehearsal
    |remote sensing image|reporting|review|script|series|short story|slide|sound|speech|standard or specification
    |statistics|survey of literature|technical drawing|technical report|thesis|transparency|treaty|videorecording
    |web site|yearbook""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)
"""Terms of the MARC genre list (``marcgt``) that a film, a recording or a document may be."""


def checked(told: Told, *, films: int, clean: Callable[[str], str]) -> Told:
    """The same, as it is kept. Raises RefusedError.

    Args:
        films: how many films it is told of. clean: an address without secrets (``schemas.ground.Home``).
    """
    if films > 1:
        for name in PER_FILM:
            if getattr(told, name):
                raise RefusedError(f"--{name}", getattr(told, name), "tell it of one film at a time")
    if len(told.related) > RELATED:
        raise RefusedError("--related", str(len(told.related)), f"give at most {RELATED} addresses")
    return replace(
        told,
        title=_line("title", told.title, TITLE),
        page=_address("page", told.page, clean),
        file=_address("file", told.file, clean),
        password=_line("password", told.password, PASSWORD),
        language=_language(told.language),
        genre=_genre(told.genre),
        access=_access(told.access),
        licence=_address("licence", told.licence, clean),
        related=tuple(dict.fromkeys(_address("related", one, clean) for one in told.related if one)),
    )


def language_of(text: str) -> str:
    """ISO 639-2/B of a language as platforms and file names have it (``sv``, ``sv-SE``, ``swe``); empty = not known."""
    first = text.strip().lower().replace("_", "-").partition("-")[0]
    if len(first) == 2:
        return LANGUAGES.get(first, "")
    return _BIBLIOGRAPHIC.get(first, first) if _LANGUAGE.fullmatch(first) else ""


def libris_id(text: str) -> str:
    """An id in Libris, alone or in its address. Raises RefusedError."""
    address = _LIBRIS_ADDRESS.fullmatch(text.strip())
    found = address[1] if address else text.strip()
    if not _LIBRIS.fullmatch(found):
        raise RefusedError("--libris", text, "write the id of the post in Libris, or its address at libris.kb.se")
    return found


def _line(field: str, text: str, most: int) -> str:
    found = one_line(text)
    if text and not found:
        raise RefusedError(f"--{field}", text, "write a few words, or leave it out")
    if len(found) > most:
        raise RefusedError(f"--{field}", found, f"write one line of at most {most} characters")
    return found


def _address(field: str, text: str, clean: Callable[[str], str]) -> str:
    """A web address that anybody may be shown."""
    if not text:
        return ""
    if not _PLAIN.fullmatch(text) or _NEVER & set(text):
        raise RefusedError(
            f"--{field}",
            text,
            "give a web address of at most 2000 characters as the browser's address field has it (å is %C3%A5)",
        )
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host:
        raise RefusedError(f"--{field}", text, "give a web address with a host")
    if "@" in parts.netloc:
        raise RefusedError(f"--{field}", "…", "leave user and password out of the address")
    if clean(text) != text.partition("#")[0].rstrip("?"):
        raise RefusedError(f"--{field}", "…", "leave keys, tokens and signatures out of the address")
    return text


def _language(text: str) -> str:
    if not text:
        return ""
    if text in LANGUAGES or text in _BIBLIOGRAPHIC:
        meant = LANGUAGES.get(text) or _BIBLIOGRAPHIC[text]
        raise RefusedError("--language", text, f"write ISO 639-2/B: {meant}")
    if not _LANGUAGE.fullmatch(text):
        raise RefusedError("--language", text, "write three letters of ISO 639-2/B: swe, eng, fin, ara …")
    return text


def _genre(text: str) -> str:
    found = one_line(text).lower()
    if found and found not in GENRES:
        raise RefusedError("--genre", text, f"write a term of the MARC genre list: {', '.join(_usual())} …")
    return found


def _usual() -> Sequence[str]:
    return ("videorecording", "motion picture", "instruction", "interview", "reporting", "sound", "handbook")


def _access(text: str) -> str:
    if text not in {"", "gratis", "restricted"}:
        raise RefusedError("--access", text, "write gratis or restricted")
    return text
