"""Modeltrail's tracer, entry. Python imports this file at start-up because its folder comes first in PYTHONPATH.

It makes room for whatever `sitecustomize` Python would have imported otherwise, lets that one run (its errors are
Python's to report), and then starts the tracer, which lies in a folder that no import of the user's can reach.
Nothing here may print, raise, or leave a name behind. Without MODELTRAIL_SPOOL or MODELTRAIL_ADOPT, and on a Python before
3.8, it only steps aside; hence this one file is written so that even Python 2, which the run may start, can read it.
"""

import os
import sys


def _step_aside():
    """Take our folder off the import path, as if it had never been there."""
    folder = os.path.dirname(__file__)
    sys.path[:] = [entry for entry in sys.path if entry != folder]
    sys.path_importer_cache.pop(folder, None)
    return sys.modules.pop("sitecustomize", None)


def _loader(folder, package):
    """Return `load(name)`, which runs `<folder>/<name>.py` once, outside sys.modules, so that no name is taken.

    `secrets` lies in the package that users import, which has to be whole without us.
    """
    from _frozen_importlib_external import SourceFileLoader
    from _imp import _fix_co_filename

    loaded = {}

    def load(name):
        if name not in loaded:
            path = os.path.join(package, "_secrets.py") if name == "secrets" else os.path.join(folder, name + ".py")
            loader = SourceFileLoader("_modeltrail." + name, path)
            module = type(sys)(loader.name)
            code = loader.get_code(loader.name)
            # Under a name that is no file's, coverage, debuggers and profilers leave it out of what they show.
            _fix_co_filename(code, "<modeltrail " + name + ">")
            exec(code, module.__dict__)
            loaded[name] = module
        return loaded[name]

    return load


def _start():
    spool = os.environ.get("MODELTRAIL_SPOOL")
    adopt = None if spool else os.environ.get("MODELTRAIL_ADOPT")
    if not (spool or adopt) or sys.version_info < (3, 8):
        return
    # Our own byte code goes into our own folder even where the user's is not to be written: compiling the tracer
    # anew in each process would cost more than all the rest of it.
    unwritten = sys.dont_write_bytecode
    sys.dont_write_bytecode = False
    try:
        entry = os.path.dirname(__file__)
        package = os.path.join(os.path.dirname(entry), "modeltrail")
        load = _loader(os.path.join(entry, "_modeltrail"), package)
        root, adoption = os.environ.get("MODELTRAIL_ROOT"), None
        if adopt:
            adoption = load("adoption").look(load, adopt, entry, package, root)
            if adoption is None:
                return
            spool = adoption.prepare()
        load("tracer").start(load, entry, package, spool, root, adoption)
    finally:
        sys.dont_write_bytecode = unwritten


try:
    _this = _step_aside()  # held, because Python 2 empties a module that nobody holds
except Exception:
    pass
try:
    # The next one on the path takes our place in sys.modules. When there is none, the ImportError that leaves here is
    # what Python expects of an absent sitecustomize, and it forgets this module.
    import sitecustomize  # noqa: F401
finally:
    try:
        _start()
    except Exception:  # and not KeyboardInterrupt, which is the user's
        pass
