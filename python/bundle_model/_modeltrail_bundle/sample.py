"""Requests that the model should be able to answer: bodies for `/invocations`."""
import base64
import json

from . import columns as tables

ROWS = 5
FIELDS = ("dataframe_split", "dataframe_records", "instances", "inputs")

# Where a request is from: what was kept with the model and rows that its run read it has to answer. Rows with missing values
# may have been filled before it learned from them, and one that is made up may be like none that it knows.
EXAMPLE, ROWS_READ, GAPS, MADE = "example", "rows", "gaps", "made"


def make_samples(schema, example, data):
    """[(where it is from, the request)], the best first, and the schema with what the data told of its columns.

    `example`: the file of a request that was kept with the model, or None. `data`: files that the run read.
    """
    kept = _kept(example)
    if not schema:
        return [(EXAMPLE, kept)] if kept else [], schema
    if "tensors" in schema:
        return [(EXAMPLE, kept) if kept else (MADE, _tensors(schema["tensors"]))], schema
    table = tables.find_rows({column["name"]: column["type"] for column in schema["columns"]}, data)
    if table is not None:
        schema = {"columns": [_informed(column, table[column["name"]]) for column in schema["columns"]]}
    if kept:
        return [(EXAMPLE, kept)], schema
    columns = schema["columns"]
    made = (MADE, _split(columns, [[_typical(column["type"]) for column in columns]]))
    return ([made] if table is None else [_of_table(columns, table), made]), schema


def _of_table(columns, table):
    rows = list(zip(*(table[column["name"]] for column in columns)))
    whole = [row for row in rows[:1000] if None not in row][:ROWS]
    return (ROWS_READ if whole else GAPS), _split(
        columns,
        [[_as(column["type"], value) for column, value in zip(columns, row)] for row in whole or rows[:ROWS]],
    )


def _split(columns, rows):
    return {"dataframe_split": {"columns": [column["name"] for column in columns], "data": rows}}


def _kept(example):
    """MLflow keeps the example as a request; of a long one the first rows. None for what the app would not take as one."""
    if not example:
        return None
    try:
        with open(example, encoding="utf-8") as stream:
            request = json.load(stream)
    except (OSError, ValueError):
        return None
    if not isinstance(request, dict):
        return None
    if set(request) == {"columns", "data"}:
        # What MLflow kept before it kept whole requests.
        request = {"dataframe_split": request}
    if sum(field in request for field in FIELDS) != 1:
        return None
    for key, value in request.items():
        if key == "dataframe_split" and isinstance(value, dict):
            parts = {name: part[:ROWS] if name in ("index", "data") else part for name, part in value.items()}
            return {**request, key: {name: part for name, part in parts.items() if name != "index"}}
        if key in ("dataframe_records", "instances", "inputs") and isinstance(value, list):
            return {**request, key: value[:ROWS]}
    return request


def _informed(column, values):
    kind = tables.type_of(values) if column["type"] == "any" else column["type"]
    return {**column, "type": kind, **(tables.bounds(values) if kind not in ("string", "any") else {})}


def _as(kind, value):
    if value is None:
        return None
    if kind in ("float", "double") and type(value) is int:
        return float(value)
    if kind == "string":
        return str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value if isinstance(value, (bool, int, float, str)) else str(value)


def _typical(kind):
    return {"boolean": False, "integer": 0, "long": 0, "string": "", "binary": "", "datetime": "2020-01-01T00:00:00"}.get(
        kind, 0.0
    )


def _tensors(tensors):
    """One row of zeros for each."""
    made = {one["name"]: _zeros(one) for one in tensors}
    return {"inputs": made[None] if None in made else made}


def _zeros(one):
    sizes = [1 if place == 0 and size < 0 else max(size, 1) for place, size in enumerate(one["shape"])]
    value = "" if one["dtype"].startswith("str") else False if one["dtype"] == "bool" else 0
    value = 0.0 if one["dtype"].startswith("float") else value
    for size in reversed(sizes):
        value = [value] * size
    return value
