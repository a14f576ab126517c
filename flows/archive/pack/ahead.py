"""Formats of attachments, identified in a thread of their own while the records are written: two processors are used.

The identifier leaves the interpreter free while it looks at a file, so that it costs the writing next to nothing.
"""

from __future__ import annotations

import queue
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future

from schemas.package import Format


class Ahead:
    """Answers that are asked for before they are needed. One question at a time; the same key is asked once."""

    def __init__(self) -> None:
        """Nothing is asked yet; the thread begins with the first question and ends when nobody can ask any more."""
        self._asked: dict[str, Future[Format]] = {}
        self._waiting: _Jobs = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def ask(self, key: str, question: Callable[[], Format]) -> None:
        """Have it answered some time soon."""
        if key in self._asked:
            return
        future: Future[Format] = Future()
        self._asked[key] = future
        self._waiting.put((future, question))
        if self._thread is None:
            self._thread = threading.Thread(target=_work, args=(self._waiting,), daemon=True, name="package-formats")
            self._thread.start()
            weakref.finalize(self, self._waiting.put, None)  # nobody can ask any more

    def answer(self, key: str) -> Format | None:
        """The answer, waited for; None when it was never asked for. Raises what answering raised."""
        future = self._asked.get(key)
        return None if future is None else future.result()

    def end(self) -> None:
        """No more is asked; what still waits is given up. Repeating it is harmless."""
        for future in self._asked.values():
            future.cancel()
        self._waiting.put(None)


_Jobs = queue.SimpleQueue["tuple[Future[Format], Callable[[], Format]] | None"]


def _work(waiting: _Jobs) -> None:
    while (job := waiting.get()) is not None:
        future, question = job
        if not future.set_running_or_notify_cancel():
            continue
        try:
            future.set_result(question())
        except BaseException as error:  # noqa: BLE001 - whoever asks for the answer is told
            future.set_exception(error)
