"""The package: a folder or a zip that is whole or not there, whose every file can be proven."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pypdf
import pytest

from flows.disclose.answer.note import Told
from flows.disclose.answer.package import MARK, beside, count_pages, names, prove
from schemas.refusal import GuardError, RefusedError
from tests.disclose.world import Desk


@pytest.fixture(scope="module")
def assessed(desk_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with request 1, in which everything is given."""
    root = Path(shutil.copytree(desk_template / "allt", tmp_path_factory.mktemp("given") / "allt"))
    desk = Desk(root)
    desk.sample()
    desk.ask()
    desk.find(1, "--everything")
    desk.assess(1, "give")
    return root


@pytest.fixture
def desk(assessed: Path, tmp_path: Path) -> Desk:
    """A copy of it."""
    return Desk(Path(shutil.copytree(assessed, tmp_path / "allt")), made=100)


def test_every_file_is_listed_with_its_digest_and_the_list_is_salted(desk: Desk) -> None:
    """``sha256sum`` agrees; the first line is random, so that nobody can guess the list's own digest."""
    out = desk.root / "svar"
    told = desk.answer(1, "--out", str(out))
    found = subprocess.run(["sha256sum", "--check", "--strict", "kontrollsummor.sha256"], cwd=out, check=False)
    assert found.returncode == 0
    text = (out / "kontrollsummor.sha256").read_bytes()
    assert re.match(rb"# [0-9a-f]{64}\n", text)
    assert hashlib.sha256(text).hexdigest() == told["digest"]
    assert text.count(b"\n") == len(names(out))
    assert not (out / MARK).exists()


def test_documents_are_pdf_a_and_hold_no_names_in_their_metadata(desk: Desk) -> None:
    """PDF/A-3b by its XMP; title and keywords say which request it is; pages are counted right."""
    out = desk.root / "svar"
    told = desk.answer(1, "--out", str(out))
    data = (out / "handlingar-001.pdf").read_bytes()
    reader = pypdf.PdfReader(out / "handlingar-001.pdf")
    assert b"<pdfaid:part>3</pdfaid:part>" in data
    assert count_pages(data) == len(reader.pages) == told["pages"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Handlingar som lämnas ut"


def test_a_zip_holds_the_same_as_the_folder(desk: Desk) -> None:
    """Below one root, with every file that the list names."""
    told = desk.answer(1, "--out", str(desk.root / "svar"), "--zip")
    path = Path(told["path"])
    assert path.name == "svar.zip"
    with zipfile.ZipFile(path) as source:
        assert source.testzip() is None
        held = {name.removeprefix("svar/") for name in source.namelist()}
        sums = source.read("svar/kontrollsummor.sha256").decode()
    assert held == {line[66:] for line in sums.splitlines()[1:]} | {"kontrollsummor.sha256"}
    assert [one.name for one in desk.root.iterdir() if "svar" in one.name] == ["svar.zip"]


@pytest.mark.parametrize("place", ["taken", "hem/svar", "ingen/svar", "hem/../hem/svar"])
def test_a_place_that_cannot_be_used_is_refused(desk: Desk, place: str) -> None:
    """Taken, in the archive, or in no folder; nothing is answered."""
    (desk.root / "taken").mkdir()
    desk.refused("answer", "1", "--out", str(desk.root / place), code=2)
    assert desk.kept(1).standing == "open"


def test_what_a_killed_run_left_is_taken_away_and_nothing_else(tmp_path: Path) -> None:
    """A half built folder of ours goes; a stranger's of that name is refused."""
    left = tmp_path / ".svar.part"
    left.mkdir()
    (left / MARK).write_text("x")
    (left / "handlingar.csv").write_text("x")
    with beside(tmp_path / "svar", apart_from=tmp_path / "hem") as part:
        assert names(part) == []
    assert not left.exists()
    left.mkdir()
    (left / "viktigt.txt").write_text("x")
    with pytest.raises(RefusedError, match="something else"), beside(tmp_path / "svar", apart_from=tmp_path / "hem"):
        pass
    assert (left / "viktigt.txt").exists()


@pytest.mark.parametrize("fault", ["more", "less", "other", "csv"])
def test_a_package_that_is_not_what_it_says_is_not_handed_out(desk: Desk, fault: str) -> None:
    """A file too many, one too few, other bytes, or another number of records: G-PACKAGE."""
    out = desk.root / "svar"
    desk.answer(1, "--out", str(out))
    records = 14
    if fault == "more":
        (out / "till.txt").write_text("x")
    elif fault == "less":
        (out / "svar.pdf").unlink()
    elif fault == "other":
        (out / "las-mig.txt").write_text("x")
    else:
        records = 15
    with desk.open() as home:
        if fault == "csv":
            prove(home, out, Told(records=14))
        with pytest.raises(GuardError, match="G-PACKAGE"):
            prove(home, out, Told(records=records))
