"""What a bundle says of itself: `bundle.json` at its root."""

import json
import os

BUNDLE_FILE = "bundle.json"


class Column:
    __slots__ = ("name", "type", "required")

    def __init__(self, said):
        self.name = said["name"]
        self.type = said["type"]
        self.required = said.get("required", True)


class Tensor:
    """`name` may be None, a length of `shape` may be -1: any."""

    __slots__ = ("name", "dtype", "shape")

    def __init__(self, said):
        self.name = said["name"]
        self.dtype = said["dtype"]
        self.shape = tuple(said["shape"])


class Manifest:
    """`columns` and `tensors`: what the model takes. Both None: that is not known, and nothing is refused."""

    def __init__(self, folder, said):
        if said.get("format") != 1:
            raise ValueError(
                "The bundle in %s is of a format that this server does not know: %r." % (folder, said.get("format"))
            )
        self.folder = folder
        self.model = said["model"]
        self.version = said["version"]
        self.run = said.get("run")
        self.format = said["modelFormat"]
        self.executes_code = said.get("executesCode", False)
        self.entry = os.path.join(folder, *said["entry"].split("/"))
        taken = said.get("input") or {}
        self.columns = [Column(column) for column in taken["columns"]] if "columns" in taken else None
        self.tensors = [Tensor(tensor) for tensor in taken["tensors"]] if "tensors" in taken else None
        self.sample = os.path.join(folder, *said["sample"].split("/")) if said.get("sample") else None

    def read_sample(self):
        """(request, response): bodies of /invocations, the response None when it is not known. None without a sample."""
        if self.sample is None:
            return None
        with open(self.sample, "rb") as file:
            said = json.loads(file.read().decode("utf-8"))
        return said["request"], said.get("response")


def read_manifest(folder):
    folder = os.path.abspath(folder)
    try:
        with open(os.path.join(folder, BUNDLE_FILE), "rb") as file:
            said = json.loads(file.read().decode("utf-8"))
    except FileNotFoundError:
        raise ValueError("There is no bundle in %s: it has no %s." % (folder, BUNDLE_FILE)) from None
    return Manifest(folder, said)
