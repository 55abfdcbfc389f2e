"""Searches of every kind, and what is said of those that cannot be: told as JSON like client.py."""

import json
import math
import re
import sys

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, ViewType
from mlflow.exceptions import MlflowException

client = MlflowClient()
told = {}


def tell(what, search):
    try:
        told[what] = search()
    except MlflowException as error:
        # Sets of Python are listed in an order that changes, by each in its own words.
        told[what] = [error.error_code, re.split(r"[\[{(]", str(error))[0]]


def make_runs():
    experiment = client.create_experiment("runs")
    a, b, c, d, e = (client.create_run(experiment, start_time=1000 * n, run_name=name) for n, name in enumerate("abcde"))
    client.log_batch(
        a.info.run_id,
        [Metric("loss", 0.5, 1, 0), Metric("loss", 0.1, 2, 1), Metric("val loss", 3, 1, 0)],
        [Param("lr", "0.1"), Param("net", "ResNet_50")],
    )
    client.set_tag(a.info.run_id, "team", "red")
    client.log_batch(b.info.run_id, [Metric("loss", 0.2, 1, 0)], [Param("lr", "0.01"), Param("net", "resnet18")])
    client.log_metric(c.info.run_id, "loss", math.nan)
    client.set_tag(c.info.run_id, "team", "blue's")
    client.log_metric(d.info.run_id, "loss", 7)
    client.set_terminated(c.info.run_id, "FAILED", 5000)
    client.set_terminated(d.info.run_id, "FINISHED", 4000)
    dataset = Dataset("train", "abc", "local", "x")
    client.log_inputs(e.info.run_id, [DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])])
    return experiment


RUN_FILTERS = [
    "",
    "metrics.loss < 0.15",
    "metrics.loss >= 0.1",
    "metrics.loss != 0.2",
    "metrics.loss = 0",
    "metrics.`val loss` = 3 and params.lr = '0.1'",
    'metrics."val loss" > 1e0',
    "metrics.none != 1",
    "params.lr != '0.1'",
    "params.net LIKE 'ResNet%'",
    "params.net LIKE 'ResNet_50'",
    "params.net LIKE '%[1]%'",
    "params.net ilike 'resnet%'",
    "params.lr IS NULL",
    "tags.team is not null",
    'tags.team = "blue\'s"',
    "tags.`mlflow.runName` = 'b'",
    "run_name != 'b'",
    "attributes.`Run Name` LIKE '%'",
    "status = 'FAILED'",
    "status != 'RUNNING' AND end_time > 4000",
    "attribute.start_time > 1000 and created < 4000",
    "end_time != 4000",
    "user_id = ''",
    "run_id IN ('x', 'y')",
    "run_id NOT IN ('x')",
    "dataset.name = 'train'",
    "dataset.context = 'training' and dataset.digest LIKE 'a%'",
    "dataset.name NOT IN ('train')",
    "AND metrics.loss > 0 AND",
    # What cannot be.
    "metrics.loss > 1 or metrics.loss < 2",
    "(metrics.loss > 1)",
    "metrics.loss",
    "params.lr = 'x",
    "metrics.a-b > 1",
    "1 = 1",
    "loss > 1",
    "foo.loss > 1",
    "dataset.foo = 'x'",
    "metrics.loss > 'x'",
    "params.lr = 0.1",
    "params.lr = LR",
    "params.lr > '0.1'",
    "metrics.loss LIKE '1'",
    "metrics.loss == 1",
    "metrics.loss IS NULL",
    "start_time = '1'",
    "status = 1",
    "status IN ('FAILED')",
    "run_id IN ()",
    "run_id IN (1)",
    "metrics.loss > 1; metrics.loss < 2",
    "metrics.loss > 1 -- comment",
]
RUN_ORDERS = [
    [],
    ["start_time"],
    ["metrics.loss"],
    ["metrics.loss DESC"],
    ["metrics.`val loss` ASC", "start_time asc"],
    ["params.lr DESC"],
    ["tags.team"],
    ["end_time"],
    ["end_time DESC"],
    ["status", "run_name DESC"],
    ["metrics.loss up"],
    ["foo"],
    ["metrics.loss, start_time"],
    ["metrics.loss desc desc"],
]


def search_runs(experiment):
    def names(**search):
        return [run.info.run_name for run in client.search_runs([experiment], **search)]

    for text in RUN_FILTERS:
        tell(f"runs where {text}", lambda: names(filter_string=text))
    for order in RUN_ORDERS:
        tell(f"runs by {order}", lambda: names(order_by=order))
    pages, token = [], None
    while token != "":
        page = client.search_runs([experiment], order_by=["metrics.loss"], max_results=2, page_token=token)
        pages.append([run.info.run_name for run in page])
        token = page.token or ""
    told["pages of runs"] = pages
    client.delete_run(client.search_runs([experiment], "run_name = 'b'")[0].info.run_id)
    for view in (ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY, ViewType.ALL):
        tell(f"runs of view {view}", lambda: names(run_view_type=view))
    tell("too many runs", lambda: names(max_results=50_001))


def search_experiments():
    for name, tags in (("wine", {"team": "red"}), ("Wine 2", {"team": "blue"}), ("beer", {})):
        client.create_experiment(name, tags=tags)
    for text in (
        "name = 'wine'",
        "name LIKE 'wine%'",
        "name ILIKE 'wine%'",
        "tags.team = 'red'",
        "tag.team != 'red'",
        "tags.team IS NULL",
        "creation_time > 5 and name != 'beer'",
        "experiment_id IN ('0')",
        "name > 'x'",
        "metrics.x = 1",
        "foo = 'x'",
        "name IS NULL",
        "name = 'a' OR name = 'b'",
        "creation_time > 'x'",
    ):
        search = {"filter_string": text, "order_by": ["name DESC"]}
        tell(f"experiments where {text}", lambda: [one.name for one in client.search_experiments(**search)])
    for order in (["experiment_id"], ["name ASC", "creation_time"], ["tags.team"], ["foo"]):
        tell(f"experiments by {order}", lambda: [one.name for one in client.search_experiments(order_by=order)])


