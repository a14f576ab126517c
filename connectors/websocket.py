"""The only module that speaks WebSocket: one connection, messages with a bound, and silence about secrets.

As ``connectors.http``: the account's headers go to the host that is named and to no other, redirects are not
followed, an error's text is a code and a status. Nothing of the environment (proxies) is read.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import TracebackType
from typing import Self
from urllib.parse import urlencode, urlsplit, urlunsplit

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI, WebSocketException
from websockets.sync.client import ClientConnection, connect

from connectors.http import AGENT, HttpError

_LOG = logging.getLogger("bevara.websocket")
_LOG.disabled = True
LONGEST = 16 * 1024 * 1024
"""Bytes of one message."""
_CODES = {401: "H101", 403: "H102", 404: "H103", 410: "H104", 429: "H105"}
_SCHEMES = {"https": "wss", "http": "ws", "wss": "wss", "ws": "ws"}


class Socket:
    """One open connection; may be used by one thread.

    Args:
        address: ``http(s)`` or ``ws(s)``, without a query. endpoint: the request's allow-listed name, for messages.
        parameters: of the query. headers: sent to this host (authorisation).

    Raises:
        HttpError: with the finding code; H109 when it cannot be reached.
    """

    def __init__(
        self,
        address: str,
        *,
        endpoint: str,
        parameters: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._connection = self._connected(address, parameters or {}, headers or {})

    def _connected(self, address: str, parameters: Mapping[str, str], headers: Mapping[str, str]) -> ClientConnection:
        try:
            parts = urlsplit(address)
            target = urlunsplit((_SCHEMES[parts.scheme], parts.netloc, parts.path, urlencode(parameters), ""))
            return connect(
                target,
                additional_headers=dict(headers),
                user_agent_header=AGENT,
                proxy=None,
                compression=None,
                open_timeout=15,
                close_timeout=2,
                max_size=LONGEST,
                logger=_LOG,
            )
        except InvalidStatus as error:
            status = error.response.status_code
            code = _CODES.get(status, "H106" if status >= 500 else "H112" if 300 <= status < 400 else "H127")
            raise HttpError(code, self._endpoint, status, retryable=status >= 500 or status == 429) from None
        except (KeyError, ValueError, InvalidURI):
            raise HttpError("H112", self._endpoint) from None
        except InvalidHandshake:
            raise HttpError("H127", self._endpoint) from None
        except (OSError, TimeoutError, WebSocketException):
            raise HttpError("H109", self._endpoint, retryable=True) from None

    def __enter__(self) -> Self:
        """The connection itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the connection; repeating it is harmless."""
        self._connection.close()

    def receive(self, seconds: float) -> str | bytes | None:
        """The next message, or None when none came within so many seconds.

        Raises:
            HttpError: H108 when the connection has ended or a message is too large.
        """
        try:
            return self._connection.recv(timeout=seconds)
        except TimeoutError:
            return None
        except (ConnectionClosed, OSError, WebSocketException, UnicodeError):
            raise HttpError("H108", self._endpoint, retryable=True) from None
