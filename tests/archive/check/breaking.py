"""Ways to break a package, each against one rule: name → (how, the code it must give)."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any, Final

from tests.archive.check.building import CSIP, ERMS, Built

Break = Callable[[Built], None]

SOFTWARE: Final = "//m:agent[m:name='Bevara']"
ARCHIVIST: Final = "//m:agent[@ROLE='ARCHIVIST']"
SUBMITTER: Final = "//m:agent[@ROLE='CREATOR'][@TYPE='ORGANIZATION']"
CONTACT: Final = "//m:agent[@ROLE='CREATOR'][@TYPE='INDIVIDUAL']"
RECEIVER: Final = "//m:agent[@ROLE='PRESERVATION']"
FILE: Final = "//m:file[1]"
HEADER_AT: Final = "//m:metsHdr"
MAIN: Final = "/m:mets/m:structMap/m:div"
NOTETYPE: Final = f"{CSIP}NOTETYPE"
REFERENCES: Final = {"dmdSec": 22, "digiprovMD": 36, "rightsMD": 49}


def without(path: str, attribute: str, *, rep: bool = False) -> Break:
    """Take an attribute away."""
    return lambda built: built.find(path, rep=rep).attrib.pop(attribute)


def given(path: str, attribute: str, value: str, *, rep: bool = False) -> Break:
    """Give an attribute another value."""
    return lambda built: built.find(path, rep=rep).set(attribute, value)


def gone(path: str, *, rep: bool = False) -> Break:
    """Take an element away."""

    def act(built: Built) -> None:
        element = built.find(path, rep=rep)
        element.getparent().remove(element)

    return act


def said(path: str, text: str, *, rep: bool = False) -> Break:
    """Give an element another text."""

    def act(built: Built) -> None:
        built.find(path, rep=rep).text = text

    return act


def again(path: str, *, rep: bool = False) -> Break:
    """Put an element there twice."""

    def act(built: Built) -> None:
        element = built.find(path, rep=rep)
        element.addnext(_copy(element))

    return act


def _copy(element: Any) -> Any:
    """A copy with ids of its own."""
    copied = deepcopy(element)
    for one in copied.iter():
        if one.get("ID"):
            one.set("ID", one.get("ID") + "-2")
    return copied


def emptied(path: str) -> Break:
    """Take everything out of an element."""

    def act(built: Built) -> None:
        for one in list(built.find(path)):
            built.find(path).remove(one)

    return act


def dropped(*prefixes: str) -> Break:
    """Take files out of the package, METS unchanged."""

    def act(built: Built) -> None:
        for name in [one for one in built.files if one.startswith(prefixes)]:
            del built.files[name]
        for name in [one for one in built.trees if one.startswith(prefixes)]:
            del built.trees[name]

    return act


def erms(old: str, new: str) -> Break:
    """Change the ERMS file, and METS with it."""
    assert old in ERMS

    def act(built: Built) -> None:
        built.write("representations/rep1/data/ERMS.xml", ERMS.replace(old, new).encode())

    return act


def bytes_of(name: str, data: bytes) -> Break:
    """Change a file, METS unchanged."""

    def act(built: Built) -> None:
        built.files[name] = data

    return act


def written(name: str, data: bytes) -> Break:
    """Change a file, and METS with it."""
    return lambda built: built.write(name, data)


def raw(name: str, data: bytes) -> Break:
    """Put other bytes in the place of a METS document."""

    def act(built: Built) -> None:
        built.raw[name] = data

    return act


def both(*steps: Break) -> Break:
    """One after the other."""

    def act(built: Built) -> None:
        for step in steps:
            step(built)

    return act
