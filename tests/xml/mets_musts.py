"""Every MUST of E-ARK CSIP 2.1.0 and SIP 2.1.0 as an XPath that is true of the METS documents of ``tests.xml.packages``.

``$name``: the document's OBJID. An XPath counts where there is something to count, so that nothing is true of nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

NS = {
    "m": "http://www.loc.gov/METS/",
    "x": "http://www.w3.org/1999/xlink",
    "csip": "https://DILCIS.eu/XML/METS/CSIPExtensionMETS",
    "sip": "https://DILCIS.eu/XML/METS/SIPExtensionMETS",
}

SUBMITTER = (
    "m:agent[@ROLE='CREATOR'][@TYPE='ORGANIZATION' or @TYPE='INDIVIDUAL']/m:note[@csip:NOTETYPE='IDENTIFICATIONCODE']"
)
MD_REF = {
    "LOCTYPE": "@LOCTYPE='URL'",
    "type": "@x:type='simple'",
    "href": "@x:href",
    "MDTYPE": "@MDTYPE",
    "MIMETYPE": "contains(@MIMETYPE, '/')",
    "SIZE": "@SIZE >= 0",
    "CREATED": "contains(@CREATED, 'T')",
    "CHECKSUM": "string-length(@CHECKSUM)=64",
    "CHECKSUMTYPE": "@CHECKSUMTYPE='SHA-256'",
}


def _each(ids: str, of: str, checks: Mapping[str, str]) -> dict[str, str]:
    """One XPath for each id: there is one such element at least, and none without the attribute."""
    return {
        name: f"boolean({of}) and not({of}[not({check})])"
        for name, check in zip(ids.split(), checks.values(), strict=True)
    }


FILE = "/m:mets/m:fileSec/m:fileGrp/m:file"
MAP = "/m:mets/m:structMap[@LABEL='CSIP']"
CONTENT_DIV = f"{MAP}/m:div/m:div[@LABEL='Representations']"
SOFTWARE = "m:agent[@ROLE='CREATOR'][@TYPE='OTHER'][@OTHERTYPE='SOFTWARE']"
EVERYWHERE: dict[str, str] = {
    "CSIP1": "/m:mets/@OBJID = $name",
    "CSIP2": "/m:mets/@TYPE = 'Datasets'",
    "CSIP6": "/m:mets/@PROFILE = 'https://earksip.dilcis.eu/profile/E-ARK-SIP.xml'",
    "CSIP117": "count(/m:mets/m:metsHdr) = 1",
    "CSIP7": "/m:mets/m:metsHdr/@CREATEDATE = '2026-01-02T03:04:05.000678Z'",
    "CSIP9": "/m:mets/m:metsHdr/@csip:OAISPACKAGETYPE = 'SIP'",
    "CSIP10": "count(/m:mets/m:metsHdr/m:agent) >= 1",
    **dict.fromkeys(("CSIP11", "CSIP12", "CSIP13"), f"count(/m:mets/m:metsHdr/{SOFTWARE}) = 1"),
    "CSIP14": f"/m:mets/m:metsHdr/{SOFTWARE}/m:name = 'Bevara'",
    "CSIP15": f"/m:mets/m:metsHdr/{SOFTWARE}/m:note = '0.1.0'",
    "CSIP16": f"/m:mets/m:metsHdr/{SOFTWARE}/m:note/@csip:NOTETYPE = 'SOFTWARE VERSION'",
    "CSIP33": "count(//m:digiprovMD) = 1 and boolean(//m:digiprovMD/@ID)",
    **_each(
        "CSIP36 CSIP37 CSIP38 CSIP39 CSIP40 CSIP41 CSIP42 CSIP43 CSIP44",
        "/m:mets/m:amdSec/m:digiprovMD/m:mdRef",
        {**MD_REF, "MDTYPE": "@MDTYPE='PREMIS'", "MIMETYPE": "@MIMETYPE='application/xml'"},
    ),
    **dict.fromkeys(
        ("CSIP46", "CSIP49", "CSIP50", "CSIP51", "CSIP52", "CSIP53", "CSIP54", "CSIP55", "CSIP56", "CSIP57"),
        "not(//m:rightsMD)",
    ),
    "CSIP59": "count(/m:mets/m:fileSec) = 1 and boolean(/m:mets/m:fileSec/@ID)",
    "CSIP114": "boolean(//m:fileGrp[starts-with(@USE, 'Representations/')])",
    "CSIP64": "not(//m:fileGrp[not(@USE)])",
    "CSIP65": "not(//m:fileGrp[not(@ID)])",
    "CSIP66": "not(//m:fileGrp[not(m:file)])",
    **_each(
        "CSIP67 CSIP68 CSIP69 CSIP70 CSIP71 CSIP72",
        FILE,
        {"ID": "@ID", **{name: MD_REF[name] for name in ("MIMETYPE", "SIZE", "CREATED", "CHECKSUM", "CHECKSUMTYPE")}},
    ),
    "CSIP76": f"boolean({FILE}) and not({FILE}[count(m:FLocat) != 1])",
    **_each("CSIP77 CSIP78 CSIP79", f"{FILE}/m:FLocat", {name: MD_REF[name] for name in ("LOCTYPE", "type", "href")}),
    "CSIP80": "count(/m:mets/m:structMap) = 1",
    "CSIP81": f"{MAP}/@TYPE = 'PHYSICAL'",
    "CSIP82": f"boolean({MAP})",
    "CSIP83": f"boolean({MAP}/@ID)",
    "CSIP84": f"count({MAP}/m:div) = 1",
    "CSIP85": f"boolean({MAP}/m:div/@ID) and {MAP}/m:div/@LABEL = $name",
    **dict.fromkeys(("CSIP88", "CSIP90"), f"count({MAP}/m:div/m:div[@LABEL='Metadata']) = 1"),
    "CSIP89": f"boolean({MAP}/m:div/m:div[@LABEL='Metadata']/@ID)",
    "CSIP102": f"boolean({CONTENT_DIV}/@ID)",
    "CSIP103": f"count({CONTENT_DIV}) = 1",
    **dict.fromkeys(
        ("CSIP104", "CSIP119"),
        f"count({CONTENT_DIV}/m:fptr[@FILEID = //m:fileGrp/@ID]) = count(//m:fileGrp[starts-with(@USE, 'Repr')])",
    ),
    "SIP2": "/m:mets/@PROFILE = 'https://earksip.dilcis.eu/profile/E-ARK-SIP.xml'",
    "SIP4": "/m:mets/m:metsHdr/@csip:OAISPACKAGETYPE = 'SIP'",
    **dict.fromkeys(("SIP10", "SIP11"), "count(//m:agent[@ROLE='ARCHIVIST'][@TYPE='ORGANIZATION']) = 1"),
    "SIP14": "//m:agent[@ROLE='ARCHIVIST']/m:note/@csip:NOTETYPE = 'IDENTIFICATIONCODE'",
    **dict.fromkeys(("SIP15", "SIP16", "SIP17"), "count(//m:agent[@ROLE='CREATOR'][@TYPE='ORGANIZATION']) = 1"),
    "SIP20": f"/m:mets/m:metsHdr/{SUBMITTER} = 'ORG:212000-1892'",
    **dict.fromkeys(("SIP22", "SIP23"), "count(//m:agent[@ROLE='CREATOR'][@TYPE='INDIVIDUAL']) = 1"),
    "SIP24": "//m:agent[@TYPE='INDIVIDUAL']/m:name = 'Åsa Öberg'",
    **dict.fromkeys(("SIP27", "SIP28"), "count(//m:agent[@ROLE='PRESERVATION'][@TYPE='ORGANIZATION']) = 1"),
    "SIP31": "//m:agent[@ROLE='PRESERVATION']/m:note/@csip:NOTETYPE = 'IDENTIFICATIONCODE'",
}
REPRESENTATION_DIV = f"{MAP}/m:div/m:div[starts-with(@LABEL, 'Representations/')]"
ROOT_ONLY: dict[str, str] = {
    "CSIP60": "count(//m:fileGrp[@USE='Documentation']/m:file) = 5",
    "CSIP113": "count(//m:fileGrp[@USE='Schemas']/m:file) = 12",
    "CSIP18": "boolean(/m:mets/m:dmdSec/@ID)",
    "CSIP19": "boolean(/m:mets/m:dmdSec/@CREATED)",
    **_each("CSIP22 CSIP23 CSIP24 CSIP25 CSIP26 CSIP27 CSIP28 CSIP29 CSIP30", "/m:mets/m:dmdSec/m:mdRef", MD_REF),
    "CSIP94": f"boolean({MAP}/m:div/m:div[@LABEL='Documentation']/@ID)",
    "CSIP95": f"count({MAP}/m:div/m:div[@LABEL='Documentation']) = 1",
    **dict.fromkeys(
        ("CSIP96", "CSIP116"),
        f"{MAP}/m:div/m:div[@LABEL='Documentation']/m:fptr/@FILEID = //m:fileGrp[@USE='Documentation']/@ID",
    ),
    "CSIP98": f"boolean({MAP}/m:div/m:div[@LABEL='Schemas']/@ID)",
    "CSIP99": f"count({MAP}/m:div/m:div[@LABEL='Schemas']) = 1",
    **dict.fromkeys(
        ("CSIP100", "CSIP118"),
        f"{MAP}/m:div/m:div[@LABEL='Schemas']/m:fptr/@FILEID = //m:fileGrp[@USE='Schemas']/@ID",
    ),
    "CSIP106": f"count({REPRESENTATION_DIV}/@ID) = 3",
    "CSIP107": f"count({REPRESENTATION_DIV}[@LABEL = //m:fileGrp/@USE]) = 3",
    "CSIP108": f"count({REPRESENTATION_DIV}[m:mptr/@x:title = //m:fileGrp/@ID]) = 3",
    "CSIP109": f"count({REPRESENTATION_DIV}[count(m:mptr) = 1]) = 3",
    "CSIP110": f"count({REPRESENTATION_DIV}[m:mptr/@x:href = //m:FLocat/@x:href]) = 3",
    "CSIP111": f"count({REPRESENTATION_DIV}/m:mptr[@x:type='simple']) = 3",
    "CSIP112": f"count({REPRESENTATION_DIV}/m:mptr[@LOCTYPE='URL']) = 3",
}
REPRESENTATION_ONLY: dict[str, str] = {"CSIP4": "/m:mets/@csip:CONTENTINFORMATIONTYPE = 'OTHER'"}
