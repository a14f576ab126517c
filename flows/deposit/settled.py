"""What a delivery takes from the settings, as one digest: a delivery is rebuilt only under the settings it was planned with."""

from __future__ import annotations

import hashlib
import json

from schemas.deposit import DepositSettings
from schemas.ground import Organisation


def settings_digest(settings: DepositSettings, organisation: Organisation) -> str:
    """SHA-256, hexadecimal, of everything in the settings that a package says something of.

    Where deliveries go, how long they are kept and how receipts are read is left out: that may change while a delivery
    waits, and its bytes stay the same. The settings name the authority and nothing that anybody published.
    """
    said = {
        "publisher": settings.publisher,
        "suffix": settings.suffix,
        "agreement": settings.agreement,
        "specification": settings.specification,
        "system": settings.system,
        "prefix": settings.prefix,
        "access": settings.access,
        "language": settings.language,
        "organisation": organisation.name,
        "code": organisation.code,
        "authorities": dict(organisation.authorities),
    }
    spelled = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).hexdigest()
