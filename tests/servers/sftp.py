"""Real SFTP servers in processes of their own: asyncssh's with faults on demand, and OpenSSH's.

OpenSSH's ``sshd`` is the machine's own; where there is none, Debian's is fetched once (no root, the system is not
changed) and kept in ``.servers/openssh`` (kept out of git). Run by root it is run as another user of the machine, since
root's ``sshd`` wants a user and a folder of the system that may not be there; it serves as whom it runs.

Run as a program it is the asyncssh server: ``python -m tests.servers.sftp FOLDER``, with ``FOLDER/host`` and
``FOLDER/users`` (keys), serving ``FOLDER/files``. ``FOLDER/fault`` names what goes wrong, until it is removed:

* ``cut-N``: the line breaks once N bytes have been written in a session.
* ``hang``: writing never answers. ``full``, ``denied``: writing fails so. ``unreadable``: files may not be read.
* ``garble``: every byte written is kept as another one.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from tests.servers.debian import ROOT, environment, unpacked

USER = "leverans"
PASSWORD = "hemligt-prov"
_PATIENCE = 30.0


@dataclass(slots=True)
class SftpServer:
    """The server as tests see it.

    Attributes:
        folder: its files, keys and fault. port: where it listens. host_key: its public key, as in a profile.
        key_file: private key of the user. user: name of the user. files: folder it serves, as we see it.
        path: the same folder, as the server names it.
    """

    folder: Path
    port: int
    host_key: str
    key_file: Path
    user: str
    path: str
    host: str = "127.0.0.1"

    @property
    def files(self) -> Path:
        """The folder it serves."""
        return self.folder / "files"

    def below(self, name: str) -> Path:
        """A new folder among its files, in which its user may write, as we see it."""
        folder = self.files / name
        folder.mkdir()
        if os.geteuid() == 0:
            owner = self.files.stat()  # the server may run as another user than we
            os.chown(folder, owner.st_uid, owner.st_gid)
        return folder

    def fail(self, fault: str) -> None:
        """What goes wrong from now on; empty = nothing."""
        path = self.folder / "fault"
        if fault:
            beside = path.with_name("fault.part")
            beside.write_text(fault, "ascii")
            beside.replace(path)
        else:
            path.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def sftp_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    """A running asyncssh SFTP server; tests use folders of their own below its files."""
    folder, host_key = _folder(tmp_path_factory)
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.sftp", str(folder)], stdout=subprocess.PIPE, stderr=log, cwd=ROOT
        )
    assert process.stdout is not None
    try:
        told = process.stdout.readline()
        if not told:
            raise RuntimeError(f"the SFTP server does not start: {(folder / 'log').read_text()[-2000:]}")
        yield SftpServer(folder, int(told), host_key, folder / "user", USER, "")
    finally:
        _end(process)
        process.stdout.close()


@pytest.fixture(scope="session")
def openssh_server() -> Iterator[SftpServer]:
    """A running OpenSSH server; make folders for it with ``below``. Skipped where it can neither be found nor fetched."""
    program, usr = _sshd()
    with tempfile.TemporaryDirectory(prefix="bevara-sshd-") as name:
        folder = Path(name)
        host_key = _fill(folder)
        server = SftpServer(folder, 0, host_key, folder / "user", _login().pw_name, str(folder / "files"))
        if os.geteuid() == 0:
            folder.chmod(0o755)
            if usr is not None:  # it may lie in a folder that is root's alone
                copied = shutil.copytree(usr, folder / "usr", ignore=shutil.ignore_patterns("bin", "share"))
                program, usr = copied / program.relative_to(usr), copied
            for own in ("files", "host", "users"):
                os.chown(folder / own, _login().pw_uid, _login().pw_gid)
        with socket.create_server(("127.0.0.1", 0)) as free:
            server.port = free.getsockname()[1]
        process = _start_sshd(program, usr, server)
        try:
            if not _listens(server.port, process):
                pytest.skip(f"OpenSSH: sshd does not start here: {(folder / 'log').read_text('utf-8')[-500:]}")
            yield server
        finally:
            _end(process)


def _start_sshd(program: Path, usr: Path | None, server: SftpServer) -> subprocess.Popen[bytes]:
    """Start it in the foreground, for its one user and by key alone.

    Args:
        usr: ``usr`` of the unpacked packages, or None: the program is the machine's own.
    """
    settings = {
        "ListenAddress": f"{server.host}:{server.port}",
        "HostKey": server.folder / "host",
        "AuthorizedKeysFile": server.folder / "users",
        "PidFile": "none",
        "StrictModes": "no",
        "UsePAM": "no",
        "PasswordAuthentication": "no",
        "Subsystem": "sftp internal-sftp",
    }
    if usr is not None:
        for name in ("sshd-session", "sshd-auth"):  # parts of newer ones, looked for in the system's folder
            part = usr / "lib" / "openssh" / name
            if part.is_file():
                settings["Sshd" + name[5:].capitalize() + "Path"] = part
    file = server.folder / "sshd_config"
    file.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    file.chmod(0o644)
    own = None if usr is None else environment(usr)
    more = {"user": _login().pw_uid, "group": _login().pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    with (server.folder / "log").open("ab") as log:
        command = [str(program), "-D", "-e", "-f", str(file)]
        return subprocess.Popen(command, stderr=log, env=own, **more)  # type: ignore[call-overload,no-any-return]


def _login() -> pwd.struct_passwd:
    """As whom sshd runs, and who may log in: we ourselves, or for root another user of the machine.

    Not ``nobody``: systemd's name service calls that account locked, and then sshd lets nobody in.
    """
    if os.geteuid():
        return pwd.getpwuid(os.geteuid())
    usable = [
        one
        for one in pwd.getpwall()
        if one.pw_uid and one.pw_name != "nobody" and os.access(one.pw_shell or "/bin/sh", os.X_OK)
    ]
    if not usable:
        pytest.skip("OpenSSH: there is no user but root to run it as")
    return min(usable, key=lambda one: one.pw_uid)


def _sshd() -> tuple[Path, Path | None]:
    """The program, and ``usr`` of the packages that it was unpacked from (None: it is the machine's own)."""
    own = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if own is not None:
        return Path(own), None
    usr = unpacked("openssh", ("openssh-server",), "sbin/sshd")
    return usr / "sbin" / "sshd", usr


def _folder(factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with keys and a place for files, and the host's public key."""
    folder = factory.mktemp("sftp")
    return folder, _fill(folder)


def _fill(folder: Path) -> str:
    """Lay keys and a place for files there; the host's public key."""
    (folder / "files").mkdir()
    host, user = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    for name, key in (("host", host), ("user", user)):
        (folder / name).write_bytes(key.export_private_key())
        (folder / name).chmod(0o600)
    (folder / "users").write_bytes(user.export_public_key())
    return host.export_public_key().decode("ascii").strip()


def _listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        time.sleep(0.1)
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class _Login(asyncssh.SSHServer):
    """Lets the user in by key or password."""

    def password_auth_supported(self) -> bool:
        """Yes."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """The one user's."""
        return username == USER and password == PASSWORD


class _Files(asyncssh.SFTPServer):
    """The folder of files, with faults."""

    def __init__(self, chan: asyncssh.SSHServerChannel[Any], folder: Path) -> None:
        super().__init__(chan, chroot=os.fsencode(folder / "files"))
        self._connection: Any = chan.get_connection()
        self._fault_file = folder / "fault"
        self._written = 0

    def _fault(self) -> str:
        try:
            return self._fault_file.read_text("ascii")
        except FileNotFoundError:
            return ""

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """Write, unless it is to fail."""
        fault = self._fault()
        self._written += len(data)
        if fault == "hang":
            await asyncio.sleep(3600)
        if fault == "full":
            raise asyncssh.SFTPNoSpaceOnFilesystem("full")
        if fault == "denied":
            raise asyncssh.SFTPPermissionDenied("denied")
        if fault == "garble":
            data = bytes(one ^ 1 for one in data)
        if fault.startswith("cut-") and self._written > int(fault[4:]):
            self._connection.abort()
            raise asyncssh.SFTPConnectionLost("cut")
        written = super().write(file_obj, offset, data)
        return written if isinstance(written, int) else await written

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        """Open, unless reading is not permitted."""
        if self._fault() == "unreadable" and pflags & asyncssh.FXF_READ:
            raise asyncssh.SFTPPermissionDenied("unreadable")
        return super().open(path, pflags, attrs)


async def _serve(folder: Path) -> None:
    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=_Login,
        server_host_keys=[str(folder / "host")],
        authorized_client_keys=str(folder / "users"),
        sftp_factory=lambda chan: _Files(chan, folder),
    )
    print(server.get_port(), flush=True)  # noqa: T201 - the parent reads it
    await server.wait_closed()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
