"""The record document: what of one account and month is preserved, in XML of our own (``record.xsd``).

Writer: ``write_records``. Readers: ``read_records``, ``read_header``, ``read_document``. Proof: ``validate`` and
``examine``. Everything streams. Row → XML → row is exact, including characters that XML forbids (``schemas.text``).

Order of rows in a document: items by their earliest time of publication (none last), then by id; within an item by
observed, version number, and version before sighting before observation. The holdings' order is had again by
``schemas.tables.sort``.

Items are taken out of documents (culling) by ``flows.keep.documents``.
"""

from __future__ import annotations

from schemas.xml.guarded import DocumentRefusedError
from schemas.xml.record_form import KIND, MAIN, NAMESPACE, PIECE, SCHEMA_FILE, STRING_LIMIT, Count, Header
from schemas.xml.record_read import Examined, Problem, examine, read_document, read_header, read_records, validate
from schemas.xml.record_write import write_records

__all__ = [
    "KIND",
    "MAIN",
    "NAMESPACE",
    "PIECE",
    "SCHEMA_FILE",
    "STRING_LIMIT",
    "Count",
    "DocumentRefusedError",
    "Examined",
    "Header",
    "Problem",
    "examine",
    "read_document",
    "read_header",
    "read_records",
    "validate",
    "write_records",
]
