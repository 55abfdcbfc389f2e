"""MLflow's autologging, switched on for the libraries that the run trains with, when the recorder says so.

MODELTRAIL_AUTOLOG is "auto" or "on". Both import mlflow, where it is installed, at the first import of a library that it can
log; nothing is done in a script that switches autologging on or off itself. "auto" also leaves alone those that log with
mlflow themselves. Either way nothing is done in workers, whose fits are parts of one that is logged.
"""

import os
import sys

# Library → MLflow's module for it. Not those that are called, not trained.
LIBRARIES = {
    "sklearn": "mlflow.sklearn",
    "xgboost": "mlflow.xgboost",
    "lightgbm": "mlflow.lightgbm",
    "statsmodels": "mlflow.statsmodels",
    "keras": "mlflow.keras",
    "tensorflow": "mlflow.tensorflow",
    "lightning": "mlflow.pytorch",
    "pytorch_lightning": "mlflow.pytorch",
}
# Models and inputs are kept by their files; computing what describes them costs predictions that the script never made.
_SETTINGS = {
    "silent": True,
    "log_models": False,
    "log_datasets": False,
    "log_input_examples": False,
    "log_model_signatures": False,
    "log_post_training_metrics": False,  # it replaces functions of sklearn.metrics
    "log_traces": False,
    "importance_types": (),  # of XGBoost, as pictures
}
# A script that says one of these logs as it means to, and one with a server of its own logs there.
_OWN = ("autolog", "set_tracking_uri")
_LOGGING = ("start_run", "log_", "active_run", "search_", "MlflowClient", "tracking")
_WORKERS = ("multiprocessing", "loky", "--multiprocessing-fork")
_SOURCE_LIMIT = 1 << 20
_PACKAGES = ("site-packages", "dist-packages")


def libraries_awaited(rank):
    """Names of the modules whose import `Autolog.attach` wants to hear of; none where nothing is to be logged."""
    mode = os.environ.get("MODELTRAIL_AUTOLOG")
    if mode not in ("auto", "on") or rank > 0 or _is_worker():
        return ()
    return ("mlflow", *LIBRARIES)


def _is_worker():
    """One of several processes that train one model, other than the first, or a helper that a library started."""
    arguments = getattr(sys, "orig_argv", None) or []
    if any(word in argument for argument in arguments[1:4] for word in _WORKERS):
        return True
    return os.environ.get("LOCAL_RANK", "0") != "0"


class Autolog:
    """`await_import(names)` asks to hear of the import of more modules; `quietly(function)` does imports that are ours."""

    def __init__(self, await_import, quietly):
        self.await_import = await_import
        self.quietly = quietly
        self.mode = os.environ.get("MODELTRAIL_AUTOLOG")
        self.on = set()
        self.is_left_to_us = self.mode == "on"

    def attach(self, module):
        """A module that was awaited has been imported, and nobody has used it yet."""
        name = module.__name__
        if name in LIBRARIES:
            # A script that speaks of mlflow is going to import it: only then can it be told what it does with it.
            if not _says(_OWN if self.is_left_to_us else (*_OWN, "mlflow")) and _is_installed():
                self.switch_on(name)
        elif self.mode == "auto" and not _says(_OWN + _LOGGING):
            self.is_left_to_us = True
            for library in LIBRARIES:
                if library in sys.modules:
                    self.switch_on(library)
            self.await_import(LIBRARIES)

    def switch_on(self, library):
        flavor = LIBRARIES[library]
        if flavor in self.on:
            return
        self.on.add(flavor)
        chance = Chance()
        chance.hold()
        try:
            self.quietly(lambda: _switch_on(flavor, chance))
        finally:
            chance.put_back()


def _is_installed():
    from importlib.util import find_spec

    try:
        return find_spec("mlflow") is not None
    except (ImportError, ValueError):
        return False


