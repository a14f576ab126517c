"""Small packages that keep every rule, to be broken one rule at a time: E-ARK SIP 2.1.0 and FGS Paketstruktur 1.2."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from lxml import etree

MADE: Final = "2026-11-22T10:00:00Z"
ROOT: Final = "paket-1"
M: Final = "{http://www.loc.gov/METS/}"
XLINK: Final = "{http://www.w3.org/1999/xlink}"
CSIP: Final = "{https://DILCIS.eu/XML/METS/CSIPExtensionMETS}"
SIP: Final = "{https://DILCIS.eu/XML/METS/SIPExtensionMETS}"
EXT: Final = "{ExtensionMETS}"
SPACES: Final = {
    "m": M[1:-1],
    "xlink": XLINK[1:-1],
    "csip": CSIP[1:-1],
    "sip": SIP[1:-1],
    "ext": EXT[1:-1],
    "e": "https://DILCIS.eu/XML/ERMS",
    "f": "http://xml.ra.se/e-arkiv/FGS-ERMS",
    "p": "http://www.loc.gov/premis/v3",
}
_NAMES: Final = " ".join(f'xmlns:{name}="{SPACES[name]}"' for name in ("xlink", "csip", "sip"))
_URL: Final = 'LOCTYPE="URL" xlink:type="simple" xlink:href'

UUIDS: Final = ("3b9fbc5f-3eaf-4521-9726-0f142feb04c3", "7c1d8f0e-93a3-4d6c-8f11-5a4f2a0f6f10")

ERMS: Final = f"""<?xml version="1.0" encoding="UTF-8"?>
<erms xmlns="https://DILCIS.eu/XML/ERMS">
  <control>
    <identification identificationType="UUID">{UUIDS[0]}</identification>
    <maintenanceInformation>
      <maintenanceStatus value="new"/>
      <maintenanceAgency><agencyName>Kommunen</agencyName></maintenanceAgency>
      <maintenanceHistory><maintenanceEvent>
        <eventType value="created"/><eventDateTime>{MADE}</eventDateTime>
        <agent agentType="creator"><name>Bevara</name></agent>
      </maintenanceEvent></maintenanceHistory>
    </maintenanceInformation>
  </control>
  <aggregations>
    <aggregation systemIdentifier="{UUIDS[0]}" aggregationType="caseFile">
      <objectId>KS 2026/1</objectId>
      <dates><date dateType="created">2026-01-01T00:00:00Z</date></dates>
      <record systemIdentifier="{UUIDS[1]}">
        <objectId>1</objectId>
        <agents><agent agentType="creator"><name>Kommunen</name></agent></agents>
        <dates><date dateType="created">2026-01-02T00:00:00Z</date></dates>
        <additionalInformation><appendix name="bild.txt" path="representations/rep1/data/bild.txt"/></additionalInformation>
      </record>
    </aggregation>
  </aggregations>
</erms>
"""
PREMIS: Final = """<?xml version="1.0" encoding="UTF-8"?>
<premis xmlns="http://www.loc.gov/premis/v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0">
  <object xsi:type="file">
    <objectIdentifier>
      <objectIdentifierType>local</objectIdentifierType><objectIdentifierValue>1</objectIdentifierValue>
    </objectIdentifier>
    <objectCharacteristics><format><formatDesignation><formatName>text</formatName></formatDesignation></format>
    </objectCharacteristics>
  </object>
</premis>
"""
ARENDE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<Leveransobjekt xmlns="http://xml.ra.se/e-arkiv/FGS-ERMS">
  <ArkivobjektListaHandlingar>
    <ArkivobjektHandling Systemidentifierare="1">
      <ArkivobjektID>1</ArkivobjektID>
      <Bilaga Namn="bild.txt" Lank="content/rep1/bild.txt"/>
    </ArkivobjektHandling>
  </ArkivobjektListaHandlingar>
</Leveransobjekt>
"""


class Memory:
    """A package in memory, of files that are all right as files (port ``PackageFiles``)."""

    name = ROOT
    container = "folder"
    faults: Sequence[tuple[str, str]] = ()

    def __init__(self, files: Mapping[str, bytes], *, root: str | None = ROOT, empty: Sequence[str] = ()) -> None:
        self._files = dict(files)
        self.root = root
        self._empty = empty

    def names(self) -> Sequence[str]:
        """Every file."""
        return sorted(self._files)

    def folders(self) -> Sequence[str]:
        """Every folder."""
        found = set(self._empty)
        for name in self._files:
            parts = name.split("/")[:-1]
            found |= {"/".join(parts[:end]) for end in range(1, len(parts) + 1)}
        return sorted(found)

    def size(self, name: str) -> int:
        """Bytes of a file."""
        return len(self._files[name])

    def open(self, name: str) -> BinaryIO:
        """A file's bytes."""
        return io.BytesIO(self._files[name])


