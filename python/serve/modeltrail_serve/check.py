"""
Whether a bundle is whole and answers its sample as it did when it was made: `python -m modeltrail_serve.check [FOLDER]`. For
where nothing but the bundle is, such as a build server or an image that was just made of it.
"""

import hashlib
import json
import os
import sys

from . import jsontext
from .arguments import own_bundle
from .manifest import BUNDLE_FILE, read_manifest

# What an image is made without: see .dockerignore.
NOT_IN_IMAGES = frozenset(("Dockerfile", ".dockerignore", "README.md"))
# Numbers of float32 models on another machine differ by about this much; as src/deploy/sample.ts judges them.
TOLERANCE = 1e-4
LEAST = 1e-6
PIECE = 1 << 20


def main(arguments):
    folder = arguments[0] if arguments else own_bundle()
    try:
        print(check(folder))
    except ValueError as error:
        return "The bundle in %s is not fit to be served: %s." % (folder, error)
    return 0


def check(folder):
    """What was found, in a sentence. Throws ValueError that says what is wrong."""
    check_files(folder)
    bundle = _tried("its model cannot be read", _open, folder)
    manifest = read_manifest(folder)
    name = "%s/%s" % (manifest.model, manifest.version)
    sample = manifest.read_sample()
    if sample is None:
        return "%s can be read. Its answers were not tried: no sample input is known." % name
    request, response = sample
    # Through text, in which it is sent: what is no number is null there.
    answer = json.loads(jsontext.write(_tried("it failed at its sample", bundle.predict, request)))
    problem = missing(answer) if response is None else difference(response, answer)
    if problem is not None:
        raise ValueError("it answered its sample wrongly: %s" % problem)
    return "%s answers its sample%s." % (name, "" if response is None else " as it did when it was made")


def _open(folder):
    from .models import open_bundle

    return open_bundle(folder)


def _tried(what, action, *arguments):
    try:
        return action(*arguments)
    except Exception as error:
        raise ValueError("%s: %s: %s" % (what, type(error).__name__, error)) from error


def check_files(folder):
    """Throws ValueError for the first that is not as `bundle.json` lists it."""
    try:
        with open(os.path.join(folder, BUNDLE_FILE), "rb") as file:
            listed = json.loads(file.read().decode("utf-8"))["files"]
    except FileNotFoundError:
        raise ValueError("it has no %s" % BUNDLE_FILE) from None
    for each in listed:
        name = each["path"]
        try:
            found = hash_of(os.path.join(folder, *name.split("/")))
        except FileNotFoundError:
            if name in NOT_IN_IMAGES:
                continue
            raise ValueError("%s is missing" % name) from None
        if found != each["sha256"]:
            raise ValueError("%s is not as it was when the bundle was made" % name)


def hash_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(PIECE), b""):
            digest.update(piece)
    return digest.hexdigest()


def difference(expected, actual, place="the answer"):
    """How an answer differs from the one that is expected, and where; None when it does not."""
    if _is_number(expected) and _is_number(actual):
        near = abs(expected - actual) <= max(TOLERANCE * max(abs(expected), abs(actual)), LEAST)
        return None if near else "%s is %s, not %s" % (place, actual, expected)
    if isinstance(expected, list):
        if not isinstance(actual, list):
            return "%s is no list" % place
        if len(actual) != len(expected):
            return "%s has %d values, not %d" % (place, len(actual), len(expected))
        return _first(difference(*pair, "%s[%d]" % (place, at)) for at, pair in enumerate(zip(expected, actual)))
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            return "%s is no object" % place
        lacking = next((key for key in expected if key not in actual), None)
        if lacking is not None:
            return '%s has no "%s"' % (place, lacking)
        return _first(difference(value, actual[key], "%s.%s" % (place, key)) for key, value in expected.items())
    return None if expected == actual else "%s is %s, not %s" % (place, json.dumps(actual), json.dumps(expected))


def missing(value, place="the answer"):
    """Where an answer has a number that is none, and None when nowhere."""
    if value is None or value in ("NaN", "Infinity", "-Infinity"):
        return "%s is %s" % (place, value)
    if isinstance(value, list):
        return _first(missing(each, "%s[%d]" % (place, at)) for at, each in enumerate(value))
    if isinstance(value, dict):
        return _first(missing(each, "%s.%s" % (place, key)) for key, each in value.items())
    return None


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _first(found):
    return next((each for each in found if each is not None), None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
