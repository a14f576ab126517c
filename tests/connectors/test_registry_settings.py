"""Settings of registries: what is kept apart stays apart, whichever registry's folder it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.registry_settings import read_registries
from schemas.refusal import RefusedError


@pytest.mark.parametrize("place", ["in", "in/skyddat", ".", "./in/../in"])
def test_a_secret_folder_is_nobodys_open_folder(tmp_path: Path, place: str) -> None:
    """Neither the same as, in, nor around the open folder of any registry, its own or another's."""
    first = {"name": "diariet", "kind": "folder", "path": "in"}
    for tables in (
        [{**first, "secret_path": place}],
        [first, {"name": "annat", "kind": "folder", "path": "ut/annat", "secret_path": place}],
    ):
        with pytest.raises(RefusedError, match="neither in nor around"):
            read_registries(tables, tmp_path, "bevara.toml")


def test_registries_may_share_a_secret_folder(tmp_path: Path) -> None:
    """Two registries with open folders of their own and one that is kept apart."""
    tables = [{"name": name, "kind": "folder", "path": name, "secret_path": "apart"} for name in ("ett", "tva")]
    assert list(read_registries(tables, tmp_path, "bevara.toml")) == ["ett", "tva"]