@dataclass(slots=True)
class Built:
    """A package being built: METS documents as trees, so that they can be broken, all else as bytes.

    Attributes:
        files: everything but METS. top: name of the package's METS. trees: METS documents by path. sealed: representation
            METS documents keep the size and digest that the root says.
    """

    top: str
    files: dict[str, bytes] = field(default_factory=dict)
    trees: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, bytes] = field(default_factory=dict)

    @property
    def mets(self) -> Any:
        """The package's METS."""
        return self.trees[self.top]

    @property
    def rep(self) -> Any:
        """The representation's METS."""
        return self.trees["representations/rep1/METS.xml"]

    def find(self, path: str, *, rep: bool = False) -> Any:
        """The one element at an XPath of the root METS, or the representation's."""
        found = (self.rep if rep else self.mets).xpath(path, namespaces=SPACES)
        assert found, path
        return found[0]

    def write(self, name: str, data: bytes) -> None:
        """Change a file and what METS says of it."""
        self.files[name] = data
        for path, tree in self.trees.items():
            folder = path[: path.rfind("/") + 1]
            for one in tree.iter(f"{M}FLocat", f"{M}mdRef"):
                href = one.get(f"{XLINK}href", "").removeprefix("file:///")
                if folder + href == name:
                    holder = one if one.tag == f"{M}mdRef" else one.getparent()
                    holder.set("SIZE", str(len(data)))
                    holder.set("CHECKSUM", hashlib.sha256(data).hexdigest())

    def all(self) -> dict[str, bytes]:
        """Every file; the root METS says of the others what they are now."""
        for path, tree in self.trees.items():
            if path != self.top and path not in self.raw:
                self.write(path, etree.tostring(tree, xml_declaration=True, encoding="UTF-8"))
        if self.top in self.trees:
            self.files[self.top] = etree.tostring(self.mets, xml_declaration=True, encoding="UTF-8")
        return {**self.files, **self.raw}

    def package(self) -> Memory:
        """It, as it is now."""
        return Memory(self.all())


def facts(data: bytes, mime: str = "text/plain") -> str:
    """Attributes that describe a file."""
    digest = hashlib.sha256(data).hexdigest()
    return f'MIMETYPE="{mime}" SIZE="{len(data)}" CREATED="{MADE}" CHECKSUM="{digest}" CHECKSUMTYPE="SHA-256"'


def _file(number: str, data: bytes, href: str, dmd: str = "") -> str:
    formats = 'sip:FILEFORMATNAME="Text" sip:FILEFORMATVERSION="1" sip:FORMATREGISTRY="PRONOM"'
    described = f'DMDID="{dmd}"' if dmd else ""
    return (
        f'<file ID="file-{number}" {facts(data)} OWNERID="{number}" ADMID="premis" {described} {formats} '
        f'sip:FORMATREGISTRYKEY="x-fmt/111"><FLocat {_URL}="{href}"/></file>'
    )


def _section(kind: str, name: str, data: bytes, href: str, mdtype: str) -> str:
    return (
        f'<{kind} ID="{name}" CREATED="{MADE}" STATUS="CURRENT"><mdRef {_URL}="{href}" MDTYPE="{mdtype}" '
        f"{facts(data, 'application/xml')}/></{kind}>"
    )


_SOFTWARE = (
    '<agent ROLE="CREATOR" TYPE="OTHER" OTHERTYPE="SOFTWARE"><name>Bevara</name>'
    '<note csip:NOTETYPE="SOFTWARE VERSION">1.0</note></agent>'
)


def _agent(role: str, kind: str, name: str, note: str, notetype: str = ' csip:NOTETYPE="IDENTIFICATIONCODE"') -> str:
    return f'<agent ROLE="{role}" TYPE="{kind}"><name>{name}</name><note{notetype}>{note}</note></agent>'


