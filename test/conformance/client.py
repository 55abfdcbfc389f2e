"""What a script does with MLflow's client, told as JSON that does not depend on ids, times and places.

Run against MLflow's own server and against ours: the two must tell the same.
"""

import json
import math
import os
import re
import sys
import tempfile

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag
from mlflow.exceptions import MlflowException

client = MlflowClient()
told = {}
names = {sys.argv[0]: "client.py"}  # id or place → what it is called here


def plain(value):
    """JSON of any entity, with ids and places by name and times by kind."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int) and value > 1_500_000_000_000 and value < 4_000_000_000_000:
        return "<time>"
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, str):
        for name in sorted(names, key=len, reverse=True):
            value = value.replace(name, names[name])
        return re.sub(r"\b[0-9a-f]{32}\b", "<id>", value)
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in sorted(value.items())}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    if hasattr(value, "__iter__") and hasattr(value, "_properties"):
        return {key: plain(item) for key, item in sorted(value)}
    return {key: plain(getattr(value, key)) for key in public(value)}


def public(entity):
    return sorted(
        key
        for key in dir(type(entity))
        if not key.startswith("_") and isinstance(getattr(type(entity), key), property)
    )


def tell(what, value):
    told[what] = plain(value)


def refused(what, action):
    try:
        told[what] = ["done", plain(action())]
    except MlflowException as error:
        told[what] = ["refused", error.error_code, plain(re.sub(r" Error: .*", "", str(error), flags=re.S))]


def run_of(run):
    """A run without what depends on the place: its artifacts' address."""
    shown = plain(client.get_run(run))
    shown["info"].pop("artifact_uri", None)
    shown["info"].pop("run_uuid", None)
    return shown


def experiments():
    experiment = client.create_experiment("wine", tags={"team": "red"})
    names[f"experiment id {experiment}"] = "experiment id <wine>"
    client.set_experiment_tag(experiment, "team", "blue")
    client.set_experiment_tag(experiment, "x/y z", "")
    shown = plain(client.get_experiment_by_name("wine"))
    for place in ("artifact_location", "experiment_id"):
        shown.pop(place)
    tell("experiment", shown)
    tell("default", client.get_experiment("0").name)
    tell("unknown experiment by name", client.get_experiment_by_name("beer"))
    refused("unknown experiment", lambda: client.get_experiment("99999"))
    refused("experiment twice", lambda: client.create_experiment("wine"))
    refused("experiment without a name", lambda: client.create_experiment(""))
    refused("experiment of a wrong id", lambda: client.set_experiment_tag("x1", "a", "b"))
    gone = client.create_experiment("gone")
    names[f"id={gone}"] = "id=<gone>"
    names[f"experiment {gone}"] = "experiment <gone>"
    run = client.create_run(gone).info.run_id
    client.delete_experiment(gone)
    tell("deleted experiment", client.get_experiment(gone).lifecycle_stage)
    tell("its run", client.get_run(run).info.lifecycle_stage)
    refused("run in a deleted experiment", lambda: client.create_run(gone))
    refused("rename a deleted experiment", lambda: client.rename_experiment(gone, "new"))
    refused("tag a deleted experiment", lambda: client.set_experiment_tag(gone, "a", "b"))
    refused("delete a deleted experiment", lambda: client.delete_experiment(gone))
    client.restore_experiment(gone)
    client.rename_experiment(gone, "back")
    tell("restored experiment", [client.get_experiment(gone).name, client.get_run(run).info.lifecycle_stage])
    return experiment


def fluent():
    mlflow.set_experiment("wine")
    with mlflow.start_run(run_name="outer", tags={"kind": "test"}, description="a note") as outer:
        mlflow.log_param("lr", 0.1)
        mlflow.log_param("lr", 0.1)
        mlflow.log_params({"depth": 3, "none": None, "text": "ä\n'x'\"", "long": "x" * 7000})
        for step in range(5):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metrics({"nan": math.nan, "big": 1e300, "low": -0.0}, step=-3)
        mlflow.set_tags({"a": 1, "mlflow.runName": "renamed"})
        with mlflow.start_run(nested=True, run_name="inner") as inner:
            mlflow.log_metric("acc", 0.5)
        refused("another value", lambda: mlflow.log_param("lr", 0.2))
        refused("other values", lambda: mlflow.log_params({"new": 1, "lr": 0.3}))
    names[outer.info.run_id] = "<outer>"
    names[inner.info.run_id] = "<inner>"
    tell("outer", run_of(outer.info.run_id))
    tell("inner", run_of(inner.info.run_id))
    try:
        with mlflow.start_run(run_name="failing") as failing:
            raise ValueError("no")
    except ValueError:
        tell("failing", run_of(failing.info.run_id)["info"])
    with mlflow.start_run(run_id=outer.info.run_id):
        mlflow.log_metric("loss", 7, step=9)
    tell("resumed", run_of(outer.info.run_id)["data"]["metrics"])
    return outer.info.run_id


