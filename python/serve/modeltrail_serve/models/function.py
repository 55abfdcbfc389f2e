"""
A Python file of the user's with `predict(inputs)`.

`inputs` is what its annotation asks for: `list` (an object for each row), `numpy.ndarray`, or, without one, a DataFrame of pandas
where pandas is installed and the list where it is not. Tensors come as {name: array}, or as an array when there is one. A second
parameter `params` gets those of the request. `load(folder)`, if there is one, is called once before; what it returns is given
to `predict` as `model`, where that has such a parameter.
"""

import importlib.util
import inspect
import os
import sys

from ..inputs import Table
from .code import require_code

MODULE = "modeltrail_model"


def load_function(path, manifest):
    require_code(manifest, "A Python file")
    if os.path.isdir(path):
        path = os.path.join(path, "predict.py")
    folder = os.path.dirname(path)
    sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location(MODULE, path)
    module = importlib.util.module_from_spec(spec)
    # Known by its name, so that classes of the file can be unpickled.
    sys.modules[MODULE] = module
    spec.loader.exec_module(module)
    if not callable(getattr(module, "predict", None)):
        raise ValueError("%s has no function predict." % os.path.basename(path))
    loaded = module.load(folder) if callable(getattr(module, "load", None)) else None
    return Function(module, loaded)


class Function:
    def __init__(self, module, loaded):
        self.module = module
        parameters = inspect.signature(module.predict).parameters
        first = next(iter(parameters.values()), None)
        if first is None:
            raise ValueError("predict has to take the inputs as its first parameter.")
        self.form = _form(first.annotation)
        self.takes_params = "params" in parameters
        self.more = {"model": loaded} if "model" in parameters else {}

    def run(self, data, params, method="predict"):
        function = getattr(self.module, method)
        more = dict(self.more, params=params) if self.takes_params else self.more
        return function(self.shaped(data), **more)

    def shaped(self, data):
        if not isinstance(data, Table):
            return next(iter(data.values())) if len(data) == 1 else data
        if self.form == "array":
            matrix = data.matrix()
            return data.frame().to_numpy() if matrix is None else matrix
        return data.records() if self.form == "records" else data.frame()


def _form(annotation):
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", None) or str(annotation)
    if annotation is not inspect.Parameter.empty:
        if "ndarray" in text or "ArrayLike" in text:
            return "array"
        if text.lower().startswith(("list", "typing.list", "sequence", "typing.sequence", "iterable")):
            return "records"
    return "frame" if importlib.util.find_spec("pandas") else "records"
