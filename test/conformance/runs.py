"""All that a server has of all runs, told as JSON that does not depend on ids, times and places."""

import json
import os
import re
import sys

from mlflow import MlflowClient

client = MlflowClient()

# What is another one each time, wherever it stands.
VOLATILE = (
    (r"\bm-[0-9a-f]{32}\b", "<model>"),
    (r"\b[0-9a-f]{32}\b", "<id>"),
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<uuid>"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(\+00:00)?", "<time>"),
    (r"^[a-z]+-[a-z]+-\d+$", "<name>"),
    (re.escape(os.path.dirname(sys.argv[0])), "<folder>"),
)
# Machines, not trainings, decide on these.
MEASURED = re.compile(r"system/|.*time")
TIMED = ("MLmodel", "cv_results.csv", "estimator.html")


def plain(value):
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        for pattern, name in VOLATILE:
            value = re.sub(pattern, name, value)
        return value
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in sorted(value.items())}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def files(list_below, folder=None):
    """Paths with sizes; of the files that tell times and places, the paths."""
    for file in list_below(folder):
        if file.is_dir:
            yield from files(list_below, file.path)
        else:
            yield [file.path, None if file.path.endswith(TIMED) else file.file_size]


def history(run_id, key):
    points = client.get_metric_history(run_id, key)
    if MEASURED.match(key):
        return len(points) > 0
    return sorted([point.step, repr(point.value)] for point in points)


def tell_run(run):
    info, data, run_id = run.info, run.data, run.info.run_id
    told = {
        "name": info.run_name,
        "status": info.status,
        "stage": info.lifecycle_stage,
        "user": info.user_id,
        "times": info.start_time > 0 and info.end_time is not None and info.end_time >= info.start_time,
        "params": data.params,
        "metrics": {key: history(run_id, key) for key in data.metrics},
        "latest": {key: value for key, value in data.metrics.items() if not MEASURED.match(key)},
        "tags": data.tags,
        "datasets": [
            [one.dataset.to_dictionary(), {tag.key: tag.value for tag in one.tags}] for one in run.inputs.dataset_inputs
        ],
        "artifacts": sorted(files(lambda folder: client.list_artifacts(run_id, folder))),
    }
    if hasattr(run, "outputs"):
        told["models"] = [[one.model_id, one.step] for one in run.outputs.model_outputs]
    return plain(told)


def tell_model(model):
    told = {
        "name": model.name,
        "status": model.status.name,
        "type": model.model_type,
        "params": model.params,
        "tags": model.tags,
        "times": 0 < model.creation_timestamp <= model.last_updated_timestamp,
    }
    # MLflow's server gives all points of a model's metrics, which may be many; ours the last of each (docs/mlflow.md).
    last = {}
    for one in sorted(model.metrics or [], key=lambda one: (one.step, one.timestamp)):
        if not MEASURED.match(one.key):
            last[f"{one.key} on {one.dataset_name} {one.dataset_digest}"] = [one.step, one.value]
    told["metrics"] = last
    return plain(told)


def by_content(things):
    return sorted(things, key=lambda thing: json.dumps(thing, sort_keys=True))


told = {}
for experiment in client.search_experiments():
    ids = [experiment.experiment_id]
    told[experiment.name] = {
        "tags": plain(experiment.tags),
        "runs": by_content(tell_run(client.get_run(run.info.run_id)) for run in client.search_runs(ids)),
    }
    if hasattr(client, "search_logged_models"):
        told[experiment.name]["models"] = by_content(tell_model(one) for one in client.search_logged_models(ids))
with open(sys.argv[1], "w") as file:
    json.dump({"told": told}, file)
