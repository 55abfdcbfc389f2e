"""`python -m modeltrail_serve predict`."""

import contextlib
import os
import re
import sys
import tempfile

from ..inputs import Table
from ..models import open_bundle
from ..outputs import by_row
from ..problems import Invalid, Problem
from .sources import open_source
from .targets import open_target


def predict_file(options):
    """The exit status. The output is there when all of it is, and not at all when something failed."""
    try:
        with _own_output() if options.output == "-" else contextlib.nullcontext() as output:
            bundle = open_bundle(options.bundle)
            rows = predict_to(bundle, options.input, output or options.output, options.chunk)
    except (Problem, ValueError, ImportError, OSError) as error:
        print(_said(error), file=sys.stderr)
        return 1
    print("%d rows were predicted." % rows, file=sys.stderr)
    return 0


@contextlib.contextmanager
def _own_output():
    """Standard output, for predictions alone: what the model and its libraries print goes to standard error from now on."""
    with os.fdopen(os.dup(1), "wb") as file:
        os.dup2(2, 1)
        yield file


def predict_to(bundle, source, target, chunk):
    """How many rows were predicted. `target`: the path of a file, or a binary file that gets CSV."""
    if not isinstance(target, str):
        return _predict(bundle, source, open_target(target, ".csv"), chunk)
    folder = os.path.dirname(os.path.abspath(target))
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".predictions-")
    try:
        with os.fdopen(handle, "wb") as file:
            rows = _predict(bundle, source, open_target(file, os.path.splitext(target)[1].lower()), chunk)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, target)
        return rows
    except BaseException:
        os.unlink(temporary)
        raise


def _predict(bundle, source, target, chunk):
    done = 0
    with open_source(source, bundle.reader, chunk) as parts:
        while True:
            try:
                data = next(parts, None)
                if data is None:
                    break
                predictions = by_row(bundle.run(data))
            except Invalid as problem:
                raise _moved(problem, done) from None
            rows = data.rows if isinstance(data, Table) else len(next(iter(data.values())))
            if not isinstance(predictions, list) or len(predictions) != rows:
                raise ValueError("The model did not answer with one prediction for each of %d rows." % rows)
            target.add(predictions)
            done += rows
    target.finish()
    return done


def _moved(problem, rows):
    """Rows are counted from the start of the file, not of the part that was read; what cannot be read at all says so itself."""
    text = re.sub(r"^Row (\d+)", lambda found: "Row %d" % (int(found.group(1)) + rows), str(problem))
    return Problem(text, problem.status)


def _said(error):
    if isinstance(error, ModuleNotFoundError):
        return "The package %s is not installed." % error.name
    return str(error)


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
