"""
Opens a bundle and answers what is asked about its model: a JSON object on each line of standard input, an answer on each line
of standard output. `{"do": "predict", "columns": {...}, "scores": true}`, `{"do": "time", "columns": {...}, "warmUp": n,
"times": n}` (or "body", a whole request, in place of "columns"). The first line that is written says whether the model could be read. What the model prints goes to standard error.
"""

import gc
import json
import math
import os
import sys
import time


def main(folder):
    # Nothing that the model prints may come between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="ascii", newline="\n")
    os.dup2(2, 1)

    def answer(found):
        answers.write(json.dumps(found) + "\n")
        answers.flush()

    sys.path.insert(0, folder)
    try:
        from modeltrail_serve.models import open_bundle

        bundle = open_bundle(folder)
    except BaseException as error:
        answer({"error": said(error), "at": "open"})
        return
    answer({"ready": True})
    for line in sys.stdin:
        try:
            asked = json.loads(line)
            answer(time_rows(bundle, asked) if asked["do"] == "time" else predict(bundle, asked))
        except KeyboardInterrupt:
            return
        except BaseException as error:
            answer({"error": said(error), "at": "predict"})


def said(error):
    """One line: what kind of error it is, and what it says."""
    lines = str(error).strip().splitlines()
    text = lines[0] if lines else ""
    # Its message is a sentence for people already.
    if type(error).__module__.startswith("modeltrail_serve"):
        return text
    return "%s: %s" % (type(error).__name__, text) if text else type(error).__name__


def predict(bundle, asked):
    columns = asked["columns"]
    answers = by_row(bundle.predict_table(columns))
    parts = parted(answers)
    if parts is not None:
        return parts
    found = {"predictions": plain(answers), "scores": None, "classes": None}
    classes = classes_of(bundle) if asked.get("scores") else None
    if classes is not None:
        try:
            found["scores"] = plain(bundle.predict_table(columns, method="predict_proba"))
            found["classes"] = classes
        except Exception:  # it has no such method, or not as it was trained
            pass
    return found


def by_row(answers):
    """What models that take and give tensors answer: outputs by name, each with a value for every row."""
    if not isinstance(answers, dict) or not all(isinstance(output, list) for output in answers.values()):
        return answers
    return [dict(zip(answers, row)) for row in zip(*answers.values())]


def parted(rows):
    """
    What classifiers with two outputs answer to each row, such as those of ONNX: {"label": 1, "probabilities": {"0": 0.2, "1":
    0.8}}, or a list in place of the inner object. None when it is nothing like that.
    """
    first = rows[0] if isinstance(rows, list) and rows else None
    if not isinstance(first, dict) or len(first) != 2 or not all(isinstance(row, dict) for row in rows):
        return None
    labels = [name for name, value in first.items() if isinstance(value, (str, int, float))]
    scores = [name for name, value in first.items() if isinstance(value, (dict, list))]
    if len(labels) != 1 or len(scores) != 1:
        return None
    inner = first[scores[0]]
    classes = list(inner) if isinstance(inner, dict) else [str(number) for number in range(len(inner))]
    each = [row[scores[0]] for row in rows]
    values = [[one[name] for name in classes] if isinstance(one, dict) else one for one in each]
    return {"predictions": plain([row[labels[0]] for row in rows]), "scores": plain(values), "classes": classes}


def classes_of(bundle):
    """The classes of an estimator of scikit-learn's kind, in the order of its scores; None when there are none."""
    classes = getattr(getattr(bundle.model, "estimator", None), "classes_", None)
    if classes is None:
        return None
    found = plain(list(getattr(classes, "tolist", lambda: classes)()))
    return found if all(isinstance(one, (str, int, float, bool)) for one in found) else None


def time_rows(bundle, asked):
    bodies = [asked["body"]] if "body" in asked else records(asked["columns"])
    for turn in range(asked["warmUp"]):
        bundle.predict(bodies[turn % len(bodies)])
    gc.collect()
    taken = []
    for turn in range(asked["times"]):
        body = bodies[turn % len(bodies)]
        start = time.perf_counter_ns()
        bundle.predict(body)
        taken.append((time.perf_counter_ns() - start) / 1e6)
    return {"ms": taken}


def records(columns):
    """A request for each row."""
    rows = zip(*columns.values())
    return [{"dataframe_records": [dict(zip(columns, row))]} for row in rows]


def plain(value):
    """What JSON has: numbers that are not finite become null, and what is nothing of JSON's its text."""
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        # A row of named values, such as those of a model with several outputs.
        return [plain(one) for one in value.values()] if len(value) != 1 else plain(next(iter(value.values())))
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return str(value)


if __name__ == "__main__":
    main(sys.argv[1])
