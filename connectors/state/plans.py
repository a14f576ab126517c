"""Adopted plan editions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select

from connectors.state.revision import raise_revision
from connectors.state.tables import PLAN
from connectors.state.transaction import Transaction
from schemas.books import AdoptedPlan
from schemas.refusal import RefusedError


def _plan(row: Any) -> AdoptedPlan:
    return AdoptedPlan(edition=row.edition, text=row.text, digest=row.digest, person=row.person, adopted=row.adopted)


class Plans:
    """Adopted plans (port ``PlanBook``). Adoption raises the revision."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def adopt(self, plan: AdoptedPlan) -> None:
        """Enter an edition; it becomes the newest.

        The newest edition adopted again changes nothing; an older one adopted again is entered once more.

        Raises:
            RefusedError: the edition's name is taken by another text.
        """
        raise_revision(self._transaction)
        connection = self._transaction.connection
        namesake = connection.execute(select(PLAN.c.text).where(PLAN.c.edition == plan.edition).limit(1)).first()
        if namesake is not None and namesake.text != plan.text:
            raise RefusedError("edition", plan.edition, "give the changed plan an edition of its own")
        newest = connection.execute(select(PLAN).order_by(PLAN.c.number.desc()).limit(1)).one_or_none()
        if newest is not None and newest.edition == plan.edition:
            return
        row = {
            "number": 1 if newest is None else newest.number + 1,
            "edition": plan.edition,
            "text": plan.text,
            "digest": plan.digest,
            "person": plan.person,
            "adopted": plan.adopted,
        }
        connection.execute(insert(PLAN), row)

    def adopted(self) -> Sequence[AdoptedPlan]:
        """All editions in order of adoption; the last one is the newest."""
        return [_plan(row) for row in self._transaction.connection.execute(select(PLAN).order_by(PLAN.c.number))]
