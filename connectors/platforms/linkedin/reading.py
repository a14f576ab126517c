"""The pure half: from LinkedIn's answers to items and findings.

A capture's body is ``{"page": …}``, the listing's own answer (``elements``) or the batch answer that fills it out
(``results``), and beside it what was asked for by the way: ``social`` (counters by URN), ``videos`` (by URN) and
``people`` (names by URN).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connectors.platforms.linkedin import fields
from connectors.platforms.linkedin.littletext import plain
from connectors.platforms.linkedin.media import linked_in, media_of, unsigned
from connectors.platforms.linkedin.names import PROFILE, is_own, moment_in, moment_of, native_of, permalink, urn_of
from connectors.platforms.linkedin.objects import author_of, count_of, entries_of, native_in, own_part, pick, times_of
from schemas.finding import Finding, Severity
from schemas.neighbours import Capture, Parsed
from schemas.payload import UnreadableError, canonical, digest
from schemas.record import Kind, Seen
from schemas.text import visible

_FIELD = re.compile(r"[A-Za-z0-9_.$-]{1,80}")
_EARLY_SECONDS = 86_400
"""So far ahead of us a clock may go before its time counts as one in the future."""


def parse(capture: Capture) -> Parsed:
    """Read one capture.

    ``capture.listing``: ``profile`` (our organisation), ``posts`` (our posts and reshares), ``post`` (one that was asked
    for by itself), ``thread`` (comments) or ``messages``. ``capture.context``: ``account`` (its name, for findings),
    ``own`` (our URN), ``own_name``; in a thread ``root`` (its first item) and ``parent`` (what the comments were asked
    for under); for messages ``root``.
    """
    reader = _Reader(capture)
    return Parsed(items=list(reader.items()), findings=reader.findings())


class _Reader:
    """One capture being read; gathers findings by code and parameters."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._context = capture.context
        self._own = capture.context.get("own", "")
        self._found: Counter[tuple[str, Severity, tuple[tuple[str, str | int], ...]]] = Counter()

    def findings(self) -> list[Finding]:
        subject = self._context.get("account", "")
        return [
            Finding(code=code, severity=severity, subject=subject, count=count, parameters=parameters)
            for (code, severity, parameters), count in self._found.items()
        ]

    def items(self) -> Iterator[Seen]:
        body, listing = self._capture.body, self._capture.listing
        page = body.get("page") if isinstance(body, dict) else None
        if listing == "profile" and isinstance(page, dict):
            yield from self._guarded("", page, self._profile)
            return
        read = {"posts": self._post, "post": self._post, "thread": self._comment, "messages": self._message}.get(
            listing
        )
        entries = entries_of(page)
        if read is None or entries is None:
            self._note("H128", "error", kind=listing if _FIELD.fullmatch(listing) else "?")
            return
        for name, value in entries:
            yield from self._guarded(name, value, read)

    def _note(self, code: str, severity: Severity, **parameters: str | int) -> None:
        self._found[code, severity, tuple(parameters.items())] += 1

    def _guarded(
        self, name: str, value: object, read: Callable[[str, dict[str, Any]], Iterator[Seen]]
    ) -> Iterator[Seen]:
        if not isinstance(value, dict):
            self._note("H122", "warning", field="element")
            return
        try:
            yield from list(read(name, value))
        except (RecursionError, UnreadableError):
            self._note("H122", "warning", field="nesting")

    # -- posts

    def _post(self, name: str, post: dict[str, Any]) -> Iterator[Seen]:
        author = author_of(post)
        if author is not None and not is_own(author, self._own):
            self._note("H125", "warning")
            return
        if author is None and post.get("author") is not None:
            self._malformed("author")
        native = native_in(post, name)
        if native is None:
            self._note("H122", "warning", field="id")
            return
        self._unknown(post, fields.KNOWN["post"], "post")
        self._unknown_beside("social", native, fields.SOCIAL_KNOWN)
        self._unknown_beside("videos", str(pick(post, "content.media.id")), fields.VIDEO_KNOWN)
        text = self._text(post)
        reshared = self._reshared(post)
        media = media_of(post.get("content"), self._beside("videos"), self._malformed)
        boost = reshared is not None and not text and not media
        state = self._string(post, "lifecycleState")
        shown = self._string(post, "visibility")
        visibility = "" if shown in ("", "PUBLIC") else shown.lower()
        if state not in ("", "PUBLISHED", "PUBLISH_REQUESTED"):
            visibility = state.lower()
        links = self._links(post, reshared)
        created, edited = self._times(post, native)
        yield Seen(
            native=native,
            kind="boost" if boost else "post",
            author=self._context.get("own_name") or None,
            author_native=self._own or None,
            platform_time=created,
            edited=edited,
            text=text,
            links=links,
            visibility=visibility,
            media=tuple(one.reference for one in media),
            counts=self._counts(native, post),
            payload=canonical(own_part(post)),
            identity=digest(
                {
                    "text": text,
                    "links": list(links),
                    "visibility": visibility,
                    "media": [one.identity for one in media],
                    "article": [pick(post, f"content.article.{part}") for part in ("title", "description")],
                }
            ),
        )

    def _text(self, post: Mapping[str, Any]) -> str:
        """Commentary and a poll as plain text."""
        value = post.get("commentary")
        # Little text in the usual form; the form with attributes is plain already.
        text = self._string(value, "text") if isinstance(value, dict) else plain(self._string(post, "commentary"))
        poll = pick(post, "content.poll")
        parts = [text]
        if isinstance(poll, dict):
            options = poll.get("options")
            rows = [one for one in options if isinstance(one, dict)] if isinstance(options, list) else []
            parts += [self._string(poll, "question"), "\n".join(f"○ {self._string(one, 'text')}" for one in rows)]
        return visible("\n\n".join(part for part in parts if part))

    def _reshared(self, post: Mapping[str, Any]) -> str | None:
        """The URN of what a reshare passes on."""
        context = post.get("reshareContext")
        for value in (pick(context, "parent"), pick(context, "root"), post.get("repostedContent")):
            if (urn := urn_of(value)) is not None:
                return urn
        if isinstance(context, dict) and context:
            self._note("H126", "warning", field="reshareContext.parent")
        return None

    def _links(self, post: Mapping[str, Any], reshared: str | None) -> tuple[str, ...]:
        cards = pick(post, "content.carousel.cards")
        rows = [one for one in cards if isinstance(one, dict)] if isinstance(cards, list) else []
        found = [pick(post, "content.article.source"), post.get("contentLandingPage")]
        found += [one.get("landingPage") for one in rows]
        reference = urn_of(pick(post, "content.reference.id"))
        kept = [unsigned(visible(one)) for one in found if isinstance(one, str) and one]
        kept += [permalink(one) if not one.startswith("urn:li:event") else one for one in (reference, reshared) if one]
        return tuple(dict.fromkeys(kept))

    # -- comments

    def _comment(self, name: str, comment: dict[str, Any]) -> Iterator[Seen]:
        root = self._context.get("root") or None
        native = native_in(comment, name, below=self._context.get("parent", ""))
        if native is None:
            self._note("H122", "warning", field="commentUrn")
            return
        self._unknown(comment, fields.KNOWN["comment"], "comment")
        actor = author_of(comment)
        own = is_own(actor, self._own)
        text = visible(self._message_text(comment))
        media = media_of({"attachments": comment.get("content")}, {}, self._malformed)
        links = tuple(unsigned(visible(one)) for one in linked_in(comment.get("content")))
        parent = urn_of(comment.get("parentComment")) or self._context.get("parent") or None
        created, edited = self._times(comment, native)
        kind: Kind = "reply" if own else "comment"
        yield Seen(
            native=native,
            kind=kind,
            author=(self._context.get("own_name") or None) if own else self._name(comment, actor),
            author_native=self._own if own else actor,
            parent_native=None if parent == native else parent,
            thread_native=None if root == native else root,
            platform_time=created,
            edited=edited,
            text=text,
            links=links,
            media=tuple(one.reference for one in media),
            counts=self._counts(native, comment),
            payload=canonical(own_part(comment)),
            identity=digest({"text": text, "links": list(links), "media": [one.identity for one in media]}),
        )

    def _message_text(self, value: Mapping[str, Any]) -> str:
        """The text of a comment or message, in any of the forms it is given in."""
        for name in ("message", "body", "comment", "commentary", "text"):
            found = value.get(name)
            if isinstance(found, dict):
                return self._string(found, "text")
            if found is not None:
                return self._string(value, name)
        return ""

    def _name(self, comment: Mapping[str, Any], actor: str | None) -> str | None:
        """The writer's name where the platform gives it."""
        person = self._beside("people").get(actor or "")
        if not isinstance(person, dict):
            person = comment.get("actor~")
        if not isinstance(person, dict):
            return None
        parts = [_localized(person, "firstName"), _localized(person, "lastName")]
        return visible(" ".join(part for part in parts if part) or _localized(person, "name")) or None

    # -- messages

    def _message(self, name: str, message: dict[str, Any]) -> Iterator[Seen]:
        root = self._context.get("root") or None
        native = native_of(message.get("id")) or native_of(name)
        if native is None:
            self._note("H122", "warning", field="id")
            return
        self._unknown(message, fields.KNOWN["message"], "message")
        sender = author_of(message)
        own = is_own(sender, self._own)
        text = visible(
            "\n\n".join(part for part in (self._string(message, "subject"), self._message_text(message)) if part)
        )
        media = media_of({"attachments": message.get("attachments")}, {}, self._malformed)
        created, edited = self._times(message, native)
        yield Seen(
            native=native,
            kind="message",
            author=(self._context.get("own_name") or None) if own else self._name(message, sender),
            author_native=self._own if own else sender,
            thread_native=None if root == native else root,
            platform_time=created,
            edited=edited,
            text=text,
            media=tuple(one.reference for one in media),
            payload=canonical(own_part(message)),
            identity=digest({"text": text, "media": [one.identity for one in media]}),
        )

    # -- our organisation

    def _profile(self, _: str, organization: dict[str, Any]) -> Iterator[Seen]:
        """How our own organisation presents itself."""
        self._unknown(organization, fields.PROFILE_KNOWN, "organization")
        if not self._own:
            self._note("H122", "warning", field="id")
            return
        shown = [_localized(organization, part) for part in ("name", "tagline", "description")]
        website = _localized(organization, "website")
        links = (visible(website),) if website else ()
        text = visible("\n\n".join(part for part in shown if part))
        yield Seen(
            native=f"{self._own}{PROFILE}",
            kind="profile",
            author=self._context.get("own_name") or None,
            author_native=self._own,
            text=text,
            links=links,
            payload=canonical(own_part(organization)),
            identity=digest({"text": text, "links": list(links), "name": organization.get("vanityName")}),
        )

    # -- small

    def _beside(self, name: str) -> Mapping[str, Any]:
        """What was asked for by the way."""
        body = self._capture.body
        found = body.get(name) if isinstance(body, dict) else None
        return found if isinstance(found, dict) else {}

    def _counts(self, native: str, value: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
        social = self._beside("social").get(native)
        found: dict[str, int] = {}
        for counted in (value, social if isinstance(social, dict) else {}):
            comments = count_of(counted)
            if comments is not None:
                found["comments"] = comments
            likes = pick(counted, "likesSummary")
            for name in ("aggregatedTotalLikes", "totalLikes"):
                number = pick(likes, name)
                if type(number) is int and 0 <= number < 2**63:
                    found["likes"] = number
                    break
            kinds = pick(counted, "reactionSummaries")
            for name, summary in kinds.items() if isinstance(kinds, dict) else ():
                number = pick(summary, "count")
                if type(number) is int and 0 <= number < 2**63 and _FIELD.fullmatch(name):
                    found[name.lower()] = number
        poll = pick(value, "content.poll.uniqueVotersCount")
        if type(poll) is int and 0 <= poll < 2**63:
            found["votes"] = poll
        return tuple(found.items())

    def _times(self, value: Mapping[str, Any], native: str) -> tuple[Any, Any]:
        """When it was made and last edited; the id's own time where none is stated."""
        times = times_of(value)
        created = moment_of(times.created)
        if created is None:
            created = moment_in(native)
            problem = "missing" if times.created is None else "unreadable"
            self._note("H123", "info" if created else "warning", field="created", problem=problem)
        elif (created - self._capture.at).total_seconds() > _EARLY_SECONDS:
            self._note("H123", "warning", field="created", problem="in the future")
        if times.edited is not None and moment_of(times.edited) is None:
            self._note("H123", "info", field="lastModified", problem="unreadable")
        return created, moment_of(times.edited)

    def _unknown(self, value: Mapping[str, Any], known: frozenset[str], kind: str) -> None:
        for path in _paths(value, known):
            self._note("H121", "info", field=path if _FIELD.fullmatch(path) else "?", kind=kind)

    def _unknown_beside(self, name: str, urn: str, known: frozenset[str]) -> None:
        found = self._beside(name).get(urn)
        if isinstance(found, dict):
            self._unknown(found, known, name)

    def _malformed(self, field: str) -> None:
        self._note("H126", "warning", field=field)

    def _string(self, value: Mapping[str, Any], field: str) -> str:
        found = value.get(field)
        if isinstance(found, str):
            return visible(found)
        if found is not None:
            self._note("H126", "warning", field=field)
        return ""


def _localized(value: Mapping[str, Any], name: str) -> str:
    """A text that is given plain, as ``localizedName``, or by language."""
    for found in (value.get(f"localized{name[0].upper()}{name[1:]}"), value.get(name)):
        if isinstance(found, str):
            return found
        if isinstance(found, dict):
            texts = found.get("localized")
            values = texts.values() if isinstance(texts, dict) else ()
            for one in values:
                inner = one.get("rawText") if isinstance(one, dict) else one
                if isinstance(inner, str):
                    return inner
    return ""


def _paths(value: Mapping[str, Any], known: frozenset[str], above: str = "") -> Iterator[str]:
    """Paths of fields that are not known. ``name.*`` in ``known`` covers the field and whatever is in it."""
    for name, inner in value.items():
        path = f"{above}{name}"
        if f"{path}.*" in known or name.endswith("~"):
            continue
        if path not in known:
            yield path
            continue
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, dict):
                yield from _paths(one, known, f"{path}.")
