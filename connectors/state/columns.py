"""Column types that mean the same on SQLite and PostgreSQL, and refuse what one of them could not store.

Instants are whole microseconds since 1970-01-01T00:00:00Z in a 64-bit integer: exact on both, ordered, without zone
rules. Text is compared and ordered by its bytes on both (PostgreSQL: collation ``C``). U+0000, lone surrogates and
over-long texts are refused with the field's name before any statement is sent.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeDecorator, TypeEngine

from schemas.refusal import RefusedError

NAME_BYTES = 1_000
"""Longest name or identifier in UTF-8 bytes; two of them fit in one index entry of PostgreSQL (2,704 bytes)."""

KEY_BYTES = 2_000
"""Longest object key or subject in UTF-8 bytes; with a number beside it one fits in an index entry."""

TEXT_BYTES = 16 * 1024 * 1024
"""Longest other text in UTF-8 bytes (a plan, a ledger link, a list of findings)."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class FieldRefusedError(RefusedError, DontWrapMixin):
    """A refused value; the mixin lets it pass through SQLAlchemy as it is."""


def storable(text: str, limit: int) -> bool:
    """Whether both engines can store the text: no U+0000, no lone surrogate, at most ``limit`` bytes of UTF-8."""
    if "\x00" in text:
        return False
    if text.isascii():
        return len(text) <= limit
    try:
        return len(text.encode("utf-8")) <= limit
    except UnicodeEncodeError:
        return False


def require_storable(field: str, text: str, limit: int) -> None:
    """Raise FieldRefusedError unless both engines can store the text; its own words, perhaps content, are not told."""
    if storable(text, limit):
        return
    if "\x00" in text:
        raise FieldRefusedError(field, f"text with U+0000 at character {text.index(chr(0)) + 1}", "leave it out")
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        shown = f"text with a lone surrogate at character {error.start + 1}"
        raise FieldRefusedError(field, shown, "write it as text that UTF-8 can hold") from None
    raise FieldRefusedError(field, f"text of {size} bytes", f"use at most {limit} bytes of UTF-8")


class Words(TypeDecorator[str]):
    """A text of at most ``limit`` UTF-8 bytes; ``field`` is what a refusal names."""

    impl = Text
    cache_ok = True

    def __init__(self, field: str, limit: int = TEXT_BYTES) -> None:
        super().__init__()
        self.field = field
        self.limit = limit

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text; ordered by bytes on PostgreSQL too, whatever the server's locale is."""
        return Text(collation="C") if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - fixed signature
        """Refuse what PostgreSQL could not store."""
        if value is not None:
            require_storable(self.field, value, self.limit)
        return value


class Instant(TypeDecorator[datetime]):
    """A moment in UTC with microseconds; ``field`` is what a refusal names."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - fixed signature
        """Microseconds since the epoch; a time without zone is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise FieldRefusedError(self.field, value.isoformat(), "give the time with its zone")
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - fixed signature
        """The moment in UTC."""
        return None if value is None else EPOCH + value * MICROSECOND
