"""Hand out a certificate: the documents, the public keys and the ledger, as a third party needs them to verify it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from flows.cull.act import SIGNED, known_order
from flows.cull.certify import PDF_NAME, XML_NAME
from flows.keep.own import own_file, read_own
from schemas.ground import Ground, Home
from schemas.ids import ItemId
from schemas.neighbours import MissingError
from schemas.order import Order
from schemas.person import key_line
from schemas.refusal import RefusedError
from schemas.segments import segment
from schemas.shelf import proposal_document

_LARGEST = 1 << 30
_ITEM = re.compile(r"[0-9]{6}-[a-z2-7]{16}")
_LINKS = 10_000


def find_certificate(home: Home, named: str) -> bytes:
    """The XML of a certificate, named by its item, its order's digest (or the beginning of it), or a file's path.

    Raises:
        RefusedError: there is none, or the file cannot be read.
    """
    item = _item(home.ground, named)
    if item is not None:
        return _file(home.ground, item, XML_NAME)
    path = Path(named)
    try:
        if path.stat().st_size > _LARGEST:
            raise RefusedError("CERTIFICATE", path.name, "a certificate has at most 1 GiB")
        return path.read_bytes()
    except OSError as error:
        raise RefusedError(
            "CERTIFICATE", named, f"name a certificate's id, its order's digest or a readable file ({error.strerror})"
        ) from None


def _item(ground: Ground, named: str) -> ItemId | None:
    if _ITEM.fullmatch(named):
        return ItemId(named)
    try:
        order = known_order(ground, named)
    except RefusedError:
        return None  # perhaps a file
    with ground.state.reading() as books:
        operation = books.orders.operation(order.digest)
    return None if operation is None else operation.certificate


def _file(ground: Ground, item: ItemId, name: str) -> bytes:
    row = read_own(ground, item)
    if row is None or row.kind != "certificate":
        raise RefusedError("CERTIFICATE", item, "name the id that 'bevara cull execute' gave, or the order's digest")
    return own_file(ground, row, name)


def export_certificate(home: Home, named: str, folder: Path) -> list[str]:
    """Write certificate (XML and PDF), public keys and ledger into a folder; returns the files' names.

    An existing file of the same name is refused, never written over.
    """
    ground = home.ground
    item = _item(ground, named)
    if item is None:
        raise RefusedError("CERTIFICATE", named, "name a certificate's id or its order's digest")
    files = {name: _file(ground, item, name) for name in (XML_NAME, PDF_NAME)}
    files["nycklar.jsonl"] = _keys(ground)
    files["liggare.jsonl"] = _ledger(ground)
    return _write(files, folder)


def _write(files: Mapping[str, bytes], folder: Path) -> list[str]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            with (folder / name).open("xb") as out:
                out.write(data)
    except OSError as error:
        raise RefusedError("--out", str(folder), f"name a new or empty folder ({error.strerror})") from None
    return list(files)


def export_proposal(home: Home, order: Order, folder: Path) -> list[str]:
    """Write a proposal's protocol (XML and PDF) into a folder: the signed one, or the draft while nobody has signed."""
    ground = home.ground
    row = None if order.record is None else read_own(ground, order.record)
    files: dict[str, bytes] = {}
    for form, name in SIGNED.items():
        try:
            data = (
                ground.store.get(proposal_document(order.digest, form)) if row is None else own_file(ground, row, name)
            )
        except MissingError:
            raise RefusedError(
                "DIGEST", order.digest, "its documents are gone: the list is done or withdrawn"
            ) from None
        files[name] = data
    return _write(files, folder)


def _keys(ground: Ground) -> bytes:
    with ground.state.reading() as books:
        roles = {one.name: one.role for one in books.persons.all()}
        keys = books.persons.keys()
    lines = [key_line(one, roles.get(one.person, "")) for one in keys]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def _ledger(ground: Ground) -> bytes:
    """The whole ledger in the form of its exported segments."""
    parts: list[bytes] = []
    at = 0
    while True:
        with ground.state.reading() as books:
            links = books.ledger.after(at, _LINKS)
        if not links:
            return b"".join(parts)
        parts.append(segment(links))
        at = links[-1].seq
