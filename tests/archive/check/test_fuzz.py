"""METS, ERMS and PREMIS with random changes: the check always comes to an end and says something printable."""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from lxml import etree

from flows.archive.check.examine import check_package
from flows.archive.check.levels import LEVELS
from flows.keep.check.shown import as_json, as_text
from tests.archive.check import building
from tests.archive.check.building import CSIP, EXT, SIP, XLINK, Memory
from tests.standards import standards

_WORDS: Final = (
    *(
        "",
        " ",
        "0",
        "-1",
        "99999999999999999999",
        "SIP",
        "CSIP",
        "OTHER",
        "Metadata",
        "Representations",
        "Schemas",
        "URL",
    ),
    *(
        "../../..",
        "%2e%2e/",
        "file:///etc/passwd",
        "C:\\x",
        "http://x/",
        "a" * 5000,
        "\u202e",
        "\u0085",
        "å",
        "premis",
        "grp-rep",
    ),
    *("2026-13-45T99:99:99Z", "SHA-256", "MD5", "CRC32", "{x}", "{", "%s", "\U0001f600", "١٢", "²"),
)
_NAMES: Final = (
    *(
        "ID",
        "ADMID",
        "DMDID",
        "FILEID",
        "USE",
        "LABEL",
        "TYPE",
        "SIZE",
        "CHECKSUM",
        "CHECKSUMTYPE",
        "MIMETYPE",
        "CREATED",
    ),
    *("OBJID", "PROFILE", "ROLE", "OTHERTYPE", "STATUS", "MDTYPE", f"{XLINK}href", f"{XLINK}title", f"{XLINK}type"),
    *(f"{CSIP}CONTENTINFORMATIONTYPE", f"{CSIP}OAISPACKAGETYPE", f"{SIP}FORMATREGISTRY", f"{EXT}OAISSTATUS"),
)
_BITS: Final = (
    b"<",
    b">",
    b"&",
    b"\0",
    b"]]>",
    b"<!--",
    b"-->",
    b"<?x?>",
    b"<!DOCTYPE a>",
    b"&#0;",
    b"&a;",
    b"\xff",
    b"'",
    b'"',
    b"</",
)


def _attribute(root: Any, chance: random.Random) -> None:
    one = chance.choice(list(root.iter(etree.Element)))
    given = list(one.attrib)
    if given and chance.random() < 0.3:
        del one.attrib[chance.choice(given)]
    else:
        name = chance.choice([*given, *_NAMES])
        one.set(name, chance.choice(_WORDS))


def _element(root: Any, chance: random.Random) -> None:
    one = chance.choice(list(root.iter(etree.Element)))
    parent = one.getparent()
    if parent is None:
        return
    kind = chance.randrange(5)
    if kind == 0:
        parent.remove(one)
    elif kind == 1:
        one.addnext(deepcopy(one))
    elif kind == 2:
        one.tag = chance.choice([*(other.tag for other in root.iter(etree.Element)), "x"])
    elif kind == 3:
        other = chance.choice(list(root.iter(etree.Element)))
        if one not in other.iterancestors() and other is not one:
            other.append(deepcopy(one))
    else:
        one.insert(0, chance.choice([etree.Comment("x"), etree.ProcessingInstruction("x", "y")]))


def _bytes(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    kind = chance.randrange(4)
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + chance.choice(_BITS) + data[at:]
    if kind == 2:
        return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
    end = min(len(data), at + chance.randrange(200))
    return data[:at] + data[end:]


@cache
def _valid() -> tuple[dict[str, bytes], dict[str, bytes]]:
    return building.eark().all(), building.fgs12().all()


def _mutated(chance: random.Random) -> dict[str, bytes]:
    files = dict(chance.choice(_valid()))
    name = chance.choice([one for one in files if one.endswith(".xml") and b"xmlns" in files[one]])
    if chance.random() < 0.6:
        name = next(one for one in ("METS.xml", "sip.xml") if one in files)
    data = files[name]
    if chance.random() < 0.7:
        root = etree.fromstring(data)
        for _ in range(chance.randint(1, 5)):
            chance.choice(_CHANGES)(root, chance)
        data = etree.tostring(root)
    else:
        for _ in range(chance.randint(1, 3)):
            data = _bytes(data, chance) or b"x"
    files[name] = data
    return files


_CHANGES: Final[tuple[Callable[[Any, random.Random], None], ...]] = (_attribute, _element)


def _run(count: int, seed: int, schemas: Path | None) -> set[str]:
    """Check so many mutations; the codes that were met."""
    chance = random.Random(seed)
    met: set[str] = set()
    for number in range(count):
        files = _mutated(chance)
        checked = check_package(Memory(files), schemas)
        for one in checked.findings:
            assert one.code in LEVELS, number
            assert (one.text + one.location).isprintable(), number
        assert as_text("paket", checked)
        assert as_json(checked)["valid"] == checked.valid
        met |= {one.code for one in checked.findings}
    return met


def test_a_thousand_mutations_never_crash_the_check() -> None:
    """Whatever is changed in METS, ERMS or PREMIS, the check ends with findings of known codes, all printable."""
    met = _run(1_000, 20261122, standards())
    assert len(met) > 100


@pytest.mark.soak
def test_a_hundred_thousand_mutations_never_crash_the_check() -> None:
    """The same with a hundred thousand."""
    _run(100_000, 2, standards())
