"""A real browser for pages of ours: Debian's headless Chromium, the machine's own or unpacked without root.

It is driven by the DevTools protocol and reaches nothing but the pages it is given: every host name is unknown to it. It
is kept in ``.servers/chromium`` (kept out of git). One browser serves many pages, as its start is what takes time.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from tests.servers.debian import environment, unpacked

_PACKAGES = ("chromium-headless-shell", "fonts-dejavu-core", "fontconfig-config")
_PROGRAM = "lib/chromium/chromium-headless-shell"
_PATIENCE = 30.0
_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--hide-scrollbars",
    "--no-first-run",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--remote-debugging-port=0",
)
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts</dir><dir>{fonts}</dir><cachedir>{cache}</cachedir>
<alias><family>system-ui</family><prefer><family>DejaVu Sans</family></prefer></alias>
<alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias></fontconfig>
"""


class Page:
    """One tab. Sizes are in CSS pixels."""

    def __init__(self, browser: Browser, session: str) -> None:
        """Take the tab; made by ``Browser.page``."""
        self._browser = browser
        self._session = session
        self.asked: list[str] = []
        """Addresses that the page asked for since it was opened, itself first."""

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """A command of the protocol to this tab, and its answer. Raises RuntimeError: the browser refused it."""
        return self._browser.call(method, session=self._session, **parameters)

    def open(self, file: Path) -> Self:
        """Go to a file and wait until all of it is loaded."""
        events = self._browser.events
        events.clear()
        self.call("Page.navigate", url=file.as_uri())
        self._browser.wait_for("Page.loadEventFired", self._session)
        self.asked = [
            one["params"]["request"]["url"] for one in events if one.get("method") == "Network.requestWillBeSent"
        ]
        return self

    def look(
        self, *, width: int = 1024, height: int = 900, dark: bool = False, media: str = "", scripts: bool = True
    ) -> Self:
        """How it is looked at: window, colours, ``media`` (``print``) and whether scripts run."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=media, features=[scheme])
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        return self

    def value(self, expression: str) -> Any:
        """What an expression in the page comes to (a promise is waited for), as JSON values."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise RuntimeError(str(found["exceptionDetails"])[:500])
        return found["result"].get("value")

    def picture(self) -> bytes:
        """The whole page as PNG, however long it is."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 12_000), "scale": 1}
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        return base64.b64decode(shot["data"])


class Browser:
    """The running browser."""

    def __init__(self, line: Connection) -> None:
        """Take the line to it; made by ``running``."""
        self._line = line
        self._numbers = itertools.count(1)
        self.events: list[dict[str, Any]] = []
        """What it told of since this was last cleared."""

    def call(self, method: str, *, session: str = "", **parameters: object) -> dict[str, Any]:
        """A command of the protocol, and its answer. Raises RuntimeError: the browser refused it."""
        number = next(self._numbers)
        whole = {"id": number, "method": method, "params": parameters}
        self._line.send(json.dumps({**whole, "sessionId": session} if session else whole))
        while True:
            answer = self._told()
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result

    def wait_for(self, method: str, session: str) -> None:
        """Wait until it tells of that event in that tab. Raises TimeoutError."""
        while not any(one.get("method") == method and one.get("sessionId") == session for one in self.events):
            self._told()

    @contextmanager
    def page(self) -> Iterator[Page]:
        """A new tab of a context of its own; closed at the end."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        one = Page(self, session)
        for domain in ("Page", "Network", "Runtime"):
            one.call(f"{domain}.enable")
        try:
            yield one
        finally:
            self.call("Target.disposeBrowserContext", browserContextId=context)

    def _told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self._line.recv(timeout=_PATIENCE))
        if "method" in told:
            self.events.append(told)
        return told


@contextmanager
def running() -> Iterator[Browser]:
    """A browser in a process of its own. Skips the test where there is none and none can be fetched."""
    program, variables = _found()
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        fonts = folder / "fonts.conf"
        fonts.write_text(
            _FONTS.format(fonts=program.parents[2] / "share" / "fonts", cache=folder / "cache"), encoding="utf-8"
        )
        more = {**variables, "FONTCONFIG_FILE": str(fonts), "HOME": name, "XDG_CONFIG_HOME": name}
        told = folder / "told.txt"
        with told.open("wb") as stream:
            process = subprocess.Popen(
                [program, *_ARGUMENTS, f"--user-data-dir={folder / 'profile'}", "about:blank"],
                stdout=subprocess.DEVNULL,
                stderr=stream,
                env=more,
            )
        try:
            with connect(_address(process, told), max_size=None, proxy=None, compression=None) as line:
                yield Browser(line)
        finally:
            process.kill()
            process.wait(timeout=_PATIENCE)


def _address(process: subprocess.Popen[bytes], told: Path) -> str:
    """Where it listens. Skips the test: it does not start on this machine."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        for line in told.read_text("utf-8", "replace").splitlines():
            _, found, address = line.partition("DevTools listening on ")
            if found:
                return address.strip()
        time.sleep(0.05)
    why = told.read_text("utf-8", "replace").strip().splitlines()[-1:] or ["it said nothing"]
    pytest.skip(f"chromium: it does not run here: {why[0][:200]}")


def _found() -> tuple[Path, Mapping[str, str]]:
    for name in ("chromium-headless-shell", "chromium", "google-chrome"):
        own = shutil.which(name)
        if own is not None:
            return Path(own), os.environ
    usr = unpacked("chromium", _PACKAGES, _PROGRAM)
    return usr / _PROGRAM, environment(usr)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one browser of a process. Skipped where Chromium can neither be found nor fetched."""
    try:
        with running() as found:
            yield found
    except (OSError, WebSocketException) as error:
        pytest.skip(f"chromium: it cannot be spoken to here: {type(error).__name__}")
