"""Models of every format as bundles, in the folder named: `make_bundles.py FOLDER [NAME…]`."""

import json
import os
import pickle
import sys
import warnings

import joblib
import pandas
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.simplefilter("ignore")

FUNCTION = '''
import time
from pathlib import Path

def load(folder):
    return float((Path(folder) / "border.txt").read_text())

def predict(inputs: list, model, params):
    """What a test asks of it stands in the first column: it can be slow, fail, and answer with odd things."""
    first = inputs[0]["alcohol"]
    if first == -1:
        time.sleep(params.get("seconds", 1))
    if first == -2:
        raise RuntimeError("a secret of the model")
    if first == -3:
        return [float("nan"), float("inf")]
    if first == -4:
        return [object()]
    if first == -5:
        raise SystemExit(3)
    if first == -6:
        raise MemoryError()
    return [{"class": int(each["alcohol"] > model), "rows": len(inputs)} for each in inputs]
'''


def wine():
    return load_wine(return_X_y=True, as_frame=True)


def columns_of(frame, kind="double"):
    return [{"name": name, "type": kind, "required": True} for name in frame.columns]


class Maker:
    def __init__(self, folder):
        self.folder = folder
        self.x, self.y = wine()

    def bundle(self, name, form, flavour, entry, frame=None, taken=None, code=True):
        """The path of the model's file."""
        frame = self.x if frame is None else frame
        folder = os.path.join(self.folder, name)
        os.makedirs(os.path.join(folder, "model"), exist_ok=True)
        manifest = {
            "format": 1,
            "model": "wine",
            "version": 3,
            "run": None,
            "flavour": flavour,
            "modelFormat": form,
            "executesCode": code,
            "entry": entry,
            "python": "%d.%d" % sys.version_info[:2],
            "requirements": [],
            "input": {"columns": columns_of(frame)} if taken is None else taken or None,
            "sample": "sample.json",
            "files": [],
            "created": "2026-01-31T12:00:00Z",
        }
        sample = {"request": {"dataframe_split": json.loads(frame.head(2).to_json(orient="split"))}, "response": None}
        for file, value in (("bundle.json", manifest), ("sample.json", sample)):
            with open(os.path.join(folder, file), "w") as out:
                json.dump(value, out)
        return os.path.join(folder, *entry.split("/"))

    def classifier(self):
        return make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(self.x, self.y)

    def joblib(self):
        joblib.dump(self.classifier(), self.bundle("joblib", "joblib", "sklearn", "model/model.joblib"))

    def pickle(self):
        model = Ridge().fit(self.x, self.x["alcohol"] * 3 + self.y)
        with open(self.bundle("pickle", "pickle", "sklearn", "model/model.pkl"), "wb") as file:
            pickle.dump(model, file)

    def unknown(self):
        """Nothing is known of what it takes."""
        joblib.dump(self.classifier(), self.bundle("unknown", "joblib", "sklearn", "model/model.joblib", taken={}))

    def mixed(self):
        """Columns of every type, through a ColumnTransformer."""
        from sklearn.compose import make_column_transformer
        from sklearn.preprocessing import OneHotEncoder

        frame = mixed_frame()
        model = make_pipeline(
            make_column_transformer(
                (OneHotEncoder(handle_unknown="ignore"), ["town"]),
                (StandardScaler(), ["size", "count"]),
                remainder="drop",
            ),
            LogisticRegression(),
        ).fit(frame, [0, 1, 0, 1])
        taken = [
            {"name": "town", "type": "string", "required": True},
            {"name": "size", "type": "double", "required": True},
            {"name": "count", "type": "integer", "required": True},
            {"name": "open", "type": "boolean", "required": False},
            {"name": "seen", "type": "datetime", "required": False},
            {"name": "photo", "type": "binary", "required": False},
        ]
        path = self.bundle(
            "mixed", "joblib", "sklearn", "model/model.joblib", frame[["town", "size", "count"]], {"columns": taken}
        )
        joblib.dump(model, path)

    def skops(self):
        from skops.io import dump

        dump(self.classifier(), self.bundle("skops", "skops", "sklearn", "model/model.skops", code=False))

    def xgboost(self):
        import xgboost

        model = xgboost.XGBClassifier(n_estimators=8).fit(self.x, self.y)
        model.save_model(self.bundle("xgboost", "xgboost", "xgboost", "model/model.json", code=False))
        booster = xgboost.train({"objective": "reg:squarederror"}, xgboost.DMatrix(self.x, self.y), 8)
        booster.save_model(self.bundle("xgboost-booster", "xgboost", "xgboost", "model/model.ubj", code=False))

    def lightgbm(self):
        import lightgbm

        model = lightgbm.train({"objective": "regression", "verbose": -1}, lightgbm.Dataset(self.x, self.y), 8)
        model.save_model(self.bundle("lightgbm", "lightgbm", "lightgbm", "model/model.txt", code=False))

    def onnx(self):
        path = self.bundle("onnx", "onnx", "onnx", "model/model.onnx", code=False)
        with open(path, "wb") as file:
            file.write(onnx_of(self.classifier(), self.x.shape[1]).SerializeToString())

    def tensors(self):
        """A model that takes a tensor, not a table."""
        taken = {"tensors": [{"name": "X", "dtype": "float32", "shape": [-1, self.x.shape[1]]}]}
        path = self.bundle("tensors", "onnx", "onnx", "model/model.onnx", taken=taken, code=False)
        with open(path, "wb") as file:
            file.write(onnx_of(Ridge().fit(self.x, self.y), self.x.shape[1]).SerializeToString())

    def torchscript(self):
        import torch

        class Sum(torch.nn.Module):
            def forward(self, x):
                return x.sum(dim=1)

        torch.jit.script(Sum()).save(self.bundle("torchscript", "torchscript", "torchscript", "model/model.pt"))

    def function(self):
        path = self.bundle("function", "python", "function", "model/predict.py")
        with open(path, "w") as file:
            file.write(FUNCTION)
        with open(os.path.join(os.path.dirname(path), "border.txt"), "w") as file:
            file.write("13.5")

    def mlflow(self, only=None):
        import lightgbm
        import mlflow
        import xgboost
        from mlflow.models import infer_signature

        signature = infer_signature(self.x, self.y)
        # Without its own look at what they need, which starts a Python for each.
        small = {"n_estimators": 5}
        models = {
            "sklearn": (mlflow.sklearn, self.classifier(), {"serialization_format": "cloudpickle"}),
            "sklearn-proba": (
                mlflow.sklearn,
                self.classifier(),
                {"pyfunc_predict_fn": "predict_proba", "serialization_format": "cloudpickle"},
            ),
            "sklearn-skops": (mlflow.sklearn, self.classifier(), {"serialization_format": "skops"}),
            "xgboost": (mlflow.xgboost, xgboost.XGBClassifier(**small).fit(self.x, self.y), {}),
            "xgboost-booster": (mlflow.xgboost, xgboost.train({}, xgboost.DMatrix(self.x, self.y), 5), {}),
            "lightgbm": (mlflow.lightgbm, lightgbm.LGBMClassifier(verbose=-1, **small).fit(self.x, self.y), {}),
            "onnx": (mlflow.onnx, onnx_of(self.classifier(), self.x.shape[1]), {}),
        }
        for name, (flavor, model, more) in models.items():
            if only and name not in only:
                continue
            flavor.save_model(
                model,
                self.bundle("mlflow-" + name, "mlflow", "mlflow", "model/mlflow"),
                signature=signature,
                pip_requirements=[],
                **more,
            )

        if only:
            return

        class Total(mlflow.pyfunc.PythonModel):
            def predict(self, context, model_input, params=None):
                return model_input.sum(axis=1)

        path = self.bundle("mlflow-pyfunc", "mlflow", "mlflow", "model/mlflow")
        mlflow.pyfunc.save_model(
            path, python_model=Total(), signature=infer_signature(self.x, self.x.sum(axis=1)), pip_requirements=[]
        )


def mixed_frame():
    return pandas.DataFrame(
        {"town": ["Ulm", "Bonn", "Ulm", "Köln"], "size": [1.5, 2.5, 3.5, 4.5], "count": [1, 2, 3, 4]}
    )


def onnx_of(model, width):
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType

    return to_onnx(model, initial_types=[("X", FloatTensorType([None, width]))])


if __name__ == "__main__":
    maker = Maker(sys.argv[1])
    for kind in sys.argv[2:]:
        getattr(maker, kind)()
