"""The documents of a culling: the draft of a proposal, and the certificate (*gallringsprotokoll*) after it.

XML of our own (``gallringsprotokoll.xsd``). Writers: ``write_draft``, ``write_certificate``. Readers:
``read_protocol``, ``read_draft``, ``read_certificate``; what they give equals what was written. The certificate's annex
holds every leaf of ``schemas.merkle``; ``infra/verify_certificate.py`` proves it without any program of ours.
"""

from __future__ import annotations

from schemas.xml.guarded import DocumentRefusedError
from schemas.xml.protocol_form import NAMESPACE, SCHEMA_FILE
from schemas.xml.protocol_read import read_certificate, read_draft, read_protocol
from schemas.xml.protocol_write import write_certificate, write_draft

__all__ = [
    "NAMESPACE",
    "SCHEMA_FILE",
    "DocumentRefusedError",
    "read_certificate",
    "read_draft",
    "read_protocol",
    "write_certificate",
    "write_draft",
]
