"""The values of one column, as its type of the schema asks. Nothing that would be lost is lost in silence: it is refused."""

import base64
import binascii
import datetime
import re

import numpy

from ..problems import Invalid

DTYPES = {"integer": "int32", "long": "int64", "float": "float32", "double": "float64", "boolean": "bool"}
WORDS = {
    "boolean": "true or false",
    "integer": "a whole number of 32 bits",
    "long": "a whole number of 64 bits",
    "float": "a number",
    "double": "a number",
    "string": "a text",
    "binary": "a text in base64",
    "datetime": 'a time such as "2026-01-31T12:00:00"',
}
NUMBERS = frozenset((int, float))
NOTHING = type(None)
LONGEST_SHOWN = 60
# Whole years that NumPy's nanoseconds reach: beyond them they begin again at the other end, in silence.
FIRST_YEAR, LAST_YEAR = 1678, 2261
# NumPy takes "now" and "" for times, too.
DATED = re.compile(r"([0-9]{4})-[0-9]{2}")


def convert(name, kind, values, required=True):
    """`values`, a list of what JSON can hold, as an array. Throws Invalid, with the row and the column, for what does not fit."""
    make = _MAKERS.get(kind)
    return make(name, kind, values, required) if make else infer(values)


def infer(values):
    """For what no type is known of: numbers when all are numbers (what is missing is NaN), else as they are."""
    kinds = set(map(type, values))
    if kinds == {int}:
        try:
            return numpy.array(values, dtype="int64")
        except OverflowError:
            return objects(values)
    if kinds == {bool}:
        return numpy.array(values, dtype="bool")
    if kinds and kinds <= {int, float, NOTHING} and kinds != {NOTHING}:
        try:
            return numpy.array(values, dtype="float64")
        except OverflowError:
            return objects(values)
    return objects(values)


def objects(values):
    array = numpy.empty(len(values), dtype=object)
    array[:] = values
    return array


def missing(kind, rows):
    """A column that is not there and need not be."""
    if kind in ("float", "double"):
        return numpy.full(rows, numpy.nan, dtype=DTYPES[kind])
    if kind in ("integer", "long"):
        return numpy.full(rows, numpy.nan, dtype="float64")
    if kind == "datetime":
        return numpy.full(rows, "NaT", dtype="datetime64[ns]")
    return objects([None] * rows)


def unfit(name, row, kind, value):
    return Invalid(
        "Row %d, column %s: expected %s, got %s." % (row + 1, quoted(name), WORDS.get(kind, kind), described(value))
    )


def quoted(name):
    return '"%s"' % (name if len(str(name)) <= LONGEST_SHOWN else str(name)[:LONGEST_SHOWN] + "…")


def described(value):
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "the text " + quoted(value)
    if isinstance(value, int) and abs(value) > 1e18:
        return "a number of %d digits" % len(hex(value)) if abs(value) > 1e100 else "the number %d" % value
    if isinstance(value, (int, float)):
        return "the number %r" % value
    return (
        "a list"
        if isinstance(value, list)
        else "an object"
        if isinstance(value, dict)
        else "a %s" % type(value).__name__
    )


def _numbers(name, kind, values, required):
    kinds = set(map(type, values))
    if not kinds <= {int, float, NOTHING}:
        row = next(i for i, value in enumerate(values) if type(value) not in (int, float, NOTHING))
        raise unfit(name, row, kind, values[row])
    try:
        array = numpy.array(values, dtype="float64")
    except OverflowError:
        row = next(i for i, value in enumerate(values) if isinstance(value, int) and abs(value) > 1 << 1023)
        raise unfit(name, row, kind, values[row]) from None
    _finite(name, kind, array, values)
    if kind == "double":
        return array
    with numpy.errstate(over="ignore"):
        narrow = array.astype(DTYPES[kind])
    _finite(name, kind, narrow, values)
    return narrow


def _finite(name, kind, array, values):
    infinite = numpy.isinf(array)
    if infinite.any():
        row = int(infinite.argmax())
        raise Invalid("Row %d, column %s: %s is too large." % (row + 1, quoted(name), described(values[row])))


def _whole(name, kind, values, required):
    kinds = set(map(type, values))
    if kinds != {int}:
        values = [_as_whole(name, kind, row, value, required) for row, value in enumerate(values)]
        if any(value is None for value in values):
            return numpy.array([numpy.nan if value is None else value for value in values], dtype="float64")
    limit = 1 << (31 if kind == "integer" else 63)
    if values and not (-limit <= min(values) and max(values) < limit):
        row = next(i for i, value in enumerate(values) if not -limit <= value < limit)
        raise unfit(name, row, kind, values[row])
    return numpy.array(values, dtype=DTYPES[kind])


def _as_whole(name, kind, row, value, required):
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    # NaN is how a missing number travels.
    if not required and (value is None or (type(value) is float and value != value)):
        return None
    raise unfit(name, row, kind, value)


def _booleans(name, kind, values, required):
    allowed = {bool} if required else {bool, NOTHING}
    if set(map(type, values)) <= allowed:
        return numpy.array(values, dtype="bool") if None not in values else objects(values)
    row = next(i for i, value in enumerate(values) if type(value) not in allowed)
    raise unfit(name, row, kind, values[row])


def _texts(name, kind, values, required):
    for row, value in enumerate(values):
        if not isinstance(value, str) and not (value is None or value != value):
            raise unfit(name, row, kind, value)
    return objects(values)


def _binaries(name, kind, values, required):
    return objects([_binary(name, kind, row, value, required) for row, value in enumerate(values)])


def _binary(name, kind, row, value, required):
    if isinstance(value, bytes) or (value is None and not required):
        return value
    try:
        # Line breaks are what Python's own encoder puts in.
        return base64.b64decode("".join(value.split()).encode("ascii"), validate=True)
    except (AttributeError, binascii.Error, UnicodeEncodeError):
        raise unfit(name, row, kind, value) from None


def _times(name, kind, values, required):
    return numpy.array([_time(name, kind, row, value) for row, value in enumerate(values)], dtype="datetime64[ns]")


def _time(name, kind, row, value):
    if value is None or (isinstance(value, float) and value != value):
        return numpy.datetime64("NaT", "ns")
    if isinstance(value, (datetime.date, numpy.datetime64)):
        year = value.year if isinstance(value, datetime.date) else value.astype("datetime64[Y]").astype(int) + 1970
        if not FIRST_YEAR <= year <= LAST_YEAR and value == value:
            raise unfit(name, row, kind, value)
        return numpy.datetime64(value, "ns")
    try:
        text = value.strip()
        dated = DATED.match(text)
        if not dated or not FIRST_YEAR <= int(dated[1]) <= LAST_YEAR:
            raise unfit(name, row, kind, value)
        # NumPy reads nanoseconds, and no time zones: those are taken off by the standard library.
        zoned = text.endswith(("Z", "z")) or "+" in text[10:] or "-" in text[10:]
        if not zoned:
            return numpy.datetime64(text, "ns")
        moment = datetime.datetime.fromisoformat(text[:-1] + "+00:00" if text[-1] in "Zz" else text)
        return numpy.datetime64(moment.astimezone(datetime.timezone.utc).replace(tzinfo=None), "ns")
    except (AttributeError, TypeError, ValueError, OverflowError):
        raise unfit(name, row, kind, value) from None


_MAKERS = {
    "boolean": _booleans,
    "integer": _whole,
    "long": _whole,
    "float": _numbers,
    "double": _numbers,
    "string": _texts,
    "binary": _binaries,
    "datetime": _times,
}
