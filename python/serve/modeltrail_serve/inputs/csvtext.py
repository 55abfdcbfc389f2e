"""CSV with a first line of column names, as texts by column."""

import csv
import io

from ..problems import Malformed

NUMBERS = {"double": float, "float": float, "integer": int, "long": int}
TRUTHS = {"true": True, "false": False, "1": True, "0": False}


def read_text(body):
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed("The request is not in UTF-8 (byte %d)." % error.start) from None


def rows_of(file):
    """(names, iterator of lists of texts) of a text file. Throws Malformed for what is no CSV."""
    reader = csv.reader(file, strict=True)
    names = _next(reader)
    if not names:
        raise Malformed("The CSV is empty: expected a line of column names.")
    return names, _rows(reader, len(names))


def _rows(reader, width):
    row = 0
    while True:
        values = _next(reader)
        if values is None:
            return
        if not values:
            continue  # an empty line
        row += 1
        if len(values) != width:
            raise Malformed("Row %d: expected %d values, got %d." % (row, width, len(values)))
        yield values


def _next(reader):
    try:
        return next(reader, None)
    except csv.Error as error:
        raise Malformed("The request is no valid CSV: %s." % error) from None


def typed(texts, kind):
    """Values as JSON would have them. What cannot be read as such stays a text, and is refused by its type."""
    if kind in NUMBERS:
        return [_number(text, NUMBERS[kind]) for text in texts]
    if kind == "boolean":
        return [TRUTHS.get(text.strip().lower(), text or None) for text in texts]
    if kind in (None, "any"):
        return guessed(texts)
    return [text or None for text in texts]


def guessed(texts):
    """Numbers, when all of them are."""
    for make in (int, float):
        values = [_number(text, make) for text in texts]
        if not any(isinstance(value, str) for value in values) and any(value is not None for value in values):
            return values
    return [text or None for text in texts]


def _number(text, make):
    if "_" in text:  # digits grouped as in Python's own code
        return text
    try:
        return make(text)
    except ValueError:
        pass
    if text == "":
        return None
    try:
        return float(text)  # "3.0" for a whole number
    except ValueError:
        return text


def file_of(body):
    return io.StringIO(read_text(body), newline="")
