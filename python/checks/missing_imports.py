"""Says which modules a script needs that its Python does not have. Nothing of the script or its modules is executed.

    python missing_imports.py SCRIPT ROOT

Reads SCRIPT and the modules beside it and in ROOT that it imports, and looks for every other module that they import without
catching that it is missing. Prints JSON: [{"name", "file", "line"}], each name once, where it is imported first.
"""
import ast
import importlib.machinery
import json
import os
import sys

# As many files are read: of a large project, the first ones say enough.
MOST_FILES = 2000


def imports_of(tree):
    """Yields (name, line) of the modules that are imported when the file itself is. Functions may never be called."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0 and node.module:
                yield node.module, node.lineno
        elif isinstance(node, ast.Try) and catches_missing(node):
            waiting += node.orelse + node.finalbody
        elif isinstance(node, ast.If) and is_for_types(node.test):
            waiting += node.orelse
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        else:
            waiting += ast.iter_child_nodes(node)


def catches_missing(node):
    return any(handler.type is None or names_missing(handler.type) for handler in node.handlers)


def names_missing(node):
    if isinstance(node, ast.Tuple):
        return any(names_missing(one) for one in node.elts)
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name in ("ImportError", "ModuleNotFoundError", "Exception", "BaseException")


def is_for_types(test):
    return (test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")) == "TYPE_CHECKING"


def own_files(name, folders):
    """Files of a module of the project, its packages' __init__ files first; [] when it is none."""
    for folder in folders:
        found, place = [], folder
        for part in name.split("."):
            package = os.path.join(place, part)
            if os.path.isfile(package + ".py"):
                return found + [package + ".py"]
            if not os.path.isdir(package):
                break
            if os.path.isfile(os.path.join(package, "__init__.py")):
                found.append(os.path.join(package, "__init__.py"))
            place = package
        # A folder without __init__ is a package too, if an empty one.
        if place != folder:
            return found or [None]
    return []


def main(script, root):
    folders = [os.path.dirname(os.path.abspath(script)), os.path.abspath(root)]
    # As the script would have it: its own folder in place of this one.
    elsewhere = [folder for folder in sys.path[1:] if folder]
    known = set(sys.builtin_module_names) | set(getattr(sys, "stdlib_module_names", ()))
    missing, seen, waiting = {}, set(), [script]
    while waiting and len(seen) < MOST_FILES:
        file = waiting.pop(0)
        if file in seen:
            continue
        seen.add(file)
        try:
            with open(file, "rb") as source:
                tree = ast.parse(source.read())
        except (OSError, SyntaxError, ValueError):
            continue
        for name, line in sorted(imports_of(tree), key=lambda one: one[1]):
            top = name.split(".")[0]
            own = own_files(name, folders)
            if own:
                waiting += [one for one in own if one]
            elif top not in known and top not in missing:
                if importlib.machinery.PathFinder.find_spec(top, elsewhere) is None and not is_special(top):
                    missing[top] = {"name": top, "file": os.path.relpath(file, root), "line": line}
                else:
                    known.add(top)
    json.dump(list(missing.values()), sys.stdout)


def is_special(name):
    """Found by another way than folders: installed in place, frozen."""
    for finder in sys.meta_path:
        if finder is importlib.machinery.PathFinder:
            continue
        try:
            if finder.find_spec(name, None) is not None:
                return True
        except Exception:
            pass
    return False


if __name__ == "__main__":
    main(*sys.argv[1:])
