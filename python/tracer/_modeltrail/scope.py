"""Whose a path is: the system's or a package's (never told), source code of the project, or the run's data."""

import os
import sys
from os.path import basename, dirname, join, normcase, realpath

_WINDOWS = os.name == "nt"
# Not /dev and /run: data sets are put into /dev/shm, and disks are mounted under /run/media.
_SYSTEM = ("/proc/", "/sys/", "/etc/", "/usr/lib/", "/usr/share/", "/lib/", "/lib64/")
_PACKAGES = tuple(os.sep + name + os.sep for name in ("site-packages", "dist-packages"))
# What an installation keeps in its prefix. Not the prefix itself: images work in /usr/src/app, under prefix /usr.
_INSTALLED = ("lib", "lib64", "Lib", "DLLs", "share", "include", "bin", "Scripts", "etc", "Library")


def fold(path):
    """As the file system compares it."""
    return normcase(path) if _WINDOWS else path


class Scope:
    """`root`: the project's folder or None. `own`: folders of the tracer itself."""

    def __init__(self, root, own):
        roots = [] if not root else [root, realpath(root)]
        self.roots = tuple(fold(join(path, "")) for path in roots)
        folders = [join(dirname(os.__file__), "")]
        for entry in sys.path:
            if type(entry) is str and entry.endswith(("site-packages", "dist-packages")):
                folders.append(join(entry, ""))
        wide = list(_SYSTEM)
        for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}:
            if sys.prefix != sys.base_prefix and prefix == sys.prefix:
                wide.append(join(prefix, ""))  # a virtual environment is nobody's data
            wide.extend(join(prefix, name, "") for name in _INSTALLED)
        # A project that lies inside such a folder comes first.
        folders.extend(fold(path) for path in wide if not any(root.startswith(fold(path)) for root in self.roots))
        self.skipped = tuple({fold(path) for path in folders} | {fold(join(path, "")) for path in own})
        # Of `python train`, which need not be called .py. For -c, -m and standard input there is no such file.
        try:
            self.script = os.path.abspath((getattr(sys, "argv", None) or [""])[0])
        except OSError:
            self.script = ""  # the working folder was deleted

    def skip(self, folder):
        """Another folder of the tracer's own."""
        self.skipped += (fold(join(folder, "")),)

    def is_skipped(self, path):
        """Absolute paths only."""
        return fold(path).startswith(self.skipped) or any(name in path for name in _PACKAGES)

    def is_byte_code(self, path):
        """Byte code that is being written, under its temporary or its final name."""
        return ".pyc" in path and ".pyc" in basename(path)

    def source_of(self, path):
        """The project's source file that reading `path` means, or None."""
        if path.endswith(".pyc"):
            path = source_of_byte_code(path)
        elif not path.endswith((".py", ".pyw")) and path != self.script:
            return None
        return path if self.is_project(path) else None

    def is_project(self, path):
        """Whether it lies in the project, and not in an environment or package that lies there too."""
        return fold(path).startswith(self.roots) and not self.is_skipped(path)

    def code_behind(self, path):
        """A module outside the project is data of the run, told by its source file."""
        return source_of_byte_code(path) if path.endswith(".pyc") else path


def source_of_byte_code(path):
    """`a/__pycache__/b.cpython-311.pyc` → `a/b.py`, also under `sys.pycache_prefix`; an odd name gives itself."""
    folder, name = dirname(path), basename(path)
    prefix = getattr(sys, "pycache_prefix", None)
    if prefix and path.startswith(join(prefix, "")):
        folder = path[len(prefix) : -len(name) - 1]
    elif basename(folder) == "__pycache__":
        folder = dirname(folder)
    else:
        source = path[:-1]
        return source if os.path.exists(source) else path
    return join(folder, name.partition(".")[0] + ".py")
