"""Packages of records that are odd in every way at once: still valid by the official schemas, nothing dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.packages import open_package
from flows.archive.check.examine import check_package
from flows.archive.pack.assemble import assemble
from schemas.delivery import Profile
from schemas.record import MediaRef
from tests.archive.pack.filled import EARK, FGS12, MAY, PLAN, Filled, digest, file
from tests.cull.archive import Small

MANY = 500
NASTY = "\x00\x1f\ufffe\U0001f300 ]]> <![CDATA[ &#0; \u2028\r\n\t" + "å" * 10
LONG = "Lång text med åäö & <tecken>. " * 35_000
NAMES = (
    "Bild.PNG",
    "bild.png",
    "BILD.png",
    "CON.png",
    "a" * 300 + ".png",
    "..",
    ".png",
    "ä/ö\\å.png",
    "x.png?y=%00",
    "",
)
"""What platforms and people call their files."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """An archive of odd posts."""
    with pytest.MonkeyPatch.context() as patch:
        root = tmp_path_factory.mktemp("udda")
        patch.setenv("BEVARA_KEYS", str(root / "nycklar"))
        small = Small(root / "allt")
        small.start(text=PLAN)
        found = Filled(small)
        pictures = {name: b"\x89PNG" + str(number).encode() for number, name in enumerate(NAMES)}
        many = {f"n{number}": b"fil %d" % number for number in range(MANY)}
        named = tuple(file(data, name) for name, data in pictures.items())
        crowd = tuple(_ref(data, name) for name, data in many.items())
        rows = [
            small.row(published=MAY, text="", author=None, media=named),
            small.row(published=MAY, text=LONG, media=crowd),
            replace(
                small.row(published=MAY, text=NASTY, author=NASTY, links=(NASTY,), visibility=NASTY, language="\x07"),
                published=None,
            ),
            replace(
                small.row(published=MAY, text="Före vår tid", edited=datetime(9999, 12, 31, 23, 59, tzinfo=UTC)),
                published=datetime(1, 1, 1, tzinfo=UTC),
            ),
            small.row("visitor_post", own=False, published=MAY, author="", author_native="", text=None),
        ]
        made = MAY + timedelta(hours=1)
        rows = [replace(row, observed=made, identity=digest(row.native.encode())) for row in rows]
        found.put(rows, {**pictures, **many})
        found.items = {str(number): row.item for number, row in enumerate(rows)}
        with found.opened:
            yield found


def _ref(data: bytes, name: str) -> MediaRef:
    return file(data, f"https://test/{name}", "document", alt=NASTY)


@pytest.mark.parametrize("profile", [EARK, replace(EARK, erms="3.0"), FGS12], ids=lambda one: f"{one.form}-{one.erms}")
def test_odd_records_make_a_valid_package(filled: Filled, tmp_path: Path, profile: Profile) -> None:
    """Whatever texts, names and times are, every schema and rule holds, and every file is there once."""
    content = filled.collect(tmp_path / "s", profile)
    root = tmp_path / content.package.name
    for one in assemble(content, profile, filled.intent()):
        place = root / one.path
        place.parent.mkdir(parents=True, exist_ok=True)
        with one.open() as stream:
            place.write_bytes(stream.read())
    with filled.open() as home, open_package(root) as files:
        checked = check_package(files, home.schemas_dir)
    assert [(one.code, one.location, one.text) for one in checked.findings if one.severity == "error"] == []
    media = [one for one in content.sources if "/media/" in one.path]
    assert len(media) == MANY + len(NAMES)
    assert content.items == tuple(sorted(filled.items.values()))
