"""Fixtures: the archive that the tests of costs use."""

from __future__ import annotations

from tests.oversee.costs.conftest import bench, bench_template

__all__ = ["bench", "bench_template"]
