"""argparse, and what sits on it.

The last thing that a parse does is to ask `hasattr(namespace, "_unrecognized_args")` (Python 3.8 to 3.14), so a
`hasattr` in argparse's own namespace sees each parse that succeeded, the subparsers' before their parent's.
"""

import sys

_CALLERS = 8  # frames that may lie between a subparser's parse and the action that asked for it


def attach(argparse, arguments):
    """Look at each parse from now on."""
    question = argparse._UNRECOGNIZED_ARGS_ATTR
    subparser_call = argparse._SubParsersAction.__call__.__code__
    frame_of = sys._getframe
    ask = hasattr
    parses = _Parses(argparse, arguments, subparser_call)

    def hasattr_(thing, name):
        if name is question:
            arguments.quietly(parses.ended, frame_of(1))
        return ask(thing, name)

    hasattr_.__name__ = hasattr_.__qualname__ = "hasattr"
    argparse.hasattr = hasattr_


class _Parses:
    def __init__(self, argparse, arguments, subparser_call):
        self.suppressed = argparse.SUPPRESS
        self.arguments = arguments
        self.subparser_call = subparser_call
        self.sub_defaults = {}
        self.saw_command_line = False

    def ended(self, frame):
        """`frame` is that of the parser's method, with the namespace complete."""
        parser, namespace = frame.f_locals["self"], frame.f_locals["namespace"]
        defaults = self.defaults_of(parser)
        if self.is_nested(frame):
            self.sub_defaults.update(defaults)
            return
        defaults = {**self.sub_defaults, **defaults}
        self.sub_defaults = {}
        if self.is_of_command_line(frame):
            self.saw_command_line = True
        elif self.saw_command_line:
            return  # a library that parses a list of its own says nothing about this run
        values = {name: value for name, value in vars(namespace).items() if name != "_unrecognized_args"}
        self.arguments.tell("argparse", parser.prog, values, defaults)

    def defaults_of(self, parser):
        defaults = dict(parser._defaults)
        for action in parser._actions:
            default = action.default
            if default is self.suppressed:  # parse_intermixed_args hides it meanwhile
                default = getattr(action, "save_default", default)
            if default is not self.suppressed and action.dest is not self.suppressed:
                defaults.setdefault(action.dest, default)
        return defaults

    def is_nested(self, frame):
        """Whether a parser parses on behalf of its parent, whose namespace will hold everything."""
        for _ in range(_CALLERS):
            frame = frame.f_back
            if frame is None:
                return False
            if frame.f_code is self.subparser_call:
                return True
        return False

    def is_of_command_line(self, frame):
        """False only when it is certain that a list other than sys.argv was parsed."""
        given = None
        file = frame.f_code.co_filename
        while frame.f_back is not None and frame.f_back.f_code.co_filename == file:
            frame = frame.f_back
            if frame.f_code.co_name.startswith("parse_"):
                given = frame.f_locals.get("args")
        return given is None or list(given) == sys.argv[1:]
