"""
A bundle as MLflow sees a model: the `loader_module` of its flavour `python_function`. MLflow's server and its `load_model` give
frames and arrays; the bundle's own reader makes of them what the model takes.
"""

import numpy
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INTERNAL_ERROR, INVALID_PARAMETER_VALUE

from .models import open_bundle
from .outputs import jsonable
from .problems import Problem


def _load_pyfunc(path, model_config=None):
    """By this name MLflow asks for it. `path`: the bundle."""
    bundle = open_bundle(path)
    bundle.begin()
    return PyfuncBundle(bundle)


class PyfuncBundle:
    def __init__(self, bundle):
        self.bundle = bundle

    def predict(self, model_input, params=None):
        try:
            return jsonable(self.bundle.run(self.read(model_input), params))
        except Problem as problem:
            code = INVALID_PARAMETER_VALUE if problem.status < 500 else INTERNAL_ERROR
            raise MlflowException(str(problem), error_code=code) from None

    def read(self, given):
        """A Table or {name: array} of what MLflow made of a request."""
        reader = self.bundle.reader
        if hasattr(given, "columns") and hasattr(given, "to_dict"):
            return reader.by_column({name: given[name].tolist() for name in given})
        if isinstance(given, dict):
            arrays = {name: numpy.asarray(values) for name, values in given.items()}
            return reader.by_column(arrays) if reader.tensors is None else reader.named(arrays)
        if isinstance(given, numpy.ndarray) and reader.tensors is None:
            return reader.values(given.tolist())
        return reader.values(given)
