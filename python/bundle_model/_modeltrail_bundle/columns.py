"""Rows of the tables that a run read, as far as they have the columns that a model takes."""
import csv
import itertools

# So many rows tell what values a column has.
SEEN_ROWS = 10_000
# A table with longer lines than these is none for a sample.
MAX_LINE = 1_000_000


def find_rows(names, files, seen=SEEN_ROWS):
    """Columns by name, each a list of values, of the first file that has them all; None when there is none.

    `files`: dicts with "name", which tells the format, and "path".
    """
    for file in files:
        try:
            table = _read(file, names, seen)
        except Exception:  # Another's file: damaged, of another encoding, too large to be read like this.
            continue
        if table is not None:
            return table
    return None


def _read(file, names, seen):
    lower = file["name"].lower()
    if lower.endswith((".csv", ".tsv")):
        return _read_csv(file["path"], names, seen)
    if lower.endswith((".parquet", ".pq")):
        return _read_parquet(file["path"], names, seen)
    return None


def _read_csv(path, names, seen):
    with open(path, newline="", encoding="utf-8-sig") as stream:
        first = stream.readline(MAX_LINE)
        if len(first) >= MAX_LINE:
            return None
        for delimiter in ",;\t|":
            header = next(csv.reader([first], delimiter=delimiter))
            if set(names) <= set(header):
                break
        else:
            return None
        places = [header.index(name) for name in names]
        columns = {name: [] for name in names}
        for row in itertools.islice(csv.reader(stream, delimiter=delimiter), seen):
            if len(row) == len(header):
                for name, place in zip(names, places):
                    columns[name].append(_value(row[place]))
    return columns if any(columns.values()) else None


def _read_parquet(path, names, seen):
    # Not pandas: whether the model itself needs that is to be seen.
    import pyarrow.parquet

    with pyarrow.parquet.ParquetFile(path) as file:
        if not set(names) <= set(file.schema_arrow.names):
            return None
        batch = next(file.iter_batches(batch_size=seen, columns=list(names)), None)
        return None if batch is None else {name: batch.column(name).to_pylist() for name in names}


def _value(text):
    """As pandas would read it."""
    if text.strip() in ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"):
        return None
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return {"True": True, "False": False, "true": True, "false": False}.get(text, text)


def type_of(values):
    """The name of MLflow's type that these values fit; numbers are "double", since what is whole here need not be later."""
    kinds = {type(value) for value in values if value is not None}
    if kinds and kinds <= {int, float}:
        return "double"
    if kinds == {bool}:
        return "boolean"
    if kinds == {str}:
        return "string"
    return "any"


def bounds(values):
    """The least and the greatest number as keys of a column, or none."""
    numbers = [value for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)]
    numbers = [value for value in numbers if value - value == 0]
    return {"minimum": min(numbers), "maximum": max(numbers)} if numbers else {}
