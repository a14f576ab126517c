"""The register of places: which places ever held copies, and which of them nobody looks into any longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flows.keep.mandates import mandated
from schemas.ground import Ground
from schemas.known_place import SETTING, KnownPlace, read_register, register_text
from schemas.receipt import Receipt
from schemas.refusal import GuardError, RefusedError


def known_places(ground: Ground) -> Sequence[KnownPlace]:
    """All places of the register by name, the retired ones too."""
    with ground.state.reading() as books:
        register = read_register(books.setting(SETTING))
    return [register[place] for place in sorted(register)]


def unknown_places(ground: Ground) -> tuple[str, ...]:
    """Places that held copies, are not named by ``bevara.toml`` any longer, and have not been retired.

    While there is one nothing can be called destroyed everywhere (check C16).
    """
    configured = {ground.store.place, *(mirror.place for mirror in ground.mirrors)}
    return tuple(one.place for one in known_places(ground) if one.standing != "retired" and one.place not in configured)


def refuse_unknown_places(ground: Ground) -> None:
    """Refuse to destroy while there is such a place. Raises GuardError (G-PLACE)."""
    missing = unknown_places(ground)
    if missing:
        raise GuardError(
            "G-PLACE",
            f"bevara.toml does not name {', '.join(missing)}, where copies may lie",
            "name it again, or let an arkivansvarig answer for it: 'bevara place retire NAME --as PERSON'",
        )


def retire_place(ground: Ground, place: str, person: str) -> KnownPlace:
    """A person says that a place holds nothing of this archive any more, whether it is still named or not.

    A mirror that ``bevara.toml`` still names is met anew the next time the home is opened, with a new mark.

    Raises:
        RefusedError: no such place in the register, or it is retired. GuardError: no mandate (G-MANDATE), or it is the
            archive's own store (G-PLACE).
    """
    at = ground.clock.now()
    with ground.state.writing() as books:
        mandated(books, person, "register", at)
        register = read_register(books.setting(SETTING))
        known = register.get(place)
        if known is None or known.standing == "retired":
            raise RefusedError("NAME", place, "name a place that 'bevara place list' shows and that is not retired")
        if place == ground.store.place:
            raise GuardError("G-PLACE", "it is the archive's own store", "name another store in bevara.toml first")
        retired = replace(known, standing="retired")
        books.set_setting(SETTING, register_text(register | {place: retired}))
        books.ledger.append(
            Receipt(act="place.retired", at=at, actor=person, subjects=(place,), evidence={"place": place})
        )
    return retired
