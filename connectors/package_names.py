"""The names in a package that somebody hands over: which of them can be used, and which are faults."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from schemas.text import for_xml

FAULTS: Final = 1_000
"""Faults that are told one by one; a container of nothing else does not fill the memory."""
_LONGEST = 1_000
_SHOWN = 200
_DRIVE = re.compile(r"[A-Za-z]:")
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters, lone surrogates (bytes that are no UTF-8), and signs that make a name look like another."""


class Names:
    """Collects a container's files and folders, and what is wrong with it."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        """``faults``: what is known already."""
        self.faults = list(faults)
        self._files: dict[str, tuple[int, Any]] = {}
        self._folders: set[str] = set()
        self._lowered: dict[str, str] = {}

    def fault(self, code: str, where: str) -> None:
        """Note a fault; the name is made visible and cut short."""
        if len(self.faults) < FAULTS:
            self.faults.append((code, shown(where)))

    def folder(self, name: str) -> bool:
        """Take a folder; whether its name can be used."""
        if not self._usable(name):
            return False
        if name in self._files:
            self.fault("BV-NAME-TWICE", name)
            return False
        self._ancestors(f"{name}/.")
        return True

    def file(self, name: str, size: int, where: Any) -> None:
        """Take a file: its bytes, and whatever the container needs to open it."""
        if not self._usable(name):
            return
        if name in self._files or name in self._folders:
            self.fault("BV-NAME-TWICE", name)
            return
        if not self._ancestors(name):
            return
        folded = name.casefold()
        if self._lowered.setdefault(folded, name) != name:
            self.fault("BV-NAME-CASE", name)
        self._files[name] = (size, where)

    def taken(self) -> list[Any]:
        """What was handed in with each file."""
        return [where for _, where in self._files.values()]

    def forget(self, which: Callable[[Any], bool]) -> None:
        """Leave out files after all."""
        self._files = {name: found for name, found in self._files.items() if not which(found[1])}

    def arranged(self, *, rooted: bool = True) -> tuple[str | None, Mapping[str, tuple[int, Any]], Sequence[str]]:
        """The one root folder, and files and folders by their names in it; no root: by their whole names."""
        tops = {name.partition("/")[0] for name in self._folders} | {name.partition("/")[0] for name in self._files}
        top = next(iter(tops)) if len(tops) == 1 else None
        if not rooted or top is None or top in self._files:
            return None, self._files, sorted(self._folders)
        begin = len(top) + 1
        folders = sorted(name[begin:] for name in self._folders if name != top)
        return top, {name[begin:]: found for name, found in self._files.items()}, folders

    def _usable(self, name: str) -> bool:
        if _HIDDEN.search(name):
            self.fault("BV-NAME-SIGN", name)
            return False
        parts = name.split("/")
        if not name or len(name) > _LONGEST or "\\" in name or _DRIVE.match(name):
            self.fault("BV-NAME-PATH", name)
            return False
        if any(part in ("", ".", "..") for part in parts):
            self.fault("BV-NAME-PATH", name)
            return False
        return True

    def _ancestors(self, name: str) -> bool:
        """Note the folders that a file lies in; false where one of them is a file."""
        folder = name.rpartition("/")[0]
        while folder and folder not in self._folders:
            if folder in self._files:
                self.fault("BV-NAME-TWICE", name)
                return False
            self._folders.add(folder)
            folder = folder.rpartition("/")[0]
        return True


def shown(name: str) -> str:
    """A name as it may be printed: what hides or turns it stands visibly, and it is cut short."""
    short = name if len(name) <= _SHOWN else name[:_SHOWN] + "…"
    return _HIDDEN.sub(lambda sign: f"⟦U+{ord(sign[0]):04X}⟧", for_xml(short))
