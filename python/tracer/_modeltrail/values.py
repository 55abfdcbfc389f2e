"""Parsed values as text. Only code of Python itself runs here: a value's own `__str__` might be slow or do things.

Hence also `issubclass(type(value), …)`: isinstance would ask the value for its `__class__`.
"""

import sys

_LIMIT = 1000
_DEPTH = 4
# Classes whose str() is short, quick and without effect.
_SAFE = frozenset(
    """datetime.date datetime.datetime datetime.time datetime.timedelta decimal.Decimal fractions.Fraction uuid.UUID
    ipaddress.IPv4Address ipaddress.IPv6Address torch.dtype torch.device""".split()
)
_FILES = frozenset("TextIOWrapper BufferedReader BufferedWriter BufferedRandom FileIO".split())


def clip(text):
    """At most 1,000 characters."""
    return text if len(text) <= _LIMIT else text[: _LIMIT - 1] + "…"


def text_of(value):
    """What a person would have typed or would expect to read: `0.1`, `adam`, `[1, 2]`, `Color.RED`, `a/b.csv`."""
    return clip(value if type(value) is str else _text(value, 0))


def _text(value, depth):
    kind = type(value)
    if value is None or kind is bool:
        return repr(value)
    enum = sys.modules.get("enum")
    if enum is not None and issubclass(kind, enum.Enum):
        return kind.__name__ + "." + str(object.__getattribute__(value, "_name_"))
    if issubclass(kind, str):
        text = str.__str__(value)[: _LIMIT + 1]
        return repr(text) if depth else text
    if issubclass(kind, int):
        return int.__repr__(value) if int.bit_length(value) <= 4096 else "<int>"
    if issubclass(kind, float):
        return float.__repr__(value)
    if kind is complex or kind is range:
        return repr(value)
    if kind is bytes:
        return repr(value[: _LIMIT + 1])
    if issubclass(kind, (list, tuple, set, frozenset, dict)):
        return _container(value, depth + 1) if depth < _DEPTH else "…"
    return _known_object(value, kind, depth)


def _container(value, depth):
    if isinstance(value, dict):
        items = ((_text(key, depth) + ": ", item) for key, item in dict.items(value))
        return "{" + _join(items, depth) + "}"
    if isinstance(value, (set, frozenset)):
        # An order of our own: that of a set changes from process to process.
        members = set.__iter__(value) if isinstance(value, set) else frozenset.__iter__(value)
        texts = sorted([_text(item, depth) for item, _ in zip(members, range(_LIMIT))])
        return "{" + ", ".join(texts) + "}" if texts else "set()"
    if isinstance(value, list):
        return "[" + _join((("", item) for item in list.__iter__(value)), depth) + "]"
    inner = _join((("", item) for item in tuple.__iter__(value)), depth)
    return "(" + inner + (",)" if tuple.__len__(value) == 1 else ")")


def _join(items, depth):
    """Comma-separated, and no longer than will be kept anyway."""
    texts = []
    length = 0
    for prefix, item in items:
        texts.append(prefix + _text(item, depth))
        length += len(texts[-1]) + 2
        if length > _LIMIT:
            break
    return ", ".join(texts)


def _known_object(value, kind, depth):
    module = kind.__module__ if type(kind.__module__) is str else ""
    name = module + "." + kind.__qualname__
    if name in _SAFE:
        return str(value)
    if module.partition(".")[0] == "pathlib":
        text = str(value)
        return repr(text) if depth else text
    if module == "_io" and kind.__name__ in _FILES:
        return _text(getattr(value, "name", None), depth)
    if module == "builtins" and kind.__name__ in ("function", "builtin_function_or_method"):
        return value.__name__
    if issubclass(kind, type):
        return type.__getattribute__(value, "__name__")
    numpy = sys.modules.get("numpy")
    if module == "numpy" and issubclass(kind, numpy.generic):
        return _text(value.item(), depth)
    return "<" + name + ">"
