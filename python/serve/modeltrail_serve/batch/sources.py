"""Rows of files, a part at a time."""

import contextlib
import io
import itertools
import os
import sys

from .. import jsontext
from ..inputs.csvtext import rows_of
from ..problems import Malformed
from .jsonstream import values_of

FIELDS = ("dataframe_records", "instances", "inputs")


@contextlib.contextmanager
def open_source(path, reader, chunk):
    """An iterator of what `reader` makes of up to `chunk` rows of the file."""
    end = ".csv" if path == "-" else os.path.splitext(path)[1].lower()
    if end not in SOURCES:
        raise ValueError("%s cannot be read: its name has to end in one of %s." % (path, ", ".join(SOURCES)))
    if path == "-":
        yield _csv(sys.stdin.buffer, reader, chunk)
        return
    with open(path, "rb") as file:
        yield SOURCES[end](file, reader, chunk)


def _csv(file, reader, chunk):
    with io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        try:
            names, rows = rows_of(text)
            for part in _parts(rows, chunk):
                yield reader.texts(names, part)
        except UnicodeDecodeError:
            raise Malformed("The file is not in UTF-8.") from None


def _json(file, reader, chunk):
    with io.TextIOWrapper(file, encoding="utf-8-sig") as text:
        for part in _parts(values_of(text, FIELDS), chunk):
            yield reader.values(part)


def _json_lines(file, reader, chunk):
    lines = (jsontext.read(line) for line in file if line.strip())
    for part in _parts(lines, chunk):
        yield reader.values(part)


def _parquet(file, reader, chunk):
    from pyarrow.parquet import ParquetFile

    for batch in ParquetFile(file).iter_batches(batch_size=chunk):
        if batch.num_rows:
            yield reader.by_column(batch.to_pydict())


def _parts(values, chunk):
    iterator = iter(values)
    while True:
        part = list(itertools.islice(iterator, chunk))
        if not part:
            return
        yield part


SOURCES = {".csv": _csv, ".json": _json, ".jsonl": _json_lines, ".ndjson": _json_lines, ".parquet": _parquet}
