"""What a model answered, as JSON can hold it."""

import numpy

from .jsontext import plain, write


def jsonable(raw):
    """Lists, objects, numbers, texts, true, false and null. A table becomes an object for each row, as MLflow has it."""
    if isinstance(raw, numpy.ndarray):
        return _list_of(raw)
    if isinstance(raw, (str, int, float, bool)) or raw is None:
        return raw
    if isinstance(raw, dict):
        return {str(key): jsonable(part) for key, part in raw.items()}
    if isinstance(raw, (list, tuple)):
        return [jsonable(part) for part in raw]
    if hasattr(raw, "to_frame"):  # a series of pandas
        raw = raw.to_frame()
    if hasattr(raw, "to_dict"):
        return jsonable(raw.to_dict(orient="records"))
    if hasattr(raw, "toarray"):  # a sparse matrix
        return raw.toarray().tolist()
    return jsonable(plain(raw))


def _list_of(array):
    if array.dtype.kind in "Mm":  # NumPy alone would tell nanoseconds as numbers
        return array.astype(str).tolist()
    return [jsonable(part) for part in array.tolist()] if array.dtype.kind in "OV" and array.ndim else array.tolist()


def by_row(raw):
    """As `jsonable`, and a list with an item for each row where the model gave columns or named tensors."""
    if isinstance(raw, dict) and raw:
        parts = [jsonable(part) for part in raw.values()]
        if all(isinstance(part, list) and len(part) == len(parts[0]) for part in parts):
            return [dict(zip(map(str, raw), row)) for row in zip(*parts)]
    return jsonable(raw)


def tensors(raw):
    """[(name, array)]: columns and named tensors by their names, one answer as "output-0"."""
    if hasattr(raw, "to_frame"):
        raw = raw.to_numpy()
    if hasattr(raw, "to_dict"):
        raw = {name: raw[name].to_numpy() for name in raw}
    if (
        isinstance(raw, (list, tuple))
        and raw
        and all(isinstance(row, dict) and row.keys() == raw[0].keys() for row in raw)
    ):
        raw = {name: [row[name] for row in raw] for name in raw[0]}
    if isinstance(raw, dict):
        return [(str(name), _array(part)) for name, part in raw.items()]
    return [("output-0", _array(raw))]


def _array(part):
    """Of numbers, truths or texts; what else there is becomes JSON as text."""
    part = part.toarray() if hasattr(part, "toarray") else part
    try:
        array = numpy.asarray(part)
    except ValueError:  # rows of different lengths
        array = numpy.empty(len(part), dtype=object)
        array[:] = part
    if array.dtype.kind in "biuf" and array.dtype.itemsize <= 8:
        return array
    texts = numpy.empty(array.shape, dtype=object)
    texts.reshape(-1)[:] = [_text(value) for value in array.reshape(-1).tolist()]
    return texts


def _text(value):
    return value if isinstance(value, str) else write(jsonable(value)).decode("utf-8")
