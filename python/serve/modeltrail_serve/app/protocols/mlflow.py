"""
The scoring protocol of MLflow, https://mlflow.org/docs/latest/ml/deployment: POST /invocations. SageMaker uses the same path.
Errors have the form of MLflow's.
"""

from ... import jsontext
from ...outputs import jsonable
from ...problems import Unsupported
from ..asking import ask
from ..calls import Reply
from .counting import rows_in

name = "mlflow"

KINDS = ("application/json", "text/csv")
# RFC 4180 has this parameter of text/csv.
HEADERS = {"present": True, "absent": False}


def problem(error):
    return jsontext.write({"error_code": error.code, "message": str(error)})


def invocations(bundle):
    """The function that answers a Call."""

    def answer(call):
        kind, parameters = call.content_type()
        if kind not in KINDS:
            got = "none was given" if kind is None else 'got "%s"' % kind[:100]
            raise Unsupported("This server takes the content types %s; %s." % (" and ".join(KINDS), got))
        if parameters.get("charset", "utf-8").strip('"') != "utf-8":
            raise Unsupported("This server takes UTF-8 only.")
        if kind == "text/csv":
            data, params = bundle.reader.csv(call.body, header=HEADERS.get(parameters.get("header"))), None
        else:
            data, params = bundle.read(jsontext.read(call.body))
        raw = ask(bundle, data, params)
        return Reply(jsontext.write({"predictions": jsonable(raw)}), rows=rows_in(data))

    return answer
