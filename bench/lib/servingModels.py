"""Trains a model and saves it as MLflow does, with its signature, and requests to it: `servingModels.py FOLDER`."""

import json
import os
import sys
import warnings

warnings.simplefilter("ignore")

import mlflow  # noqa: E402
from mlflow.models import infer_signature  # noqa: E402
from sklearn.datasets import load_wine  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

folder = sys.argv[1]
rows, classes = load_wine(return_X_y=True, as_frame=True)
model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(rows, classes)
path = os.path.join(folder, "model")
signature = infer_signature(rows, model.predict(rows))
mlflow.sklearn.save_model(model, path, signature=signature, serialization_format="cloudpickle", pip_requirements=[])
bodies = {}
for count in (1, 100):
    some = rows.iloc[:count]
    bodies[count] = {"dataframe_split": {"columns": list(some.columns), "data": some.values.tolist()}}
print(json.dumps({"columns": list(rows.columns), "bodies": bodies}))
