"""What a model answered, as JSON can hold it."""

import numpy

from .jsontext import plain


def jsonable(raw):
    """Of lists, objects, numbers, texts, true, false and null. A table becomes an object for each row, as MLflow's server has it."""
    if isinstance(raw, numpy.ndarray):
        return raw.tolist() if raw.dtype.kind not in "OMmV" else [jsonable(part) for part in raw.tolist()] if raw.ndim else raw.item()
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
