"""
KServe's first protocol, https://kserve.github.io/website/docs/concepts/architecture/data-plane/v1-protocol:
{"instances": […]} → {"predictions": […]}. Vertex AI asks the same at a path of its own, with "parameters" beside.
"""

from ... import jsontext
from ...outputs import by_row
from ...problems import Malformed
from ..asking import ask
from ..calls import Reply
from .counting import rows_in

name = "kserve-v1"


def problem(error):
    return jsontext.write({"error": str(error)})


def predict(bundle):
    """The function that answers a Call."""

    def answer(call):
        body = jsontext.read(call.body)
        given = [field for field in ("instances", "inputs") if isinstance(body, dict) and field in body]
        if len(given) != 1:
            raise Malformed('The request has to be a JSON object with a list "instances".')
        values, params = body[given[0]], body.get("parameters")
        if not isinstance(values, list):
            raise Malformed('"%s" has to be a list.' % given[0])
        if params is not None and not isinstance(params, dict):
            raise Malformed('"parameters" has to be an object.')
        data = bundle.reader.values(values)
        raw = ask(bundle, data, params)
        return Reply(jsontext.write({"predictions": by_row(raw)}), rows=rows_in(data))

    return answer
