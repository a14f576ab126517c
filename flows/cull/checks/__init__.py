"""The twenty checks C01–C20 that stand behind the judgement: any of them keeps a record, none of them destroys one."""

from __future__ import annotations

from flows.cull.checks.case import Basis, Case, Said, Stage
from flows.cull.checks.examine import COLUMNS, examine
from flows.cull.checks.twenty import CHECKS, failed, passes

__all__ = ["CHECKS", "COLUMNS", "Basis", "Case", "Said", "Stage", "examine", "failed", "passes"]
