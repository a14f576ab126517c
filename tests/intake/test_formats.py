"""Every export format, from its generated real layout into an archive: all of it once, and once only."""

from __future__ import annotations

import importlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from connectors.exports.opening import formats
from connectors.home import init_home, open_home
from flows.harvest.intake.act import ImportOrder, take_in
from flows.harvest.tally import Tally
from flows.oversee.accounts.register import add_account
from schemas.account import Account, Cadence
from schemas.ground import Home
from schemas.record import EXPORTED, Row
from schemas.tables import to_rows
from tests.exports.sample_world import NOW, sample_world


def account(name: str) -> Account:
    """An account that the format belongs to."""
    return Account(
        name="kommun",
        platform=formats()[name].PLATFORMS[0],
        handle="alvsjobro",
        authority="ks",
        harvest=Cadence(messages=True),
    )


def take(home: Home, owner: Account, path: Path) -> Tally:
    """One import."""
    with home.open_export(owner, path) as export:
        return take_in(home.ground, export, ImportOrder(account=owner, secret_key=home.native_key()))


def rows(home: Home) -> list[Row]:
    """Every live row."""
    with home.ground.state.reading() as books:
        files = books.manifest.live()
    return [row for file in files for row in to_rows(pq.read_table(home.ground.store.open(file.key)))]


@pytest.mark.parametrize("name", sorted(formats()))
def test_a_generated_export_comes_in_whole_and_once(name: str, tmp_path: Path) -> None:
    """Every item has its text, time and files; findings are told quietly; a second import adds nothing at all."""
    generator: Any = importlib.import_module(f"tests.exports.{name}")
    path: Path = generator.make(tmp_path / "export", sample_world())
    init_home(tmp_path / "hem", rehearsal=True, seed="formats", key_file=None)
    owner = account(name)
    with open_home(tmp_path / "hem", at=NOW + timedelta(days=1)) as home:
        with home.open_export(owner, path) as export:
            said = export.owner()
        if said.handle:
            owner = Account(**{**{one: getattr(owner, one) for one in owner.__slots__}, "handle": said.handle})
        add_account(home.ground, owner)
        first = take(home, owner, path)
        assert first.complete
        assert first.new >= 3
        assert (first.inferred, first.suppressed, first.failed) == (0, 0, 0)
        loud = {one.code for one in first.findings if one.severity != "info"}
        # An export that does not say whose it is is told of.
        assert loud == set(), first.findings
        told = {one.code for one in first.findings}
        assert ("I106" in told) == (not said.handle and not said.native)
        found = rows(home)
        versions = [row for row in found if row.row == "version"]
        assert len({row.item for row in versions}) == first.new
        assert {row.evidence for row in versions} == {EXPORTED}
        assert all(ref.digest for row in versions for ref in row.media)
        assert all(row.published for row in versions if row.kind != "profile")
        assert {row.own for row in versions if row.kind in ("post", "reply", "boost")} == {True}
        second = take(home, owner, path)
        assert (second.new, second.edited, second.gone, second.inferred, second.media) == (0, 0, 0, 0, 0)
        assert second.matched == first.new
        assert rows(home) == found
