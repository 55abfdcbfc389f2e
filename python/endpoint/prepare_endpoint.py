"""
    endpoint.py prepare FOLDER      {"bundle": hash, "files": {path: SHA-256}}

Makes the folder, and begins the bundle, of files that another one here has as well. Answers {"missing": [paths of those that are to be
sent to incoming-HASH/], null when the bundle is there}.
"""
import os

from answer import answer
from bundles import begin
from request import read_request


def main(folder):
    request = read_request()
    os.makedirs(folder.at("bundles"), mode=0o700, exist_ok=True)
    os.chmod(folder.path, 0o700)
    is_there = folder.exists(os.path.join("bundles", request["bundle"]))
    answer({"missing": None if is_there else begin(folder, request["bundle"], request["files"])})
    return 0
