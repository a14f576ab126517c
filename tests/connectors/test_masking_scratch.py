"""A recording's temporary folder is gone in the end, also when its run was killed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from connectors.masking.scratch import scratch, sweep


def test_what_a_killed_run_left_is_cleared_away_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that nobody holds goes with the next recording; one at work, and other programs' files, stay."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, other = tmp_path / "bevara-mask-dead", tmp_path / "annat"
    for one in (left, other):
        one.mkdir()
        (one / "old").write_bytes(b"film")
    (tmp_path / "bevara-mask-link").symlink_to(other)
    with scratch() as first:
        assert not left.exists()
        (first / "old").write_bytes(b"film")
        with scratch() as second:
            assert first.exists()
            assert sweep() == 0
        assert not second.exists()
    assert not first.exists()
    assert (other / "old").read_bytes() == b"film"
