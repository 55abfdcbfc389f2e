"""A bundle in the folder named whose model answers with the sum of each row. Needs NumPy alone."""

import json
import os
import sys

PREDICT = """
from numpy import ndarray

def predict(inputs: ndarray):
    return inputs.sum(axis=1)
"""


def main(folder):
    os.makedirs(os.path.join(folder, "model"))
    columns = [{"name": name, "type": "double", "required": True} for name in ("a", "b", "c")]
    manifest = {
        "format": 1, "model": "wine", "version": 3, "run": None, "flavour": "function", "modelFormat": "python",
        "executesCode": True, "entry": "model/predict.py", "python": "3.11", "requirements": [], "input": {"columns": columns},
        "sample": "sample.json", "files": [], "created": "2026-01-31T12:00:00Z",
    }  # fmt: skip
    sample = {"request": {"inputs": [[1.0, 2.0, 3.5]]}, "response": {"predictions": [6.5]}}
    files = {"bundle.json": json.dumps(manifest), "sample.json": json.dumps(sample), "model/predict.py": PREDICT}
    files["score.py"] = "from modeltrail_serve.azure import init, run\n"
    for name, text in files.items():
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)


main(sys.argv[1])
