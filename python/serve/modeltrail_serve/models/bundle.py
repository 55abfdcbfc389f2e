"""A bundle opened: its model, and what it takes."""

import logging

from ..inputs import Reader, Table
from ..inputs.values import described, quoted
from ..manifest import read_manifest
from ..outputs import jsonable
from ..problems import Invalid, Malformed, said
from .loading import load

log = logging.getLogger("modeltrail_serve")

BODY_FIELDS = ("dataframe_records", "dataframe_split", "instances", "inputs")
SPLIT_FIELDS = {"columns", "data", "index"}


def open_bundle(folder, rows=None):
    """
    Reads the model in `folder`; for some formats that runs code of whoever wrote it. `rows`: how many a request may have.
    Throws ValueError for what is no bundle, ImportError with the package's name for what is not installed.
    """
    manifest = read_manifest(folder)
    return Bundle(manifest, load(manifest), rows)


class Bundle:
    """Answers may be asked for from several threads at once."""

    def __init__(self, manifest, model, rows=None):
        self.manifest = manifest
        self.model = model
        self.reader = Reader(manifest, rows)
        # What the model said when it failed at its own sample.
        self.fault = None

    def predict(self, body):
        """{"predictions": …}, all of it JSON, for a body of `/invocations` as a dict. Throws a Problem for what does not fit."""
        data, params = self.read(body)
        return {"predictions": jsonable(self.run(data, params))}

    def predict_table(self, columns, method="predict"):
        """
        What the model answers to each row: a list, or a list of lists. `columns`: {name: list or array}, of one length.
        `method`: another one of the model's, such as "predict_proba", where it has that.
        """
        return jsonable(self.run(self.reader.by_column(columns), method=method))

    def read(self, body):
        """(a Table or {name: array}, params) of a body of MLflow's scoring protocol."""
        if not isinstance(body, dict):
            raise Malformed(
                "The request has to be a JSON object with one of %s; it is %s."
                % (", ".join(BODY_FIELDS), described(body))
            )
        given = [field for field in BODY_FIELDS if field in body]
        if len(given) != 1:
            found = ", ".join(quoted(name) for name in list(body)[:10]) or "nothing"
            raise Malformed("The request has to hold exactly one of %s; it holds %s." % (", ".join(BODY_FIELDS), found))
        params = body.get("params")
        if params is not None and not isinstance(params, dict):
            raise Malformed('"params" has to be an object; it is %s.' % described(params))
        return self._data(given[0], body[given[0]]), params

    def run(self, data, params=None, method="predict"):
        """The model's own answer to what a Reader made."""
        if isinstance(data, Table) and self.reader.tensors is not None:
            data = self.reader.table_tensors(data)
        return self.model.run(data, params or {}, method)

    def warm_up(self):
        """{"predictions": …} of the bundle's sample; None when it has none."""
        sample = self.manifest.read_sample()
        return self.predict(sample[0]) if sample else None

    def ask_sample(self):
        """As `warm_up`, the model's own answer. What is made only once is made then, before the first caller comes."""
        sample = self.manifest.read_sample()
        return self.run(*self.read(sample[0])) if sample else None

    def begin(self):
        """As `ask_sample`; None, too, when it fails at that: the log and `fault` say why, and it may answer others."""
        try:
            return self.ask_sample()
        except (Exception, SystemExit) as error:
            self.fault = said(error)
            log.exception("The model fails at its own sample.")
            return None

    def _data(self, field, value):
        if field == "dataframe_records":
            return self.reader.records(value)
        if field == "dataframe_split":
            return self._split(value)
        return self.reader.values(value)

    def _split(self, value):
        if not isinstance(value, dict) or "data" not in value or not value.keys() <= SPLIT_FIELDS:
            raise Invalid('"dataframe_split" has to be an object with "data", and "columns" and "index" if need be.')
        return self.reader.rows(value["data"], names=value.get("columns"))
