"""One channel's connection for one run."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from connectors.http import Answer, Budget, HttpError
from connectors.platforms.youtube import fields
from connectors.platforms.youtube.comments import HIDDEN_BY
from connectors.platforms.youtube.discussion import Discussion
from connectors.platforms.youtube.quota import DAILY, Quota
from connectors.platforms.youtube.reading import CAPTION, PROFILE, channels, parse, picture_addresses
from connectors.platforms.youtube.steps import Scribe, Step
from connectors.platforms.youtube.uploads import Uploads
from connectors.platforms.youtube.values import id_of, inner, objects
from connectors.platforms.youtube.wire import PAGE_CAP, RefusedError, Wire
from schemas.account import Account
from schemas.finding import Finding
from schemas.neighbours import (
    Capture,
    Clock,
    ConnectionRefusedByPlatformError,
    Health,
    Lookup,
    MediaBytes,
    MediaError,
    Parsed,
    Window,
)
from schemas.record import MediaRef
from schemas.refusal import RefusedError as RefusedSettingError

BUDGET = Budget()
_BATCH = 49
"""Ids per look-up: 50 with the witness."""
_TRACK = re.compile(r"[A-Za-z0-9_.=-]{1,200}")
_NOT_LETTERS = re.compile(r"[\W_]+")
_GONE_STATES = frozenset({"deleted"})


class YouTubeSession:
    """See the package's docstring and ``schemas.neighbours.Session``.

    Args:
        account: ``api_base`` with or without the path ``/youtube/v3``; empty = Google's.
        secret: an access token of the channel's owner or manager.
        clock: the home's clock; the quota's day is counted by it.
        budget: bounds of the run. page_cap: pages per listing. sleep: how to wait.

    Raises:
        RefusedError: the option ``units`` is no number.
    """

    def __init__(
        self,
        account: Account,
        secret: str | None,
        clock: Clock,
        *,
        budget: Budget = BUDGET,
        page_cap: int = PAGE_CAP,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._account = account
        self._quota = Quota(units_of(account), clock)
        self._wire = Wire(
            account, secret, clock, self._quota, budget=budget.within(account.harvest), page_cap=page_cap, sleep=sleep
        )
        self._me: tuple[Answer, dict[str, Any]] | None = None
        self._uploads: Uploads | None = None
        self._discussion: Discussion | None = None
        self._signed: dict[str, str] = {}

    def close(self) -> None:
        """Give back connections."""
        self._wire.close()

    def parse(self, capture: Capture) -> Parsed:
        """Pure; see ``reading.parse``."""
        return parse(capture)

    def health(self) -> Health:
        """Check that the token is valid and belongs to the channel of the file.

        Raises:
            ConnectionRefusedByPlatformError: H116 for another channel's token; the transport's code otherwise.
            HttpError: the day's quota is used up.
        """
        _, channel = self._know()
        return Health(native=id_of(channel) or "")

    def fetch(self, window: Window, threads: Iterable[str]) -> Iterator[Step]:
        """The channel, its videos, and the comments below them.

        Raises:
            ConnectionRefusedByPlatformError: as ``health``.
            HttpError: the day's quota was used up (H260); what could be read has been handed over.
        """
        self._quota.resume(window.memory)
        answer, channel = self._know()
        scribe = Scribe(self._account.name, id_of(channel) or "")
        self._signed.update(pair for pair in picture_addresses(channel) if pair[0] != pair[1])
        yield scribe.capture(answer, "channels.list", "profile", body={**answer.body, "items": [channel]})
        self._uploads = Uploads(self._wire, scribe, window, channel, self._signed)
        self._discussion = Discussion(self._wire, scribe, window, self._uploads)
        yield from self._uploads.read()
        yield from self._discussion.read(threads)
        self._quota.promised = 0
        if self._discussion.until is not None:
            raise HttpError("H260", "commentThreads.list", retryable=True, until=self._discussion.until)

    def look_up(self, natives: Sequence[str]) -> Iterator[Lookup]:
        """Ask for videos and comments directly: a list that is shorter than what was asked for says which are not found.

        An id does not tell what it is an id of, so both lists must lack it. YouTube never says who removed something.

        Raises:
            HttpError: nothing can be asked any more tonight.
        """
        _, channel = self._know()
        for begin in range(0, len(natives), _BATCH):
            batch = [one for one in natives[begin : begin + _BATCH] if _TRACK.fullmatch(one)]
            found = {native: self._outcome(native, video) for native, video in self._listed("videos.list", batch)}
            rest = [one for one in batch if one not in found]
            # Asked for beside them, a comment that is surely there tells whether the list is one that can be believed.
            witness = self._discussion.witness if self._discussion is not None and rest else ""
            comments = dict(self._listed("comments.list", [*rest, *([witness] if witness else [])]))
            found |= {native: self._comment(native, one) for native, one in comments.items()}
            sure = not self._shows_nothing() and (not witness or witness in comments)
            for native in natives[begin : begin + _BATCH]:
                own_page = native == f"{id_of(channel)}{PROFILE}"
                absent = "found" if own_page else "not_found" if sure and native in batch else "unclear"
                yield found.get(native) or Lookup(native=native, outcome=absent)

    @property
    def prefix(self) -> str:
        """What stands between the server's address and a method's name, once the channel is known."""
        return self._wire.prefix

    def liked(self) -> Iterator[tuple[str, str]]:
        """The channels that ours subscribes to: title and address. Raises PlatformError."""
        self._know()
        for answer in self._wire.pages("subscriptions.list", {"mine": "true", "part": "snippet", "maxResults": 50}):
            for one in objects(answer.body, "items"):
                snippet = inner(one, "snippet")
                native = id_of({"id": inner(snippet, "resourceId").get("channelId")})
                if native is not None:
                    yield str(snippet.get("title") or native), f"https://www.youtube.com/channel/{native}"

    def fetch_media(self, reference: MediaRef, author_native: str | None, limit: int) -> MediaBytes:  # noqa: ARG002
        """Fetch a picture or a caption file to a temporary file.

        Raises:
            MediaError: H143 when YouTube withholds a caption file, H262 when the quota does not suffice tonight.
        """
        if reference.origin.startswith(CAPTION):
            return self._caption(reference.origin.removeprefix(CAPTION).partition("?")[0], limit)
        return self._wire.picture(self._signed.get(reference.origin, reference.origin), limit)

    def remember(self) -> Mapping[str, str]:
        """Units used today, and where the next night goes on."""
        found = self._quota.remember()
        for one in (self._uploads, self._discussion):
            found |= one.remember() if one is not None else {}
        return found

    # -- who we are

    def _know(self) -> tuple[Answer, dict[str, Any]]:
        """Our channel, asked for once a run."""
        if self._me is None:
            try:
                answer = self._mine()
            except HttpError as error:
                if error.until is not None:
                    raise
                raise self._refused(error.code) from None
            wanted = [one for one in channels(answer.body) if id_of(one) and self._is_named(one)]
            if not wanted:
                raise self._refused("H116")
            self._me = answer, wanted[0]
        return self._me

    def _mine(self) -> Answer:
        wanted = {"mine": "true", "part": fields.CHANNEL_PARTS}
        try:
            return self._wire.get("channels.list", wanted)
        except RefusedError as error:
            if error.code == "H101" or error.reason == "channelNotFound":
                raise
            if error.status == 404:
                if not self._wire.prefix:
                    raise
                # An interface that somebody serves without Google's path.
                self._wire.prefix = ""
            else:
                wanted["part"] = "contentDetails,snippet,statistics"
        return self._wire.get("channels.list", wanted)

    def _is_named(self, channel: Mapping[str, Any]) -> bool:
        """The file's handle is the channel's id, its address, or its title."""
        handle = self._account.handle.strip().rstrip("/").rpartition("/")[2].removeprefix("@").casefold()
        snippet = inner(channel, "snippet")
        address, title = snippet.get("customUrl"), snippet.get("title")
        names = {str(id_of(channel)).casefold()}
        names |= {one.strip().removeprefix("@").casefold() for one in (address, title) if isinstance(one, str)}
        letters = {_NOT_LETTERS.sub("", name) for name in names}
        return handle in names or (_NOT_LETTERS.sub("", handle) or "?") in letters

    def _refused(self, code: str) -> ConnectionRefusedByPlatformError:
        return ConnectionRefusedByPlatformError(Finding(code=code, severity="error", subject=self._account.name))

    # -- small

    def _listed(self, endpoint: str, natives: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        if not natives:
            return
        part = "id,status" if endpoint == "videos.list" else "id,snippet"
        try:
            answer = self._wire.get(endpoint, {"id": ",".join(natives), "part": part})
        except RefusedError as error:
            # A list of nothing but unknown ids may be refused as a whole.
            if error.status != 404:
                raise
            return
        for one in objects(answer.body, "items"):
            native = id_of(one)
            if native in natives:
                yield native, one

    def _outcome(self, native: str, video: Mapping[str, Any]) -> Lookup:
        status = inner(video, "status")
        if status.get("uploadStatus") in _GONE_STATES:
            return Lookup(native=native, outcome="not_found")
        if status.get("uploadStatus") == "rejected":
            return Lookup(native=native, outcome="found", hidden=True, cause="platform")
        return Lookup(native=native, outcome="found")

    def _comment(self, native: str, comment: Mapping[str, Any]) -> Lookup:
        status = inner(comment, "snippet").get("moderationStatus")
        if status in HIDDEN_BY:
            return Lookup(native=native, outcome="found", hidden=True, cause=HIDDEN_BY[status])
        return Lookup(native=native, outcome="found")

    def _shows_nothing(self) -> bool:
        """Tonight's answers were empty although the platform says that there is something (H145)."""
        posts = self._uploads is not None and self._uploads.reason == "H145"
        return posts or (self._discussion is not None and self._discussion.empty)

    def _caption(self, track: str, limit: int) -> MediaBytes:
        if not _TRACK.fullmatch(track):
            raise MediaError("H118")
        floor = self._quota.reserve + self._quota.kept
        try:
            return self._wire.caption(track, "vtt", limit, floor=floor)
        except MediaError as error:
            if error.code == "H127":
                # Not every track can be converted.
                return self._wire.caption(track, "srt", limit, floor=floor)
            if error.code in ("H102", "H103"):
                raise MediaError(self._why_withheld()) from None
            raise

    def _why_withheld(self) -> str:
        """The download does not tell its reason; a cheap request tells whether it is the quota."""
        try:
            self._wire.get("channels.list", {"mine": "true", "part": "id"})
        except HttpError as error:
            return "H262" if error.code in ("H260", "H105") else error.code
        return "H143"


def units_of(account: Account) -> int:
    """Units per day that the account file allows. Raises RefusedError."""
    written = account.option("units", str(DAILY))
    if not (written.isascii() and written.isdigit() and int(written[:12]) > 0):
        raise RefusedSettingError("options.units", written, "write a number of units per day, such as 10000")
    return int(written[:12])
