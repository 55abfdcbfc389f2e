"""
The installed distributions of a Python environment, read from its files without starting that Python. The same as
src/snapshot/packages.ts reads on its own machine; a test holds the two together.
"""
import json
import os
import re
from urllib.parse import unquote

# The description that follows in METADATA is not of interest.
HEAD = 4096
MODULE = re.compile(r"^([A-Za-z_]\w*)(?:/[^,\n]*\.(?:pyi?|so|pyd)|(?:\.[\w-]+)?\.(?:py|so|pyd)),", re.MULTILINE | re.ASCII)
CONDA = re.compile(r"^(.+)-([^-]+)-[^-]+\.json$")


def distributions(path):
    """({name: version}, {name: top-level modules}, {folder that code is taken from: "name version"}), the first of each name."""
    found = {}
    for folder in dict.fromkeys(path):
        if not os.path.isabs(folder):
            continue
        for name in sorted(names_in(folder)):
            if name.endswith((".dist-info", ".egg-info")):
                one = read(os.path.join(folder, name))
                # The first on the path is the one that is imported.
                if one:
                    found.setdefault(re.sub(r"[-_.]+", "-", one[0].lower()), one)
    ordered = sorted(found.values(), key=lambda one: one[0].lower())
    packages = {name: version for name, version, _, _ in ordered}
    modules = {name: tops for name, _, tops, _ in ordered}
    folders = {folder: "%s %s" % (name, version) for name, version, _, folder in ordered if folder}
    return packages, modules, folders


def read(folder):
    """(name, version, modules, folder or None), or None."""
    egg = folder.endswith(".egg-info")
    head = text(os.path.join(folder, "PKG-INFO" if egg else "METADATA"), HEAD) or (text(folder, HEAD) if egg else None) or ""
    name = re.search(r"^Name:[ \t]*(\S+)", head, re.MULTILINE)
    version = re.search(r"^Version:[ \t]*(\S+)", head, re.MULTILINE)
    if not name or not version:
        return None
    commit, source = origin(folder)
    version = version.group(1) + (" @ " + commit if commit else "")
    return name.group(1), version, top_level(folder), source


def origin(folder):
    """The commit of a repository, and the folder, that it was installed from."""
    try:
        direct = json.loads(text(os.path.join(folder, "direct_url.json")) or "null")
        url = direct["url"]
        commit = (direct.get("vcs_info") or {}).get("commit_id")
    except (ValueError, TypeError, KeyError, AttributeError):
        return None, None
    is_folder = "dir_info" in direct and url.startswith("file:")
    return commit, unquote(url[5:].replace("//localhost/", "///", 1)).replace("//", "", 1) if is_folder else None


def top_level(folder):
    listed = text(os.path.join(folder, "top_level.txt"))
    if listed is not None:
        return listed.split()
    return list(dict.fromkeys(MODULE.findall(text(os.path.join(folder, "RECORD")) or "")))


def conda_packages(prefix):
    """What conda installed besides Python's own distributions, as "conda:NAME"."""
    matches = [CONDA.match(name) for name in names_in(os.path.join(prefix, "conda-meta"))]
    return {"conda:" + match.group(1): match.group(2) for match in matches if match}


def names_in(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []


def text(path, size=-1):
    try:
        with open(path, "rb") as file:
            return file.read(size).decode("utf-8", "replace")
    except OSError:
        return None
