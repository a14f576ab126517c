"""Making signs: which clause a code belongs to here, and the words and rules that the watch goes by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from flows.oversee.watch.texts import Hit
from schemas.account import Account
from schemas.oversight import OversightSettings
from schemas.watch import Certainty, Sign
from schemas.watch_words import WatchWords, built_in_words

RULES: Final = tuple(f"W{number}" for number in range(111, 126))
"""Signs that a visitor's text may break one of the page's rules."""
QUESTIONS: Final = ("W101", "W102")
REFERRED: Final = ("W105", "W106")
"""Fault reports and suggestions: an answer of ours ends them, as it does questions."""
OWN: Final = ("W103", "W131", "W132", "W133", "W134")
"""What our own items lack."""
LIKES: Final = ("W135", "W136")
CONNECTIONS: Final = ("W141", "W142")
AGING: Final = (*QUESTIONS, "W103", "W134")
"""Signs that nobody is told of when they are older than the watch's days: what they are compared with is not read then."""
LOST: Final = "W151"
DUTIES: Final = ("W152", "W153", "W154", "W155")
"""What acts of ours have left to be done."""
OF_ITEMS: Final = frozenset((*QUESTIONS, *REFERRED, *RULES, *OWN, "W104", LOST))
"""Signs that an item's newest version and state decide."""
ACTED: Final[Mapping[str, str]] = {
    "W141": "mend the connection; 'bevara oversee health' says how",
    "W152": "review the block with 'bevara oversee block' or 'bevara oversee unblock'",
    "W153": "finish the removal; 'bevara oversee removals' lists them",
    "W154": "decide on the request with 'bevara oversee picture decide'",
    "W155": "tell the visitor, or say that it cannot be done, with 'bevara oversee removal'",
}
"""Signs that only their own act ends, and which; nobody dismisses them."""
_NOTHING: Final[Mapping[str, str | int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What one watch goes by.

    Attributes:
        settings: of oversight. words: groups of words. now: the instant. accounts: registered ones by name.
    """

    settings: OversightSettings
    words: WatchWords
    now: datetime
    accounts: Mapping[str, Account]

    def sign(
        self,
        code: str,
        subject: str,
        account: str,
        authority: str,
        parameters: Mapping[str, str | int] = _NOTHING,
        *,
        certainty: Certainty = "sure",
        version: int = 0,
        since: datetime | None = None,
        clause: str = "",
    ) -> Sign:
        """A sign with the clause that the settings give its code."""
        return Sign(
            code=code,
            subject=subject,
            clause=clause or clause_of(self.settings, code),
            account=account,
            authority=authority,
            certainty=certainty,
            version=version,
            since=since,
            parameters=tuple(parameters.items()),
        )

    def of_row(
        self,
        code: str,
        row: Mapping[str, Any],
        authority: str,
        parameters: Mapping[str, str | int] = _NOTHING,
        *,
        certainty: Certainty = "sure",
        clause: str = "",
    ) -> Sign:
        """A sign about an item: ``row`` has ``item account version published changed``, as ``scan.Part`` has them."""
        return self.sign(
            code,
            row["item"],
            row["account"],
            authority,
            parameters,
            certainty=certainty,
            clause=clause,
            version=row["version"],
            since=row["published"] or row["changed"],
        )

    def of_hit(self, hit: Hit, row: Mapping[str, Any], authority: str) -> Sign:
        """The sign of what a text seems to say."""
        parameters = {"count": hit.count, **dict(hit.parameters)}
        return self.of_row(hit.code, row, authority, parameters, certainty=hit.certainty, clause=hit.clause)


def words_of(settings: OversightSettings) -> WatchWords:
    """The municipality's words, or those built in where the settings were made without any."""
    return settings.words if isinstance(settings.words, WatchWords) else built_in_words()


def clause_of(settings: OversightSettings, code: str) -> str:
    """The first clause that names the code; empty where none does."""
    return next((one.id for one in settings.clauses.values() if code in one.codes), "")
