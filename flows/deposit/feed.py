"""The feed that KB fetches: decided films enter it, stay for the window, and leave.

A film enters when the feed that holds it has been seen in its place; the receipt of that (``deposit.feed``) says when its
days in the feed began, whatever its publication date. Until then it stands as decided, so that a place that does not
answer loses nothing, and a run that is stopped is made up for by the next. The feed is made of the films alone: the same
films give the same bytes, and the same bytes are not written again. A corrected film is a film of its own and so an item
of its own; a film that is seen in Libris, or that KB has rejected, leaves at once.

KB gives no receipt for what it fetches: a film that was in the feed is delivered, not accepted, until somebody has seen
it in Libris.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from flows.deposit.describe import describe
from flows.deposit.feed_check import check_feed
from flows.deposit.standing import change_film
from flows.keep.links import told_of
from flows.keep.mandates import mandated
from schemas.books import Books
from schemas.deposit import FeedSettings, Film, Resource
from schemas.finding import Finding, Severity
from schemas.ground import Ground, Home
from schemas.neighbours import Publishing, ReceiverRefusedError
from schemas.receipt import Receipt
from schemas.refusal import GuardError, RefusedError, UnreachableError
from schemas.xml.kb_feed import MEDIA_TYPE, Channel, link_of, own, uri, write

ENTERED: Final = "deposit.feed"
"""Act of the receipt that a film was seen in the feed."""
WRITTEN: Final = "deposit.feed-written"
"""Act of the receipt that the feed was published with other bytes than before."""
LEASE: Final = "deposit:feed"
_SUBJECT = "feed"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fed:
    """What came of writing the feed.

    Attributes:
        place, name: where it lies, and its file's name. items: films in it. new: films that entered it now.
        left: decided films that wait for the feed still; the findings say why.
        changed: other bytes were published than lay there. unreachable: the place did not answer.
        findings: what a person should know.
    """

    place: str
    name: str
    items: int = 0
    new: int = 0
    left: int = 0
    changed: bool = False
    unreachable: bool = False
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A film in the feed: since when, and what is said of it."""

    film: Film
    entered: datetime
    resource: Resource


def write_feed(home: Home, *, person: str = "bevara") -> Fed:
    """Write the feed and publish it; films that were decided for it enter.

    Args:
        person: who asks for it, with the mandate ``deposit``; ``bevara`` = the night.

    Raises:
        GuardError: no feed is set (G-FEED); no mandate. RefusedError: no such person; the place cannot be used.
        LeaseTakenError: another run is at it.
    """
    settings = home.deposit.feed
    if settings is None:
        raise GuardError("G-FEED", "no feed to KB is set", "write [deposit.feed] in bevara.toml, or choose another way")
    ground = home.ground
    place = home.feed(settings)  # refused before anything is read
    with ground.state.hold_lease(LEASE):
        at = ground.clock.now()
        with ground.state.reading() as books:
            if person != "bevara":
                mandated(books, person, "deposit", at)
            films = _films(books, settings, at)
        findings: list[Finding] = []
        channel = Channel(title=settings.title, address=settings.address, description=settings.description)
        entries = _entries(home, settings, channel, films, at, findings)
        return _publish(home, place, settings.name, channel, entries, findings, person)


def _films(books: Books, settings: FeedSettings, at: datetime) -> dict[str, tuple[Film, datetime | None]]:
    """Films that belong in the feed, with when they entered (None = now), by id."""
    window = timedelta(days=settings.window_days)
    planned = {film for one in books.deliveries.all() if one.standing == "planned" for film in one.intent.films}
    found: dict[str, tuple[Film, datetime | None]] = {}
    for film in books.films.all("decided"):
        if film.way == "feed" and film.id not in planned:
            found[film.id] = (film, None)
    for film in books.films.all("delivered"):
        if film.way == "feed" and at < film.changed + window:
            entered = _entered(books, film)
            if at < entered + window:
                found[film.id] = (film, entered)
    return found


def _entered(books: Books, film: Film) -> datetime:
    times = [datetime.fromisoformat(body["at"]) for _, body in told_of(books, film.id) if body["act"] == ENTERED]
    return times[-1] if times else film.changed


def _entries(
    home: Home,
    settings: FeedSettings,
    channel: Channel,
    films: Mapping[str, tuple[Film, datetime | None]],
    at: datetime,
    findings: list[Finding],
) -> list[_Entry]:
    """Films that can be in the feed, the newest in it first; why others cannot is told."""
    secret = _secret(home.ground, films)
    found: list[_Entry] = []
    for film, since in films.values():
        if film.id in secret:
            findings.append(_finding("L209", "error", film))
            continue
        entered = since or (film.changed if home.deposit.test else at)
        # As it was known when it entered: its item does not change afterwards.
        described = describe(home, film, made=entered, through=since or at, delivery="", status="NEW")
        resource = described.resource
        wrong = resource is None or any(one.severity == "error" for one in described.findings)
        if since is None:
            findings.extend(described.findings)
        elif wrong:
            findings.append(_finding("L207", "error", film))
        if resource is None or wrong or not _usable(channel, film, resource, entered, findings, told=since is None):
            continue
        if since is None:
            _tell_age(film, at, settings, findings)
        found.append(_Entry(film=film, entered=entered, resource=resource))
    return sorted(found, key=lambda one: (one.entered, one.film.number), reverse=True)


