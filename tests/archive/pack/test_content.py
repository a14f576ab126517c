"""What goes into a package: the right items, whole, described, with what is missing told, the same in every rebuild."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Literal

import pytest
from lxml import etree
from pypdf import PdfReader

from connectors.packages import open_package
from flows.archive.check.examine import check_package
from flows.archive.pack import rows
from flows.archive.pack.assemble import assemble
from flows.archive.pack.content import Content, collect, foresee, prepare
from flows.archive.pack.failed import PackFailedError
from flows.cull.execute import execute
from schemas.delivery import Profile
from schemas.package import Entry, in_package
from schemas.record import KINDS
from schemas.refusal import RefusedError
from schemas.xml.record import SCHEMA_FILE, read_document, validate
from tests.archive.pack.filled import (
    EARK,
    FGS12,
    FILM,
    HOSTILE,
    PICTURE,
    PLAN,
    THROUGH,
    Filled,
    digest,
)
from tests.cull.archive import Small
from tests.standards import faults, rule_faults

ERMS = "{https://DILCIS.eu/XML/ERMS}"
CASE = "representations/preservation/data/ERMS.xml"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """The filled archive, shared: nothing here changes what is in it before the intent."""
    with pytest.MonkeyPatch.context() as patch:
        root = tmp_path_factory.mktemp("fyllt")
        patch.setenv("BEVARA_KEYS", str(root / "nycklar"))
        small = Small(root / "allt")
        small.start(text=PLAN)
        found = Filled(small)
        found.fill()
        with found.opened:
            yield found


@pytest.fixture
def unstarted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    """An archive of one's own, not even a home yet."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    return Small(tmp_path / "allt")


