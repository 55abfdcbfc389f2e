"""A kernel that goes on while its notebook begins another run: from then on, what the tracer tells is about that one."""

import os
from os.path import join


def switch(variables, spool, files, imports, scope):
    """`variables` (name → text) join the environment; MODELTRAIL_SPOOL among them is the folder of the new run.

    What it imported stays in the process, so that is told again; files are told when they are opened again.
    """
    files.tell_counts()
    spool.send("close", {})
    for name, value in variables.items():
        os.environ[name] = value
    scope.skip(variables["MODELTRAIL_SPOOL"])
    opened = spool.descriptors.pop(os.getpid(), None)
    if opened is not None:
        os.close(opened[0])
    spool.folder = variables["MODELTRAIL_SPOOL"]
    spool.open()
    modules = sorted(files.modules)
    files.forget()
    for source in modules:
        files.module(source)
    for name in imports.told:
        spool.send("import", {"name": name})
