"""Predictions written as they come."""

import csv
import io

from .. import jsontext

NAME = "prediction"


def open_target(file, end):
    """Something with `add(predictions)` and `finish()` for a binary file; `end` is that of its name."""
    if end not in TARGETS:
        raise ValueError(
            "Predictions cannot be written as %s: the name has to end in one of %s."
            % (end or "that", ", ".join(TARGETS))
        )
    return TARGETS[end](file)


def columns_of(prediction):
    """Names for the parts of one prediction: of an object its own, of a list numbers, of anything else one."""
    if isinstance(prediction, dict):
        return list(prediction)
    if isinstance(prediction, list):
        return ["%s_%d" % (NAME, index) for index in range(len(prediction))]
    return [NAME]


class Columns:
    """Names for the parts of predictions: those of the first, which all others have to have."""

    def __init__(self):
        self.names = self.form = None

    def rows(self, predictions):
        """The parts of each, in the order of `names`. Throws ValueError when they are others than those."""
        if self.names is None and predictions:
            self.names = columns_of(predictions[0])
            self.form = _form(predictions[0])
        return [self._parts(prediction) for prediction in predictions]

    def _parts(self, prediction):
        if _form(prediction) != self.form:
            raise ValueError(
                "The model's answers have different parts (%s; %s), which make no table. "
                "Name an output that ends in .json or .jsonl." % (_listed(self.names), _listed(columns_of(prediction)))
            )
        if isinstance(prediction, dict):
            return [prediction[name] for name in self.names]
        return prediction if isinstance(prediction, list) else [prediction]


def _form(prediction):
    """Equal for predictions of the same parts."""
    if isinstance(prediction, dict):
        return frozenset(prediction)
    return len(prediction) if isinstance(prediction, list) else None


def _listed(names):
    return ", ".join(map(str, names[:10])) or "none"


class Csv:
    def __init__(self, file):
        # Not closed with this object: the file is its opener's.
        self.text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        self.writer = csv.writer(self.text, lineterminator="\n")
        self.columns = Columns()

    def add(self, predictions):
        begun = self.columns.names is not None
        rows = self.columns.rows(predictions)
        if not begun and rows:
            self.writer.writerow(self.columns.names)
        self.writer.writerows([_cell(part) for part in row] for row in rows)

    def finish(self):
        self.text.flush()
        self.text.detach()


def _cell(value):
    return jsontext.write(value).decode("utf-8") if isinstance(value, (dict, list, bool)) else value


class Json:
    def __init__(self, file):
        self.file = file
        self.between = b'{"predictions":['

    def add(self, predictions):
        for prediction in predictions:
            self.file.write(self.between + jsontext.write(prediction))
            self.between = b","

    def finish(self):
        self.file.write((b"" if self.between == b"," else self.between) + b"]}\n")


class JsonLines:
    def __init__(self, file):
        self.file = file

    def add(self, predictions):
        for prediction in predictions:
            self.file.write(jsontext.write(prediction) + b"\n")

    def finish(self):
        pass


class Parquet:
    def __init__(self, file):
        import pyarrow
        import pyarrow.parquet

        self.arrow = pyarrow
        self.file = file
        self.columns = Columns()
        self.writer = None

    def add(self, predictions):
        columns = zip(*self.columns.rows(predictions))
        schema = self.writer.schema if self.writer else None
        named = {name: list(column) for name, column in zip(self.columns.names, columns)}
        table = self.arrow.table(named, schema=schema)
        if self.writer is None:
            self.writer = self.arrow.parquet.ParquetWriter(self.file, table.schema)
        self.writer.write_table(table)

    def finish(self):
        if self.writer is None:
            self.writer = self.arrow.parquet.ParquetWriter(self.file, self.arrow.schema([(NAME, self.arrow.float64())]))
        self.writer.close()


TARGETS = {".csv": Csv, ".json": Json, ".jsonl": JsonLines, ".ndjson": JsonLines, ".parquet": Parquet}
