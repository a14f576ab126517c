"""A local server that answers like a Mastodon account with many statuses, every page after a fixed delay.

Run as a process: ``python -m tests.servers.statuses COUNT DELAY_MS SPACING_S`` prints its port and serves until killed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGE = 40
_WORDS = (
    "vägen",
    "är",
    "avstängd",
    "för",
    "arbete",
    "på",
    "torget",
    "i",
    "dag",
    "biblioteket",
    "öppnar",
    "igen",
    "efter",
    "sommaren",
    "välkommen",
    "till",
    "fullmäktige",
)


def account() -> dict[str, Any]:
    """The account as ``verify_credentials`` gives it."""
    return {
        "id": "1",
        "username": "kommun",
        "acct": "kommun",
        "display_name": "Kommunen",
        "url": "http://localhost/@kommun",
        "uri": "http://localhost/users/kommun",
        "note": "<p>Kommunens konto</p>",
        "fields": [],
        "emojis": [],
        "avatar": "",
        "avatar_static": "",
        "header": "",
        "header_static": "",
        "locked": False,
        "bot": False,
        "created_at": "2015-01-01T00:00:00.000Z",
        "statuses_count": 0,
        "followers_count": 0,
        "following_count": 0,
    }


ORIGIN = datetime(2026, 1, 1, tzinfo=UTC)


def status(index: int, spacing: int) -> dict[str, Any]:
    """Status number ``index`` (1 = the oldest), published ``spacing`` seconds after the one before it."""
    words = " ".join(_WORDS[(index * 7 + step) % len(_WORDS)] for step in range(24))
    at = ORIGIN + timedelta(seconds=spacing * index)
    name = str(1_000_000 + index)
    return {
        "id": name,
        "uri": f"http://localhost/users/kommun/statuses/{name}",
        "url": f"http://localhost/@kommun/{name}",
        "created_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "edited_at": None,
        "account": account(),
        "content": f"<p>{words} nr {index}</p>",
        "visibility": "public",
        "sensitive": False,
        "spoiler_text": "",
        "media_attachments": [],
        "mentions": [],
        "tags": [],
        "emojis": [],
        "reblogs_count": index % 5,
        "favourites_count": index % 11,
        "replies_count": 0,
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "reblog": None,
        "poll": None,
        "card": None,
        "language": "sv",
    }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    pages: list[bytes]
    delay: float

    def do_GET(self) -> None:
        """Answer account, listing and context requests."""
        time.sleep(self.delay)
        parts = urlsplit(self.path)
        links = ""
        if parts.path.endswith("/verify_credentials") or parts.path.endswith("/lookup"):
            body = json.dumps(account()).encode()
        elif parts.path.endswith("/statuses"):
            number = int(parse_qs(parts.query).get("max_id", ["0"])[0])
            body = self.pages[number] if number < len(self.pages) else b"[]"
            if number + 1 < len(self.pages):
                host = self.headers["Host"]
                links = f'<http://{host}{parts.path}?limit={PAGE}&max_id={number + 1}>; rel="next"'
        else:
            body = b'{"ancestors":[],"descendants":[]}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if links:
            self.send_header("Link", links)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


def main() -> None:
    """Serve until killed."""
    count, delay, spacing = (int(text) for text in sys.argv[1:4])
    indices = list(range(count, 0, -1))
    _Handler.pages = [
        json.dumps([status(index, spacing) for index in indices[begin : begin + PAGE]]).encode()
        for begin in range(0, count, PAGE)
    ]
    _Handler.delay = delay / 1000
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


@contextmanager
def serving(count: int, delay_ms: int, spacing: int) -> Iterator[str]:
    """The server as a process of its own; gives its address."""
    command = [sys.executable, "-m", "tests.servers.statuses", str(count), str(delay_ms), str(spacing)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


if __name__ == "__main__":
    main()
