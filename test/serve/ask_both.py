"""Asks MLflow's own scoring server and our app the same, both in this process; prints [what was asked, theirs, ours] for each."""

import asyncio
import json
import logging
import os
import sys
import warnings

import mlflow.pyfunc
from make_bundles import Maker, wine
from mlflow.pyfunc import scoring_server
from modeltrail_serve.app.build import build
from modeltrail_serve.app.limits import Limits
from modeltrail_serve.app.metrics import Metrics
from modeltrail_serve.app.pool import Pool
from modeltrail_serve.models import open_bundle

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)


def cases():
    frame = wine()[0].iloc[::60]
    names, rows = list(frame.columns), frame.to_numpy().tolist()
    records = frame.to_dict(orient="records")
    columns = frame.to_dict(orient="list")
    json_type = "application/json"
    yield "records", json_type, {"dataframe_records": records}
    yield "split", json_type, {"dataframe_split": {"columns": names, "data": rows}}
    yield (
        "split with an index",
        json_type,
        {"dataframe_split": {"index": [5, 6, 7], "columns": names[::-1], "data": [row[::-1] for row in rows]}},
    )
    yield "instances of records", json_type, {"instances": records}
    yield "inputs of columns", json_type, {"inputs": columns}
    yield "inputs of records", json_type, {"inputs": records}
    yield "columns that are not asked for", json_type, {"dataframe_records": [dict(each, more=1) for each in records]}
    yield (
        "whole numbers",
        json_type,
        {"dataframe_records": [{name: int(value) for name, value in each.items()} for each in records]},
    )
    yield "params", json_type, {"dataframe_records": records, "params": {"a": 1}}
    yield "csv", "text/csv", frame.to_csv(index=False)
    yield "csv with a charset", "text/csv; charset=utf-8", frame.to_csv(index=False)
    yield "refused: another charset", "application/json; charset=latin-1", {"inputs": columns}
    yield "refused: another type", "text/plain", "hello"
    yield "refused: no JSON", json_type, "{"
    yield "refused: a list", json_type, rows
    yield "refused: nothing", json_type, {}
    yield "refused: two forms", json_type, {"inputs": columns, "instances": rows}
    yield "refused: records that are none", json_type, {"dataframe_records": {"a": 1}}
    yield "refused: split that is none", json_type, {"dataframe_split": rows}
    yield "refused: a text for a number", json_type, {"dataframe_records": [dict(each, hue="red") for each in records]}
    yield "refused: nothing for a number", json_type, {"dataframe_records": [dict(each, hue=None) for each in records]}
    yield "refused: lengths that differ", json_type, {"instances": [records[0], {**records[1], "hue": [1, 2]}]}


async def ask(app, kind, body):
    """(status, JSON or text) of POST /invocations."""
    said = []
    bytes_ = (body if isinstance(body, str) else json.dumps(body)).encode("utf-8")
    headers = [(b"content-type", kind.encode("ascii")), (b"content-length", b"%d" % len(bytes_))]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": "/invocations",
             "raw_path": b"/invocations", "query_string": b"", "headers": headers, "scheme": "http", "root_path": "",
             "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2)}  # fmt: skip
    waiting = [{"type": "http.request", "body": bytes_, "more_body": False}]

    async def receive():
        return waiting.pop() if waiting else await asyncio.Event().wait()

    async def send(message):
        said.append(message)

    await app(scope, receive, send)
    text = b"".join(message.get("body", b"") for message in said).decode("utf-8")
    try:
        return said[0]["status"], json.loads(text)
    except ValueError:
        return said[0]["status"], text


async def main(folder):
    Maker(folder).mlflow(only=["sklearn"])
    bundle = open_bundle(os.path.join(folder, "mlflow-sklearn"))
    theirs = scoring_server.init(mlflow.pyfunc.load_model(bundle.manifest.entry))
    ours = build(bundle, Pool(1), Limits(), Metrics())
    print(
        json.dumps([[name, await ask(theirs, kind, body), await ask(ours, kind, body)] for name, kind, body in cases()])
    )


asyncio.run(main(sys.argv[1]))
