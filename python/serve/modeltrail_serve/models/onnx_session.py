"""ONNX models, by onnxruntime."""

import numpy

from ..inputs import Table
from ..problems import Invalid

DTYPES = {
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(float16)": "float16",
    "tensor(int64)": "int64",
    "tensor(int32)": "int32",
    "tensor(bool)": "bool",
    "tensor(uint8)": "uint8",
    "tensor(int8)": "int8",
    "tensor(string)": "object",
}


def load_onnx(path, manifest, records=False, providers=()):
    """
    `records`: a table is always answered with an object for each row, as MLflow does. `providers`: by which it is computed,
    the first that is there; without any of them the processor.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Threads that wait by turning round and round take the processor from those that answer.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    there = onnxruntime.get_available_providers()
    chosen = [name for name in providers if name in there] or ["CPUExecutionProvider"]
    return OnnxModel(onnxruntime.InferenceSession(path, options, providers=chosen), records)


class OnnxModel:
    def __init__(self, session, records):
        self.session = session
        self.records = records
        self.inputs = [
            (given.name, DTYPES.get(given.type, "float32"), len(given.shape)) for given in session.get_inputs()
        ]
        self.outputs = [given.name for given in session.get_outputs()]

    def run(self, data, params, method="predict"):
        found = self.session.run(None, self.feed(data))
        if isinstance(data, Table) and (self.records or len(found) > 1):
            columns = [flat(values) for values in found]
            return [dict(zip(self.outputs, row)) for row in zip(*columns)]
        if len(found) == 1 and not self.records:
            return found[0]
        return dict(zip(self.outputs, found))

    def feed(self, data):
        if isinstance(data, Table):
            return self.feed_table(data)
        if len(self.inputs) == 1 and len(data) == 1:
            name, dtype, _ = self.inputs[0]
            return {name: typed(next(iter(data.values())), dtype)}
        lacking = [name for name, _, _ in self.inputs if name not in data]
        if lacking:
            raise Invalid("Missing: tensor %s." % ", ".join(lacking))
        return {name: typed(data[name], dtype) for name, dtype, _ in self.inputs}

    def feed_table(self, table):
        if len(self.inputs) == 1:
            name, dtype, _ = self.inputs[0]
            matrix = table.matrix()
            if matrix is None:
                matrix = numpy.array([column.tolist() for column in table.columns], dtype=object).T
            return {name: typed(matrix, dtype)}
        columns = dict(zip(table.names, table.columns))
        lacking = [name for name, _, _ in self.inputs if name not in columns]
        if lacking:
            raise Invalid("Missing: column %s." % ", ".join(lacking))
        return {
            name: typed(columns[name].reshape(-1, 1) if rank == 2 else columns[name], dtype)
            for name, dtype, rank in self.inputs
        }


def typed(array, dtype):
    return numpy.ascontiguousarray(array, dtype=dtype)


def flat(values):
    """A value for each row: a column of one is no list of one."""
    if isinstance(values, numpy.ndarray):
        return values.reshape(-1).tolist() if values.ndim == 2 and values.shape[1] == 1 else values.tolist()
    return values
