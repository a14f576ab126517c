"""What belongs to a post but stands in answers of its own: alternative texts, video files, captions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from connectors.graph import Graph, Listing
from connectors.http import HttpError
from connectors.platforms.facebook import asking
from connectors.platforms.facebook.attachments import is_share_of, photo_ids, video_ids
from connectors.platforms.facebook.notes import id_of, listed, moment
from connectors.platforms.facebook.reading import BASIC, BESIDE, UNASKED, parse
from schemas.neighbours import Capture, Window
from schemas.payload import canonical


def within(at: datetime | None, since: datetime | None) -> bool:
    """Not older than the night's reach, as far as is told."""
    return since is None or at is None or at >= since


def _is_older(post: Mapping[str, Any], since: datetime | None) -> bool:
    """Written before the night's reach, and the platform tells of no change since."""
    changed = moment(post.get("updated_time"))
    return not within(moment(post.get("created_time")), since) and (changed is None or not within(changed, since))


def unchanged(page: Capture, window: Window) -> dict[str, str]:
    """Identity on record of the posts for which nothing needs to be asked beside them.

    They are older than the night's reach, the platform tells of no later change, and what the page itself shows of
    them is what is on record. One that was destroyed here is among them.
    """
    older = {native for post in listed(page.body) if (native := id_of(post)) and _is_older(post, window.since)}
    known = window.known(sorted(older)) if older else {}
    shown = {one.native: one.identity for one in parse(page).items if one.native in known}
    return {
        native: identity
        for native, identity in known.items()
        if not identity or (shown.get(native, "")[BASIC] == identity[BASIC] and identity[BESIDE] != UNASKED)
    }


class Beside:
    """Asks for what stands beside the posts of one page; each thing once a run.

    Attributes:
        refused: name of the request → how often the platform would not answer it.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._known: dict[str, str] = {}
        self.refused: Counter[str] = Counter()

    def of(self, posts: Iterable[Mapping[str, Any]]) -> dict[str, str]:
        """Context for ``reading.parse``.

        What the platform does not have or does not give is empty. What could not be asked for makes its post partial,
        so that tonight's lack is not taken for a change.
        """
        wanted = [post for post in posts if not is_share_of(post)]
        photos = {id_of(post): photo_ids(post) for post in wanted}
        videos = {id_of(post): video_ids(post) for post in wanted}
        try:
            self._ask(photos, "photo", asking.PHOTO)
            self._ask(videos, "video", asking.VIDEO)
            for names in videos.values():
                for name in names:
                    self._captions(name)
        except HttpError:
            pass  # The next request says why; the page that was read is good.
        context: dict[str, str] = {}
        for native, shown in photos.items():
            names = [
                *(f"photo:{one}" for one in shown),
                *(f"{what}:{one}" for one in videos[native] for what in ("video", "captions")),
            ]
            context.update({name: self._known[name] for name in names if name in self._known})
            if not all(name in self._known for name in names):
                context[f"partial:{native}"] = ""
        return context

    def _ask(self, wanted: Mapping[str | None, list[str]], what: str, fields: tuple[str, ...]) -> None:
        names = dict.fromkeys(one for some in wanted.values() for one in some if f"{what}:{one}" not in self._known)
        for name, found in self._graph.objects(list(names), fields, endpoint=what):
            if isinstance(found, HttpError):
                self._settle(f"{what}:{name}", what, found)
            else:
                self._known[f"{what}:{name}"] = canonical(found)

    def _captions(self, video: str) -> None:
        key = f"captions:{video}"
        if key in self._known:
            return
        path = f"{quote(video, safe='')}/captions"
        listing = Listing(self._graph, path, {}, endpoint="captions", limit=100, fields=asking.CAPTIONS)
        found = [one for answer in listing.read() for one in listed(answer.body)]
        if not listing.reason:
            self._known[key] = canonical({"data": found})
        elif listing.error is not None:
            self._settle(key, "captions", listing.error)

    def _settle(self, key: str, what: str, error: HttpError) -> None:
        """The platform's refusal is an answer; a failure is none."""
        if not error.retryable and error.code in ("H102", "H103", "H104", "H127"):
            self._known[key] = "{}"
            self.refused[what] += 1
