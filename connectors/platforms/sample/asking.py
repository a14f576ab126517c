"""Asking the recorded platform: listings page by page, look-ups, attachments."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path

from connectors.platforms.sample import fields
from connectors.platforms.sample.reading import moment_of, parse
from connectors.recording.read import read_folder
from connectors.recording.timeline import PAGE, Answer, Recording
from schemas.account import Account
from schemas.finding import Finding
from schemas.neighbours import (
    Capture,
    Clock,
    ConnectionRefusedByPlatformError,
    Health,
    ListingEnd,
    Lookup,
    MediaBytes,
    MediaError,
    Parsed,
    Window,
)
from schemas.record import MediaRef
from schemas.refusal import RefusedError

_EVERY = 1_000_000
"""Number of a request that comes after every listing: look-ups and media fail in any outage."""


class SampleSession:
    """One account's connection to its recording, for one run."""

    def __init__(self, account: Account, folder: Path, clock: Clock) -> None:
        """Keep the parts; the recording is read at the first question."""
        self._account = account
        self._folder = folder
        self._clock = clock
        self._recording: Recording | None = None
        self._asked = 0

    def health(self) -> Health:
        """Ask who we are.

        Raises:
            ConnectionRefusedByPlatformError: the recording cannot be read (H149), is another account's (H116), or
                tells of an outage or an expired token.
        """
        answer = self._ask("account")
        if answer.status != 200:
            raise ConnectionRefusedByPlatformError(self._failed("account", answer.status))
        if answer.body["handle"] != self._account.handle:
            raise ConnectionRefusedByPlatformError(Finding(code="H116", severity="error", subject=self._account.name))
        return Health(native=answer.body["id"], token_expires=self._read().token_expires(self._clock.now()))

    def fetch(self, window: Window, threads: Iterable[str]) -> Iterator[Capture | ListingEnd | Finding]:
        """Profile, own listing (newest first, whole pages, down to ``window.since``), then the threads."""
        answer = self._ask("profile")
        if answer.status == 200:
            yield self._capture("profile", "profile", answer)
        else:
            yield self._failed("profile", answer.status)
        roots: list[str] = []
        yield from self._own(window, roots)
        done: set[str] = set()
        # The caller may learn of further threads while it takes the own listing: they are asked for last.
        for root in chain(roots, threads):
            if root not in done:
                done.add(root)
                yield from self._thread(root)

    def parse(self, capture: Capture) -> Parsed:
        """Items and findings of one answer."""
        return parse(capture)

    def look_up(self, natives: Sequence[str]) -> Iterator[Lookup]:
        """Ask for items one by one. Only 404 means ``not_found``; whatever else is no item is ``unclear``."""
        for native in natives:
            endpoint = "profile" if native.endswith(fields.PROFILE) else "item"
            answer = self._ask(endpoint, native=native, nth=_EVERY)
            if answer.status == 200:
                yield Lookup(native=native, outcome="found", hidden=answer.body.get("hidden") is True)
            else:
                yield Lookup(native=native, outcome="not_found" if answer.status == 404 else "unclear")

    def fetch_media(self, reference: MediaRef, author_native: str | None, limit: int) -> MediaBytes:  # noqa: ARG002 - port
        """Copy a file of ``media/`` that something shows at this instant.

        Raises:
            MediaError: H118 not to be had (missing, not shown now, outage, or no plain file under ``media/``);
                H119 larger than ``limit``.
        """
        at = self._clock.now()
        if self._ask("account", nth=_EVERY).status != 200 or not self._read().serves(reference.origin, at):
            raise MediaError("H118")
        descriptor = _open_below(self._folder, reference.origin)
        return _copied(descriptor, limit, reference.media_type)

    def remember(self) -> Mapping[str, str]:
        """Nothing: every run begins anew."""
        return {}

    def close(self) -> None:
        """Nothing is held open."""

    def _read(self) -> Recording:
        if self._recording is None:
            try:
                self._recording = read_folder(self._folder)
            except RefusedError as error:
                place = ("place", error.field), ("remedy", error.remedy)
                finding = Finding(code="H149", severity="error", subject=self._account.name, parameters=place)
                raise ConnectionRefusedByPlatformError(finding) from error
        return self._recording

    def _ask(self, endpoint: str, *, native: str = "", cursor: str = "", nth: int | None = None) -> Answer:
        recording = self._read()
        if nth is None:
            nth, self._asked = self._asked, self._asked + 1
        return recording.answer(endpoint, self._clock.now(), nth=nth, native=native, cursor=cursor)

    def _failed(self, endpoint: str, status: int) -> Finding:
        return Finding(
            code=fields.STATUS_CODES.get(status, "H106"),
            severity="error",
            subject=self._account.name,
            parameters=(("endpoint", endpoint), ("status", status)),
        )

    def _capture(self, endpoint: str, listing: str, answer: Answer, page: int = 1, root: str = "") -> Capture:
        context = {"own": self._read().own, **({"root": root} if root else {})}
        return Capture(
            endpoint=endpoint,
            parameters={"limit": PAGE, "page": page},
            status=answer.status,
            at=self._clock.now(),
            body=answer.body,
            listing=listing,
            context=context,
        )

    def _own(self, window: Window, roots: list[str]) -> Iterator[Capture | ListingEnd | Finding]:
        cursor, page, since = "", 1, window.since
        while True:
            answer = self._ask("posts", cursor=cursor)
            if answer.status != 200:
                finding = self._failed("posts", answer.status)
                yield finding
                yield ListingEnd(listing="posts", scope="", complete=False, since=since, reason=finding.code)
                return
            yield self._capture("posts", "posts", answer, page)
            last = None
            for item in answer.body["items"]:
                last = moment_of(item["created_at"])
                recent = since is None or (last is not None and last >= since)
                if recent and "boost" not in item and item["thread"] not in roots:
                    roots.append(item["thread"])
            cursor, page = answer.body["cursor"] or "", page + 1
            if not cursor:
                yield ListingEnd(listing="posts", scope="", complete=True, since=None)
                return
            if since is not None and last is not None and last < since:
                yield ListingEnd(listing="posts", scope="", complete=True, since=since)
                return

    def _thread(self, root: str) -> Iterator[Capture | ListingEnd | Finding]:
        cursor, page = "", 1
        while True:
            answer = self._ask("thread", native=root, cursor=cursor)
            if answer.status not in (200, 404):
                finding = self._failed("thread", answer.status)
                yield finding
                yield ListingEnd(listing="thread", scope=root, complete=False, reason=finding.code)
                return
            yield self._capture("thread", "thread", answer, page, root)
            # 404: the thread is no more, which is a complete answer; each item is looked up before it counts as gone.
            cursor, page = (answer.body.get("cursor") or "", page + 1) if answer.status == 200 else ("", page)
            if not cursor:
                yield ListingEnd(listing="thread", scope=root, complete=True)
                return


def _open_below(folder: Path, origin: str) -> int:
    """A descriptor of a plain file under ``media/``; no link is followed on the way, no pipe makes us wait."""
    parts = origin.split("/")
    odd = any(part in ("", ".", "..") or not part.isprintable() or "\\" in part for part in parts)
    if odd or len(parts) < 2 or parts[0] != "media":
        raise MediaError("H118")
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = -1
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        for part in parts:
            inner = os.open(part, flags, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            return descriptor
    except (OSError, ValueError):  # ValueError: a lone surrogate in the name
        pass
    if descriptor >= 0:
        with suppress(OSError):
            os.close(descriptor)
    raise MediaError("H118")


def _copied(descriptor: int, limit: int, media_type: str) -> MediaBytes:
    hasher, size = hashlib.sha256(), 0
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the caller, who closes it
    with os.fdopen(descriptor, "rb") as file:
        while size <= limit and (chunk := file.read(65_536)):
            size += len(chunk)
            hasher.update(chunk)
            copy.write(chunk)
    if size > limit:
        copy.close()
        raise MediaError("H119")
    copy.seek(0)
    return MediaBytes(file=copy, digest=hasher.hexdigest(), size=size, media_type=media_type)
