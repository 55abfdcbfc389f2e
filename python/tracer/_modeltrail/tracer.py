"""Puts the tracer together: one audit hook, which hands each event it knows to one handler."""

import atexit
import os
import sys


def start(load, entry, package, spool_folder, root, adoption=None):
    """Attach to this interpreter.

    `load` gives a file of this folder as a module; `entry` is the folder in PYTHONPATH; `package` that of `import modeltrail`;
    `root` the project's, or None; `adoption` is there when the run has no recorder yet.
    """
    processes, mask_arguments = load("processes"), load("secrets").mask_arguments
    adopted_facts = adoption.facts(mask_arguments) if adoption else {}

    def describe(forked):
        return dict(processes.describe(forked, mask_arguments), **({} if forked else adopted_facts))

    # The processes that such a run starts write into its spool, and have this variable too.
    is_read = load("adoption").is_adopted if "MODELTRAIL_ADOPT" in os.environ else None
    spool = load("spool").Spool(spool_folder, describe, is_read)
    if not spool.open():
        return
    if adoption:
        adoption.announce()
    processes.tell_rank_to_mlflow()
    _give_mlflow_a_folder(root)
    is_foreign = load("guard").make_guard()
    scope = load("scope").Scope(root, (entry, package, spool_folder))
    files = load("files").Files(spool, scope)
    parsed = []

    def attach(parser, module):
        # These files are read only in a run that imports a library they attach to.
        if not parsed:
            text_of, mask_value = load("values").text_of, load("secrets").mask_value
            parsed.append(load("arguments").Arguments(spool, scope, text_of, mask_value, is_foreign))
        load(parser).attach(module, parsed[0])

    handlers = {}
    handlers.update(files.handlers)
    handlers.update(processes.Processes(spool, entry).handlers)
    imports = load("imports").Imports(spool, attach, package)
    handlers.update(imports.handlers)
    handlers["modeltrail.run"] = lambda variables: load("switch").switch(variables, spool, files, imports, scope)
    if "MODELTRAIL_AUTOLOG" in os.environ:
        _prepare_autolog(load("autolog"), imports, processes.rank())
    sys.addaudithook(_hook(handlers, is_foreign))
    ending = load("adoption").ending if adoption else None
    atexit.register(_finish, spool, files, is_foreign, ending)


def _give_mlflow_a_folder(root):
    """On a target no endpoint of ours can be reached: what is logged goes to a folder, and comes home with the results."""
    folder = os.environ.get("MODELTRAIL_MLFLOW_FOLDER")
    if folder and root and not os.environ.get("MLFLOW_TRACKING_URI"):
        os.environ["MLFLOW_TRACKING_URI"] = os.path.join(root, folder)


def _prepare_autolog(autolog, imports, rank):
    switch = autolog.Autolog(lambda names: imports.wait_for(names, switch.attach), imports.quietly)
    imports.wait_for(autolog.libraries_awaited(rank), switch.attach)


def _hook(handlers, is_foreign):
    # A closure: its names outlive the modules while the interpreter shuts down.
    def hook(event, arguments):
        if event in handlers:
            try:
                handlers[event](*arguments)
            except:  # noqa: E722 - naming BaseException would look up a builtin that may be gone by then
                if is_foreign():
                    raise

    return hook


def _finish(spool, files, is_foreign, ending):
    """The run may have forked: only a process that has a spool of its own has something to end."""
    try:
        if spool.is_open():
            files.tell_counts()
            spool.send("close", ending(sys.modules.get("__main__")) if ending else {})
    except:  # noqa: E722 - see guard.py
        if is_foreign():
            raise