def _secret(ground: Ground, films: Iterable[str]) -> set[str]:
    """Films at an item that is marked secret: the feed lies open on the web."""
    with ground.state.reading() as books:
        items = {film: [one.item for one in books.films.members(film)] for film in films}
        marks = books.marks.of([item for some in items.values() for item in some])
    marked = {one.item for one in marks if one.kind == "sekretess"}
    return {film for film, some in items.items() if not marked.isdisjoint(some)}


def _usable(
    channel: Channel, film: Film, resource: Resource, entered: datetime, findings: list[Finding], *, told: bool
) -> bool:
    """Whether its item passes the check; what is wrong, or (``told``) remarkable, is told."""
    code = "L210" if resource.password else ""
    try:
        link_of(resource)
    except RefusedError:
        code = "L201" if resource.page or resource.file else "L200"
    if code:
        findings.append(_finding(code, "error", film))
        return False
    checked = check_feed(write(channel, [resource], entered))
    faults = sorted({one.code for one in checked.findings if one.severity == "error"})
    if faults:
        findings.append(_finding("L205", "error", film, rules=", ".join(faults)))
        return False
    if told:
        remarks = sorted({one.code for one in checked.findings if one.severity == "warning"} - {"RSS-FILE"})
        if remarks:
            findings.append(_finding("L219", "warning", film, rules=", ".join(remarks)))
        if not own(uri(resource.file)):
            findings.append(_finding("L208", "warning", film))
    return True


def _tell_age(film: Film, at: datetime, settings: FeedSettings, findings: list[Finding]) -> None:
    """KB is said to fetch by publication date, which is told truthfully: what enters late may be missed."""
    age = at - film.available
    if age > timedelta(days=settings.window_days):
        findings.append(_finding("L202", "warning", film, days=age.days))
    elif age > _DAY:
        findings.append(_finding("L203", "info", film, days=age.days))


def _publish(
    home: Home,
    place: Publishing,
    name: str,
    channel: Channel,
    entries: list[_Entry],
    findings: list[Finding],
    person: str,
) -> Fed:
    waiting = [one for one in entries if one.film.standing == "decided"]
    nothing = Fed(place=place.place, name=name, left=_left(home.ground))
    built = max((one.entered for one in entries), default=None)
    data = write(channel, [one.resource for one in entries], built)
    faults = sorted({one.code for one in check_feed(data).findings if one.severity == "error"})
    if faults:
        findings.append(_about_feed("L206", rules=", ".join(faults)))
        return replace(nothing, findings=tuple(findings))
    try:
        arrival = place.publish(name, data, MEDIA_TYPE)
    except ReceiverRefusedError as refused:
        findings.append(_about_feed(refused.code))
        return replace(nothing, findings=tuple(findings))
    except UnreachableError:
        findings.append(_about_feed("L204"))
        return replace(nothing, unreachable=True, findings=tuple(findings))
    if arrival.size != len(data) or arrival.sha256 not in {"", hashlib.sha256(data).hexdigest()}:
        findings.append(_about_feed("L216"))
        return replace(nothing, findings=tuple(findings))
    if home.deposit.test:
        if waiting:
            findings.append(_about_feed("L212", severity="info"))
        new = 0
    else:
        new = sum(_enter(home.ground, one, place.place, person, findings) for one in waiting)
    if not arrival.already:
        _tell_written(home.ground, place.place, len(entries), new, person)
    return Fed(
        place=place.place,
        name=name,
        items=len(entries),
        new=new,
        left=_left(home.ground),
        changed=not arrival.already,
        findings=tuple(findings),
    )


def _enter(ground: Ground, entry: _Entry, place: str, person: str, findings: list[Finding]) -> bool:
    """The film was seen in the feed; False = its decision was changed meanwhile."""

    def delivered(now: Film) -> Film:
        if now.way != "feed" or now.record != entry.film.record:
            raise GuardError("G-CHANGED", f"film {now.number} was decided anew", "run 'bevara deposit feed' again")
        # What was delivered before in a package is another delivery.
        return replace(now, standing="delivered", changed=entry.entered, delivery="")

    try:
        with ground.state.writing() as books:
            change_film(
                books, entry.film.id, {"decided"}, delivered, act=ENTERED, actor=person, evidence={"place": place}
            )
    except GuardError:
        findings.append(_finding("L211", "warning", entry.film))
        return False
    return True


def _tell_written(ground: Ground, place: str, items: int, new: int, person: str) -> None:
    with ground.state.writing() as books:
        books.ledger.append(
            Receipt(
                act=WRITTEN,
                at=ground.clock.now(),
                actor=person,
                subjects=(_SUBJECT,),
                evidence={"place": place, "items": items, "new": new},
            )
        )


def _left(ground: Ground) -> int:
    """How many films are decided for the feed and not in it."""
    with ground.state.reading() as books:
        return sum(one.way == "feed" for one in books.films.all("decided"))


def _finding(code: str, severity: Severity, film: Film, **parameters: str | int) -> Finding:
    return Finding(
        code=code,
        severity=severity,
        subject=str(film.number),
        parameters=(("number", film.number), *sorted(parameters.items())),
    )


def _about_feed(code: str, *, severity: Severity = "error", rules: str = "") -> Finding:
    return Finding(code=code, severity=severity, subject=_SUBJECT, parameters=(("rules", rules),) if rules else ())
