"""TorchScript programs. Reading one runs code of whoever wrote it."""

import numpy

from ..inputs import Table
from ..problems import Invalid
from .code import require_code


def load_torchscript(path, manifest):
    require_code(manifest, "TorchScript")
    import torch

    program = torch.jit.load(path, map_location="cpu")
    program.eval()
    return TorchProgram(program, torch)


class TorchProgram:
    def __init__(self, program, torch):
        self.program = program
        self.torch = torch

    def run(self, data, params, method="predict"):
        if isinstance(data, Table):
            matrix = data.matrix()
            if matrix is None:
                raise Invalid("This model takes numbers only.")
            arrays = [numpy.ascontiguousarray(matrix, dtype="float32")]
        else:
            # JSON knows no float32, which is what nearly all programs take.
            arrays = [
                array.astype("float32") if array.dtype == "float64" and self_typed(name) else array
                for name, array in data.items()
            ]
        with self.torch.no_grad():
            found = self.program(*[self.torch.from_numpy(numpy.ascontiguousarray(array)) for array in arrays])
        return unwrapped(found)


def self_typed(name):
    """Whether nothing was said of the tensor: without a schema there is one, and it has no name."""
    return name is None


def unwrapped(found):
    if isinstance(found, dict):
        return {str(name): unwrapped(part) for name, part in found.items()}
    if isinstance(found, (list, tuple)):
        return [unwrapped(part) for part in found]
    return found.numpy() if hasattr(found, "numpy") else found
