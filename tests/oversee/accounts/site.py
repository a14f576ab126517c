"""A small web site of an invented municipality, served for real on loopback, and an account that lacks nothing.

``Site(httpserver)`` answers at ``list``, ``routine`` and wherever ``put`` says. ``perfect(site)`` is an account file (as
decoded TOML) without gaps once ``settings(site)`` stand in the home's ``bevara.toml`` and its decision is entered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Response

ACCOUNT_ADDRESS = "https://www.facebook.com/alvsjobro"
ROUTINE = """<!DOCTYPE html><html lang="sv"><head><meta charset="utf-8"><title>Så sköter vi sidan</title></head><body>
<nav><a href="/">Start</a> <a href="/trafik">Trafikregler</a></nav>
<main><h1>Om vår Facebooksida</h1>
<p>Sidans syfte är att berätta vad som händer i Älvsjöbro. {purpose}</p>
<h2>Regler</h2><ul><li>Inga personangrepp.</li></ul>
<p>Kommunikation ansvarar för sidan.</p>
<p>Ser du något olämpligt? Anmäl det till <a href="mailto:kommun@alvsjobro.test">kommun@alvsjobro.test</a>.</p>
<p>Det som publiceras blir all&shy;män hand-
ling.</p>
<p>Läs om <a href="http://alvsjobro.test/Dataskydd/">hur vi hanterar personuppgifter</a>.</p></main>
<footer><a href="/dataskydd">Dataskydd</a></footer></body></html>"""
LIST = """<!DOCTYPE html><html lang="sv"><title>Sociala medier</title><main><h1>Våra konton</h1><ul>
<li><a href="https://facebook.com/alvsjobro/">Facebook</a></li></ul></main></html>"""


@dataclass(slots=True)
class Site:
    """The site. ``put`` sets or replaces a page; a page that nobody set is missing (404)."""

    server: HTTPServer
    pages: dict[str, Response] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Serve the two pages."""
        self.server.expect_request(re.compile(".*")).respond_with_handler(self._answer)
        self.put("lista", LIST)
        self.put("rutin", ROUTINE.format(purpose=""))

    def put(
        self,
        path: str,
        body: str | bytes = "",
        *,
        status: int = 200,
        content_type: str = "text/html; charset=utf-8",
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Serve a page; returns its address."""
        self.pages[path] = Response(body, status=status, content_type=content_type, headers=dict(headers or {}))
        return self.at(path)

    def at(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.server.port}/{path}"

    @property
    def list(self) -> str:
        """Where all accounts are listed."""
        return self.at("lista")

    @property
    def routine(self) -> str:
        """Where the routine stands."""
        return self.at("rutin")

    def _answer(self, request: Any) -> Response:
        path = str(request.path).lstrip("/")
        self.asked.append(path)
        return self.pages.get(path) or Response("<p>Sidan finns inte</p>", status=404, content_type="text/html")


def settings(site: Site | None, more: str = "") -> str:
    """Lines of ``bevara.toml`` that the account goes by."""
    listed = f'listed_at = "{site.list}"' if site is not None else ""
    return (
        '[organisation]\nname = "Älvsjöbro kommun"\n\n[oversight]\nsite = "alvsjobro.test"\n'
        'faults = "alvsjobro.test/felanmalan"\nsuggestions = "alvsjobro.test/synpunkter"\n'
        f'privacy = "alvsjobro.test/dataskydd"\napproved = ["Räddningstjänsten"]\n{listed}\n{more}\n'
    )


def perfect(site: Site | None = None, **changes: Any) -> dict[str, Any]:
    """The account file's values; ``changes``: of ``[duties]``, None takes one away."""
    people = [
        {"name": name, "decided": "2023-12-01", "trained": "2023-12-10", "since": "2024-01-08"}
        for name in ("Kim Ek", "Robin Ask")
    ]
    duties: dict[str, Any] = {
        "address": ACCOUNT_ADDRESS,
        "routine": site.routine if site is not None else "https://alvsjobro.test/rutin",
        "decided": "2024-01-02",
        "decided_by": "Alex Al, verksamhetschef",
        "dnr": "KS 2024/1",
        "consulted": "2023-11-20",
        "resources": "Två personer delar en fjärdedels tjänst, med avlösare på sommaren.",
        "contact": "kommun@alvsjobro.test",
        "analysis": {
            "on": "2023-11-01",
            "purpose": "Dialog",
            "goal": "Snabba svar",
            "audience": "Alla",
            "channel": "Där folk är",
        },
        "processing": {"reference": "B-17", "updated": "2025-06-01"},
        "administrators": people,
        **changes,
    }
    return {
        "name": "nyheter",
        "platform": "mastodon",
        "handle": "nyheter@test",
        "authority": "arvika-ks",
        "unit": "Kommunikation",
        "duties": {name: value for name, value in duties.items() if value is not None},
    }


def toml(values: Mapping[str, Any], place: str = "") -> str:
    """Values as a TOML file: days stay texts, which the account file takes."""
    plain = [f"{name} = {json.dumps(one, ensure_ascii=False)}" for name, one in values.items() if not _is_table(one)]
    parts = ["\n".join(plain)]
    for name, one in values.items():
        if isinstance(one, Mapping):
            parts.append(f"[{place}{name}]\n{toml(one, f'{place}{name}.')}")
        elif _is_table(one):
            parts += [f"[[{place}{name}]]\n{toml(line)}" for line in one]
    return "\n".join(parts) + "\n"


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and bool(value) and isinstance(value[0], Mapping))
