"""What a visitor is told when something of theirs has been taken away: texts by rule, in plain Swedish.

Those built in lie in ``duty_tables/notices.toml``; a municipality's own file replaces texts of the same name. Nothing of
what the visitor wrote is ever repeated: a day alone says which one it was.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

from schemas.calendar import MONTH_NAMES
from schemas.refusal import RefusedError

FIELDS: Final = frozenset({"vad", "dag", "sida", "regel", "kontakt", "kommun"})
"""What a text may name in braces."""
GROUPS: Final = ("frame", "what", "rule")
_OTHER: Final = "other"
_LONGEST: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeTexts:
    """The texts by name.

    Attributes:
        frame: the message's sentences. what: kind of item → what it is called to its author. rule: clause → why, to
            follow "Det beror på att".
    """

    frame: Mapping[str, str]
    what: Mapping[str, str]
    rule: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What one message is about.

    Attributes:
        clause: of the page's rules. kind: of the item. day: local day of its publication, or None when nobody knows.
        page: the page as visitors know it. hidden: it was hidden, not taken away. contact: where one turns. office: who
            signs, or empty.
        rule: what the policy's own table says of the clause, for one that the texts do not know.
    """

    clause: str
    kind: str
    day: date | None
    page: str
    hidden: bool
    contact: str
    office: str = ""
    rule: str = ""


def read_notices(values: Mapping[str, Any], place: str) -> NoticeTexts:
    """The texts built in with those of a municipality's file in their place.

    Args:
        values: the file's tables. place: the file's name, for refusals.

    Raises:
        RefusedError: an unknown group or sentence, an empty or endless text, or a field that is not known.
    """
    usual = built_in()
    found = {name: dict(getattr(usual, name)) for name in GROUPS}
    for group, some in values.items():
        if group not in GROUPS or not isinstance(some, Mapping):
            raise RefusedError(f"{place}: {group}", "…", f"the tables are [{'], ['.join(GROUPS)}]")
        for name, text in some.items():
            where = f"{place}: {group}.{name}"
            if group == "frame" and name not in usual.frame:
                raise RefusedError(where, "…", f"the sentences are {', '.join(usual.frame)}")
            found[group][name] = _checked(where, text)
    return NoticeTexts(**found)


@cache
def built_in() -> NoticeTexts:
    """The texts built in."""
    values = tomllib.loads(files("schemas.duty_tables").joinpath("notices.toml").read_text("utf-8"))
    return NoticeTexts(**{name: dict(values[name]) for name in GROUPS})


def written(texts: NoticeTexts, notice: Notice) -> str:
    """The message, ready to be sent or pasted: short paragraphs with an empty line between."""
    frame = texts.frame
    office = notice.office or frame["office"]
    values = {
        "vad": texts.what.get(notice.kind, texts.what[_OTHER]),
        "dag": "" if notice.day is None else spoken(notice.day),
        "sida": notice.page,
        "regel": texts.rule.get(notice.clause) or notice.rule or texts.rule[_OTHER],
        "kontakt": notice.contact or office,
        "kommun": office,
    }
    name = "hidden" if notice.hidden else "removed"
    body = " ".join(frame[one] for one in (f"{name}_undated" if notice.day is None else name, "rule"))
    more = " ".join(frame[one] for one in ("again", "kept"))
    whole = "\n\n".join([frame["greeting"], body, more, frame["contact"], f"{frame['signature']}\n{{kommun}}"])
    return _filled(whole, values)


def spoken(day: date) -> str:
    """A day as people say it: ``den 3 mars 2026``."""
    return f"den {day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def _filled(text: str, values: Mapping[str, str]) -> str:
    # Not ``format``: a page's name may have braces in it, and is put in once and as it is.
    parts = []
    for literal, field, _, _ in string.Formatter().parse(text):
        parts.append(literal)
        if field is not None:
            parts.append(values[field])
    return "".join(parts)


def _checked(where: str, text: object) -> str:
    if not isinstance(text, str) or not text.strip() or len(text) > _LONGEST:
        raise RefusedError(where, "…", f"write a text of 1 to {_LONGEST} characters")
    if any(ord(sign) < 0x20 and sign != "\n" for sign in text):
        raise RefusedError(where, "…", "write it without control characters")
    try:
        parsed = list(string.Formatter().parse(text))
    except ValueError:
        parsed = [("", "", "", None)]
    for _, field, form, conversion in parsed:
        if field is not None and (field not in FIELDS or form or conversion):
            raise RefusedError(where, "…", f"the fields are {', '.join('{' + one + '}' for one in sorted(FIELDS))}")
    return text.strip()
