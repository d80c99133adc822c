"""Where code runs: in which task or thread."""

from __future__ import annotations

import sys
import threading
from typing import Any


def on_loop() -> bool:
    """Whether an event loop runs in this thread; asyncio is not loaded for that."""
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and asyncio._get_running_loop() is not None


def place() -> Any:
    """This task, or this thread."""
    return sys.modules["asyncio"].current_task() if on_loop() else threading.get_ident()
