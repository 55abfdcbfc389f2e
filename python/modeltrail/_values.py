"""From whatever users log to floats and texts."""

import math
from collections.abc import Mapping

_MOST_CHARACTERS = 10_000
_LONGEST_NAME = 1_000


def flatten(function, mapping, more, joiner):
    """Pairs of name and value of the mapping and the keyword arguments, without the mappings in them."""
    if mapping is not None and not isinstance(mapping, Mapping):
        raise TypeError(
            "modeltrail.%s: expected a dictionary or name=value, not %s" % (function, type(mapping).__name__)
        )
    found = []
    for items in (mapping or {}, more):
        _collect(function, items, "", joiner, found)
    return found


def _collect(function, mapping, prefix, joiner, found):
    for name, value in mapping.items():
        if not isinstance(name, (str, int)) or name == "":
            raise TypeError("modeltrail.%s: a name must be a text that is not empty, not %r" % (function, name))
        if isinstance(value, Mapping):
            _collect(function, value, prefix + str(name) + joiner, joiner, found)
        else:
            found.append(((prefix + str(name))[:_LONGEST_NAME], value))


def to_number(function, name, value):
    """A float; TypeError when it is no number, and neither text, which float() would take."""
    if type(value) is float:
        return value
    if not isinstance(value, (str, bytes, bytearray)):
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
        except Exception as error:
            reason = error
    else:
        reason = None
    message = "modeltrail.%s: %s must be a number, not %s" % (function, name, _describe(value))
    raise TypeError(message) from reason


def to_step(step):
    """An int or float; TypeError when it is neither."""
    number = to_number("log", "step", step)
    if not math.isfinite(number):
        raise TypeError("modeltrail.log: step must be a finite number, not %r" % (step,))
    return int(number) if number.is_integer() else number


def to_text(value):
    text = str(value)
    return text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS]


def _describe(value):
    shape = getattr(value, "shape", None)
    name = type(value).__name__
    return name if shape is None or type(shape) is str else "%s of shape %s" % (name, tuple(shape))
