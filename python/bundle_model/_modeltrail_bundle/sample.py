"""Requests that the model should be able to answer: bodies for `/invocations`."""
import base64
import json

from collections import namedtuple

from . import columns as tables
from . import places

ROWS = 5
FIELDS = ("dataframe_split", "dataframe_records", "instances", "inputs")

# Where a request is from: what the project names, what was kept with the model and rows that its run read it has to answer. Rows
# with missing values may have been filled before it learned from them, rows of columns without names may be others than it
# learned from, and one that is made up may be like none that it knows.
GIVEN, EXAMPLE, ROWS_READ, GAPS, PLACES, MADE = "given", "example", "rows", "gaps", "places", "made"

# `file`: the name of the table that its rows are of; `without`: columns of that which it has not.
Sample = namedtuple("Sample", "source request file without", defaults=(None, ()))


def make_samples(schema, asked):
    """[Sample], the best first, and the schema with what the data told of its columns. `asked`: the whole request, see describe.py."""
    # What is no request is not passed over when the project names it: the model's reader says what is wrong with it.
    kept = Sample(GIVEN, _kept(asked["given"])) if asked["given"] else Sample(EXAMPLE, _kept(asked["example"]))
    is_kept = asked["given"] or kept.request
    if not schema:
        return [kept] if is_kept else [], schema
    if "tensors" in schema:
        made = Sample(MADE, _tensors(schema["tensors"]))
        return [kept] if is_kept else [*_by_place(schema["tensors"], asked), made], schema
    found = tables.find_rows({column["name"]: column["type"] for column in schema["columns"]}, asked["data"])
    if found is not None:
        schema = {"columns": [_informed(column, found[1][column["name"]]) for column in schema["columns"]]}
    if is_kept:
        return [kept], schema
    columns = schema["columns"]
    made = Sample(MADE, _split(columns, [[_typical(column["type"]) for column in columns]]))
    return ([made] if found is None else [_of_table(columns, *found), made]), schema


def _of_table(columns, file, table):
    rows = list(zip(*(table[column["name"]] for column in columns)))
    whole = [row for row in rows[:1000] if None not in row][:ROWS]
    request = _split(
        columns,
        [[_as(column["type"], value) for column, value in zip(columns, row)] for row in whole or rows[:ROWS]],
    )
    return Sample(ROWS_READ if whole else GAPS, request, file)


def _by_place(tensors, asked):
    """[Sample] for a model that takes rows of so many numbers, or []."""
    [first, *others] = tensors
    lengths = first["shape"]
    if others or len(lengths) != 2 or lengths[0] >= 0 or lengths[1] < 1 or not first["dtype"].startswith("float"):
        return []
    found = places.find_rows(lengths[1], asked["data"], asked["features"], asked["label"])
    if found is None:
        return []
    file, rows, without = found
    rows = [[float(value) for value in row] for row in rows[:ROWS]]
    return [Sample(PLACES, {"inputs": rows if first["name"] is None else {first["name"]: rows}}, file, without)]


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
