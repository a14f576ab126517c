"""The register of accounts. Every change leaves a receipt. Persons, marks and holds have their own modules."""

from __future__ import annotations

from flows.keep.own import ACCOUNT
from schemas.account import Account
from schemas.ground import Ground
from schemas.receipt import Receipt
from schemas.refusal import RefusedError


def add_account(ground: Ground, account: Account) -> None:
    """Enter or change an account in the register.

    Raises:
        RefusedError: the account exists with another platform or authority: its items lie under the old one; or the
            name is that of what Bevara itself makes.
    """
    if ACCOUNT in (account.name, account.platform):
        raise RefusedError("name", account.name, "choose another name; 'bevara' names what Bevara itself makes")
    with ground.state.writing() as books:
        before = books.accounts.get(account.name)
        if before is not None and (before.platform, before.authority) != (account.platform, account.authority):
            raise RefusedError(
                "name",
                account.name,
                f"an account of that name is on {before.platform} for {before.authority}; choose another name",
            )
        books.accounts.put(account)
        act = "account.add" if before is None else "account.change"
        evidence: dict[str, str | int | bool | None] = {"platform": account.platform, "authority": account.authority}
        books.ledger.append(
            Receipt(act=act, at=ground.clock.now(), actor="bevara", subjects=(account.name,), evidence=evidence)
        )
