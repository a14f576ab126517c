"""Provisions on secrecy: looked up in the home's table, and written in the place of what is masked."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

from schemas.disclosure import Provision
from schemas.refusal import RefusedError

_NEAR: Final = 4
"""How many near provisions are named."""
_PERSON: Final = r"Person [0-9]+"


class Label(Protocol):
    """What stands in the place of something that is not given."""

    def __call__(self, codes: Sequence[str], *, stand_in: str = "", attachment: bool = False) -> str:
        """The label.

        Args:
            codes: the provisions, each once. stand_in: who it is spoken of as, or empty.
            attachment: a whole attachment is not given.
        """
        ...


def provision_of(table: Mapping[str, Provision], said: str, field: str = "--provision") -> Provision:
    """The provision that was meant: by its code, or by its citation; spaces and case do not count.

    Raises:
        RefusedError: nothing was said, or the table has no such provision; near ones are named.
    """
    if not said.strip():
        raise RefusedError(field, said, 'name the provision that it rests on, for example "OSL 21:1"')
    wanted = _plain(said)
    found = [one for one in table.values() if wanted in {_plain(one.code), _plain(one.citation)}]
    if len(found) == 1:
        return found[0]
    near = difflib.get_close_matches(wanted, [_plain(code) for code in table], n=_NEAR, cutoff=0.6)
    names = [code for one in near for code in table if _plain(code) == one]
    remedy = f"did you mean {', '.join(names)}?" if names else "write a code of the home's table of provisions"
    raise RefusedError(field, said, remedy)


def labelling(table: Mapping[str, Provision]) -> Label:
    """What writes labels with the table's citations; a code that is no longer in it is written as it is."""

    def label(codes: Sequence[str], *, stand_in: str = "", attachment: bool = False) -> str:
        cited = "; ".join(dict.fromkeys(table[code].citation if code in table else code for code in codes))
        if attachment:
            return f"[bilaga lämnas inte ut: {cited}]"
        return f"[{stand_in}, maskat: {cited}]" if stand_in else f"[maskat: {cited}]"

    return label


def labels_in(table: Mapping[str, Provision], codes: Iterable[str] = ()) -> re.Pattern[str]:
    """What finds labels made by ``labelling`` and nothing else: only known citations and these codes count as such."""
    known = sorted({one.citation for one in table.values()} | set(codes), key=len, reverse=True)
    if not known:
        return re.compile(r"(?!)")
    one = f"(?:{'|'.join(map(re.escape, known))})"
    return re.compile(rf"\[(?:bilaga lämnas inte ut|(?:{_PERSON}, )?maskat): {one}(?:; {one})*\]")


def _plain(text: str) -> str:
    return "".join(text.casefold().split())
