"""The fake and the connector against X's own client, which is generated from the published description (2.167)."""

from __future__ import annotations

import importlib
import inspect
import re
import typing
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from connectors.platforms.x import fields
from connectors.platforms.x.fields import POST_EXPANDED
from tests.connectors.x_server import XServer
from tests.servers import x_rules as fake
from tests.servers.world import Medium

pytest.importorskip("xdk", reason="X's own client (PyPI: xdk) is not installed")

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SCHEMAS = importlib.import_module("xdk.schemas")
CLIENT = importlib.import_module("xdk")
POSTS = importlib.import_module("xdk.posts.client").PostsClient
USERS = importlib.import_module("xdk.users.client").UsersClient
MESSAGES = importlib.import_module("xdk.direct_messages.client").DirectMessagesClient


@pytest.fixture
def world(httpserver: HTTPServer) -> XServer:
    """A few posts with answers, an edit, a long text, a picture, a film and a message."""
    server = XServer(httpserver, NOW, page=3, fields="post")
    film = Medium(id="7_1", role="video", media_type="video/mp4", alt="Bron", data=b"film")
    posts = [server.add(3 * one, f"Inlägg {one} om bron", days=1 + one / 2, media=[film][:one]) for one in range(7)]
    server.edit(posts[2], "Rättat inlägg, som är längre än vad en vanlig text får vara", minutes=4)
    for one in range(5):
        server.add(100 + 3 * one, f"Fråga {one}", days=0.9 - one / 10, by=one % 3, below=posts[0])
    server.add(200, "Skyltarna", days=0.2, by=1, kind="mention")
    server.add(201, "Hej", days=0.1, by=2, kind="message")
    return server


@pytest.fixture
def client(world: XServer) -> Any:
    """X's own client, logged in at the fake."""
    return CLIENT.Client(base_url=world.base, access_token=world.fake.world.token)


def options(method: Any, name: str) -> set[str]:
    """The values that a method of the client says a parameter may have."""
    return set(re.findall(r"[\"']([\w.]+)[\"']", method.__annotations__[name]))


def wide(method: Any) -> dict[str, list[str]]:
    """Everything that a method may be asked for."""
    names = [one for one in inspect.signature(method).parameters if one.endswith("_fields") or one == "expansions"]
    private = {"non_public_metrics", "organic_metrics", "promoted_metrics"}
    return {one: sorted(options(method, one) & fake_knows(one) - private) for one in names}


def fake_knows(name: str) -> set[str]:
    """What the fake accepts for a parameter."""
    known = {
        "post_fields": fake.FIELDS["post"],
        "expansions": fake.EXPANSIONS["post"],
        "user_fields": fake.USER_FIELDS,
        "media_fields": fake.MEDIA_FIELDS,
        "poll_fields": fake.POLL_FIELDS,
    }
    return set(known.get(name, ()))


def extras(value: Any) -> Iterator[str]:
    """Fields of an answer that the description does not have."""
    if isinstance(value, list):
        for one in value:
            yield from extras(one)
    elif hasattr(value, "model_extra"):
        for name in value.model_extra or ():
            yield f"{type(value).__name__}.{name}"
        for name in type(value).model_fields:
            yield from extras(getattr(value, name))


def paths(model: Any, above: str = "") -> Iterator[str]:
    """Every field of a described thing, as a path."""
    for name, told in model.model_fields.items():
        path = f"{above}{name}"
        yield path
        stack = [told.annotation]
        while stack:
            one = stack.pop()
            if isinstance(one, typing.ForwardRef):
                one = getattr(SCHEMAS, one.__forward_arg__, None)
            if hasattr(one, "model_fields"):
                yield from paths(one, f"{path}.")
            elif typing.get_origin(one) is not typing.Literal:
                stack.extend(typing.get_args(one))


def covered(path: str, known: frozenset[str]) -> bool:
    """The field is known by name, or with something it stands in."""
    parts = path.split(".")
    return path in known or any(".".join(parts[:end]) + ".*" in known for end in range(1, len(parts) + 1))


