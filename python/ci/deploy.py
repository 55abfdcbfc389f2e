"""
What a workflow of GitHub's does besides calling programs: choose what to deploy, unpack it, and ask what is served. Needs no
packages. `--help` says how it is called.
"""

import argparse
import hashlib
import json
import os
import re
import sys
import time
import urllib.error
import urllib.request
import zipfile

PIECE = 1 << 20
LOOK_SECONDS = 0.5
ASK_SECONDS = 60


def main():
    options = parse()
    try:
        options.run(options)
    except Problem as problem:
        # GitHub shows such a line at the run.
        print("::error::%s" % problem)
        return 1
    return 0


class Problem(Exception):
    """For people: what is wrong, and what to do."""


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    choose = commands.add_parser("choose", help="print which version is to be served, and where its bundle is")
    choose.add_argument("record", help="the file that lists what may be deployed")
    choose.add_argument("version", help="a version of it; empty: the one that it says is to be served")
    choose.set_defaults(run=choose_version)
    unpack = commands.add_parser("unpack", help="unpack a bundle, when it is the one that was recorded")
    unpack.add_argument("file")
    unpack.add_argument("sha256")
    unpack.add_argument("folder")
    unpack.set_defaults(run=unpack_bundle)
    ask = commands.add_parser("ask", help="send its sample to what is served, and compare the answer")
    ask.add_argument("folder", help="the bundle")
    ask.add_argument("url")
    ask.add_argument("--seconds", type=float, default=120, help="until it has to answer")
    ask.set_defaults(run=ask_sample)
    return parser.parse_args()


def choose_version(options):
    """As lines for GITHUB_ENV."""
    with open(options.record, encoding="utf-8") as file:
        record = json.load(file)
    version = options.version.strip() or str(record["serve"])
    known = record["versions"]
    if version not in known:
        names = ", ".join(sorted(known, key=int)) or "none"
        raise Problem(
            "%s lists no version %s of %s. It lists: %s. To add one: modeltrail deploy %s/%s --to %s --workflow"
            % (options.record, version, record["model"], names, record["model"], version, record["deployment"])
        )
    chosen = dict(known[version], version=version)
    for name in ("version", "bundle", "release", "asset", "sha256"):
        value = str(chosen[name])
        if not re.fullmatch(r"[\w.+-]+", value):
            raise Problem("%s: %r cannot be the %s of version %s." % (options.record, value, name, version))
        print("%s=%s" % (name.upper(), value))


def unpack_bundle(options):
    found = hash_of(options.file)
    if found != options.sha256:
        raise Problem(
            "%s is not the bundle that was recorded: its SHA-256 is %s, not %s. Nothing was deployed."
            % (os.path.basename(options.file), found, options.sha256)
        )
    with zipfile.ZipFile(options.file) as archive:
        archive.extractall(options.folder)


def hash_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(PIECE), b""):
            digest.update(piece)
    return digest.hexdigest()


def ask_sample(options):
    """By the comparison that the bundle brings along: it was verified."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, options.folder)
    from modeltrail_serve.check import difference, missing, read_manifest

    sample = read_manifest(options.folder).read_sample()
    until = time.monotonic() + options.seconds
    while True:
        try:
            answer = ask(options.url, sample and sample[0])
            break
        except (OSError, ValueError) as error:
            if time.monotonic() > until:
                raise Problem("%s does not answer as it should: %s" % (options.url, error)) from None
            time.sleep(LOOK_SECONDS)
    if sample is None:
        print("It is up. Its answers were not tried: no sample input is known.")
        return
    problem = missing(answer) if sample[1] is None else difference(sample[1], answer)
    if problem is not None:
        raise Problem("%s answers the sample wrongly: %s" % (options.url, problem))
    print("It answers the sample as it should.")


def ask(url, request):
    """The answer, JSON; without a request, whether it is well. Throws OSError or ValueError."""
    token = os.environ.get("SERVE_TOKEN")
    headers = {"authorization": "Bearer " + token} if token else {}
    if request is None:
        call = urllib.request.Request(url + "/ping", headers=headers)
    else:
        body = json.dumps(request).encode("utf-8")
        call = urllib.request.Request(
            url + "/invocations", body, dict(headers, **{"content-type": "application/json"})
        )
    try:
        with urllib.request.urlopen(call, timeout=ASK_SECONDS) as answer:
            text = answer.read().decode("utf-8")
    except urllib.error.HTTPError as error:
        raise ValueError("%d: %s" % (error.code, error.read(500).decode("utf-8", "replace"))) from None
    return None if request is None else json.loads(text)


if __name__ == "__main__":
    sys.exit(main())
