"""
KServe's second protocol, the Open Inference Protocol, https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol,
in JSON. Its extension for binary tensors is not spoken.
"""

import uuid

import numpy

from ... import jsontext
from ...inputs.values import quoted
from ...outputs import tensors
from ...problems import Invalid, Malformed, Unsupported
from ..asking import ask
from ..calls import Reply
from .counting import rows_in

name = "kserve-v2"

DTYPES = {
    "BOOL": "bool",
    "INT8": "int8",
    "INT16": "int16",
    "INT32": "int32",
    "INT64": "int64",
    "UINT8": "uint8",
    "UINT16": "uint16",
    "UINT32": "uint32",
    "UINT64": "uint64",
    "FP16": "float16",
    "FP32": "float32",
    "FP64": "float64",
    "BYTES": "object",
}
NAMES = {dtype: datatype for datatype, dtype in DTYPES.items()}
COLUMN_NAMES = {"boolean": "BOOL", "integer": "INT32", "long": "INT64", "float": "FP32", "double": "FP64"}
MOST_DIMENSIONS = 32


def problem(error):
    return jsontext.write({"error": str(error)})


def infer(bundle, model):
    """The function that answers a Call; `model`: how it is called here."""
    head = {"model_name": model, "model_version": str(bundle.manifest.version)}

    def answer(call):
        if b"inference-header-content-length" in call.headers:
            raise Unsupported("This server takes tensors as JSON only, not in binary.")
        body = jsontext.read(call.body)
        if not isinstance(body, dict) or not isinstance(body.get("inputs"), list) or not body["inputs"]:
            raise Malformed('The request has to be a JSON object with a list "inputs" of tensors.')
        params, wanted = body.get("parameters"), _wanted(body)
        if params is not None and not isinstance(params, dict):
            raise Malformed('"parameters" has to be an object.')
        data = bundle.reader.named(dict(_tensor(index, each) for index, each in enumerate(body["inputs"])))
        outputs = [
            _output(*output) for output in tensors(ask(bundle, data, params)) if wanted is None or output[0] in wanted
        ]
        if wanted is not None and len(outputs) < len(wanted):
            raise Invalid(
                "The model has no output %s." % quoted(sorted(wanted - {each["name"] for each in outputs})[0])
            )
        said = {**head, "id": str(body.get("id") or uuid.uuid4()), "outputs": outputs}
        return Reply(jsontext.write(said), rows=rows_in(data))

    return answer


def metadata(bundle, model, outputs):
    """What the model takes and gives. `outputs`: what it answered to the sample, None when there is none."""
    manifest = bundle.manifest
    inputs = [
        _described(each.name or "input-0", NAMES.get(each.dtype, "BYTES"), each.shape)
        for each in manifest.tensors or ()
    ]
    inputs += [_described(each.name, COLUMN_NAMES.get(each.type, "BYTES"), (-1,)) for each in manifest.columns or ()]
    found = (
        []
        if outputs is None
        else [_described(label, datatype_of(array), (-1, *array.shape[1:])) for label, array in tensors(outputs)]
    )
    return {
        "name": model,
        "versions": [str(manifest.version)],
        "platform": manifest.format,
        "inputs": inputs,
        "outputs": found,
    }


def _described(label, datatype, shape):
    return {"name": label, "datatype": datatype, "shape": list(shape)}


def datatype_of(array):
    return NAMES.get(array.dtype.name, "BYTES")


def _wanted(body):
    outputs = body.get("outputs")
    if not outputs:
        return None
    if not isinstance(outputs, list) or not all(
        isinstance(each, dict) and isinstance(each.get("name"), str) for each in outputs
    ):
        raise Malformed('"outputs" has to be a list of objects with a name.')
    return {each["name"] for each in outputs}


def _tensor(index, said):
    """(name, array)"""
    if not isinstance(said, dict) or not isinstance(said.get("name"), str):
        raise Malformed("Input %d: expected an object with a name, a shape, a datatype and data." % (index + 1))
    label = "Input %s" % quoted(said["name"])
    if said.get("datatype") not in DTYPES:
        raise Malformed("%s: the datatype has to be one of %s." % (label, ", ".join(DTYPES)))
    shape, data = said.get("shape"), said.get("data")
    if (
        not isinstance(shape, list)
        or len(shape) > MOST_DIMENSIONS
        or not all(type(length) is int and 0 <= length < 1 << 40 for length in shape)
    ):
        raise Malformed("%s: the shape has to be a list of whole numbers." % label)
    if not isinstance(data, list):
        raise Malformed("%s: the data has to be a list." % label)
    values = list(_flat(data))
    count = 1
    for length in shape:
        count *= length
    if count != len(values):
        raise Invalid("%s: the shape asks for %d values, there are %d." % (label, count, len(values)))
    return said["name"], _array(label, values, said["datatype"]).reshape(shape)


def _flat(values):
    """The values of lists in lists, without recursion."""
    pending = [iter(values)]
    while pending:
        for value in pending[-1]:
            if type(value) is list:
                pending.append(iter(value))
                break
            yield value
        else:
            pending.pop()


def _array(label, values, datatype):
    dtype = numpy.dtype(DTYPES[datatype])
    kinds = set(map(type, values))
    fits = {"b": {bool}, "i": {int}, "u": {int}, "f": {int, float, type(None)}, "O": {str}}[dtype.kind]
    if not kinds <= fits:
        raise Invalid("%s: the data does not fit the datatype %s." % (label, datatype))
    if dtype.kind == "O":
        array = numpy.empty(len(values), dtype=object)
        array[:] = values
        return array
    try:
        with numpy.errstate(over="ignore"):
            array = (
                numpy.array(values, dtype="float64").astype(dtype)
                if dtype.kind == "f"
                else numpy.array(values, dtype=dtype)
            )
    except OverflowError:
        raise Invalid("%s: a number does not fit the datatype %s." % (label, datatype)) from None
    if dtype.kind == "f" and numpy.isinf(array).any():
        raise Invalid("%s: a number does not fit the datatype %s." % (label, datatype))
    return array


def _output(label, array):
    data = array.reshape(-1).tolist()
    return {"name": label, "shape": list(array.shape), "datatype": datatype_of(array), "data": data}