def _head(agents: str, ids: str = "") -> str:
    return (
        f'<metsHdr CREATEDATE="{MADE}" LASTMODDATE="{MADE}" RECORDSTATUS="NEW" csip:OAISPACKAGETYPE="SIP">'
        f"{agents}{ids}</metsHdr>"
    )


_ALT = "".join(
    f'<altRecordID TYPE="{kind}">RA 1; 2026-01-01</altRecordID>'
    for kind in ("SUBMISSIONAGREEMENT", "PREVIOUSSUBMISSIONAGREEMENT", "REFERENCECODE", "PREVIOUSREFERENCECODE")
)
_OPEN = (
    f'<mets xmlns="{SPACES["m"]}" {_NAMES} LABEL="Prov" TYPE="Datasets" csip:CONTENTINFORMATIONTYPE="citserms_v2_1" '
    'PROFILE="https://earksip.dilcis.eu/profile/E-ARK-SIP.xml"'
)


def eark() -> Built:
    """An E-ARK SIP about which there is nothing at all to say."""
    files = {
        "metadata/descriptive/ead.xml": b"<ead/>",
        "metadata/preservation/premis.xml": PREMIS.encode(),
        "metadata/other/rights.xml": b"<rights/>",
        "documentation/las.txt": b"Text",
        "schemas/mets.xsd": b"<schema/>",
        "representations/rep1/metadata/descriptive/ead.xml": b"<ead/>",
        "representations/rep1/metadata/preservation/premis.xml": PREMIS.encode(),
        "representations/rep1/metadata/other/rights.xml": b"<rights/>",
        "representations/rep1/data/ERMS.xml": ERMS.encode(),
        "representations/rep1/data/bild.txt": b"Bild",
        "representations/rep1/data/tom.bin": b"",
    }
    here = "representations/rep1/"
    group = 'ADMID="premis" USE="Representations/rep1{}" csip:CONTENTINFORMATIONTYPE="citserms_v2_1" ID="grp-rep"'
    amd = "<amdSec>{rights}{premis}</amdSec>"
    top = (
        f'{_OPEN} OBJID="{ROOT}">'
        + _head(
            _SOFTWARE
            + _agent("ARCHIVIST", "ORGANIZATION", "Kommunen", "ORG:212000-0001")
            + _agent("CREATOR", "ORGANIZATION", "Nämnden", "ORG:212000-0002")
            + _agent("CREATOR", "INDIVIDUAL", "Registrator", "epost", "")
            + _agent("PRESERVATION", "ORGANIZATION", "Arkivet", "ORG:212000-0003"),
            _ALT,
        )
        + _section("dmdSec", "dmd", files["metadata/descriptive/ead.xml"], "metadata/descriptive/ead.xml", "EAD")
        + amd.format(
            rights=_section("rightsMD", "rights", b"<rights/>", "metadata/other/rights.xml", "METSRIGHTS"),
            premis=_section("digiprovMD", "premis", PREMIS.encode(), "metadata/preservation/premis.xml", "PREMIS"),
        )
        + '<fileSec ID="files">'
        + f'<fileGrp ID="grp-doc" USE="Documentation" ADMID="premis">{_file("doc", b"Text", "documentation/las.txt", "dmd")}'
        + '</fileGrp><fileGrp ID="grp-sch" USE="Schemas" ADMID="premis">'
        + _file("sch", b"<schema/>", "schemas/mets.xsd", "dmd")
        + f"</fileGrp><fileGrp {group.format('')}>{_file('rep', b'', here + 'METS.xml', 'dmd')}</fileGrp></fileSec>"
        + '<structMap ID="map" TYPE="PHYSICAL" LABEL="CSIP"><div ID="div" LABEL="paket-1">'
        + '<div ID="div-md" LABEL="Metadata" ADMID="premis rights" DMDID="dmd"/>'
        + '<div ID="div-doc" LABEL="Documentation"><fptr FILEID="grp-doc"/></div>'
        + '<div ID="div-sch" LABEL="Schemas"><fptr FILEID="grp-sch"/></div>'
        + '<div ID="div-reps" LABEL="Representations"><fptr FILEID="grp-rep"/></div>'
        + f'<div ID="div-rep" LABEL="Representations/rep1"><mptr {_URL}="{here}METS.xml" xlink:title="grp-rep"/></div>'
        + "</div></structMap></mets>"
    )
    inner = (
        f'{_OPEN} OBJID="rep1">'
        + _head(_SOFTWARE)
        + _section("dmdSec", "dmd", b"<ead/>", "metadata/descriptive/ead.xml", "EAD")
        + amd.format(
            rights=_section("rightsMD", "rights", b"<rights/>", "metadata/other/rights.xml", "METSRIGHTS"),
            premis=_section("digiprovMD", "premis", PREMIS.encode(), "metadata/preservation/premis.xml", "PREMIS"),
        )
        + f'<fileSec ID="files"><fileGrp {group.format("/data")}>'
        + _file("1", files[f"{here}data/ERMS.xml"], "data/ERMS.xml", "dmd")
        + _file("2", b"Bild", "data/bild.txt", "dmd")
        + _file("3", b"", "data/tom.bin", "dmd")
        + '</fileGrp></fileSec><structMap ID="map" TYPE="PHYSICAL" LABEL="CSIP"><div ID="div" LABEL="rep1">'
        + '<div ID="div-md" LABEL="Metadata" ADMID="premis rights" DMDID="dmd"/>'
        + '<div ID="div-rep" LABEL="Representations"><fptr FILEID="grp-rep"/></div></div></structMap></mets>'
    )
    trees = {"METS.xml": etree.fromstring(top), f"{here}METS.xml": etree.fromstring(inner)}
    return Built("METS.xml", files, trees)


