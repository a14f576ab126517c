"""Archiving as a night does it: coverage notes first, so that they stand in their month's document; then documents."""

from __future__ import annotations

from flows.archive.act import ArchiveReport, write_documents
from flows.archive.coverage import write_coverage
from flows.archive.judge import judge_of
from schemas.ground import Ground


def run_archive(ground: Ground) -> ArchiveReport:
    """Write what is due now under the plan in force."""
    write_coverage(ground)
    return write_documents(ground, judge_of(ground))


def write_archive(ground: Ground) -> int:
    """The same, for a night's count: how many documents were written."""
    return len(run_archive(ground).documents)