def logging(experiment):
    run = client.create_run(experiment, start_time=1_600_000_000_000, tags={"t": "1"}, run_name="plain").info.run_id
    names[run] = "<plain>"
    points = [Metric("m", value, 1_600_000_000_000 + place, step) for place, (step, value) in enumerate(
        [(3, 1.0), (1, 2.0), (1, 3.0), (1, 3.0), (-2, 4.0), (3, math.nan), (2, 1e-300)]
    )]
    client.log_batch(run, points, [Param("p", "1"), Param("q", "")], [RunTag("t", "2"), RunTag("t", "3")])
    refused("the same points again", lambda: client.log_batch(run, points))
    tell("history", [plain(point) for point in client.get_metric_history(run, "m")])
    tell("history of nothing", client.get_metric_history(run, "none"))
    for key in ("", "a$b", "../x", "a//b", "/a", "x" * 251):
        refused(f"metric {key[:9]}", lambda: client.log_batch(run, [Metric(key, 1.0, 1, 0)]))
        refused(f"param {key[:9]}", lambda: client.log_batch(run, params=[Param(key, "1")]))
        refused(f"tag {key[:9]}", lambda: client.log_batch(run, tags=[RunTag(key, "1")]))
    refused("time below zero", lambda: client.log_batch(run, [Metric("m", 1.0, -1, 0)]))
    refused("param twice", lambda: client.log_batch(run, params=[Param("z", "1"), Param("z", "2")]))
    refused("two changed", lambda: client.log_batch(run, params=[Param("p", "it's"), Param("q", "2")]))
    refused("no such run", lambda: client.log_metric("0" * 32, "m", 1))
    client.delete_tag(run, "t")
    refused("delete a tag twice", lambda: client.delete_tag(run, "t"))
    client.update_run(run, status="SCHEDULED", name="other")
    tell("scheduled", run_of(run)["info"])
    client.set_terminated(run, "KILLED", 1_600_000_001_000)
    tell("plain", run_of(run))
    client.delete_run(run)
    refused("log to a deleted run", lambda: client.log_metric(run, "m", 1))
    refused("update a deleted run", lambda: client.update_run(run, name="x"))
    tell("deleted", client.get_run(run).info.lifecycle_stage)
    client.restore_run(run)
    tell("restored", client.get_run(run).info.lifecycle_stage)
    return run


def inputs(run):
    dataset = Dataset("data", "d1", "local", '{"uri": "data.csv"}', schema="{}", profile='{"rows": 3}')
    given = [DatasetInput(dataset, [InputTag("mlflow.data.context", "train")])]
    client.log_inputs(run, given)
    client.log_inputs(run, given)
    tell("inputs", client.get_run(run).inputs.dataset_inputs)
    long = DatasetInput(Dataset("n" * 501, "d", "local", "s"), [])
    refused("dataset of a long name", lambda: client.log_inputs(run, [long]))


def artifacts(run):
    client.log_text(run, "hello", "a/b.txt")
    client.log_dict(run, {"x": 1}, "ä c.json")
    tell("artifacts", [(f.path, f.is_dir, f.file_size) for f in client.list_artifacts(run)])
    tell("artifacts below", [(f.path, f.is_dir, f.file_size) for f in client.list_artifacts(run, "a")])
    with tempfile.TemporaryDirectory() as folder:
        path = client.download_artifacts(run, "a", folder)
        with open(os.path.join(path, "b.txt")) as file:
            tell("downloaded", file.read())


def together(run):
    for step in range(300):
        mlflow.log_metric("async", step, step=step, synchronous=False, run_id=run)
    mlflow.flush_async_logging()
    tell("async", sorted(point.value for point in client.get_metric_history(run, "async")) == list(range(300)))


experiment = experiments()
outer = fluent()
plain_run = logging(experiment)
inputs(plain_run)
artifacts(plain_run)
if hasattr(mlflow, "flush_async_logging"):
    together(plain_run)
# Not to the standard output: older clients print there themselves.
with open(sys.argv[1], "w") as file:
    json.dump({"told": told, "version": mlflow.__version__, "outer": outer}, file)
