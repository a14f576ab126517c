"""Places in ``bevara.toml``: what is taken, what is refused, and what a home opened with them has."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.home import init_home, open_home, read_only
from connectors.settings import FILE, read_settings
from schemas.ground import Limits
from schemas.refusal import GuardError, RefusedError


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A rehearsal home."""
    path = tmp_path / "hem"
    init_home(path, rehearsal=True, seed="platser", key_file=None)
    return path


def _more(home: Path, text: str) -> None:
    file = home / FILE
    file.write_text(file.read_text("utf-8") + text, "utf-8")


PLACES = """
[[mirror]]
name = "spegel"
path = "../spegel"

[[mirror]]
kind = "s3"
name = "hink"
bucket = "arkiv"
prefix = "hem/"
endpoint_url = "http://127.0.0.1:9"
region = "eu-north-1"
bypass_governance = true

[second]
path = "../andra"

[cull]
share = 1
approval_days = 14
overdue_months = 6
"""


def test_places_and_limits_are_opened(home: Path) -> None:
    """Mirrors, second place and limits stand on the ground; a home without them has none and the usual limits."""
    with open_home(home) as opened:
        assert (opened.ground.mirrors, opened.ground.second, opened.limits) == ((), None, Limits())
    (home.parent / "andra").mkdir()
    _more(home, PLACES)
    with open_home(home) as opened:
        assert [mirror.place for mirror in opened.ground.mirrors] == ["folder:spegel", "s3:arkiv/hem"]
        assert opened.ground.second is not None
        assert opened.ground.second.place == "folder:second"
        assert opened.limits == Limits(share=1.0, approval_days=14, overdue_months=6)


def test_a_dry_run_can_change_no_place(home: Path) -> None:
    """Handed out for reading, no place of the home takes or loses an object."""
    for name in ("spegel", "andra"):
        (home.parent / name).mkdir()
    _more(home, PLACES)
    with open_home(home) as opened:
        ground = read_only(opened).ground
        assert ground.second is not None
        for place in (ground.store, *ground.mirrors, ground.second):
            with pytest.raises(GuardError, match="G-DRY"):
                place.destroy("archive/x")
            with pytest.raises(GuardError, match="G-DRY"):
                place.put_new("archive/x", b"")


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('[[mirror]]\npath = "../spegel"', "mirror[1].name"),
        ('[[mirror]]\nname = "a"', "mirror[1].path"),
        ('[[mirror]]\nname = "Å"\npath = "../x"', "mirror[1].name"),
        ('[[mirror]]\nname = "a"\npath = "store"', "mirror[1]"),
        ('[[mirror]]\nname = "a"\npath = "store/inside"', "mirror[1]"),
        ('[[mirror]]\nname = "a"\npath = "."', "mirror[1]"),
        ('[[mirror]]\nname = "a"\npath = "state/x"', "mirror[1].path"),
        ('[[mirror]]\nname = "hem"\npath = "../x"', "mirror[1].name"),
        ('[[mirror]]\nname = "a"\npath = "../x"\n[[mirror]]\nname = "b"\npath = "../x/y"', "mirror[2]"),
        ('[[mirror]]\nname = "a"\npath = "../x"\n[[mirror]]\nname = "a"\npath = "../y"', "mirror[2].name"),
        ('[[mirror]]\nname = "a"\nkind = "ftp"', "mirror[1].kind"),
        ('[[mirror]]\nname = "a"\nkind = "s3"', "mirror[1].bucket"),
        ('[[mirror]]\nname = "a"\nkind = "s3"\nbucket = "b"\npath = "../x"', "mirror[1].path"),
        ('[[mirror]]\nname = "a"\npath = "../x"\nbucket = "b"', "mirror[1].bucket"),
        ('[[mirror]]\nname = "a"\npath = "../x"\nfart = 3', "mirror[1].fart"),
        ('[[mirror]]\nname = "a"\nkind = "s3"\nbucket = "b"\nbypass_governance = 1', "mirror[1].bypass_governance"),
        ('[mirror]\nname = "a"\npath = "../x"', "mirror"),
        ('[second]\npath = "store"', "second"),
        ('[second]\npath = "../spegel/../hem/store/x"', "second"),
        ('[second]\npath = "andra"', "second.path"),
        ('[second]\nname = "b"', "second.path"),
        ('[[mirror]]\nname = "a"\npath = "../x"\n[second]\npath = "../x"', "second"),
        (
            '[[mirror]]\nname = "a"\nkind = "s3"\nbucket = "b"\n[second]\nkind = "s3"\nbucket = "b"\nprefix = "p"',
            "second",
        ),
        ("[cull]\nshare = 1.5", "cull.share"),
        ("[cull]\nshare = -1", "cull.share"),
        ("[cull]\nshare = nan", "cull.share"),
        ("[cull]\nshare = true", "cull.share"),
        ('[cull]\nshare = "allt"', "cull.share"),
        ("[cull]\napproval_days = 0", "cull.approval_days"),
        ("[cull]\napproval_days = 1.5", "cull.approval_days"),
        ("[cull]\noverdue_months = -1", "cull.overdue_months"),
        ("[cull]\nforce = true", "cull.force"),
    ],
)
def test_wrong_places_and_limits_are_refused(home: Path, text: str, field: str) -> None:
    """A wrong setting is refused with its field and a remedy, and the home is not opened."""
    _more(home, "\n" + text + "\n")
    with pytest.raises(RefusedError) as refused:
        read_settings(home)
    assert refused.value.field == f"{FILE}: {field}"
    assert refused.value.remedy


def test_a_link_to_the_store_is_the_store(home: Path) -> None:
    """A mirror behind a symbolic link that leads into the store is refused as the store itself."""
    (home.parent / "spegel").symlink_to(home / "store")
    _more(home, '\n[[mirror]]\nname = "a"\npath = "../spegel"\n')
    with pytest.raises(RefusedError, match="neither the same"):
        read_settings(home)


def test_neighbouring_prefixes_are_two_places(home: Path) -> None:
    """Two prefixes of one bucket are two places unless one lies in the other."""
    _more(
        home,
        '\n[[mirror]]\nname = "a"\nkind = "s3"\nbucket = "b"\nprefix = "p"\n'
        '[second]\nkind = "s3"\nbucket = "b"\nprefix = "pp"\n',
    )
    assert read_settings(home).second is not None