def search_registry(run):
    for name in ("wine", "Wine 2", "beer"):
        client.create_registered_model(name, tags={"team": name})
    mlflow.genai.register_prompt(name="prompt", template="Say {{it}}")
    for name in ("wine", "wine", "beer"):
        client.create_model_version(name, f"s3://models/{name}", run if name == "wine" else None, tags={"k": name})
    client.set_registered_model_alias("wine", "best", 2)
    for text in (
        "",
        "name = 'wine'",
        "name LIKE 'W%'",
        "name ILIKE 'w%'",
        "name IN ('wine', 'beer')",
        "tags.team = 'wine'",
        "tags.team != 'wine' and name != 'beer'",
        "tags.`mlflow.prompt.is_prompt` = 'true'",
        "tags.`mlflow.prompt.is_prompt` = 'false'",
        "run_id = 'x'",
        "name = 3",
        "name > 'x'",
        "params.x = 'y'",
    ):
        tell(f"models where {text}", lambda: [one.name for one in client.search_registered_models(text)])
    for order in (["name DESC"], ["timestamp", "name"], ["foo"]):
        tell(f"models by {order}", lambda: [one.name for one in client.search_registered_models(order_by=order)])
    for text in (
        "",
        "name = 'wine'",
        "version_number > 1",
        "version_number = '1'",
        "run_id = 'x'",
        f"run_id IN ('{run}')",
        "source_path LIKE 's3://%/beer'",
        "tags.k = 'wine' and name != 'x'",
        "version_number = 'x'",
        "source_path IN ('x')",
        "foo = 'x'",
        "run_id = 3",
    ):
        order = ["name", "version_number DESC"]
        tell(
            f"versions where {text.replace(run, 'RUN')}",
            lambda: [[one.name, one.version] for one in client.search_model_versions(text, order_by=order)],
        )
    for order in (["version_number", "name DESC"], ["foo"]):
        search = {"filter_string": "", "order_by": order}
        tell(f"versions by {order}", lambda: [[one.name, one.version] for one in client.search_model_versions(**search)])


def search_logged_models(experiment, run):
    a = client.create_logged_model(experiment, "a", run, params={"lr": "0.1"}, tags={"team": "red"}, model_type="tree")
    b = client.create_logged_model(experiment, "b")
    client.create_logged_model(experiment, "c")
    client.log_batch(
        run, [Metric("size", 3, 1, 0, model_id=a.model_id), Metric("size", 1, 1, 0, model_id=b.model_id)]
    )
    client.log_metric(run, "size", 9, timestamp=2, model_id=b.model_id, dataset_name="test", dataset_digest="x")
    on_test = [{"dataset_name": "test"}]
    for text, datasets in (
        ("name = 'a'", None),
        ("name != 'a' AND creation_timestamp > 0", None),
        ("params.lr = '0.1' and tags.team LIKE 'r%'", None),
        ("model_type = 'tree'", None),
        ("metrics.size > 2", None),
        ("metrics.size > 2", on_test),
        ("", on_test),
        ("name IN ('a', 'c')", None),
        ("metric.size > 1", None),
        ("name > 'x'", None),
        ("name = 'a' OR name = 'b'", None),
        ("tags.a IS NULL", None),
    ):
        search = {"filter_string": text or None, "datasets": datasets, "order_by": [{"field_name": "name"}]}
        tell(
            f"logged models where {text} {datasets}",
            lambda: [one.name for one in client.search_logged_models([experiment], **search)],
        )
    for order in (
        [{"field_name": "metrics.size", "ascending": False}, {"field_name": "name"}],
        [{"field_name": "metrics.size", "dataset_name": "test"}, {"field_name": "name", "ascending": False}],
        [{"field_name": "params.lr"}],
        [{"field_name": "foo"}],
    ):
        tell(
            f"logged models by {order}",
            lambda: [one.name for one in client.search_logged_models([experiment], order_by=order)],
        )


def traces():
    mlflow.set_experiment("traces")

    @mlflow.trace(name="add")
    def add(x):
        if x < 0:
            raise ValueError("negative")
        return x + 1

    for x in (1, 2, -1):
        try:
            add(x)
        except ValueError:
            pass
    mlflow.flush_trace_async_logging()
    experiment = mlflow.get_experiment_by_name("traces").experiment_id
    for text in ("", "trace.status = 'ERROR'", "name = 'add'", "tags.`mlflow.traceName` = 'sub'", "timestamp_ms > 0"):
        tell(
            f"traces where {text}",
            lambda: sorted(
                [one.info.state, one.data.spans[0].name, one.data.spans[0].outputs]
                for one in client.search_traces(locations=[experiment], filter_string=text)
            ),
        )
    first = client.search_traces(locations=[experiment])[0].info.trace_id
    client.set_trace_tag(first, "kept", "yes")
    told["a trace's tag"] = client.get_trace(first).info.tags["kept"]
    client.delete_trace_tag(first, "kept")
    told["deleted traces"] = client.delete_traces(experiment, trace_ids=[first])
    told["traces left"] = len(client.search_traces(locations=[experiment]))


experiment = make_runs()
run = client.search_runs([experiment], "run_name = 'a'")[0].info.run_id
search_runs(experiment)
search_experiments()
search_registry(run)
search_logged_models(experiment, run)
traces()
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump({"told": told}, file)
