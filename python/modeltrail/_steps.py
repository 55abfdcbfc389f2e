"""Which step a value gets that was logged without one."""

import os
import threading


class Steps:
    def __init__(self):
        self._last = {}
        self._renew_lock()
        if hasattr(os, "register_at_fork"):  # another thread may hold the lock while we are forked
            os.register_at_fork(after_in_child=self._renew_lock)

    def _renew_lock(self):
        # Reentrant: a signal handler that logs may interrupt a call that is logging.
        self._lock = threading.RLock()

    def forget(self):
        with self._lock:
            self._last.clear()

    def place(self, values, step):
        """The values by their steps."""
        if not values:
            return {}
        by_step = {}
        with self._lock:
            for name, value in values.items():
                at = step
                if at is None:
                    at = int(self._last.get(name, -1)) + 1
                self._last[name] = at
                by_step.setdefault(at, {})[name] = value
        return by_step
