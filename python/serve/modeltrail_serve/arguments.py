"""The command line, and what the environment of a container says."""

import argparse
import os

from .manifest import BUNDLE_FILE

TOKEN = "MODELTRAIL_SERVE_TOKEN"
ALL_ADDRESSES = "0.0.0.0"


def parse(arguments=None, environment=os.environ):
    parser = argparse.ArgumentParser(prog="python -m modeltrail_serve", description=__doc__, allow_abbrev=False)
    parser.set_defaults(command="serve")
    commands = parser.add_subparsers(metavar="serve | predict")
    # SageMaker starts a container with the one word "serve".
    serve = commands.add_parser("serve", help="answer over HTTP (the default)", allow_abbrev=False)
    predict = commands.add_parser("predict", help="predict the rows of a file", allow_abbrev=False)
    predict.set_defaults(command="predict")
    for each in (parser, serve):
        _serving(each, environment, suppress=each is serve)
    _batch(predict)
    options = parser.parse_args(arguments)
    options.container = (environment.get("AIP_HEALTH_ROUTE") or None, environment.get("AIP_PREDICT_ROUTE") or None)
    return options


def _serving(parser, environment, suppress):
    # What stands before the word "serve" is not to be undone by the defaults of what stands after.
    def add(name, default, **more):
        parser.add_argument(name, default=argparse.SUPPRESS if suppress else default, **more)

    # Set by platforms only; a container of ours is told so by its Dockerfile.
    in_container = "AIP_HTTP_PORT" in environment or "SAGEMAKER_BIND_TO_PORT" in environment
    add("--bundle", own_bundle(), metavar="FOLDER", help="the bundle (default: the one that this package lies in)")
    add(
        "--host",
        ALL_ADDRESSES if in_container else "127.0.0.1",
        help="the address to listen at (default: 127.0.0.1; on platforms all addresses)",
    )
    add(
        "--port",
        _number(environment, "AIP_HTTP_PORT", "SAGEMAKER_BIND_TO_PORT", "PORT", default=8080),
        type=int,
        help="0: a free one",
    )
    add("--workers", 1, type=_positive, help="processes that share the port")
    add(
        "--threads", None, type=_positive, help="in which the model works, of each process (default: by the processors)"
    )
    add("--model-name", None, help="in the paths of KServe's protocols (default: the model's own)")
    add("--max-body", 10_000_000, type=_positive, help="bytes of a request")
    add("--max-rows", 100_000, type=_positive, help="rows of a request")
    add("--max-seconds", 60.0, type=_seconds, help="that an answer may take")
    add("--max-concurrent", 128, type=_positive, help="requests at the same time")
    add("--drain-seconds", 20.0, type=_seconds, help="that requests under way get when the server is to end")
    add(
        "--linger-seconds",
        0.0,
        type=_seconds,
        help="that idle connections stay open when the server is to end, for requests that are on their way (default: 0)",
    )
    add("--ready-file", None, metavar="FILE", help="gets {port, pid} when the model is ready; goes when it takes no more")
    add(
        "--shared-socket",
        None,
        type=int,
        metavar="FD",
        help="an inherited socket that others listen at too: requests come from it as well after SIGUSR1",
    )
    add("--with-parent", None, type=int, metavar="PID", help="end when this process has ended")


def _batch(parser):
    parser.add_argument("--bundle", default=own_bundle(), metavar="FOLDER")
    parser.add_argument(
        "--input", required=True, metavar="FILE", help="rows: .csv, .json, .jsonl or .parquet; - for CSV from stdin"
    )
    parser.add_argument(
        "--output",
        required=True,
        metavar="FILE",
        help="predictions, in the format of its name's end; - for CSV to stdout",
    )
    parser.add_argument("--chunk", type=_positive, default=10_000, help="rows that are predicted at a time")


def own_bundle():
    """A bundle carries this package at its root."""
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return folder if os.path.isfile(os.path.join(folder, BUNDLE_FILE)) else os.getcwd()


def _number(environment, *names, default):
    for name in names:
        if environment.get(name, "").isdigit():
            return int(environment[name])
    return default


def _positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("has to be 1 or more")
    return value


def _seconds(text):
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError("has to be more than 0")
    return value
