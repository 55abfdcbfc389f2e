"""Rows of the tables that a run read, as far as they have the columns that a model takes."""
import csv
import itertools

# So many rows tell what values a column has.
SEEN_ROWS = 10_000
# A table with longer lines than these is none for a sample.
MAX_LINE = 1_000_000
DELIMITERS = ",;\t|"
# What pandas takes for a value that is missing, of what is common.
MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None")


def find_rows(kinds, files, seen=SEEN_ROWS):
    """(its name, columns by name, each a list of values) of the first file that has them all; None when there is none.

    `kinds`: MLflow's type by the name of each column. `files`: dicts with "name", which tells the format, and "path".
    """
    for file in files:
        try:
            table = read(file, kinds, seen)
        except Exception:  # Another's file: damaged, of another encoding, too large to be read like this.
            continue
        if table is not None:
            return file["name"], table
    return None


def headers(file):
    """Names of its columns, by each way to read it."""
    lower = file["name"].lower()
    if lower.endswith((".csv", ".tsv")):
        with open(file["path"], newline="", encoding="utf-8-sig") as stream:
            first = stream.readline(MAX_LINE)
        ways = [next(csv.reader([first], delimiter=delimiter)) for delimiter in DELIMITERS if len(first) < MAX_LINE]
        return [names for names in ways if len(set(names)) == len(names)]
    if lower.endswith((".parquet", ".pq")):
        import pyarrow.parquet

        return [pyarrow.parquet.read_schema(file["path"]).names]
    return []


def read(file, kinds, seen=SEEN_ROWS):
    """Columns by name; None for a table that lacks one, or is of no kind that is known. Raises for what is damaged."""
    lower = file["name"].lower()
    if lower.endswith((".csv", ".tsv")):
        return _read_csv(file["path"], kinds, seen)
    if lower.endswith((".parquet", ".pq")):
        return _read_parquet(file["path"], list(kinds), seen)
    return None


def _read_csv(path, kinds, seen):
    with open(path, newline="", encoding="utf-8-sig") as stream:
        first = stream.readline(MAX_LINE)
        if len(first) >= MAX_LINE:
            return None
        for delimiter in DELIMITERS:
            header = next(csv.reader([first], delimiter=delimiter))
            if set(kinds) <= set(header):
                break
        else:
            return None
        places = [header.index(name) for name in kinds]
        texts = {name: [] for name in kinds}
        for row in itertools.islice(csv.reader(stream, delimiter=delimiter), seen):
            if len(row) == len(header):
                for name, place in zip(kinds, places):
                    texts[name].append(row[place])
    return {name: _values(texts[name], kind) for name, kind in kinds.items()} if any(texts.values()) else None


def _read_parquet(path, names, seen):
    # Not pandas: whether the model itself needs that is to be seen.
    import pyarrow.parquet

    with pyarrow.parquet.ParquetFile(path) as file:
        if not set(names) <= set(file.schema_arrow.names):
            return None
        batch = next(file.iter_batches(batch_size=seen, columns=names), None)
        return None if batch is None else {name: batch.column(name).to_pylist() for name in names}


def _values(texts, kind):
    """As the app that serves reads a CSV: what its type is says how; only of "any" is it guessed."""
    from modeltrail_serve.inputs.csvtext import typed

    texts = ["" if text.strip() in MISSING else text for text in texts]
    if kind == "any" and {text.lower() for text in texts} <= {"true", "false", ""}:
        kind = "boolean"
    return typed(texts, kind)


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
