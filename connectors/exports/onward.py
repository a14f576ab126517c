"""Reading an export's data files one after the other: damage in one ends that file, not the reading of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from schemas.finding import Finding
from schemas.neighbours import Capture
from schemas.refusal import RefusedError

_T = TypeVar("_T")


def each_file(
    names: Iterable[str], read: Callable[[str], Iterator[_T]], damaged: Callable[[RefusedError], None]
) -> Iterator[_T]:
    """What ``read`` gives of each file; a file's damage is handed to ``damaged``, and the next file is read."""
    for name in names:
        try:
            yield from read(name)
        except RefusedError as error:
            damaged(error)


def grouped(entries: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """The entries in lists of at most ``size``; those before an error are handed over before it."""
    group: list[_T] = []
    try:
        for entry in entries:
            group.append(entry)
            if len(group) >= size:
                yield group
                group = []
    except RefusedError:
        if group:
            yield group
        raise
    if group:
        yield group


def captures_of(
    names: Iterable[str],
    entries: Callable[[str, Callable[[str], None]], Iterator[Any]],
    capture: Callable[[str, list[Any]], Capture],
    *,
    size: int,
    subject: str,
) -> Iterator[Capture | Finding]:
    """The files' entries as captures of at most ``size``; after each file, what of it was lost or is damaged.

    Args:
        entries: of a file; the second argument is called with the code of each entry that could not be had.
        capture: makes one of a file's name and some of its entries.
        subject: of the findings.
    """
    for name in names:
        lost: list[str] = []
        try:
            for group in grouped(entries(name, lost.append), size):
                yield capture(name, group)
        except RefusedError as error:
            yield damage(error, subject)
        for code, count in sorted(Counter(lost).items()):
            yield Finding(code=code, severity="warning", subject=subject, count=count)


def damage(error: RefusedError, subject: str) -> Finding:
    """That a data file is damaged: what is wrong with it, without its name."""
    return Finding(code="I105", severity="error", subject=subject, parameters=(("remedy", error.remedy),))
