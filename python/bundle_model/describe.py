"""Loads the model of a bundle that is being made, with the loaders that will serve it, and says what it is.

    python describe.py < request

The request is JSON: "bundle", its folder; "manifest", what its bundle.json says so far; "signature", MLflow's, as JSON, or
null; "given", a file with a request that the project names, or null; "example", one that was kept with the model, or null; "data",
tables that the run read, and that models are evaluated with, as [{"name", "path"}]; "features" and "label", names of columns in
these, or null. The answer on standard output is JSON:

    {"input": …, "request": …, "source": null | where the request is from, see sample.py, "file": null | the table that it is of,
     "without": columns of that which it has not, "answer": …,
     "failure": null | "why it could not answer", "packages": {name: version}, "python": "3.11.7"}

What the model's code prints goes to standard error. A model that cannot be loaded ends this with exit code 1 and
{"error": "why"}.
"""
import json
import os
import sys
import traceback

from _modeltrail_bundle import packages, sample, schema

# What a model imports is not to be found beside this file.
sys.path.pop(0)

# What the app that serves may take of its own accord: not the model's.
APP = {"modeltrail_serve", "orjson", "uvloop", "httptools"}


def describe(request):
    """All that the answer has."""
    sys.path.insert(0, request["bundle"])
    with packages.Imports() as imports:
        from modeltrail_serve.manifest import Manifest
        from modeltrail_serve.models import Bundle, open_bundle
        from modeltrail_serve.problems import Problem

        opened = open_bundle(request["bundle"])
    found = schema.schema_of(inner(opened.model), request["signature"])
    samples, found = sample.make_samples(found, request)
    bundle = Bundle(Manifest(request["bundle"], {**request["manifest"], "input": found}), opened.model)
    asked = sample.Sample(None, None)
    answer = failure = None
    for asked in samples:
        try:
            with imports:
                answer, failure = ask(bundle, asked.request), None
            break
        except Exception as error:
            traceback.print_exc()
            failure = in_words(error)
            # Rows that do not fit what the model takes were changed by the run before it learned from them.
            if asked.source == sample.ROWS_READ and not isinstance(error, Problem):
                break
    return {
        "input": found,
        "request": asked.request,
        "source": asked.source,
        "file": asked.file,
        "without": list(asked.without),
        "answer": answer,
        "failure": failure,
        "packages": packages.needed(imports.asked, APP),
        "python": "%d.%d.%d" % sys.version_info[:3],
    }


def ask(bundle, request):
    """As JSON carries it."""
    return json.loads(json.dumps(bundle.predict(request)))


def inner(model):
    """The library's own object, which knows names of columns."""
    for name in ("estimator", "booster", "session"):
        if hasattr(model, name):
            return getattr(model, name)
    return model


def in_words(error):
    text = " ".join(str(error).split())
    return "%s: %s" % (type(error).__name__, text[:500]) if text else type(error).__name__


def main():
    # Libraries print where they like: only we write to what is read.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    request = json.loads(sys.stdin.buffer.read())
    try:
        answer = describe(request)
    except Exception as error:
        traceback.print_exc()
        answer = {"error": in_words(error)}
    answers.write(json.dumps(answer))
    answers.close()
    return 1 if "error" in answer else 0


if __name__ == "__main__":
    sys.exit(main())
