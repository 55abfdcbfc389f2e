"""Asks the model, and tells what is the request's fault of what it raises from what is the model's."""

import logging
import secrets

from ..inputs import Table
from ..inputs.values import quoted
from ..problems import Invalid, ModelFailed, Problem

log = logging.getLogger("modeltrail_serve")


def ask(bundle, data, params):
    """What the model answered. Throws a Problem for whatever it raised."""
    if isinstance(data, Table) and data.rows == 0:
        raise Invalid("The request has no rows.")
    try:
        return bundle.run(data, params)
    except Problem:
        raise
    except Exception:
        reference = failed()
        hole = data.first_missing() if isinstance(data, Table) else None
        if hole is not None:
            row, name = hole
            text = "Row %d, column %s has no value, which the model may not take. Its error stands in the log: look for %s."
            raise Invalid(text % (row + 1, quoted(name), reference)) from None
        # Where it is not known what a model takes, it is the first that looks at the request.
        unchecked = bundle.reader.columns is None and bundle.reader.tensors is None
        raise ModelFailed(reference, 400 if unchecked else 500) from None


def failed():
    """Writes what is being raised to the log, and gives the reference under which it stands there."""
    reference = secrets.token_hex(6)
    log.exception("The request %s failed.", reference)
    return reference
