"""Whether each bundle in the folder named answers as its own library does: prints {bundle: what was wrong, or ""}."""

import json
import os
import sys
import warnings

import pandas
from make_bundles import mixed_frame, wine
from modeltrail_serve.models import open_bundle

# As a frame is made of what a request holds: values of a column beside each other. The last bit of a sum hangs on that.
X = pandas.DataFrame(wine()[0].to_dict(orient="records"))


def sklearn_answer(path):
    import joblib

    return joblib.load(path).predict(X)


def pickled_answer(path):
    import pickle

    with open(path, "rb") as file:
        return pickle.load(file).predict(X)


def skops_answer(path):
    from skops.io import load

    return load(path).predict(X)


def mixed_answer(path):
    import joblib

    return joblib.load(path).predict(mixed_frame())


def xgboost_answer(path):
    import xgboost

    model = xgboost.XGBClassifier()
    model.load_model(path)
    return model.predict(X)


def booster_answer(path):
    import xgboost

    return xgboost.Booster(model_file=path).predict(xgboost.DMatrix(X))


def lightgbm_answer(path):
    import lightgbm

    return lightgbm.Booster(model_file=path).predict(X)


def onnx_answer(path):
    import onnxruntime

    label, chances = onnxruntime.InferenceSession(path).run(None, {"X": X.to_numpy().astype("float32")})
    return [{"output_label": one, "output_probability": each} for one, each in zip(label.tolist(), chances)]


def tensors_answer(path):
    import onnxruntime

    return onnxruntime.InferenceSession(path).run(None, {"X": X.to_numpy().astype("float32")})[0]


def torch_answer(path):
    import torch

    # Sums depend on how numbers lie.
    rows = torch.from_numpy(X.to_numpy().astype("float32", order="C"))
    return torch.jit.load(path)(rows).numpy()


def function_answer(path):
    return [{"class": int(value > 13.5), "rows": len(X)} for value in X["alcohol"]]


def mlflow_answer(path):
    import mlflow.pyfunc

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return mlflow.pyfunc.load_model(path).predict(X)


ANSWERS = {
    "joblib": sklearn_answer,
    "unknown": sklearn_answer,
    "pickle": pickled_answer,
    "skops": skops_answer,
    "mixed": mixed_answer,
    "xgboost": xgboost_answer,
    "xgboost-booster": booster_answer,
    "lightgbm": lightgbm_answer,
    "onnx": onnx_answer,
    "tensors": tensors_answer,
    "torchscript": torch_answer,
    "function": function_answer,
}


def plain(value):
    """Through JSON's types, without ours."""
    if hasattr(value, "to_frame"):
        value = value.to_frame()
    if hasattr(value, "to_dict"):
        return value.to_dict(orient="records")
    return (
        value.tolist()
        if hasattr(value, "tolist")
        else [plain(part) for part in value]
        if isinstance(value, list)
        else value
    )


def check(name, bundle):
    answer = mlflow_answer if name.startswith("mlflow-") else ANSWERS[name]
    expected = json.loads(json.dumps(plain(answer(bundle.manifest.entry)), default=plain))
    frame = mixed_frame() if name == "mixed" else X
    records = json.loads(frame.to_json(orient="records", double_precision=15))
    body = json.loads(json.dumps({"dataframe_records": records}))
    found = bundle.predict(body)["predictions"]
    if isinstance(found, dict):
        found = next(iter(found.values()))
    found = json.loads(json.dumps(found))
    return "" if found == expected else "%s… in place of %s…" % (str(found)[:200], str(expected)[:200])


def main(folder):
    bundles = {name: open_bundle(os.path.join(folder, name)) for name in sorted(os.listdir(folder))}
    # Of what is left to warn of: callers of a server cannot do anything about it.
    warnings.filterwarnings("error", append=True)
    results = {}
    for name, bundle in bundles.items():
        try:
            results[name] = check(name, bundle)
        except Exception as error:
            results[name] = "%s: %s" % (type(error).__name__, error)
    print(json.dumps(results))


if __name__ == "__main__":
    main(sys.argv[1])
