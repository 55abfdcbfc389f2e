"""
What Azure ML's inference server asks of `score.py`: `init()` once, `run(request)` for each request. A bundle's `score.py` has
one line: `from modeltrail_serve.azure import init, run`.
"""

import importlib
import json
import os

from . import jsontext
from .app.asking import ask, failed
from .arguments import own_bundle
from .manifest import BUNDLE_FILE
from .models import open_bundle
from .outputs import jsonable
from .problems import ModelFailed, Problem

_bundle = None


def init():
    """Azure ML says in AZUREML_MODEL_DIR where it has put the model: the bundle, or a folder that holds it."""
    global _bundle
    _bundle = open_bundle(find_bundle(os.environ.get("AZUREML_MODEL_DIR")))
    _bundle.begin()


def find_bundle(folder):
    for found, folders, files in os.walk(folder) if folder else ():
        if BUNDLE_FILE in files:
            return found
        folders.sort()
    return own_bundle()


def run(request):
    """A body of `/invocations` as text → {"predictions": …}; what does not fit is answered as there."""
    try:
        data, params = _bundle.read(jsontext.read(request.encode("utf-8") if isinstance(request, str) else request))
        # Through text: its server knows nothing of NumPy, nor that what is no number is null.
        return json.loads(jsontext.write({"predictions": jsonable(ask(_bundle, data, params))}))
    except Problem as problem:
        return _refused(problem)
    except Exception:
        return _refused(ModelFailed(failed()))


def _refused(problem):
    """As its server takes answers with a status; where there is none of its servers, the problem itself is raised."""
    for name in ("azureml_inference_server_http.api.aml_response", "azureml.contrib.services.aml_response"):
        try:
            response = importlib.import_module(name).AMLResponse
        except ImportError:
            continue
        return response({"error_code": problem.code, "message": str(problem)}, problem.status, json_str=True)
    raise problem
