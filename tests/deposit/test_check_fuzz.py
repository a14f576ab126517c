"""``deposit check`` of documents and containers with random changes: it always ends, and what it says is printable."""

from __future__ import annotations

import random
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import pytest
from lxml import etree

from connectors.packages import open_package
from flows.deposit.check.examine import LEVELS, check_deposit
from flows.keep.check.report import Checked
from flows.keep.check.shown import as_json, as_text
from schemas.refusal import RefusedError
from tests.archive.check.building import Memory
from tests.deposit.breaking import MODS, XLINK, M
from tests.deposit.test_check_places import BOTH, tar
from tests.standards import standards
from tests.xml.publications import PLAIN, packed

SIP: Final = packed(PLAIN)["sip.xml"]
_SCHEMAS: Final = frozenset({"BV-XSD-METS", "KB-XSD-MODS"})
_BITS: Final = (b"<", b">", b"&", b"\0", b"]]>", b"<!--", b"<?x?>", b"<!DOCTYPE a>", b"&#0;", b"\xff", b'"', b"</")
_NAMES: Final = ("ID", "OBJID", "TYPE", "PROFILE", "ROLE", "OTHERTYPE", "FILEID", "DMDID", "ADMID", "SIZE", "CREATED")
_MORE: Final = ("CHECKSUM", "CHECKSUMTYPE", "MIMETYPE", "USE", "LOCTYPE", f"{XLINK}href", f"{XLINK}type", "encoding")
_WORDS: Final = ("", " ", "0", "-1", "9" * 40, "SIP", "files", "file:", "file:///", "file:../..", "http://", "%2e%2e/")
_ODD: Final = ("\u202e", "\u0085", "a" * 5000, "²", "١٢", "{x}", "%s", "2026-13-45T99:99:99Z", "\U0001f600", "fil-001")
_TAGS: Final = ("mets", "metsHdr", "agent", "dmdSec", "mdWrap", "xmlData", "file", "FLocat", "structMap", "div", "fptr")


def _mutated(root: Any, chance: random.Random) -> None:
    every = list(root.iter(etree.Element))
    one = chance.choice(every)
    match chance.randrange(5):
        case 0:
            one.set(chance.choice((*_NAMES, *_MORE)), chance.choice((*_WORDS, *_ODD)))
        case 1:
            one.text = chance.choice((*_WORDS, *_ODD))
        case 2 if one is not root:
            one.getparent().remove(one)
        case 3 if one is not root:
            chance.choice(every).append(deepcopy(one))
        case _:
            one.tag = chance.choice((f"{M}{chance.choice(_TAGS)}", f"{MODS}mods", f"{MODS}url", "x"))


def _printable(checked: Checked) -> None:
    assert all(one.code in LEVELS for one in checked.findings)
    said = as_text("paket", checked)
    assert all(line.isprintable() for line in said.split("\n"))
    assert as_json(checked)["valid"] == checked.valid


@pytest.mark.parametrize("part", range(4))
def test_changed_trees(part: int) -> None:
    """Elements and attributes changed, moved, doubled and taken away, a few at a time."""
    for seed in range(part * 100, part * 100 + 100):
        chance = random.Random(seed)
        root = etree.fromstring(SIP)
        for _ in range(chance.randint(1, 6)):
            _mutated(root, chance)
        files = {**packed(PLAIN), "sip.xml": etree.tostring(root)}
        _printable(check_deposit(Memory(files), standards() if seed % 2 else None))


@pytest.mark.parametrize("part", range(4))
def test_changed_bytes_of_a_document(part: int) -> None:
    """Bytes of sip.xml changed, put in and cut away."""
    for seed in range(part * 100, part * 100 + 100):
        chance = random.Random(seed)
        data = bytearray(SIP)
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(data))
            match chance.randrange(3):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    data[at:at] = chance.choice(_BITS)
                case _:
                    del data[at : at + chance.randrange(40)]
        _printable(check_deposit(Memory({**packed(PLAIN), "sip.xml": bytes(data)}), None))


def test_changed_bytes_of_a_delivery(tmp_path: Path) -> None:
    """Bytes of a tar changed and cut away, headers above all: it is judged, or refused as no package."""
    whole = tar(BOTH)
    path = tmp_path / "l.tar"
    for seed in range(300):
        chance = random.Random(seed)
        data = bytearray(whole)
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(len(data) // 512) * 512 + chance.randrange(160)
            data[min(at, len(data) - 1)] = chance.randrange(256)
        if seed % 3 == 0:
            del data[chance.randrange(len(data)) :]
        path.write_bytes(bytes(data))
        with suppress(RefusedError), open_package(path, lone=True) as package:
            _printable(check_deposit(package, None))


def test_the_table_sees_what_the_schemas_see() -> None:
    """Of single random changes that break KB's schemas, nearly all are errors by our own table, without the schemas."""
    broken = missed = 0
    for seed in range(600):
        root = etree.fromstring(SIP)
        _mutated(root, random.Random(seed))
        checked = check_deposit(Memory({**packed(PLAIN), "sip.xml": etree.tostring(root)}), standards())
        errors = {one.code for one in checked.findings if one.severity == "error"}
        if errors & _SCHEMAS:
            broken += 1
            missed += errors <= _SCHEMAS
    assert broken > 150
    assert missed < broken * 0.08
