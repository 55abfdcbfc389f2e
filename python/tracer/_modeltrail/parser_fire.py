"""python-fire. It parses for each function or class that it calls, in turn, so their arguments add up.

Between parsing and calling it asks whether the callable is a coroutine function.
"""

import sys


def attach(core, arguments):
    """Look at what was parsed whenever fire is about to call something."""
    values, defaults = {}, {}
    calling = core._CallAndUpdateTrace.__code__

    def asked(_args, _result):
        frame = sys._getframe()
        while frame is not None and frame.f_code is not calling:
            frame = frame.f_back
        if frame is None:
            return
        parse, given, named = (frame.f_locals[name] for name in ("parse", "varargs", "kwargs"))
        specification = dict(zip(parse.__code__.co_freevars, parse.__closure__))["fn_spec"].cell_contents
        names = specification.args
        values.update(zip(names, given))
        values.update(named)
        if specification.varargs and len(given) > len(names):
            values[specification.varargs] = given[len(names) :]
        defaulted = specification.defaults or ()
        defaults.update(zip(names[len(names) - len(defaulted) :], defaulted))
        defaults.update(specification.kwonlydefaults or {})
        if values:
            arguments.tell("fire", sys.argv[0], values, defaults)

    arguments.after(core.inspectutils, "IsCoroutineFunction", asked)
