"""absl.flags. Importing a library of Google's brings dozens of flags: told are the project's own and those given."""

import sys


def attach(flagvalues, arguments):
    """Look whenever a set of flags says that it has been parsed."""

    def parsed(args, _result):
        values, defaults = {}, {}
        for module, flags in args[0].flags_by_module_dict().items():
            own = _is_own(module, arguments.scope)
            for flag in flags:
                if own or flag.present:
                    values[flag.name] = flag.value
                    defaults[flag.name] = flag.default
        if values:
            arguments.tell("absl", sys.argv[0], values, defaults)

    arguments.after(flagvalues.FlagValues, "mark_as_parsed", parsed)


def _is_own(module, scope):
    """Whether the project defines the flag. absl calls the main module by its path as typed, sys.argv[0]."""
    file = scope.script if module == sys.argv[0] else getattr(sys.modules.get(module), "__file__", None)
    return bool(file) and scope.is_project(file)
