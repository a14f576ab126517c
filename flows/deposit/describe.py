"""A film's record for KB, made once: package, feed and sheet say the same of it.

What is said rests on the decision's record and on what the archive had at one instant, so that a delivery that is built
once more says the same. Nothing of it is stored outside the archive.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flows.deposit.guards import is_secret
from flows.deposit.hosts import hosts_of, locations_of
from flows.deposit.items import title_of
from flows.deposit.parts import choose
from flows.deposit.places import Place, places_of
from flows.deposit.said import Said, said_of
from flows.deposit.standing import film_in
from schemas.calendar import local_day
from schemas.deposit import Film, FilmRole, Resource
from schemas.finding import Finding
from schemas.ground import Home
from schemas.package import RecordStatus, named

TITLE: Final = 200
"""Characters of a title that is cut out of a text."""
ABSTRACT: Final = 5_000
"""Characters of a description; a post is seldom longer."""
_KINDS: Final[dict[FilmRole, tuple[str, str]]] = {
    "video": ("Film", "moving image"),
    "audio": ("Ljudinspelning", "sound recording"),
    "document": ("Publikation", "text"),
}
"""What a publication without a title is called, and its MODS ``typeOfResource``."""
_HIDDEN = "\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_MENTION = re.compile(rf"(?<![\w/@-])[@\uff20\ufe6b]+[{_HIDDEN}]*[\w-][\w.\u0300-\u036f-]*(?:@[\w.-]+)?[{_HIDDEN}]*")
"""A name that somebody is addressed by: it may be a visitor's. An e-mail address has something before its sign, and no
full stop. Platforms put characters that are not seen around names."""
_CODE = re.compile(r"(?:ORG:|SE)?([0-9]{6})-?([0-9]{4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """The record, or None when it cannot be made; findings of severity error say why."""

    resource: Resource | None
    findings: tuple[Finding, ...] = ()


def describe(
    home: Home, film: Film, *, made: datetime, through: datetime, delivery: str, status: RecordStatus
) -> Described:
    """Describe a film as it stood at one instant.

    Args:
        made: the delivery's time; no file of the record is said to be younger. through: what was observed, found or
            decided later is left out; a mark of secrecy counts whenever it was set. delivery: external delivery id, or another word that tells this description from
            others. status: RECORDSTATUS of its package.
    """
    ground = home.ground
    with ground.state.reading() as books:
        members = books.films.members(film.id)
        check = books.setting("key_check") or ""
        secret = is_secret(books, film.id)
        replaced = film_in(books, film.replaces).number if film.replaces else 0
    said = said_of(ground, film, through)
    places = places_of(home, members, through)
    findings: list[Finding] = [_error("L139", film)] if secret else []
    if film.record is not None and not said.known:
        findings.append(_error("L150", film))
    if not places:
        return Described(resource=None, findings=(*findings, _error("L151", film)))
    identifier = _identifier(home, film.number)
    chosen = choose(home, film, places, identifier, made)
    findings += chosen.findings
    told = said.told
    locations = locations_of(told, places, home.without_secrets)
    if not locations:
        findings.append(_error("L157", film))
    publisher_uri = publisher_address(home)
    if not publisher_uri:
        findings.append(_error("L158", film))
    if any(one.severity == "error" for one in findings):
        return Described(resource=None, findings=tuple(findings))
    resource = Resource(
        id=str(named("deposit", check, film.id, delivery)),
        film=film.id,
        number=film.number,
        identifier=identifier,
        title=_title(film, said, places),
        abstract=_abstract(places),
        available=_available(places),
        locations=locations,
        page=told.page,
        file=told.file,
        hosts=hosts_of(told, places),
        publisher=home.deposit.publisher or home.organisation.name or home.organisation.authority(film.authority),
        publisher_uri=publisher_uri,
        access="restricted" if (told.access or home.deposit.access) == "restricted" else "gratis",
        licence=told.licence,
        language=told.language or home.deposit.language,
        genre=told.genre,
        type_of_resource=_KINDS[places[0].member.role][1],
        related=told.related,
        replaces=_identifier(home, replaced) if replaced else "",
        password=told.password,
        status=status,
        parts=chosen.parts,
    )
    return Described(resource=resource, findings=tuple(findings))


def publisher_address(home: Home) -> str:
    """``http://id.kb.se/organisations/SE2120001892``, with what KB adds to it; empty without an organisation number."""
    found = _CODE.fullmatch(home.organisation.code.strip())
    if found is None:
        return ""
    suffix = home.deposit.suffix.strip().lstrip("-")
    return f"http://id.kb.se/organisations/SE{found[1]}{found[2]}{f'-{suffix}' if suffix else ''}"


def own_words(text: str) -> str:
    """A text of ours without the names that it addresses, and without the gaps that they leave."""
    lines = (re.sub(r"[ \t]{2,}", " ", _MENTION.sub("", line)).strip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _identifier(home: Home, number: int) -> str:
    """Our own id of a film, the same in every delivery of it; a new version is another film with another number."""
    return f"{home.deposit.prefix}-film-{number}"


def _available(places: Sequence[Place]) -> datetime:
    return min(place.slot.available for place in places)


def _title(film: Film, said: Said, places: Sequence[Place]) -> str:
    """The title told, else the platform's, else the text's first line, else what it is, where and when; never empty."""
    if said.told.title:
        return said.told.title
    for place in places:
        found = title_of(own_words(place.slot.said.title))
        if found:
            return cut(found)
    for place in places:
        found = title_of(own_words(place.slot.row.text or ""))
        if found:
            return cut(found)
    kind = _KINDS[places[0].member.role][0]
    return f"{kind} {film.number}, {places[0].member.account}, {local_day(_available(places)).isoformat()}"


def cut(text: str, most: int = TITLE) -> str:
    """One line of at most so many characters, cut at a word where there is one."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    word = head.rpartition(" ")[0]
    return f"{(word if len(word) > most // 2 else head).rstrip(' ,;:–-')}…"


def _abstract(places: Sequence[Place]) -> str:
    """What the post says: it is our own text, and only that."""
    for place in places:
        found = own_words(place.slot.row.text or "")
        if found:
            return cut(found, ABSTRACT)
    return ""


def _error(code: str, film: Film) -> Finding:
    return Finding(code=code, severity="error", subject=str(film.number), parameters=(("number", film.number),))
