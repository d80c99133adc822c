"""A program that a step runs: in a process group of its own, which ends as a whole when people stop the run."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from typing import Any, Final

GRACE: Final = 0.4
"""Seconds that a group has to end by itself before it is killed."""


class Child:
    """One program. Its keywords are those of `subprocess.run`."""

    def __init__(self, args: Sequence[str | os.PathLike[str]], options: dict[str, Any]) -> None:
        self._input: Final = options.pop("input", None)
        self._timeout: Final = options.pop("timeout", None)
        self._check: Final = options.pop("check", False)
        if options.pop("capture_output", False):
            options |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        if self._input is not None:
            options["stdin"] = subprocess.PIPE
        self._process: Final = subprocess.Popen(args, start_new_session=True, **options)
        self._over: Final = threading.Event()
        self.ended = False

    def end(self) -> None:
        """End it and all that it started, from any thread: politely, and after a moment for good."""
        self.ended = True
        self._signal(signal.SIGTERM)
        threading.Thread(target=self._kill, name="handrail-child", daemon=True).start()

    def _kill(self) -> None:
        self._over.wait(GRACE)
        self._signal(_KILL)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, number)
            elif number == _KILL:
                self._process.kill()
            else:
                self._process.terminate()

    def wait(self) -> subprocess.CompletedProcess[Any]:
        """Wait for its end. Raises what `subprocess.run` raises; what it started ends with it then."""
        try:
            out, err = self._process.communicate(self._input, self._timeout)
        except BaseException:
            self.end()
            self._process.communicate()
            raise
        finally:
            self._over.set()
            if self.ended:
                self._signal(_KILL)
        done = subprocess.CompletedProcess(self._process.args, self._process.returncode, out, err)
        if self._check and not self.ended:
            done.check_returncode()
        return done


_KILL: Final = getattr(signal, "SIGKILL", signal.SIGTERM)
