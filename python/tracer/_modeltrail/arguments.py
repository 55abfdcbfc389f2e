"""What a library made of the command line, told once per parse that brought something new.

Each parser_*.py attaches to one library by replacing a small function that the library calls right *after* parsing.
None of them stands around the parsing itself: no frame of ours is in a traceback, and nothing is ever passed back.
"""

VALUE_LIMIT = 1_000  # values told of one parse
PARSE_LIMIT = 1_000  # IPython parses at each magic


class Arguments:
    """Where the parsers tell. `scope` says which modules are the project's."""

    def __init__(self, spool, scope, text_of, mask_value, is_foreign):
        self.spool = spool
        self.scope = scope
        self.text_of = text_of
        self.mask_value = mask_value
        self.is_foreign = is_foreign
        self.last = None
        self.left = PARSE_LIMIT

    def tell(self, library, prog, values, defaults, hidden=()):
        """`values` and `defaults`: name → parsed object; names in `hidden` are masked whatever they look like."""
        event = {
            "library": library,
            "prog": self.text_of(prog or ""),
            "values": self.texts(values, hidden),
            "defaults": self.texts(defaults, hidden),
        }
        if event != self.last and self.left > 0:
            self.last = event
            self.left -= 1
            self.spool.send("args", event)

    def texts(self, values, hidden):
        texts = {}
        for name, value in list(values.items())[:VALUE_LIMIT]:
            if type(name) is str:
                text = self.text_of(value)
                texts[name] = "***" if name in hidden and value is not None else self.mask_value(name, text)
        return texts

    def quietly(self, observe, *args):
        """Call `observe`, whose faults are ours to swallow."""
        try:
            observe(*args)
        except:  # noqa: E722 - see guard.py
            if self.is_foreign():
                raise

    def after(self, owner, name, observe):
        """Let `observe(arguments, result)` look whenever the function `owner.name` has returned."""
        original = vars(owner)[name]

        def observed(*args, **kwargs):
            result = original(*args, **kwargs)
            self.quietly(observe, args, result)
            return result

        # As functools.wraps, less the annotations, which Python 3.14 would evaluate.
        for attribute in ("__module__", "__name__", "__qualname__", "__doc__"):
            setattr(observed, attribute, getattr(original, attribute))
        observed.__wrapped__ = original
        setattr(owner, name, observed)
