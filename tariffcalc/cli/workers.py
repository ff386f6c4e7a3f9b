"""What a worker process does before its first chunk."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing import parent_process

__all__ = ["begin"]


def begin() -> None:
    """Leave Ctrl-C to the parent process, and end when that one ends, even when it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
