"""Small recordings for the ``sample`` platform, written by tests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

OPENED = "2020-01-02T08:00:00+01:00"


def item(name: str, created: str, text: str, **more: Any) -> dict[str, Any]:
    """An item by the municipality, or by ``author`` (id, name)."""
    return {"id": name, "author": {"id": "kommun", "name": "Kommunen"}, "created": created, "text": text, **more}


def write_recording(folder: Path, items: Sequence[Mapping[str, Any]], *, handle: str = "Kommunen", **more: Any) -> Path:
    """Write ``recording.json`` into the folder; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    recording = {
        "format": "bevara-recording/1",
        "account": {"id": "kommun", "handle": handle, "opened": OPENED},
        "profile": [{"at": OPENED, "name": handle, "description": "Kommunens konto", "website": ""}],
        "items": list(items),
        **more,
    }
    (folder / "recording.json").write_text(json.dumps(recording, ensure_ascii=False), encoding="utf-8")
    return folder


def write_account(path: Path, folder: Path, *, name: str = "kommunen", handle: str = "Kommunen") -> Path:
    """Write an account file for the recording; returns its path."""
    lines = [
        f'name = "{name}"',
        'platform = "sample"',
        f"handle = {json.dumps(handle, ensure_ascii=False)}",
        'authority = "kommunstyrelsen"',
        f"path = {json.dumps(str(folder))}",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path
