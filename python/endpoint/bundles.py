"""The bundles of an endpoint."""
import hashlib
import json
import os
import shutil


def placed(folder):
    """Hashes, those that were used last first."""
    base = folder.at("bundles")
    try:
        names = os.listdir(base)
    except FileNotFoundError:
        return []
    return sorted(names, key=lambda name: os.path.getmtime(os.path.join(base, name)), reverse=True)


def begin(folder, bundle, files):
    """Takes what is known from other bundles by its hash; gives the paths of all that is still missing."""
    known = {}
    for other in placed(folder):
        path = folder.at("bundles", other)
        known.update({one["sha256"]: os.path.join(path, one["path"]) for one in _listed(path)})
    sent = folder.at("incoming-" + bundle)
    for path, digest in files.items():
        target = os.path.join(sent, path)
        if digest in known and not os.path.exists(target):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copyfile(known[digest], target)
    return [path for path, digest in files.items() if _hash(os.path.join(sent, path)) != digest]


def touch(folder, bundle):
    os.utime(folder.at("bundles", bundle))


def keep_newest(folder, count, servers):
    """Those that no server has go, but for the newest; and what is only half sent."""
    used = {one["bundle"] for one in servers}
    for bundle in [one for one in placed(folder) if one not in used][count:]:
        shutil.rmtree(folder.at("bundles", bundle), ignore_errors=True)
    for name in os.listdir(folder.path):
        if name.startswith("incoming-"):
            shutil.rmtree(folder.at(name), ignore_errors=True)


def wrong_files(path, manifest_hash):
    """Those that are not as `bundle.json` says, whose own SHA-256 is given."""
    manifest = os.path.join(path, "bundle.json")
    if _hash(manifest) != manifest_hash:
        return ["bundle.json"]
    return [one["path"] for one in _listed(path) if _hash(os.path.join(path, one["path"])) != one["sha256"]]


def _listed(path):
    """The files of a bundle, as `bundle.json` names them."""
    try:
        with open(os.path.join(path, "bundle.json"), encoding="utf-8") as file:
            return json.load(file)["files"]
    except (OSError, ValueError):
        return []


def _hash(path):
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            for part in iter(lambda: file.read(1 << 20), b""):
                digest.update(part)
    except OSError:
        return None
    return digest.hexdigest()
