"""click, and typer, which carries a copy of it.

A context is entered when its parameters have been parsed, just before its command is called.
"""


def attach(core, arguments):
    """Look at each context that is entered."""
    library = core.__name__.partition(".")[0]

    def entered(args, _result):
        context = args[0]
        if context.params:
            _tell(library, context, arguments)

    arguments.after(core.Context, "__enter__", entered)


def _tell(library, context, arguments):
    """A command's parameters together with those of the groups that it stands under."""
    chain = [context]
    while chain[0].parent is not None and len(chain) < 20:
        chain.insert(0, chain[0].parent)
    values, defaults, hidden = {}, {}, set()
    for link in chain:
        values.update(link.params)
        for parameter in link.command.params if link.command is not None else ():
            if getattr(parameter, "hide_input", False):
                hidden.add(parameter.name)
            default = parameter.default
            # No default is None or, since click 8.3, a sentinel; a callable's value is known only by calling it.
            if not callable(default) and type(default).__name__ != "Sentinel" and parameter.name in link.params:
                defaults[parameter.name] = default
    prog = " ".join([link.info_name for link in chain if type(link.info_name) is str])
    arguments.tell(library, prog, values, defaults, hidden)
