"""A port between verbs: look at one item on its platform now, and take in what is shown.

Harvesting implements it; removal asks for it before anything is taken away. The command line hands it over as
``args.refresh``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from schemas.account import Account
from schemas.ids import ItemId

Outcome = Literal["fresh", "gone", "failed"]
"""``fresh``: it was shown now, and its newest version is on record. ``gone``: the platform says that it is not there.
``failed``: it could not be asked, or did not show the item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """What came of looking.

    Attributes:
        outcome: see above. code: finding code of the reason when it failed, or empty.
    """

    outcome: Outcome
    code: str = ""


Refresh = Callable[[Account, ItemId], Fresh]
"""Never raises for what a platform answers; takes the account's lease for a moment."""
