"""What is asked of Facebook and Instagram, and what the captures show, against the vendor's own list of fields.

``tests/servers/graph_description.json`` holds names only: fields and readable edges of each object of the Graph API, as
the vendor's generated library for v26.0 has them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.platforms.facebook import asking
from connectors.platforms.instagram import fields as instagram
from tests.contracts.platform_captures import samples

DESCRIPTION = json.loads(Path(__file__).parents[1].joinpath("servers", "graph_description.json").read_text("utf-8"))
ASKED = [
    ("post", asking.POST[0]),
    ("post", asking.POST_LIGHT[0]),
    ("comment", asking.COMMENT[0]),
    ("photo", asking.PHOTO[0]),
    ("video", asking.VIDEO[0]),
    ("page", asking.PROFILE[0]),
    ("page", asking.IDENTITY[0]),
    ("conversation", asking.CONVERSATION[0]),
    ("ig_media", instagram.MEDIA_ASKED[0]),
    ("ig_media", ",".join(instagram.CHILD_ASKED)),
    ("ig_comment", instagram.COMMENT_ASKED[0]),
    ("ig_comment", instagram.REPLY_ASKED[0]),
    ("ig_user", instagram.PROFILE_ASKED[0]),
]


def top(written: str) -> Iterator[str]:
    """Names at the top level of a ``fields`` parameter, without their own parameters."""
    depth, name = 0, ""
    for sign in written + ",":
        if sign == "," and not depth:
            yield name.partition(".")[0].partition("{")[0]
            name = ""
            continue
        depth += (sign in "{(") - (sign in "})")
        name += sign


def known(kind: str) -> set[str]:
    """Fields and edges of an object."""
    return {"id", *DESCRIPTION["objects"][kind]["fields"], *DESCRIPTION["objects"][kind]["edges"]}


@pytest.mark.parametrize(("kind", "written"), ASKED)
def test_only_fields_that_exist_are_asked_for(kind: str, written: str) -> None:
    """Every field that a request names is one of the object's fields or edges."""
    assert set(top(written)) <= known(kind)


@pytest.mark.parametrize(
    ("platform", "listing", "kind"),
    [
        ("facebook", "posts", "post"),
        ("facebook", "thread", "comment"),
        ("facebook", "profile", "page"),
        ("instagram", "posts", "ig_media"),
        ("instagram", "thread", "ig_comment"),
        ("instagram", "stories", "ig_media"),
    ],
)
def test_captures_show_fields_that_exist(platform: str, listing: str, kind: str) -> None:
    """The recorded answers hold no field of an object that the platform does not have, unless they are about one."""
    shown: set[str] = set()
    for sample in samples(platform):
        body: Any = sample.capture.body
        if sample.capture.listing == listing and isinstance(body, dict):
            items = body["data"] if isinstance(body.get("data"), list) else [body]
            shown.update(name for item in items if isinstance(item, dict) for name in item)
    assert shown
    odd = {name for name in shown - known(kind) if not name.startswith(("reactions_", "paging", "data"))}
    assert odd <= {"unknown_field", "parent_id"}
