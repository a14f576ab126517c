"""Accounts by the names that somebody gave."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.account import Account
from schemas.books import State
from schemas.refusal import RefusedError


def accounts_named(state: State, names: Sequence[str]) -> list[Account]:
    """The accounts of these names, once each and in that order; all of them, by name, where none is given.

    Raises:
        RefusedError: an unknown name; says which names there are.
    """
    with state.reading() as books:
        known = {one.name: one for one in books.accounts.all()}
    for name in names:
        if name not in known:
            raise RefusedError("ACCOUNT", name, f"the registered accounts are {', '.join(known) or 'none yet'}")
    return [known[name] for name in dict.fromkeys(names or known)]
