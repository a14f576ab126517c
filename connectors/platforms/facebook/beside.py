"""What belongs to a post but stands in answers of its own: alternative texts, video files, captions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from connectors.graph import Graph, Listing
from connectors.http import HttpError
from connectors.platforms.facebook import asking
from connectors.platforms.facebook.attachments import is_share_of, photo_ids, video_ids
from connectors.platforms.facebook.notes import id_of, listed
from schemas.payload import canonical


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
