"""The distributions behind imported modules, and what these need in turn."""
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


def imported():
    """Top-level names of what is imported."""
    return {name.partition(".")[0] for name in list(sys.modules)}


def needed(modules):
    """Version by normal name of the distributions of these modules and all that they require."""
    installed = _installed()
    wanted, strange = [], set()
    for module in modules:
        name = normal(module)
        if name in installed and module in _modules(installed[name]):
            wanted.append(name)
        elif not _is_standard(module):
            strange.add(module)
    if strange:
        # Called otherwise than what they bring, as scikit-learn is, or several that bring one module.
        wanted += [name for name, folder in installed.items() if not strange.isdisjoint(_modules(folder))]
    found = {}
    while wanted:
        name = wanted.pop()
        if name in installed and name not in found:
            distribution = metadata.PathDistribution(installed[name])
            found[name] = distribution.version
            wanted += _requirements(distribution)
    return found


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
