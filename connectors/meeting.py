"""Meet the places that a home names: each is entered in the register of places, and a mirror gets its mark."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace

from connectors.places import Place
from connectors.storage.marked import MarkedStore
from schemas.books import State
from schemas.known_place import SETTING, KnownPlace, Mark, read_mark, read_register, register_text
from schemas.neighbours import AlreadyThereError, MissingError, Store
from schemas.refusal import GuardError, RefusedError, UnreachableError
from schemas.shelf import place_mark

_BUCKET_FRESH = 5.0
"""Seconds for which a bucket's mark is believed (``MarkedStore``)."""


def open_places(state: State, store: Place, mirrors: Sequence[Place]) -> tuple[Store, tuple[Store, ...]]:
    """Open the store and its mirrors, and enter in the register those that it does not know.

    A mirror met for the first time gets its mark; one that cannot be reached yet stands as new, and counts as
    unreachable until it has one. A mark of this home that lies there already (the database was restored, or two
    processes met it at once) is taken over.
    """
    opened = store.open()
    stores = [mirror.open() for mirror in mirrors]
    with state.reading() as books:
        register = read_register(books.setting(SETTING))
        home = books.setting("key_check") or ""
    wanted = [KnownPlace(place=opened.place, mark="", standing="met")]
    wanted += [KnownPlace(place=one.place, mark=secrets.token_hex(16), standing="new") for one in stores]
    if any(_unknown(register, one) for one in wanted):
        with state.writing() as books:
            register = read_register(books.setting(SETTING))
            register |= {one.place: one for one in wanted if _unknown(register, one)}
            books.set_setting(SETTING, register_text(register))
    return opened, tuple(
        _marked(state, mirror, one, register[one.place], home) for mirror, one in zip(mirrors, stores, strict=True)
    )


def _unknown(register: dict[str, KnownPlace], place: KnownPlace) -> bool:
    known = register.get(place.place)
    return known is None or known.standing == "retired" or bool(place.mark) != bool(known.mark)


def _marked(state: State, mirror: Place, store: Store, known: KnownPlace, home: str) -> Store:
    key = place_mark(mirror.name)
    if known.standing == "new":
        mark = _meet(store, key, Mark(home=home, mark=known.mark))
        if mark is not None:
            known = replace(known, mark=mark, standing="met")
            with state.writing() as books:
                register = read_register(books.setting(SETTING)) | {known.place: known}
                books.set_setting(SETTING, register_text(register))
    return MarkedStore(store, key, known.mark, fresh=0.0 if mirror.path is not None else _BUCKET_FRESH)


def _meet(store: Store, key: str, mark: Mark) -> str | None:
    """Put the mark; returns the one that lies there then, or None when it cannot be put or is another home's."""
    try:
        try:
            store.put_new(key, mark.data())
        except AlreadyThereError:
            found = read_mark(store.get(key))
            return found.mark if found is not None and found.home == mark.home else None
    except (UnreachableError, GuardError, RefusedError, MissingError, OSError):
        return None
    return mark.mark
