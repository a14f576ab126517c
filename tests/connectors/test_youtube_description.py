"""The connector and the fake against YouTube's published description (names of methods, parameters and fields)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from connectors.platforms.youtube import fields
from connectors.platforms.youtube.wire import _PATHS, PATH
from schemas.neighbours import Liking
from tests.connectors.test_youtube import Night, Open, _captioned, server, session
from tests.connectors.youtube_server import YouTubeServer
from tests.servers import youtube as fake
from tests.servers.world import Reply, Request

__all__ = ["server", "session"]

DESCRIPTION = json.loads((Path(fake.__file__).parent / "youtube_description.json").read_text(encoding="utf-8"))
_KNOWN = {
    "Video": fields.VIDEO,
    "Comment": fields.COMMENT,
    "CommentThread": fields.THREAD,
    "Channel": fields.CHANNEL,
    "Caption": fields.TRACK,
    "PlaylistItem": fields.UPLOAD,
}
_RESOURCES = {
    "channels": "Channel",
    "playlistItems": "PlaylistItem",
    "videos": "Video",
    "commentThreads": "CommentThread",
    "comments": "Comment",
    "captions": "Caption",
    "subscriptions": "Subscription",
}


def _covers(known: frozenset[str] | set[str], path: str) -> bool:
    parts = path.removesuffix(".*").split(".")
    return path in known or any(".".join(parts[:end]) + ".*" in known for end in range(1, len(parts) + 1))


@pytest.mark.parametrize("resource", _KNOWN)
def test_every_described_field_is_known(resource: str) -> None:
    """Every field of the description is used, ignored or volatile by name, and we name none that is not in it."""
    described, known = set(DESCRIPTION["resources"][resource]), _KNOWN[resource]
    assert not [path for path in described if not _covers(known, path)]
    assert not [path for path in known if not path.endswith(".*") and not _covers(described, path)]


def test_the_fake_takes_only_what_is_described() -> None:
    """The fake's parameters, parts, statuses and page sizes are the description's."""
    for name, parameters in fake._PARAMETERS.items():
        method = DESCRIPTION["methods"]["captions.download" if name == "download" else f"{name}.list"]
        assert parameters <= method["parameters"].keys(), name
        assert fake._MOST.get(name) == method["parameters"].get("maxResults", {}).get("most"), name
    for name, parts in fake._PARTS.items():
        assert parts <= {path.removesuffix(".*") for path in DESCRIPTION["resources"][_RESOURCES[name]]}, name
    statuses = DESCRIPTION["methods"]["commentThreads.list"]["parameters"]["moderationStatus"]["enum"]
    assert set(statuses) == {"published", *fake.STATUSES}


def test_paths_are_the_described_ones() -> None:
    """Every method is asked for under the path that the description gives it."""
    assert {name: PATH + path for name, path in _PATHS.items()} == {
        name: method["path"] for name, method in DESCRIPTION["methods"].items() if name != "captions.download"
    }


def test_a_night_asks_and_answers_as_described(server: YouTubeServer, session: Open) -> None:
    """Whatever a night asks for stands in the description, and so does every field of what the fake answers."""
    _captioned(server, 2)
    for number in range(10, 20):
        server.act("comment", parent="1" if number < 13 else "10", text=f"Text {number}", id=str(number))
        if number % 4 == 0:
            server.act("hide", id=str(number))
    undescribed: list[str] = []

    def change(request: Request, reply: Reply) -> Reply | None:
        method = request.path.removeprefix("/youtube/v3/")
        if method in _RESOURCES:
            described = set(DESCRIPTION["resources"][_RESOURCES[method]])
            for one in json.loads(reply.body)["items"]:
                undescribed.extend(f"{method}: {path}" for path in _paths(one) if not _covers(described, path))
        return None

    server.change = change
    one = session()
    night = Night(one)
    one.fetch_media(night.item("Film 1").media[-1], None, 1000).file.close()
    assert isinstance(one, Liking)
    assert list(one.liked())
    assert {method.partition("/")[0] for method, _ in server.asked} >= _RESOURCES.keys()
    assert not undescribed
    for method, query in server.asked:
        if method.startswith("/vi/"):
            continue
        name = f"{method}.list" if method in _RESOURCES else "captions.download"
        parameters = DESCRIPTION["methods"][name]["parameters"]
        assert query.keys() <= parameters.keys(), name
        for parameter, value in query.items():
            assert value in parameters[parameter].get("enum", [value]), (name, parameter)


def _paths(value: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for name, one in value.items():
        path = f"{above}{name}"
        yield path
        for inner in one if isinstance(one, list) else [one]:
            if isinstance(inner, dict):
                yield from _paths(inner, f"{path}.")
