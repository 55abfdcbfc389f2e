"""Arrays of numbers, checked against what the model says of them."""

from itertools import chain

import numpy

from ..problems import Invalid
from .values import quoted


def named_tensors(values, expected):
    """{name: array} of {name: nested lists}, for each tensor that the model takes."""
    if len(expected) == 1 and expected[0].name is None and len(values) == 1:
        return {None: tensor_of(next(iter(values.values())), expected[0])}
    lacking = [tensor.name for tensor in expected if tensor.name not in values]
    if lacking:
        raise Invalid("Missing: %s." % ", ".join("tensor " + quoted(name) for name in lacking))
    return {tensor.name: tensor_of(values[tensor.name], tensor) for tensor in expected}


def tensor_of(values, expected):
    """An array of just the type and shape expected."""
    label = "The tensor" if expected.name is None else "Tensor " + quoted(expected.name)
    try:
        array = values if isinstance(values, numpy.ndarray) else array_of(values)
    except (ValueError, OverflowError):
        raise Invalid("%s: expected nested lists of one length at each depth." % label) from None
    array = _typed(array, values, expected, label)
    if len(expected.shape) != array.ndim or any(
        want not in (-1, got) for want, got in zip(expected.shape, array.shape)
    ):
        raise Invalid("%s: expected the shape %s, got %s." % (label, _shape(expected.shape), _shape(array.shape)))
    return array


def array_of(values):
    """
    An array of nested lists; where there are texts, one of objects: NumPy would give each the room of the longest. Throws
    ValueError for lists of several lengths, OverflowError.
    """
    if not _hold_text(values):
        return numpy.array(values)
    array = numpy.array(values, dtype=object)
    if any(type(value) is list for value in array.reshape(-1)):
        raise ValueError("Lists of one length are expected.")
    return array


def _hold_text(values):
    level = [values]
    while level:
        kinds = set(map(type, level))
        if str in kinds:
            return True
        level = list(chain.from_iterable(part for part in level if type(part) is list)) if list in kinds else ()
    return False


def _typed(array, values, expected, label):
    dtype = numpy.dtype("object" if expected.dtype in ("str", "object", "string") else expected.dtype)
    if array.dtype == dtype and dtype.kind != "O":
        return array
    if array.size == 0:
        return array.astype(dtype)
    wrong = Invalid("%s: expected values of type %s, got others." % (label, expected.dtype))
    if dtype.kind in "OU":
        if array.dtype.kind not in "OU":
            raise wrong
        if expected.dtype != "object" and not all(value is None or isinstance(value, str) for value in array.reshape(-1)):
            raise wrong
        return array.astype(dtype)
    if array.dtype.kind == "O" or (dtype.kind == "b") != (array.dtype.kind == "b") or array.dtype.kind not in "biuf":
        # What is missing (null) makes an array of objects: as NaN it is a number.
        array = _with_nan(array) if array.dtype.kind == "O" and dtype.kind == "f" else None
        if array is None:
            raise wrong
    with numpy.errstate(all="ignore"):
        made = array.astype(dtype)
    if dtype.kind in "iu" and not numpy.array_equal(made, array):
        raise Invalid("%s: expected whole numbers of type %s, got others." % (label, expected.dtype))
    if dtype.kind == "f" and numpy.isinf(made).any():
        raise Invalid("%s: a number is too large for %s." % (label, expected.dtype))
    return made


def _with_nan(array):
    if not all(value is None or type(value) in (int, float) for value in array.reshape(-1)):
        return None
    try:
        return array.astype("float64")
    except (OverflowError, TypeError):
        return None


def _shape(lengths):
    return "[%s]" % ", ".join("any" if length == -1 else str(length) for length in lengths)
