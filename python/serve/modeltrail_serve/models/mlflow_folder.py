"""
Models in MLflow's format. What one library alone can read is read by that library, so that MLflow is not needed to serve it;
the rest is left to `mlflow.pyfunc`.
"""

import os

from ..inputs import Table
from .boosters import XgboostBooster, load_lightgbm, load_xgboost
from .code import require_code
from .estimators import Estimator, load_joblib, load_pickle, load_skops
from .onnx_session import load_onnx


def load_mlflow(folder, manifest):
    flavors = read_flavors(folder)
    function = flavors.get("python_function", {})
    # Code that was saved along has to be found by what is unpickled: MLflow sees to that.
    lean = None if function.get("code") else LEAN.get(function.get("loader_module"))
    if lean is not None:
        name, load = lean
        model = load(folder, flavors.get(name, {}), function, manifest)
        if model is not None:
            return model
    return Pyfunc(folder, manifest)


def read_flavors(folder):
    import yaml

    with open(os.path.join(folder, "MLmodel"), encoding="utf-8") as file:
        return yaml.safe_load(file)["flavors"]


def _sklearn(folder, flavor, function, manifest):
    path = os.path.join(folder, flavor.get("pickled_model") or function["model_path"])
    method = function.get("predict_fn") or "predict"
    form = flavor.get("serialization_format", "pickle")
    if form == "skops":
        loaded = load_skops(path, manifest)
    elif form == "joblib":
        loaded = load_joblib(path, manifest)
    elif form in ("pickle", "cloudpickle"):
        loaded = load_pickle(path, manifest)
    else:
        return None
    return Estimator(loaded.estimator, method)


def _xgboost(folder, flavor, function, manifest):
    path = os.path.join(folder, flavor.get("data") or function["data"])
    kind = flavor.get("model_class", "xgboost.core.Booster")
    if not os.path.isfile(path) or not kind.startswith("xgboost."):
        return None
    import xgboost

    if kind.endswith("Booster"):
        booster = xgboost.Booster()
        booster.load_model(path)
        return XgboostBooster(booster)
    made = getattr(xgboost, kind.rpartition(".")[2], None)
    if made is None:
        return load_xgboost(path, manifest)
    estimator = made()
    estimator.load_model(path)
    return Estimator(estimator)


def _lightgbm(folder, flavor, function, manifest):
    path = os.path.join(folder, flavor.get("data") or function["data"])
    if flavor.get("model_class", "").endswith("basic.Booster"):
        return load_lightgbm(path, manifest)
    return load_pickle(path, manifest) if path.endswith(".pkl") else None


def _onnx(folder, flavor, function, manifest):
    providers = flavor.get("providers") or []
    # With options of its own, each is a list.
    if flavor.get("onnx_session_options") or not all(isinstance(name, str) for name in providers):
        return None
    return load_onnx(os.path.join(folder, flavor.get("data") or function["data"]), manifest, True, providers)


LEAN = {
    "mlflow.sklearn": ("sklearn", _sklearn),
    "mlflow.xgboost": ("xgboost", _xgboost),
    "mlflow.lightgbm": ("lightgbm", _lightgbm),
    "mlflow.onnx": ("onnx", _onnx),
}


class Pyfunc:
    """Any model of MLflow's, as its own server would ask it."""

    def __init__(self, folder, manifest):
        require_code(manifest, "A model that MLflow itself has to read")
        import mlflow.pyfunc

        self.model = mlflow.pyfunc.load_model(folder)

    def run(self, data, params, method="predict"):
        if isinstance(data, Table):
            return self.model.predict(data.frame(), params=params or None)
        return self.model.predict(next(iter(data.values())) if len(data) == 1 else data, params=params or None)
