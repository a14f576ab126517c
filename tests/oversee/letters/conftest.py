"""The desk of the requests' tests, and a mail server."""

from __future__ import annotations

from tests.disclose.conftest import desk, desk_template
from tests.servers.smtp import _smtp_process, smtp_server

__all__ = ["_smtp_process", "desk", "desk_template", "smtp_server"]
