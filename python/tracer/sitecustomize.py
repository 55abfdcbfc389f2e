"""Modeltrail's tracer, entry. Python imports this file at start-up because its folder comes first in PYTHONPATH.

It makes room for whatever `sitecustomize` Python would have imported otherwise, lets that one run (its errors are
Python's to report), and then starts the tracer, which lies in a folder that no import of the user's can reach.
Nothing here may print, raise, or leave a name behind: without MODELTRAIL_SPOOL it only steps aside.
"""

import os
import sys


def _step_aside():
    """Take our folder off the import path, as if it had never been there."""
    folder = os.path.dirname(__file__)
    sys.path[:] = [entry for entry in sys.path if entry != folder]
    sys.path_importer_cache.pop(folder, None)
    sys.modules.pop("sitecustomize", None)


def _loader(folder):
    """Return `load(name)`, which runs `<folder>/<name>.py` once, outside sys.modules, so that no name is taken."""
    from _frozen_importlib_external import SourceFileLoader

    loaded = {}

    def load(name):
        if name not in loaded:
            loader = SourceFileLoader("_modeltrail." + name, os.path.join(folder, name + ".py"))
            module = type(sys)(loader.name)
            module.__file__ = loader.path
            exec(loader.get_code(loader.name), module.__dict__)
            loaded[name] = module
        return loaded[name]

    return load


def _start():
    spool = os.environ.get("MODELTRAIL_SPOOL")
    if not spool:
        return
    # Our own byte code goes into our own folder even where the user's is not to be written: compiling the tracer
    # anew in each process would cost more than all the rest of it.
    unwritten = sys.dont_write_bytecode
    sys.dont_write_bytecode = False
    try:
        folder = os.path.join(os.path.dirname(__file__), "_modeltrail")
        load = _loader(folder)
        load("tracer").start(load, folder, spool, os.environ.get("MODELTRAIL_ROOT"))
    finally:
        sys.dont_write_bytecode = unwritten


try:
    _step_aside()
except BaseException:
    pass
try:
    # The next one on the path takes our place in sys.modules. When there is none, the ModuleNotFoundError that leaves
    # here is what Python expects of an absent sitecustomize, and it forgets this module.
    import sitecustomize  # noqa: F401
finally:
    try:
        _start()
    except BaseException:
        pass
