"""Which reader is for which format."""

import importlib

READERS = {
    "mlflow": ("mlflow_folder", "load_mlflow"),
    "joblib": ("estimators", "load_joblib"),
    "pickle": ("estimators", "load_pickle"),
    "skops": ("estimators", "load_skops"),
    "xgboost": ("boosters", "load_xgboost"),
    "lightgbm": ("boosters", "load_lightgbm"),
    "onnx": ("onnx_session", "load_onnx"),
    "torchscript": ("torchscript", "load_torchscript"),
    "python": ("function", "load_function"),
}


def load(manifest):
    """An object with `run(data, params, method)`; `data` is a Table or {name: array}."""
    if manifest.format not in READERS:
        raise ValueError("This server does not know models of the format %r." % manifest.format)
    module, function = READERS[manifest.format]
    return getattr(importlib.import_module("." + module, __package__), function)(manifest.entry, manifest)
