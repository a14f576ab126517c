"""The pure half: from a feed as a JSON value (``decoding``) to items and findings.

An entry is known by its ``guid`` or ``id``, else by its address. A guid that is a mere counter (``12``) would meet
another blog's: it is told apart by the account's name. Addresses are kept without their secret parameters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from connectors.markup import attributes, plain
from connectors.platforms.feed import fields
from connectors.scrubbing import without_secrets
from schemas.finding import Finding, Severity
from schemas.neighbours import Capture, Parsed
from schemas.payload import UnreadableError, canonical, digest
from schemas.record import Kind, MediaRef, MediaRole, Seen
from schemas.text import visible

PROFILE = "#profile"
"""What is added to the feed's address to name how it presents itself."""
_EARLY = timedelta(days=1)
"""So far ahead of us a clock may go before its time counts as one in the future."""
_DYNAMIC = timedelta(minutes=10)
"""An edit time so near to our question is taken for the moment of the answer, which some servers write there."""
_COUNTER = re.compile(r"[A-Za-z]{0,12}[-_.]?\d{1,12}")
_FIELD = re.compile(r"[A-Za-z0-9_.:-]{1,80}")
_LANGUAGE = re.compile(r"[A-Za-z0-9-]{1,35}")
_NOT_NATIVE = re.compile("[\x00-\x20\x7f\ud800-\udfff]")
_IMAGE = re.compile(r"<img\s([^<>]{1,4000})>", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|(?<==[\"']))[^\s\"'<>?]{1,500}\?[^\s\"'<>]{1,4000}")
"""An address with a query in a text: in the open, or as an attribute's value."""
_ADDRESSED = frozenset({"href", "url", "src", "link", "id", "wfw_commentrss", "comments", "logo", "icon", "ref"})
"""Fields that hold an address alone."""
_FRAGMENT = re.compile(r"[\w.:-]{1,100}")
_PICTURES = 100
"""Pictures taken out of one text."""
_LONGEST = 2_000
_DEPTH = 50
_ROLES: dict[str, MediaRole] = {"image": "picture", "audio": "audio", "video": "video"}


def parse(capture: Capture) -> Parsed:
    """Read one capture.

    ``capture.listing`` says what the body is: ``profile`` (what the feed says of itself), ``posts`` (a page of the
    feed) or ``thread`` (the comments' feed of one post). ``capture.context`` has ``account`` (its name), ``own`` (the
    feed's address), ``base`` (where the page was read), ``title`` (the feed's), ``zone`` (in which times without zone
    count; empty = they are not believed), ``articles`` (``no``: article pages are not fetched), and for ``thread``
    ``root``, the post's native id.
    """
    reader = _Reader(capture)
    return Parsed(items=list(reader.items()), findings=reader.findings())


def native_of(entry: Mapping[str, Any], account: str) -> str | None:
    """An entry's id among all entries, or None when it has neither guid nor address."""
    for name in ("id", "link"):
        value = entry.get(name)
        if isinstance(value, str) and value.strip() and len(value) <= _LONGEST:
            native = _NOT_NATIVE.sub(lambda found: f"%{ord(found[0]):02X}", kept(value.strip()))
            return f"{account}:{native}" if _COUNTER.fullmatch(native) else native
    return None


def kept(address: str) -> str:
    """An address without its secret parameters; unlike those of media it keeps its fragment, which names a comment."""
    head, _, fragment = address.partition("#")
    head = without_secrets(head) if "?" in head or "@" in head else head
    return f"{head}#{fragment}" if _FRAGMENT.fullmatch(fragment) else head


def link_of(entry: Mapping[str, Any], base: str) -> str:
    """Address of the entry's article page as the feed has it, or empty."""
    return web_address(entry.get("link"), base)


def web_address(value: object, base: str) -> str:
    """An http(s) address made absolute, or empty."""
    if not isinstance(value, str) or not value.strip() or len(value) > 2 * _LONGEST:
        return ""
    try:
        address = urljoin(base, value.strip())
        parts = urlsplit(address)
    except ValueError:
        return ""
    usable = parts.scheme in ("http", "https") and parts.netloc and not _NOT_NATIVE.search(address)
    return address if usable else ""


def count_of(entry: Mapping[str, Any]) -> int | None:
    """How many comments the feed says an entry has; None when it does not say."""
    found = [
        entry.get("thr_total"),
        entry.get("slash_comments"),
        *(one.get("count") for one in _objects(entry, "links")),
    ]
    return next((one for one in found if type(one) is int and 0 <= one < 2**63), None)


def comments_of(entry: Mapping[str, Any], base: str) -> str:
    """Address of the feed with an entry's comments, or empty."""
    found = web_address(entry.get("wfw_commentrss"), base)
    for link in _objects(entry, "links"):
        kind = str(link.get("type"))
        if not found and link.get("rel") == "replies" and ("atom" in kind or "rss" in kind):
            found = web_address(link.get("href"), base)
    return found


def moment(value: object, zone: str = "") -> tuple[datetime | None, str]:
    """A time of RFC 5322 or ISO 8601 in UTC, with its problem: ``unreadable`` or ``without zone`` (then None).

    Args:
        value: as written. zone: the zone in which a time without one counts; empty = none.
    """
    if not isinstance(value, str) or not 0 < len(value.strip()) <= 80:
        return None, "unreadable"
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(value.strip())
            if found.tzinfo is None and value.rstrip().endswith("-0000"):
                found = found.replace(tzinfo=UTC)
            if found.tzinfo is None and zone:
                found = found.replace(tzinfo=ZoneInfo(zone))
            return (found.astimezone(UTC), "") if found.tzinfo else (None, "without zone")
        except (ValueError, TypeError, IndexError, OverflowError, KeyError, OSError):
            continue
    return None, "unreadable"


def known_zone(name: str) -> bool:
    """Whether there is a time zone of that name."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


class _Reader:
    """One capture being read; gathers findings by code and parameters."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._context = capture.context
        self._base = capture.context.get("base", "")
        self._found: Counter[tuple[str, Severity, tuple[tuple[str, str | int], ...]]] = Counter()
        self._given: set[str] = set()

    def findings(self) -> list[Finding]:
        subject = self._context.get("account", "")
        return [
            Finding(code=code, severity=severity, subject=subject, count=count, parameters=parameters)
            for (code, severity, parameters), count in self._found.items()
        ]

    def items(self) -> Iterator[Seen]:
        """The items in the order of the answer, each once."""
        for seen in self._all():
            if seen.native in self._given:
                self._note("H115", "warning")
                continue
            self._given.add(seen.native)
            yield seen

    def _all(self) -> Iterator[Seen]:
        body, listing = self._capture.body, self._capture.listing
        if listing == "profile" and isinstance(body, dict):
            yield from self._guarded(body, self._profile)
            return
        entries = body.get("entries") if isinstance(body, dict) else None
        if listing not in ("posts", "thread") or not isinstance(entries, list):
            self._note("H128", "error", kind=listing if _FIELD.fullmatch(listing) else "?")
            return
        problem = body.get("problem") if isinstance(body, dict) else None
        if problem:
            self._note("H272", "warning", problem=problem if _is_word(problem) else "?")
        for entry in entries:
            yield from self._guarded(entry, self._post if listing == "posts" else self._comment)

    def _guarded(self, value: object, read: Callable[[dict[str, Any]], Iterator[Seen]]) -> Iterator[Seen]:
        if not isinstance(value, dict):
            self._note("H122", "warning", field="entry")
            return
        try:
            yield from list(read(_without_secrets(value, 0)))
        except (RecursionError, UnreadableError):
            self._note("H122", "warning", field="nesting")

    # -- items

    def _post(self, entry: dict[str, Any]) -> Iterator[Seen]:
        native = self._native(entry)
        if native is None:
            return
        self._unknown(entry, fields.KNOWN, "post")
        title, titled = self._text(entry, "title")
        body, linked, pictures = self._body(entry)
        summary, _ = self._text(entry, "summary")
        stated, edited, mark = self._times(entry)
        link = link_of(entry, self._base)
        links = tuple(dict.fromkeys(one for one in (link, *titled, *linked) if one))
        files = self._files(entry, pictures)
        authors = self._authors(entry)
        language = self._language(entry)
        tags = [one.get("label") or one.get("term") for one in _objects(entry, "tags")]
        count = count_of(entry)
        yield self._seen(
            entry,
            native,
            "post",
            author=authors or self._context.get("title") or None,
            author_native=self._context.get("own") or None,
            stated=stated,
            edited=edited,
            text="\n\n".join(part for part in (title, body) if part),
            language=language,
            links=links,
            media=(*self._article(link), *files),
            counts=() if count is None else (("comments", count),),
            identity={
                "title": title,
                "body": body,
                "summary": summary,
                "links": list(links),
                "media": [[one.role, one.origin, one.alt] for one in files],
                "language": language,
                "tags": [str(one) for one in tags if one],
                "authors": authors,
                "updated": mark,
            },
        )

    def _comment(self, entry: dict[str, Any]) -> Iterator[Seen]:
        native = self._native(entry)
        if native is None:
            return
        self._unknown(entry, fields.KNOWN, "comment")
        body, linked, pictures = self._body(entry)
        if body:
            entry = {name: value for name, value in entry.items() if name != "title"}
        else:
            body, _ = self._text(entry, "title")
        root = self._context.get("root", "")
        authors = self._authors(entry)
        if not authors:
            self._note("H124", "info")
        answered = entry.get("thr_in-reply-to")
        parent = native_of({"id": answered.get("ref")}, self._account) if isinstance(answered, dict) else None
        made, edited, _ = self._times(entry)
        links = tuple(one for one in dict.fromkeys((link_of(entry, self._base), *linked)) if one)
        yield self._seen(
            entry,
            native,
            "comment",
            author=authors or None,
            author_native=None,
            parent=(parent if parent != native else None) or root or None,
            thread=root or None,
            platform_time=made,
            edited=edited,
            text=body,
            language=self._language(entry),
            links=links,
            media=self._files(entry, pictures),
            identity={"body": body, "links": list(links), "authors": authors},
        )

    def _profile(self, body: dict[str, Any]) -> Iterator[Seen]:
        """How the feed presents itself."""
        own = self._context.get("own", "")
        if not own:
            self._note("H122", "warning", field="own")
            return
        self._unknown(body, fields.PROFILE_KNOWN, "feed")
        title, _ = self._text(body, "title")
        subtitle, links = self._text(body, "subtitle")
        image = body.get("image")
        shown = [image.get("href") or image.get("url") if isinstance(image, dict) else None, body.get("logo")]
        pictures = dict.fromkeys(address for one in shown if (address := web_address(one, self._base)))
        home = web_address(body.get("link"), self._base)
        text = "\n\n".join(part for part in (title, subtitle) if part)
        kept = {name: value for name, value in body.items() if name not in fields.PROFILE_VOLATILE}
        yield self._seen(
            kept,
            own + PROFILE,
            "profile",
            author=title or None,
            author_native=own,
            text=text,
            language=self._language(body),
            links=tuple(dict.fromkeys(one for one in (home, *links) if one)),
            media=tuple(MediaRef(role="picture", origin=one) for one in pictures),
            identity={"text": text, "link": home, "pictures": list(pictures)},
        )

    def _seen(
        self,
        entry: Mapping[str, Any],
        native: str,
        kind: Kind,
        *,
        identity: Mapping[str, Any],
        author: str | None,
        author_native: str | None,
        text: str,
        language: str,
        links: tuple[str, ...],
        media: tuple[MediaRef, ...],
        parent: str | None = None,
        thread: str | None = None,
        stated: datetime | None = None,
        platform_time: datetime | None = None,
        edited: datetime | None = None,
        counts: tuple[tuple[str, int], ...] = (),
    ) -> Seen:
        return Seen(
            native=native,
            kind=kind,
            author=author,
            author_native=author_native,
            parent_native=parent,
            thread_native=thread,
            stated=stated,
            platform_time=platform_time,
            edited=edited,
            text=text,
            language=language,
            links=links,
            media=media,
            counts=counts,
            payload=canonical(entry),
            identity=digest(identity),
        )

    # -- parts of an entry

    @property
    def _account(self) -> str:
        return self._context.get("account", "")

    def _native(self, entry: Mapping[str, Any]) -> str | None:
        native = native_of(entry, self._account)
        if native is None:
            self._note("H122", "warning", field="id")
        elif not isinstance(entry.get("id"), str):
            self._note("H275", "info")
        return native

    def _text(self, entry: Mapping[str, Any], name: str) -> tuple[str, tuple[str, ...]]:
        """A text as plain text, and its links."""
        text, links, _ = self._construct(entry.get(name), name)
        return text, links

    def _body(self, entry: Mapping[str, Any]) -> tuple[str, tuple[str, ...], list[MediaRef]]:
        """The content, else the summary: text, links, pictures."""
        content = entry.get("content")
        if content is not None and not isinstance(content, list):
            self._note("H126", "warning", field="content")
        texts: list[str] = []
        links: list[str] = []
        pictures: list[MediaRef] = []
        for one in content if isinstance(content, list) else ():
            text, more, shown = self._construct(one, "content")
            texts.append(text)
            links.extend(more)
            pictures.extend(shown)
            source = web_address(one.get("src"), self._base) if isinstance(one, dict) else ""
            links.extend([source] if source else [])
        if not any(texts):
            text, more, shown = self._construct(entry.get("summary"), "summary")
            return text, (*links, *more), pictures + shown
        return "\n\n".join(text for text in texts if text), tuple(links), pictures

    def _construct(self, value: Any, name: str) -> tuple[str, tuple[str, ...], list[MediaRef]]:
        """One text with its type: plain text, links and pictures."""
        if value is None:
            return "", (), []
        written = value.get("value") if isinstance(value, dict) else value
        if written is None and isinstance(value, dict):
            return "", (), []
        if not isinstance(written, str):
            self._note("H126", "warning", field=name)
            return "", (), []
        kind = value.get("type") if isinstance(value, dict) else ""
        if kind == "text/plain":
            return visible(written).strip(), (), []
        stated = value.get("base") if isinstance(value, dict) else None
        base = web_address(stated, self._base) or self._base
        text, targets = plain(written)
        links = tuple(visible(kept(web_address(one, base) or one)) for one in targets)
        return visible(text).strip(), links, self._pictures(written, base)

    def _pictures(self, written: str, base: str) -> list[MediaRef]:
        """Pictures in a text; those of one pixel only count visits."""
        found: dict[str, MediaRef] = {}
        for tag in _IMAGE.findall(written):
            values = attributes(f" {tag}")
            address = web_address(values.get("src", ""), base)
            if address and not {values.get("width"), values.get("height")} & {"0", "1"} and len(found) < _PICTURES:
                alt = visible(values["alt"]) if "alt" in values else None
                origin = without_secrets(address)
                found[origin] = MediaRef(role="picture", origin=origin, alt=alt)
        return list(found.values())

    def _files(self, entry: Mapping[str, Any], pictures: list[MediaRef]) -> tuple[MediaRef, ...]:
        """Attached files and the pictures in the text, each once."""
        found: dict[str, MediaRef] = {}
        attached = [one for one in _objects(entry, "links") if one.get("rel") == "enclosure"]
        for one in (*attached, *_objects(entry, "enclosures"), *_objects(entry, "media_content")):
            address = web_address(one.get("href") or one.get("url"), self._base)
            if not address:
                self._note("H126", "warning", field="enclosure")
                continue
            stated = one.get("type")
            kind = visible(stated)[:100] if isinstance(stated, str) else ""
            role = _ROLES.get(str(one.get("medium"))) or _ROLES.get(kind.partition("/")[0], "document")
            title = one.get("title")
            origin = without_secrets(address)
            alt = visible(title) if isinstance(title, str) else None
            found.setdefault(origin, MediaRef(role=role, origin=origin, media_type=kind, alt=alt))
        for picture in pictures:
            found.setdefault(picture.origin, picture)
        for one in _objects(entry, "media_thumbnail"):
            address = without_secrets(web_address(one.get("url"), self._base))
            if address:
                found.setdefault(address, MediaRef(role="thumbnail", origin=address))
        return tuple(found.values())

    def _article(self, link: str) -> tuple[MediaRef, ...]:
        """The article's page, to be kept as it was at this version."""
        if not link or self._context.get("articles") == "no":
            return ()
        return (MediaRef(role="document", origin=without_secrets(link), media_type="text/html"),)

    def _authors(self, entry: Mapping[str, Any]) -> str:
        names = [one.get("name") or one.get("email") for one in _objects(entry, "authors")]
        return ", ".join(dict.fromkeys(visible(name) for name in names if isinstance(name, str) and name.strip()))

    def _language(self, entry: Mapping[str, Any]) -> str:
        texts = [entry.get("title"), *_objects(entry, "content"), entry.get("summary")]
        stated = [entry.get("language"), *(one.get("language") for one in texts if isinstance(one, dict))]
        return next((one for one in stated if isinstance(one, str) and _LANGUAGE.fullmatch(one)), "")

    def _times(self, entry: Mapping[str, Any]) -> tuple[datetime | None, datetime | None, str]:
        """When it was published, when edited, and the edit time as far as it makes a version."""
        first = next((name for name in ("published", "created", "updated") if entry.get(name) is not None), "published")
        published = self._time(entry, first)
        updated = self._time(entry, "updated") if first != "updated" and entry.get("updated") is not None else None
        if updated is None or (published is not None and updated <= published):
            return published, None, ""
        mark = "" if abs(self._capture.at - updated) < _DYNAMIC else updated.isoformat()
        return published, updated, mark

    def _time(self, entry: Mapping[str, Any], field: str) -> datetime | None:
        found, problem = moment(entry.get(field), self._context.get("zone", ""))
        if found is not None and found > self._capture.at + _EARLY:
            # Told and handed on: it may be our clock that is wrong, and a future trigger never leads to culling.
            problem = "in the future"
        if problem:
            self._note("H123", "warning", field=field, problem=problem)
        return found

    def _unknown(self, value: Mapping[str, Any], known: frozenset[str], kind: str) -> None:
        for path in _paths(value, known):
            self._note("H121", "info", field=path if _FIELD.fullmatch(path) else "?", kind=kind)

    def _note(self, code: str, severity: Severity, **parameters: str | int) -> None:
        self._found[code, severity, tuple(parameters.items())] += 1


def _is_word(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[a-z -]{1,30}", value) is not None


def _objects(value: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = value.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _without_secrets(value: Any, depth: int, name: str = "") -> Any:
    """The value with every address in it, alone or in a text, without secret parameters."""
    if depth > _DEPTH:
        raise UnreadableError("nested too deep")
    if isinstance(value, dict):
        return {key: _without_secrets(one, depth + 1, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_without_secrets(one, depth + 1, name) for one in value]
    if not isinstance(value, str):
        return value
    return kept(value) if name in _ADDRESSED else _ADDRESS.sub(_clean, value)


def _clean(found: re.Match[str]) -> str:
    written = found[0]
    address = written.replace("&amp;", "&")
    clean = kept(address)
    if clean == address:
        return written
    return clean.replace("&", "&amp;") if "&amp;" in written else clean


def _paths(value: Mapping[str, Any], known: frozenset[str], above: str = "", depth: int = 0) -> Iterator[str]:
    """Paths of fields that are not known."""
    for name, inner in value.items():
        path = f"{above}{name}"
        if f"{path}.*" in known:
            continue
        if path not in known:
            yield path
            continue
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, dict) and depth < _DEPTH:
                yield from _paths(one, known, f"{path}.", depth + 1)
