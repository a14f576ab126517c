"""Findings as commands answer with them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemas.codes import sentence
from schemas.finding import Finding


def as_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """One object per finding: code, severity, subject, count, and its sentence in Swedish and English."""
    return [
        {
            "code": one.code,
            "severity": one.severity,
            "subject": one.subject,
            "count": one.count,
            "sv": sentence(one.code, "sv", dict(one.parameters)),
            "en": sentence(one.code, "en", dict(one.parameters)),
        }
        for one in findings
    ]
