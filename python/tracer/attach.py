"""Puts the tracer into a Python that is running already: a Jupyter kernel that somebody else started.

Executed there with `variables`, which join its environment, and `entry`, this file's folder. Where the tracer is in the
process already, it is told that another run begins. Leaves no name behind but those two in the names it is executed in.
"""

import ast
import os
import sys


def _attach(variables, entry):
    if os.environ.get("MODELTRAIL_SPOOL"):
        sys.audit("modeltrail.run", variables)
        return
    os.environ.update(variables)
    # Python processes that the kernel starts are part of the run.
    others = [one for one in os.environ.get("PYTHONPATH", "").split(os.pathsep) if one not in ("", entry)]
    os.environ["PYTHONPATH"] = os.pathsep.join([entry] + others)
    path = os.path.join(entry, "sitecustomize.py")
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    # Its functions alone: at start-up it also makes room for another sitecustomize.
    tree.body = [node for node in tree.body if isinstance(node, (ast.Import, ast.FunctionDef))]
    names = {"__file__": path}
    exec(compile(tree, "<modeltrail sitecustomize>", "exec"), names)
    names["_start"]()
    # What was imported before is told as if it were imported now.
    for name in sorted(name for name in sys.modules if "." not in name):
        sys.audit("import", name, None, None, None, None)


_attach(variables, entry)  # noqa: F821 - given by who executes this
