"""A command line to an FTP server, in clear or under TLS, that bounds what the server may say."""

# ruff: noqa: S321 - FTP is what this module is for

from __future__ import annotations

import ftplib
import socket
import ssl
from contextlib import suppress
from typing import Final

MOST_LINES: Final = 1_000
"""Lines of one reply; ``ftplib`` bounds the length of each."""

_KEEPALIVE = 60
"""Seconds of silence after which the system asks whether the command line still stands; transfers may take hours."""


class Line(ftplib.FTP):
    """A command line that no server can make read without end."""

    _lines = 0

    def getmultiline(self) -> str:
        """One reply, of at most ``MOST_LINES`` lines."""
        self._lines = 0
        return super().getmultiline()

    def getline(self) -> str:
        """One line of a reply."""
        self._lines += 1
        if self._lines > MOST_LINES:
            raise ftplib.error_proto("500 a reply without end")
        return super().getline()

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        """Begin a transfer; numbers in a reply that are none are a fault of the server's."""
        try:
            return super().ntransfercmd(cmd, rest)
        except (OverflowError, ValueError):
            raise ftplib.error_proto("500 numbers that cannot be") from None

    def settle(self, idle: float) -> None:
        """Wait so many seconds for a byte from now on, and keep the line up while files are under way."""
        self.timeout = idle
        if self.sock is None:
            raise EOFError
        self.sock.settimeout(idle)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL"):
            if hasattr(socket, name):
                self.sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), _KEEPALIVE)


class TlsLine(Line, ftplib.FTP_TLS):
    """The same under TLS, its files too; many servers ask that these carry on the commands' TLS session."""

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        """Begin a transfer under TLS, with the name checked again."""
        try:
            connection, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        except (OverflowError, ValueError):
            raise ftplib.error_proto("500 numbers that cannot be") from None
        session = self.sock.session if isinstance(self.sock, ssl.SSLSocket) else None
        try:
            return self.context.wrap_socket(connection, server_hostname=self.host, session=session), size
        except BaseException:
            connection.close()
            raise


def end_tls(connection: socket.socket) -> None:
    """Say that nothing more comes; a server that says nothing back has had it all the same."""
    if isinstance(connection, ssl.SSLSocket):
        with suppress(OSError, ValueError):
            connection.unwrap()


def wire(text: str) -> str:
    """Text that leaves as UTF-8 (RFC 2640) on a line that reads and writes Latin-1."""
    return text.encode("utf-8").decode("latin-1")
