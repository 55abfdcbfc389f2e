"""Tell our own faults, which are swallowed, from what must pass through us.

A signal handler of the user's runs wherever Python happens to be, so also inside the tracer: the KeyboardInterrupt,
SystemExit or TimeoutError that it raises is the run's, and must arrive as if we had not been there.
"""

import os
import sys


def make_guard():
    """Return `is_foreign()`, to be asked inside an `except:` block."""
    standard = os.path.dirname(os.__file__)
    # Bound here because module globals and builtins may be gone while the interpreter shuts down.
    exc_info, fault, is_subclass = sys.exc_info, Exception, issubclass
    # Before 3.10 a recursion that goes on after a swallowed RecursionError ends the interpreter.
    too_deep = RecursionError if sys.version_info < (3, 10) else ()

    def is_foreign():
        kind, _, trace = exc_info()
        if not is_subclass(kind, fault) or is_subclass(kind, too_deep):
            return True
        while trace is not None:
            name = trace.tb_frame.f_code.co_filename
            if not name.startswith(("<modeltrail ", "<frozen ")):
                if not name.startswith(standard) or "-packages" in name:
                    return True
            trace = trace.tb_next
        return False

    return is_foreign