def test_xs_client_pages_our_listings(client: Any, world: XServer) -> None:
    """X's own client reads timeline, mentions and a conversation of the fake to their ends, all in described words."""
    own = world.fake.world.own.id
    timeline = list(client.users.get_posts(own, max_results=5, **wide(USERS.get_posts)))
    mentions = list(client.users.get_mentions(own, max_results=5, **wide(USERS.get_mentions)))
    conversation = world.native(world.fake.world.items["0"])
    query = f"conversation_id:{conversation}"
    talk = list(client.posts.search_recent(query, max_results=10, **wide(POSTS.search_recent)))
    assert [sum(len(page.data or ()) for page in pages) for pages in (timeline, mentions, talk)] == [7, 6, 6]
    assert [len(timeline), len(mentions), len(talk)] == [3, 2, 2]
    assert not list(extras([*timeline, *mentions, *talk]))


def test_xs_client_looks_up(client: Any, world: XServer) -> None:
    """One answer to X's own client holds a post with its history and the problem of one that is gone."""
    here, gone = world.fake.world.items["6"], world.fake.world.items["9"]
    world.delete(gone)
    natives = [world.native(here), world.native(gone)]
    answer = client.posts.get_by_ids(natives, **wide(POSTS.get_by_ids))
    assert [post.edit_history_post_ids[0] for post in answer.data] == natives[:1]
    assert len(answer.data[0].edit_history_post_ids) == 2
    (problem,) = answer.errors
    SCHEMAS.ResourceNotFoundProblem.model_validate(
        problem if isinstance(problem, dict) else problem.model_dump(exclude_unset=True)
    )
    alone = client.posts.get_by_id(natives[1])
    assert alone.data is None
    assert alone.errors
    assert not list(extras([answer.data, answer.includes]))


def test_xs_client_knows_who_we_are(client: Any, world: XServer) -> None:
    """Our account and our messages are described as well."""
    me = client.users.get_me(user_fields=sorted(options(USERS.get_me, "user_fields") & fake.USER_FIELDS))
    named = client.users.get_by_username(world.fake.world.own.handle)
    (messages,) = client.direct_messages.get_events(
        max_results=10,
        dm_event_fields=sorted(fake.MESSAGE_FIELDS["post"]),
        expansions=["sender_id"],
    )
    assert me.data.id == named.data.id == world.fake.world.own.id
    assert [one.text for one in messages.data] == ["Hej"]
    assert not list(extras([me, named, messages]))


def test_the_fake_takes_only_what_is_described() -> None:
    """In the new vocabulary the fake accepts no field and no expansion that X's own client cannot ask for."""
    for name in ("post_fields", "expansions", "user_fields", "media_fields", "poll_fields"):
        assert fake_knows(name) <= options(POSTS.search_recent, name), name
    assert fake.MESSAGE_FIELDS["post"] <= options(MESSAGES.get_events, "dm_event_fields")


def test_what_we_ask_for_is_described() -> None:
    """The last spelling we try is one that X's description knows word by word."""
    asked = POST_EXPANDED.parameters(others=True)
    for name, values in asked.items():
        parameter = name.replace(".", "_")
        assert set(values.split(",")) <= options(POSTS.search_recent, parameter), name
    for wanted in fields.PROFILE_FIELDS[:-1]:
        assert set(wanted.split(",")) <= options(USERS.get_me, "user_fields")
    events = fields.MESSAGE_FIELDS[1]
    assert set(events["dm_event.fields"].split(",")) <= options(MESSAGES.get_events, "dm_event_fields")
    assert set(events["expansions"].split(",")) <= options(MESSAGES.get_events, "expansions")


@pytest.mark.parametrize(
    ("model", "known"),
    [
        ("Post", fields.KNOWN),
        ("Media", fields.MEDIA_KNOWN),
        ("Poll", fields.POLL_KNOWN),
        ("User", fields.PROFILE_KNOWN),
        ("DmEvent", fields.MESSAGE_KNOWN),
    ],
)
def test_every_described_field_is_known(model: str, known: frozenset[str]) -> None:
    """Every field of the description is used, or left alone by name."""
    assert not [path for path in paths(getattr(SCHEMAS, model)) if not covered(path, known)]