@pytest.fixture(scope="module")
def content(filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> Content:
    """A package of it as E-ARK."""
    return filled.collect(tmp_path_factory.mktemp("spool"))


def _bytes(content: Content, path: str) -> bytes:
    source = next(one for one in content.sources if one.path == path)
    with source.open() as stream:
        return stream.read()


def _records(content: Content) -> dict[str, etree._Element]:
    tree = etree.fromstring(_bytes(content, CASE))
    return {one.findtext(f"{ERMS}objectId") or "": one for one in tree.iter(f"{ERMS}record")}


def _owns(record: etree._Element) -> list[tuple[str, str]]:
    return [
        (one.get("name") or "", one.findtext(f"{ERMS}value") or "")
        for one in record.iter(f"{ERMS}ownElement")
        if one.get("name")
    ]


def _entries(content: Content, profile: Profile = EARK) -> dict[str, Entry]:
    package = content.package
    found = {
        in_package(profile.form, one.name, entry.path): entry
        for one in package.representations
        for entry in one.entries
    }
    outside = (*package.documentation, *package.schemas, *package.package_info)
    return found | {entry.path: entry for entry in outside}


def _fingerprint(content: Content) -> list[tuple[str, int, str]]:
    return [(one.path, one.size, one.sha256) for one in content.sources]


def _everything(content: Content) -> str:
    """All that a reader can read of the package: its files as text, and its PDF files' pages."""
    found = []
    for one in content.sources:
        with one.open() as stream:
            data = stream.read()
        if one.path.endswith(".pdf"):
            found += [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]
        else:
            found.append(data.decode("utf-8", "replace"))
    return "\n".join(found)


# What is chosen


def test_what_the_plan_preserves_or_delivers_is_chosen(filled: Filled, content: Content) -> None:
    """Items of the account and months that are preserved or go to the e-archive are in it, and no others."""
    wanted = ("post", "hostile", "reply", "secret", "lost")
    assert content.items == tuple(sorted(filled.items[name] for name in wanted))


def test_named_rows_restrict_the_choice(filled: Filled, tmp_path: Path) -> None:
    """With rows of the plan named, only their items are in the package, and an answer's parent lies outside."""
    content = filled.collect(tmp_path / "s", rules=("inlagg",))
    assert filled.items["hostile"] not in content.items
    assert filled.items["reply"] in content.items
    reply = _records(content)[filled.items["reply"]]
    assert reply.find(f"{ERMS}relation") is not None
    assert "Relation till handling utanför paketet" in dict(_owns(reply))
    text = _everything(content)
    assert "[ingår inte i paketet]" in text
    assert "finns inte i arkivet" not in text, "the archive has it; only the package has not"


def test_an_unknown_row_or_edition_is_refused(filled: Filled, tmp_path: Path) -> None:
    """A row that the plan lacks, or an edition that was never adopted, is refused by name."""
    with pytest.raises(RefusedError, match="--rule"):
        filled.collect(tmp_path / "a", rules=("finns-inte",))
    with pytest.raises(RefusedError, match="edition"):
        filled.collect(tmp_path / "b", edition="99")


def test_nothing_to_package_is_told(filled: Filled, tmp_path: Path) -> None:
    """An empty choice makes no package."""
    with pytest.raises(PackFailedError, match="A201"):
        filled.collect(tmp_path / "a", first="2019-01", last="2019-02")


def test_the_count_ahead_agrees_with_the_package(filled: Filled, content: Content) -> None:
    """What ``foresee`` counts is what ``collect`` makes."""
    with filled.open() as home:
        seen = foresee(home, filled.intent())
    pdfs = [one for one in content.sources if one.path.endswith(".pdf")]
    assert (seen.records, seen.threads, seen.months) == (len(content.items), len(pdfs), 2)
    assert seen.rules == {"inlagg": 4, "kommentar": 1}


def test_what_was_observed_later_or_is_not_chosen_stands_nowhere(filled: Filled, content: Content) -> None:
    """Neither a version seen after the intent's instant nor an item that is not chosen leaves a trace of its text."""
    text = _everything(content)
    assert "Efteråt." not in text
    for name in ("minor", "late", "other", "story", "outside"):
        assert filled.items[name] not in text
    with filled.open() as home:
        assert home.ground.clock.now() > THROUGH


# What describes it


@pytest.mark.parametrize("version", ["2.1", "3.0"])
def test_the_case_file_is_valid_erms(filled: Filled, tmp_path: Path, version: Literal["2.1", "3.0"]) -> None:
    """ERMS.xml passes the official schema and Schematron in both versions."""
    content = filled.collect(tmp_path / "s", replace(EARK, erms=version))
    data = _bytes(content, CASE)
    assert faults("erms-2.1" if version == "2.1" else "erms-3.0", data) == []
    assert rule_faults(version, data) == []
    assert content.package.representations[1].content_type == f"citserms_v{version.replace('.', '_')}"


def test_the_older_form_is_valid_too(filled: Filled, tmp_path: Path) -> None:
    """The FGS 1.2 package holds a valid Arendehantering.xml with every record, and no file of the other form."""
    content = filled.collect(tmp_path / "s", FGS12)
    data = _bytes(content, "content/preservation/Arendehantering.xml")
    assert faults("arendehantering", data) == []
    assert data.count(b"<ArkivobjektHandling ") == len(content.items)
    assert not any("representations/" in one.path or "additionalPackageInfo" in one.path for one in content.sources)
    assert "content/original/records" not in _bytes(content, "documentation/LASMIG.txt").decode()
    assert "content/original" in _bytes(content, "documentation/LASMIG.txt").decode()


def test_every_source_is_described_and_is_what_it_says(content: Content) -> None:
    """Sources and entries name the same files, with the size and digest of their bytes."""
    entries = _entries(content)
    assert sorted(entries) == [one.path for one in content.sources]
    for one in content.sources:
        data = _bytes(content, one.path)
        assert (one.size, one.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert (entries[one.path].size, entries[one.path].sha256) == (one.size, one.sha256)


def test_every_appendix_lies_in_the_package(content: Content) -> None:
    """Each path that a record names is a file of the package."""
    paths = {one.path for one in content.sources}
    for record in _records(content).values():
        for one in record.iter(f"{ERMS}appendix"):
            assert one.get("path") in paths
        assert dict(_owns(record))["Handlingsdokument"] in paths


def test_versions_counts_and_marks_stand_in_the_record(filled: Filled, content: Content) -> None:
    """The latest text is the record's; the earlier one, the latest count, the diary number and a link stand beside."""
    post = _records(content)[filled.items["post"]]
    assert post.findtext(f"{ERMS}description") == "Torget är stängt."
    owns = _owns(post)
    assert ("Antal lydelser", "2") in owns
    assert any(name.startswith("Lydelse 1, iakttagen") and text == "Torget är öppet!" for name, text in owns)
    assert any(name == "Räknare likes" and text.startswith("9 (") for name, text in owns)
    assert ("Länk", "https://arvika.se/torget") in owns
    extra = {(one.get("extraIdType"), one.text) for one in post.iter(f"{ERMS}extraId")}
    assert ("diarienummer", "KS 2024/77") in extra


def test_a_visitors_record_is_incoming_with_restrictions(filled: Filled, content: Content) -> None:
    """A visitor's comment is received, answers its post, holds personal data and is to be culled later."""
    one = _records(content)[filled.items["hostile"]]
    post = _records(content)[filled.items["post"]]
    assert one.find(f"{ERMS}direction").get("directionDefinition") == "incoming"  # type: ignore[union-attr]
    assert one.findtext(f"{ERMS}relation") == post.get("systemIdentifier")
    assert [each.get("restrictionType") for each in one.iter(f"{ERMS}restriction")] == ["gdpr"]
    assert one.find(f"{ERMS}disposal").get("disposable") == "true"  # type: ignore[union-attr]
    assert any(name.startswith("Synlighet") and "dold av oss" in text for name, text in _owns(one))


def test_hostile_words_stand_as_text(filled: Filled, content: Content) -> None:
    """Markup, control characters and escapes in a text are the text, and come back exactly from the record document."""
    data = _bytes(content, "representations/original/data/records/nyheter-2024-05.xml")
    _, found = read_document(io.BytesIO(data))
    texts = [row.text for row in found if row.item == filled.items["hostile"] and row.row == "version"]
    assert texts == [HOSTILE]
    assert "evil" not in {etree.QName(one).localname for one in etree.fromstring(_bytes(content, CASE)).iter()}


def test_secrecy_is_marked_on_record_and_package(filled: Filled, content: Content) -> None:
    """A secrecy mark gives the record its provision, day and authority, and the package its restriction."""
    one = _records(content)[filled.items["secret"]]
    restriction = next(each for each in one.iter(f"{ERMS}restriction") if each.get("restrictionType") == "confidential")
    assert restriction.findtext(f"{ERMS}regulation") == "OSL 21:1"
    assert "Arvika kommunstyrelse" in (restriction.findtext(f"{ERMS}explanatoryText") or "")
    assert content.package.restricted
    assert "OSL 21:1" in content.package.restriction
    pdf = _bytes(content, f"representations/preservation/data/pdf/{filled.items['secret']}.pdf")
    assert "OSL 21:1" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def test_a_secrecy_mark_set_later_is_not_missing(filled: Filled, tmp_path: Path) -> None:
    """A secrecy mark counts in a rebuild although it was set after the intent; another mark does not."""
    before = _fingerprint(filled.collect(tmp_path / "a"))
    filled.small.later(days=1)
    filled.mark("reply", "granskad-bevara")
    assert _fingerprint(filled.collect(tmp_path / "b")) == before
    filled.mark("reply", "sekretess", provision="OSL 25:1")
    content = filled.collect(tmp_path / "c")
    assert "OSL 25:1" in content.package.restriction
    with filled.small.open() as home, home.ground.state.writing() as books:
        books.marks.remove(filled.items["reply"], "sekretess")
        books.marks.remove(filled.items["reply"], "granskad-bevara")


def test_the_package_says_what_it_is(content: Content) -> None:
    """Name, label, period, agents, disposal, class and events come from intent, profile and plan."""
    package = content.package
    assert package.name == "nyheter-2024-05-2024-06-7"
    assert (str(package.first), str(package.last)) == ("2024-05-01", "2024-06-30")
    assert package.agents == EARK.agents
    assert package.information_class == "1.2.3"
    assert package.disposable
    assert "tidigast 2027-01-01" in package.disposal
    assert [one.kind for one in package.events] == [
        "capture",
        "format identification",
        "message digest calculation",
        "packaging",
    ]
    paths = {one.path for one in content.sources}
    assert all(path in paths for one in package.events for path in one.paths)


def test_the_aggregation_is_the_years_collected_matter(content: Content) -> None:
    """A package within one year carries the diary number of the year's collected matter."""
    tree = etree.fromstring(_bytes(content, CASE))
    assert tree.findtext(f"{ERMS}aggregations/{ERMS}aggregation/{ERMS}objectId") == "KS 2024/12"


# Files


def test_a_file_lies_there_once_with_a_plain_name(content: Content) -> None:
    """A picture that two records refer to is one file; its name is plain, its former name is kept."""
    media = [one for one in _entries(content).items() if one[1].role == "original"]
    assert len({entry.sha256 for _, entry in media}) == len(media) == 4
    assert all(
        re.fullmatch(r"representations/original/data/media/[0-9a-f]{16}-[A-Za-z0-9._-]+", path) for path, _ in media
    )
    picture = next(entry for _, entry in media if entry.sha256 == digest(PICTURE))
    assert picture.original_name == "Åsna på torget.png"
    assert picture.format.puid == "fmt/11"
    film = next(entry for _, entry in media if entry.sha256 == digest(FILM))
    assert film.path.endswith("-film.mp4")


def test_what_is_missing_or_empty_is_told(filled: Filled, content: Content) -> None:
    """An attachment never fetched, one lost from the store and an empty one are findings, and stand in the records."""
    codes = {one.code: dict(one.parameters).get("files") for one in content.findings}
    assert codes["A240"] == codes["A241"] == codes["A243"] == 1
    owns = _owns(_records(content)[filled.items["lost"]])
    assert any(name == "Bilaga saknas: bild" and digest(b"borttappad") in text for name, text in owns)
    owns = _owns(_records(content)[filled.items["post"]])
    assert ("Bilaga saknas: bild", "https://test/media/borta.jpg kunde inte hämtas") in owns
    assert any(one.size == 0 for one in content.sources)


def test_a_later_observations_files_belong_to_the_record(filled: Filled, content: Content) -> None:
    """Captions that an observation brought are the record's appendices like the version's own."""
    post = _records(content)[filled.items["post"]]
    names = [one.get("name") or "" for one in post.iter(f"{ERMS}appendix")]
    assert [name.rpartition(".")[2] for name in names] == ["png", "mp4", f"{digest(b'')[:16]}-passwd", "vtt", "pdf"]


def test_record_documents_hold_what_was_observed_until_then(filled: Filled, content: Content) -> None:
    """Each month's record document is valid and has exactly the chosen items' rows, none of them later."""
    items = set()
    for month in ("2024-05", "2024-06"):
        data = _bytes(content, f"representations/original/data/records/nyheter-{month}.xml")
        assert validate(io.BytesIO(data)) == []
        header, read = read_document(io.BytesIO(data))
        assert header.month == month
        found = list(read)
        items |= {row.item for row in found}
        assert max(row.observed for row in found) <= THROUGH
    assert items == set(content.items)


def test_nobody_makes_the_salt_from_the_ledger(filled: Filled, tmp_path: Path) -> None:
    """The package's digest stands in the ledger for ever: what it was made of needs the home's key to be guessed."""
    salts = []
    for number, key in enumerate((b"a" * 32, b"a" * 32, b"b" * 32)):
        (tmp_path / str(number)).mkdir()
        with filled.open() as home:
            keyed = replace(home, native_key=partial(bytes, key))
            content = collect(keyed, filled.intent(), EARK, tmp_path / str(number))
        data = _bytes(content, "representations/original/data/records/nyheter-2024-05.xml")
        salts.append(read_document(io.BytesIO(data))[0].salt)
    assert salts[0] == salts[1] != salts[2]


# Documentation


def test_the_text_for_a_stranger_explains_every_field(content: Content) -> None:
    """LASMIG.txt names every element and attribute of the record document, every kind, and how to verify."""
    text = _bytes(content, "documentation/LASMIG.txt").decode("utf-8")
    schema = etree.parse(SCHEMA_FILE)
    types = [one for one in schema.iter("{*}complexType") if one.get("name") in {"row", "media", "item"}]
    names = {one.get("name") or "" for each in types for one in each.iter("{*}element", "{*}attribute")}
    assert len(names) > 25
    for name in names:
        assert re.search(rf"\b{re.escape(name)}\b", text), name
    assert all(kind in text for kind in KINDS)
    assert "sha256sum" in text
    assert "⟦U+0000⟧" in text
    assert "$" not in text
    assert [line for line in text.splitlines() if len(line) > 100] == []


def test_the_list_has_a_line_for_every_record(filled: Filled, content: Content) -> None:
    """forteckning.csv has one line per record with files that lie in the package, and nothing that is content."""
    lines = _bytes(content, "documentation/forteckning.csv").decode("utf-8").splitlines()
    assert [line.split(";")[1] for line in lines[1:]] == list(_records(content))
    paths = {one.path for one in content.sources}
    assert all(path in paths for line in lines[1:] for path in line.split(";")[8].split())
    told = "".join(_bytes(content, f"documentation/{name}").decode() for name in ("konto.txt", "insamling.txt"))
    for word in ("Torget", "Åke", "evil"):
        assert word not in "".join(lines) + told
    assert filled.items["post"] in lines[1]


def test_the_official_schemas_come_along(filled: Filled, content: Content, tmp_path: Path) -> None:
    """Our own schema is always there; the official ones where the home has them, and otherwise a finding says so."""
    names = {entry.path for entry in content.package.schemas}
    assert "schemas/record.xsd" in names
    with filled.small.open() as home:
        bare = collect(replace(home, schemas_dir=None), filled.intent(), EARK, tmp_path)
    assert [entry.path for entry in bare.package.schemas] == ["schemas/record.xsd"]
    assert any(one.code == "A245" for one in bare.findings)
    if len(names) > 1:
        assert {"schemas/mets.xsd", "schemas/ERMS.xsd", "schemas/erms.sch", "schemas/premis-v3-0.xsd"} <= names


# Again, and with renditions made ahead


@pytest.mark.parametrize("profile", [EARK, FGS12], ids=lambda one: one.form)
def test_a_rebuild_is_the_same(filled: Filled, tmp_path: Path, profile: Profile) -> None:
    """The same intent gives the same bytes for every file and the same description, with renditions made ahead or not."""
    one = filled.collect(tmp_path / "a", profile)
    with filled.open() as home:
        made = prepare(home, filled.intent(), profile)
        assert prepare(home, filled.intent(), profile) == 0
    two = filled.collect(tmp_path / "b", profile)
    assert _fingerprint(one) == _fingerprint(two)
    assert one.package == two.package
    assert made in {0, 3}


def test_a_month_read_in_several_goes_is_the_same(
    filled: Filled, content: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few rows are held at a time, the package's bytes do not change."""
    monkeypatch.setattr(rows, "TOGETHER", 1)
    monkeypatch.setattr(rows, "_BUNCH", 1)
    again = filled.collect(tmp_path / "s")
    assert _fingerprint(again) == _fingerprint(content)


def test_renditions_made_ahead_are_found_by_culling(filled: Filled) -> None:
    """A rendition is registered under every item that it shows, and taken from the store when it is there."""
    with filled.open() as home:
        prepare(home, filled.intent(), EARK)
        with home.ground.state.reading() as books:
            for name in ("post", "hostile", "reply"):
                keys = [key for key in books.copies.naming([filled.items[name]]) if "/renditions/" in key]
                assert len(keys) == 1
                assert home.ground.store.get(keys[0]).startswith(b"%PDF-")
            assert not books.copies.naming([filled.items["minor"]])


def test_renditions_for_another_instant_are_others(filled: Filled, tmp_path: Path) -> None:
    """With a later instant the newer version is shown, although a rendition of the earlier one lies ready."""
    with filled.open() as home:
        prepare(home, filled.intent(), EARK)
    content = filled.collect(tmp_path / "s", through=THROUGH + timedelta(days=2))
    assert "Efteråt." in _everything(content)


# Culled records


def test_what_was_culled_appears_with_ids_and_dates_alone(unstarted: Small, tmp_path: Path) -> None:
    """A comment culled before the transfer is a record without content, marked as culled; the package says so (D32)."""
    unstarted.start(text=PLAN)
    filled = Filled(unstarted)
    filled.fill()
    before = filled.collect(tmp_path / "a")
    unstarted.later(days=1)
    filled.mark("minor", "inaktuell")
    item = filled.items["minor"]
    digest_ = unstarted.propose(as_of=unstarted.at.date())
    unstarted.approve(digest_)
    with filled.small.open() as home:
        assert execute(home, digest_).culled == 1
    unstarted.later(days=2)
    at = unstarted.at
    content = filled.collect(tmp_path / "b", made=at, id="0a1f8a52-9d0c-5f6e-8a11-3c4f3a1f0c11")
    record = _records(content)[item]
    assert item not in content.items
    assert record.findtext(f"{ERMS}title") == "Kommentar 2024-05 (gallrad)"
    assert record.find(f"{ERMS}agents") is None
    assert not list(record.iter(f"{ERMS}appendix"))
    assert "destroyed" in {one.get("dateType") for one in record.iter(f"{ERMS}date")}
    assert faults("erms-2.1", _bytes(content, CASE)) == []
    assert content.package.disposable
    assert "1 handling har gallrats före överlämnandet" in content.package.disposal
    assert any(one.code == "A246" for one in content.findings)
    assert any(
        ";gallrad" not in line and item in line
        for line in _bytes(content, "documentation/forteckning.csv").decode().splitlines()
    )
    # A rebuild of the package that was planned before the culling shows no more than it did.
    again = filled.collect(tmp_path / "c")
    assert _fingerprint(again) == _fingerprint(before)


# All together


@pytest.mark.parametrize("profile", [EARK, FGS12], ids=lambda one: one.form)
def test_the_whole_package_passes_the_check(filled: Filled, tmp_path: Path, profile: Profile) -> None:
    """With METS and PREMIS around it the content is a package that our own checker finds no fault with."""
    content = filled.collect(tmp_path / "s", profile)
    root = tmp_path / content.package.name
    for one in assemble(content, profile, filled.intent()):
        place = root / one.path
        place.parent.mkdir(parents=True, exist_ok=True)
        with one.open() as stream:
            place.write_bytes(stream.read())
    with filled.open() as home, open_package(root) as files:
        checked = check_package(files, home.schemas_dir)
    assert [(one.code, one.location) for one in checked.findings if one.severity == "error"] == []
