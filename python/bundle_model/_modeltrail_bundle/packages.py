"""The distributions behind imported modules, and what these need in turn."""
import builtins
import os
import pathlib
import re
import sys
from importlib import metadata

# "sklearn/__init__.py,sha256=…", "six.py,…", "_cffi_backend.cpython-311-x86_64-linux-gnu.so,…"
_MODULE = re.compile(r"^([A-Za-z_]\w*)(?:/[^,\n]*\.(?:pyi?|so|pyd)|(?:\.[\w-]+)?\.(?:py|so|pyd)),", re.MULTILINE)


def normal(name):
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


# They import what the file of a model names.
READERS = {"cloudpickle", "dill", "joblib", "mlflow", "skops"}


class Imports:
    """While it is entered, notes which module asks for which, also for what is there already; by top-level names."""

    def __init__(self):
        self.asked = set()

    def __enter__(self):
        self.before = set(sys.modules)
        self.usual = builtins.__import__

        def noting(name, globals=None, locals=None, fromlist=(), level=0):
            # Compiled code tells nothing of itself: who called it asks.
            by = _top((globals or sys._getframe(1).f_globals).get("__name__") or "")
            # A module's parent is asked for by what finds modules.
            if level == 0 and by != "importlib":
                self.asked.add((by, _top(name)))
            return self.usual(name, globals, locals, fromlist, level)

        builtins.__import__ = noting
        return self

    def __exit__(self, *failure):
        builtins.__import__ = self.usual
        known = {module for _, module in self.asked}
        # Asked for in another way: nobody knows by whom.
        self.asked |= {("", _top(name)) for name in set(sys.modules) - self.before if _top(name) not in known}


def _top(name):
    return name.partition(".")[0]


def needed(asked, without):
    """Version by normal name of the distributions that hold the modules asked for, and all that they require.

    `asked`: pairs of who asks and for what. What a library asks for without requiring it, it can do without: many look whether
    pandas is there. `without`: modules that do not count.
    """
    installed = _installed()
    owners = _owners({name for pair in asked for name in pair} - without, installed)
    wanted = [
        name
        for by, module in sorted(asked)
        if by in READERS or by not in owners
        for name in owners.get(module, ())
    ]
    found = {}
    while wanted:
        name = wanted.pop()
        if name in installed and name not in found:
            distribution = metadata.PathDistribution(installed[name])
            found[name] = distribution.version
            wanted += _requirements(distribution)
    return found


def _owners(modules, installed):
    """Names of the distributions that bring each of the modules."""
    owners, strange = {}, set()
    for module in modules:
        name = normal(module)
        if name in installed and module in _modules(installed[name]):
            owners[module] = [name]
        elif not _is_standard(module):
            strange.add(module)
    # Called otherwise than what they bring, as scikit-learn is, or several that bring one module.
    for name, folder in installed.items() if strange else ():
        for module in strange & _modules(folder):
            owners.setdefault(module, []).append(name)
    return owners


def _installed():
    """The folder of each distribution's metadata by normal name; of several the one that is imported."""
    found = {}
    for folder in sys.path:
        try:
            entries = sorted(os.listdir(folder or "."))
        except OSError:
            continue
        for entry in entries:
            match = re.match(r"(.+?)-[^-]+(?:-py[\d.]+)?\.(?:dist|egg)-info$", entry)
            if match:
                found.setdefault(normal(match.group(1)), pathlib.Path(folder or ".", entry))
    return found


def _is_standard(module):
    names = getattr(sys, "stdlib_module_names", sys.builtin_module_names)
    return module in names or getattr(sys.modules.get(module), "__file__", None) is None


def _modules(folder):
    for name in ("top_level.txt", "RECORD"):
        try:
            text = (folder / name).read_text(encoding="utf-8")
        except OSError:
            continue
        return set(text.split()) if name == "top_level.txt" else set(_MODULE.findall(text))
    return set()


def _requirements(distribution):
    """Names; those of extras not, and of the others those that are installed count, whatever platform they are for."""
    for line in distribution.requires or ():
        requirement, _, marker = line.partition(";")
        if "extra" not in marker:
            yield normal(re.match(r"\s*([A-Za-z0-9][\w.-]*)", requirement).group(1))