def fgs12() -> Built:
    """A package by FGS Paketstruktur 1.2 about which there is nothing at all to say."""
    files = {
        "content/rep1/arende.xml": ARENDE.encode(),
        "content/rep1/bild.txt": b"Bild",
        "metadata/premis.xml": PREMIS.encode(),
    }

    def one(number: int, name: str) -> str:
        return (
            f'<file ID="f{number}" {facts(files[name])} ext:ORIGINALFILENAME="Å {number}.txt" '
            f'ext:FORMATREGISTRY="PRONOM"><FLocat LOCTYPE="URL" xlink:type="simple" xlink:href="file:///{name}"/></file>'
        )

    def agent(role: str, kind: str, note: str, more: str = "") -> str:
        return f'<agent ROLE="{role}" TYPE="{kind}"{more}><name>Namn</name><note>{note}</note></agent>'

    text = (
        f'<mets xmlns="{SPACES["m"]}" xmlns:xlink="{SPACES["xlink"]}" xmlns:ext="ExtensionMETS" OBJID="UUID:{UUIDS[0]}" '
        'LABEL="Prov" TYPE="ERMS" ext:APPRAISAL="No" ext:ACCESSRESTRICT="GDPR" ext:STARTDATE="2026-01-01" '
        'PROFILE="http://xml.ra.se/e-arkiv/METS/CommonSpecificationSwedenPackageProfile.xml">'
        f'<metsHdr CREATEDATE="{MADE}" RECORDSTATUS="NEW" ext:OAISSTATUS="SIP" ext:AGREEMENTFORM="AGREEMENT">'
        + agent("ARCHIVIST", "ORGANIZATION", "ORG:212000-0001")
        + agent("ARCHIVIST", "OTHER", "1.0", ' OTHERTYPE="SOFTWARE"')
        + agent("CREATOR", "ORGANIZATION", "ORG:212000-0002")
        + '<altRecordID TYPE="SUBMISSIONAGREEMENT">RA 13-2011/5329;2012-04-12</altRecordID></metsHdr>'
        + '<fileSec><fileGrp ID="g">'
        + "".join(one(number, name) for number, name in enumerate(files))
        + '</fileGrp></fileSec><structMap><div><div LABEL="files"><fptr FILEID="g"/></div></div></structMap></mets>'
    )
    return Built("sip.xml", files, {"sip.xml": etree.fromstring(text)})


def folder(files: Mapping[str, bytes], where: Path) -> Path:
    """The package as a folder."""
    for name, data in files.items():
        (where / name).parent.mkdir(parents=True, exist_ok=True)
        (where / name).write_bytes(data)
    return where


def tar(files: Mapping[str, bytes], mode: str = "w") -> bytes:
    """The package as a tar, names as given."""
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode=mode) as out:  # type: ignore[call-overload] # a mode of several
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            out.addfile(member, io.BytesIO(data))
    return sink.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The package as a zip, names as given."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in files.items():
            out.writestr(name, data)
    return sink.getvalue()


def rooted(files: Mapping[str, bytes], root: str = ROOT) -> dict[str, bytes]:
    """The files with the root folder before their names."""
    return {f"{root}/{name}": data for name, data in files.items()}
