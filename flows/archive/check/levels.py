"""How strongly each rule of the check is asked for."""

from __future__ import annotations

from typing import Final

from schemas.codes import bv, eark, eark_erms, eark_folders, eark_sip, fgs12

LEVELS: Final = {
    **eark.LEVELS,
    **eark_folders.LEVELS,
    **eark_sip.LEVELS,
    **eark_erms.LEVELS,
    **fgs12.LEVELS,
    **bv.LEVELS,
}
"""Every code of the check and its level."""