def _switch_on(flavor, chance):
    from importlib import import_module
    from inspect import signature

    autologging = import_module("mlflow.utils.autologging_utils")
    autolog = import_module(flavor).autolog
    name = autolog.integration_name
    if name in autologging.AUTOLOGGING_INTEGRATIONS and autologging.AUTOLOGGING_INTEGRATIONS[name]:
        return  # the script was first
    _spare_the_script(import_module("mlflow.sklearn.utils"))
    known = signature(autolog).parameters
    autolog(**{key: value for key, value in _SETTINGS.items() if key in known})
    settings = autologging.AUTOLOGGING_INTEGRATIONS[name]
    # Says that it came with a general call, so that a later one of the script's holds.
    settings["globally_configured"] = True
    autologging.AutologgingEventLogger.set_logger(Between(chance))
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: settings.update(disable=True))


def _spare_the_script(utils):
    """After a fit, MLflow predicts and scores once more, and draws pictures of it for classifiers.

    Functions of the script's own must not be called more often than it calls them: they may print or count. Pictures take
    matplotlib, which a script that does not draw is not to load.
    """
    original = utils._log_estimator_content
    if hasattr(original, "spares"):
        return

    def describe(autologging_client, estimator, *args, **kwargs):
        parts = [estimator, *estimator.get_params(deep=True).values()]
        return {} if any(map(_is_own, parts)) else original(autologging_client, estimator, *args, **kwargs)

    def no_pictures(*_, **__):
        raise RuntimeError("no pictures")  # MLflow goes on without, and says so to nobody

    describe.spares = True
    utils._log_estimator_content = describe
    utils._get_classifier_artifacts = no_pictures


def _is_own(value):
    """Whether it is made of code that is part of neither Python nor an installed package."""
    name = getattr(value, "__module__", None) or type(value).__module__
    if name == "__main__":
        return True
    file = getattr(sys.modules.get(name), "__file__", None) or os.__file__
    return not file.startswith(os.path.dirname(os.__file__)) and not any(word in file for word in _PACKAGES)


def _says(words):
    """Whether the script, or the file that is importing now, has one of these words. One that cannot be read might."""
    files = set()
    main = sys.modules.get("__main__")
    files.add(getattr(main, "__file__", None))
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith(("<modeltrail ", "<frozen ")):
            files.add(name)
            break
        frame = frame.f_back
    for file in files:
        try:
            descriptor = os.open(file, os.O_RDONLY)
            try:
                source = os.read(descriptor, _SOURCE_LIMIT)
            finally:
                os.close(descriptor)
        except (OSError, TypeError, ValueError):
            return True
        if any(word.encode() in source for word in words):
            return True
    return False


class Between:
    """MLflow's word for where its own code begins and ends around a library's function.

    What that code draws from the generators of chance, the script must not miss: it would train another model.
    """

    def __init__(self, chance):
        from threading import local

        self.chance = chance
        self.held = local()

    def begins(self, *_):
        if not hasattr(self.held, "states"):
            self.held.states = []
        self.held.states.append(self.chance.states())

    def ends(self, *_):
        if getattr(self.held, "states", None):
            self.chance.set_states(self.held.states.pop())

    log_patch_function_start = log_original_function_success = log_original_function_error = begins
    log_original_function_start = log_patch_function_success = ends

    def log_patch_function_error(self, *_):
        self.ends()

    def log_autolog_called(self, *_):
        """Nothing to do: MLflow asks for it."""


class Chance:
    """The generators that a program shares with everything in it: Python's, NumPy's and PyTorch's."""

    def hold(self):
        self.held = self.states()

    def put_back(self):
        self.set_states(self.held)

    def states(self):
        states = []
        for name, get, put in _GENERATORS:
            module = sys.modules.get(name)
            if module is not None and hasattr(module, get):
                states.append((getattr(module, put), getattr(module, get)()))
        return states

    def set_states(self, states):
        for put, state in states:
            put(state)


_GENERATORS = (
    ("random", "getstate", "setstate"),
    ("numpy.random", "get_state", "set_state"),
    ("torch", "get_rng_state", "set_rng_state"),
)
