"""A small invented world that has everything an export can show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.servers.world import OWN, PEOPLE, Item, Medium, World

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
LONG = "Översiktsplanen för Älvsjöbro ställs ut. " * 12 + "Lämna synpunkter senast den 3 december på medborgarkontoret."


def sample_world() -> World:
    """Posts with and without text, pictures and films, answers, edits, what was deleted, messages, a story."""
    world = World(now=NOW)
    day = datetime(2026, 9, 2, 7, 30, tzinfo=UTC)
    bro = Medium(id="bro1", role="picture", media_type="image/jpeg", alt="Bron i dimma", data=b"\xff\xd8bro i dimma")
    gran = Medium(id="gran2", role="picture", media_type="image/jpeg", data=b"\xff\xd8gran p\xe5 torget")
    film = Medium(id="film3", role="video", media_type="video/mp4", data=b"\x00\x00\x00\x18ftypmp42 film")
    asa = PEOPLE[0]
    items = [
        Item("p1", "post", OWN, "Bron över ån är avstängd & räddningstjänsten är på plats <nu>", day, likes=4),
        Item("p2", "post", OWN, "Så här ser det ut i dag", day + timedelta(days=1), media=[bro], likes=11),
        Item("p3", "post", OWN, "", day + timedelta(days=3, seconds=1), media=[gran]),
        Item("p4", "post", OWN, LONG, day + timedelta(days=40)),
        Item("p5", "post", OWN, "Två saker på en bild 🌉", day + timedelta(days=41), media=[film, bro], shares=2),
        Item(
            "p6",
            "post",
            OWN,
            "Badplatsen öppnar på månadg",
            day + timedelta(days=42),
            edits=[(day + timedelta(days=42, minutes=4), "Badplatsen öppnar på måndag")],
        ),
        Item("q1", "comment", asa, "När öppnar bron?", day + timedelta(hours=1), parent="p1", root="p1"),
        Item("r1", "comment", OWN, "På fredag, hoppas vi.", day + timedelta(hours=2), parent="q1", root="p1"),
        Item("r2", "comment", OWN, "Nu är den öppen igen.", day + timedelta(days=2), parent="p1", root="p1"),
        Item(
            "d1",
            "post",
            OWN,
            "Detta publicerades av misstag",
            day + timedelta(days=50),
            deleted=day + timedelta(days=50, hours=3),
            deleted_by="us",
        ),
        Item("m1", "message", asa, "Får man fråga om bygglov här?", day + timedelta(days=5)),
        Item("s1", "story", OWN, "Invigning i dag", NOW - timedelta(hours=3), media=[gran]),
    ]
    world.items = {item.id: item for item in items}
    return world
