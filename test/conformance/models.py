"""Autolog, models and the registry, as a data scientist's script uses them: told as JSON like client.py."""

import json
import math
import re
import sys

import mlflow
import numpy as np
from mlflow import MlflowClient
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

client = MlflowClient()
is_old = mlflow.__version__.startswith("2.")
told = {}

X = np.arange(60.0).reshape(30, 2)
y = (np.arange(30) % 3 > 0).astype(int)


def shape(run_id):
    """A run without what differs from one time to the next."""
    run = client.get_run(run_id)
    volatile = ("mlflow.source", "mlflow.user", "mlflow.parentRunId", "mlflow.log-model", "mlflow.rootRunId")
    return {
        "status": run.info.status,
        "params": dict(sorted(run.data.params.items())),
        "metrics": {key: str(round(value, 9)) for key, value in sorted(run.data.metrics.items()) if "time" not in key},
        "tags": {
            key: value
            for key, value in sorted(run.data.tags.items())
            if not key.startswith(volatile) and key != "mlflow.runName"
        },
        "datasets": [
            [one.dataset.name, one.dataset.digest, [tag.value for tag in one.tags]] for one in run.inputs.dataset_inputs
        ],
        "models": None if is_old else len(run.outputs.model_outputs),
        "artifacts": sorted(file.path for file in client.list_artifacts(run_id)),
    }


def autolog():
    mlflow.set_experiment("autolog")
    mlflow.sklearn.autolog(silent=True, log_models=False)
    LogisticRegression(C=0.5).fit(X, y)
    told["fit"] = shape(mlflow.last_active_run().info.run_id)
    with mlflow.start_run(run_name="search") as run:
        GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0, 10.0]}, cv=2).fit(X, y)
    told["grid search"] = shape(run.info.run_id)
    experiment = client.get_experiment_by_name("autolog").experiment_id
    children = client.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{run.info.run_id}'")
    told["its candidates"] = sorted((shape(child.info.run_id) for child in children), key=lambda one: one["params"]["C"])
    mlflow.sklearn.autolog(disable=True)


def after_nan():
    """On some versions of MLflow's own server, the second of these fails."""
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", math.nan, step=1)
        mlflow.log_metric("loss", math.inf, step=2)
        name = {"artifact_path" if is_old else "name": "model"}
        info = mlflow.sklearn.log_model(LogisticRegression().fit(X, y), **name)
    return run.info.run_id, info


def register(run_id, info):
    first = mlflow.register_model(info.model_uri, "wine")
    second = mlflow.register_model(f"runs:/{run_id}/model", "wine")
    client.set_registered_model_alias("wine", "champion", 2)
    client.set_model_version_tag("wine", "1", "checked", "yes")
    told["versions"] = [[one.version, one.status, one.run_id == run_id] for one in (first, second)]
    told["champion"] = client.get_model_version_by_alias("wine", "champion").version
    told["version"] = client.get_model_version("wine", "1").tags
    for uri in (info.model_uri, f"runs:/{run_id}/model", "models:/wine/1", "models:/wine@champion"):
        kind = re.sub(r"[0-9a-f]{32}", "<id>", uri)
        told[f"loaded {kind}"] = mlflow.sklearn.load_model(uri).predict(X[:5]).tolist()
    if not is_old:
        told["logged model"] = mlflow.get_logged_model(info.model_id).status.name


autolog()
run_id, info = after_nan()
register(run_id, info)
with open(sys.argv[1], "w") as file:
    json.dump({"told": told, "run": run_id}, file)
