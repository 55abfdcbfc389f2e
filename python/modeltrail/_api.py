"""What users call. Everything is checked and turned into plain text and floats here, then written as one line each."""

import os
import stat

from ._secrets import mask_value
from ._steps import Steps
from ._values import flatten, to_number, to_step, to_text
from ._writer import Writer

# What goes into one line at the most, so that no line is longer than the recorder reads at once.
_PER_LINE = 200
_CHARACTERS_PER_LINE = 10_000
# Of a folder that is logged as an artifact.
_MOST_FILES = 10_000

_steps = Steps()
_writer = Writer(_steps.forget)


def log(metrics=None, /, *, step=None, **more):
    """Log metrics: `log(loss=0.1, step=3)` or `log({"val/loss": 0.1}, step=3)`; nested names are joined by "/".

    Values are numbers or what float() takes for one: NumPy scalars, tensors of one element. NaN and infinities count.
    Without `step`, each metric gets one more than its last step in this process, beginning with 0.
    """
    values = {name: to_number("log", name, value) for name, value in flatten("log", metrics, more, "/")}
    _writer.follow()
    by_step = _steps.place(values, None if step is None else to_step(step))
    for at, some in by_step.items():
        for part in _portions(some):
            _writer.write({"e": "log", "step": at, "values": part})


def log_params(params=None, /, **more):
    """Log params: `log_params(lr=0.1)` or `log_params(vars(args))`; nested names are joined by ".".

    Values are kept as text, of at most 10,000 characters; those that look like secrets as `***`. Logging one again replaces it.
    """
    values = {name: mask_value(name, to_text(value)) for name, value in flatten("log_params", params, more, ".")}
    for part in _portions(values):
        _writer.write({"e": "params", "values": part})


def set_tag(key, value):
    """Set a tag of the run, or take it away with None."""
    if not isinstance(key, str) or not key:
        raise TypeError("modeltrail.set_tag: the key must be a text that is not empty, not %r" % (key,))
    _writer.write({"e": "tag", "key": key, "value": None if value is None else mask_value(key, to_text(value))})


def log_artifact(path, name=None):
    """Log a file, or all files of a folder, as artifacts of the run. `name`: what to call it; default: its path.

    The file is not copied now: its content is read by the recorder soon afterwards. Should it have changed by then, the run says so.
    """
    try:
        path = os.path.abspath(os.fsdecode(path))
    except TypeError:
        raise TypeError("modeltrail.log_artifact: expected a path, not %s" % type(path).__name__) from None
    if name is not None and (not isinstance(name, str) or not name):
        raise TypeError("modeltrail.log_artifact: the name must be a text that is not empty, not %r" % (name,))
    status = os.stat(path)  # a file that is not there is the caller's to know of
    if not stat.S_ISDIR(status.st_mode):
        _write_artifact(path, name, status)
        return
    for file in _files_below(path):
        inner = os.path.relpath(file, path).replace(os.sep, "/")
        try:
            _write_artifact(file, None if name is None else name.rstrip("/") + "/" + inner, os.stat(file))
        except OSError:
            continue  # gone in the meantime


def run_id():
    """The id of the run that is being recorded, or None outside of one."""
    return os.environ.get("MODELTRAIL_RUN_ID") if _writer.spool() else None


def _files_below(folder):
    found = []
    for parent, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if len(found) >= _MOST_FILES:
                return found
            found.append(os.path.join(parent, name))
    return found


def _write_artifact(path, name, status):
    if stat.S_ISREG(status.st_mode):
        fields = {"e": "artifact", "path": path, "size": status.st_size, "mtimeNs": str(status.st_mtime_ns)}
        _writer.write(fields if name is None else dict(fields, name=name))


def _portions(values):
    portion, characters = {}, 0
    for name, value in values.items():
        length = len(name) + (len(value) if isinstance(value, str) else 0)
        if portion and (len(portion) >= _PER_LINE or characters + length > _CHARACTERS_PER_LINE):
            yield portion
            portion, characters = {}, 0
        portion[name] = value
        characters += length
    if portion:
        yield portion
