"""Runs that the script logs to a tracking server, or a database or folder, of the user's own: told to us as well.

Nothing stands between MLflow's client and its store: each call is told when it has returned, from what it was given. What
goes to the recorder's own endpoint is there already.
"""

import os
from _thread import _local

_CLASSES = ("RestStore", "SqlAlchemyStore", "FileStore")
_ITEMS = 1000  # told in one line
# Stores do much by calling themselves: only the call that the client made is told.
_inside = _local()


def attach(module, arguments):
    """Look at the store that this module defines."""
    mirror = Mirror(arguments.spool, arguments.text_of, arguments.mask_value)
    for name in _CLASSES:
        store = vars(module).get(name)
        if store is not None and store.__module__ == module.__name__:
            for method, observe in mirror.methods.items():
                if method in vars(store):
                    _observe_after(store, method, observe, arguments.quietly)


def _observe_after(owner, name, observe, quietly):
    original = vars(owner)[name]

    def observed(*args, **kwargs):
        depth = getattr(_inside, "depth", 0)
        _inside.depth = depth + 1
        try:
            result = original(*args, **kwargs)
        finally:
            _inside.depth = depth
        if depth == 0:
            quietly(lambda: observe(result, *args, **kwargs))
        return result

    for attribute in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(observed, attribute, getattr(original, attribute))
    observed.__wrapped__ = original
    setattr(owner, name, observed)


class Mirror:
    def __init__(self, spool, text_of, mask_value):
        self.spool = spool
        self.text_of = text_of
        self.mask_value = mask_value
        self.endpoint = os.environ.get("MODELTRAIL_MLFLOW")
        self.methods = {
            "create_run": self.created,
            "update_run_info": self.updated,
            "log_metric": lambda _, store, run_id, metric: self.logged(store, run_id, metrics=[metric]),
            "log_param": lambda _, store, run_id, param: self.logged(store, run_id, params=[param]),
            "set_tag": lambda _, store, run_id, tag: self.logged(store, run_id, tags=[tag]),
            "log_batch": lambda _, store, run_id, metrics=(), params=(), tags=(), **__: self.logged(
                store, run_id, metrics, params, tags
            ),
        }

    def is_ours(self, store):
        """Whether the store is the recorder's endpoint."""
        return hasattr(store, "get_host_creds") and store.get_host_creds().host == self.endpoint

    def send(self, store, run_id, fields):
        if not self.is_ours(store):
            self.spool.send("mlflow", dict(fields, run=self.text_of(run_id)))

    def created(self, run, store, *_, **__):
        tags = dict(run.data.tags)
        fields = {"begun": int(run.info.start_time), "tags": self.texts(tags.items())}
        fields["name"] = self.text_of(run.info.run_name or tags.get("mlflow.runName") or "")
        if type(tags.get("mlflow.parentRunId")) is str:
            fields["parent"] = tags["mlflow.parentRunId"]
        self.send(store, run.info.run_id, fields)

    def updated(self, info, store, run_id, *_, **__):
        fields = {"status": self.text_of(info.status)}
        if info.end_time:
            fields["ended"] = int(info.end_time)
        self.send(store, run_id, fields)

    def logged(self, store, run_id, metrics=(), params=(), tags=()):
        metrics = list(metrics)
        pairs = [(item.key, item.value) for item in list(params)[:_ITEMS]]
        fields = {"params": self.texts(pairs), "tags": self.texts((item.key, item.value) for item in list(tags)[:_ITEMS])}
        for start in range(0, len(metrics) or 1, _ITEMS):
            some = [
                {"key": item.key, "value": repr(float(item.value)), "step": int(item.step or 0), "time": int(item.timestamp)}
                for item in metrics[start : start + _ITEMS]
            ]
            self.send(store, run_id, dict(fields, metrics=some))
            fields = {}

    def texts(self, pairs):
        return {key: self.mask_value(key, self.text_of(value)) for key, value in pairs if type(key) is str}
