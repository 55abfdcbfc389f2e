"""Imports: which packages the run tries to import, and the moment to attach to a library that parses arguments."""

import os
import sys
from os.path import dirname, exists, join

NAME_LIMIT = 10_000

# Module that does the parsing, or the logging → the file here that attaches to it.
PARSERS = {
    "argparse": "parser_argparse",
    "click.core": "parser_click",
    "typer._click.core": "parser_click",
    "absl.flags._flagvalues": "parser_absl",
    "fire.core": "parser_fire",
    "hydra.core.hydra_config": "parser_hydra",
    "mlflow.store.tracking.rest_store": "mirror",
    "mlflow.store.tracking.sqlalchemy_store": "mirror",
    "mlflow.store.tracking.file_store": "mirror",
}


class Imports:
    """Handler for `import` events, which come before a module that is not loaded yet is looked for."""

    def __init__(self, spool, attach, package):
        self.spool = spool
        self.attach = attach
        self.package = package
        self.awaited = dict(PARSERS)
        self.told = []
        self.ours = False  # what is imported now, the run did not ask for
        self.known = {"__main__", "__mp_main__", "sitecustomize", "usercustomize", *sys.builtin_module_names}
        self.known.update(getattr(sys, "stdlib_module_names", ()))
        self.handlers = {"import": self.imported}
        for name in PARSERS:
            if name in sys.modules:  # another sitecustomize, or a .pth file, was first
                self.attach(self.awaited.pop(name), sys.modules[name])

    def imported(self, name, *_):
        if name in self.awaited:
            self.load_now(name)
        if name == "modeltrail" and name not in sys.modules and self.lend_package():
            return
        top = name.partition(".")[0]
        if self.ours or top in self.known or len(self.known) >= NAME_LIMIT:
            return
        self.known.add(top)
        if not _is_standard(top):
            self.told.append(top)
            self.spool.send("import", {"name": top})

    def lend_package(self):
        """Make `import modeltrail` work where nothing of that name is installed, without an entry on sys.path for it."""
        from _frozen_importlib import _find_spec, _load
        from _frozen_importlib_external import spec_from_file_location

        if _find_spec("modeltrail", None) is not None:
            return False
        self.known.add("modeltrail")
        file = join(self.package, "__init__.py")
        spec = spec_from_file_location("modeltrail", file, submodule_search_locations=[self.package])
        _load(spec)  # puts it into sys.modules, where the import that follows finds it
        return True

    def wait_for(self, names, attach):
        """Call `attach(module)` when one of these modules has been imported, before it is used."""
        for name in names:
            if name not in sys.modules:
                self.awaited[name] = attach

    def quietly(self, load):
        """Call `load`, which imports what the run did not ask for."""
        self.ours = True
        try:
            load()
        finally:
            self.ours = False

    def load_now(self, name):
        """Do the import that is about to be done, so that the module can be attached to before anyone uses it.

        Nothing of this stays visible: no finder on sys.meta_path, no other loader. A module that cannot be imported
        fails again, on its own, in the import that follows.
        """
        from _frozen_importlib import _gcd_import

        parser = self.awaited.pop(name, None)
        if parser is None:
            return
        module = _gcd_import(name)
        if callable(parser):
            parser(module)
        else:
            self.attach(parser, module)


def _is_standard(name):
    """Before Python 3.10 nothing lists the standard library, so look whether it has such a file."""
    if hasattr(sys, "stdlib_module_names"):
        return False
    import _imp  # a built-in module, always loaded

    folder = dirname(os.__file__)
    if exists(join(folder, name + ".py")) or exists(join(folder, name, "__init__.py")):
        return True
    return any(exists(join(folder, "lib-dynload", name + suffix)) for suffix in _imp.extension_suffixes())
