"""
    endpoint.py prepare FOLDER      {"token": text or null, "bundle": hash, "files": {path: SHA-256}}

Makes the folder, keeps the token in it, and begins the bundle, of files that another one here has as well. Answers {"missing": [paths
of those that are to be sent to incoming-HASH/], null when the bundle is there}.
"""
import os

from answer import answer
from bundles import begin
from request import read_request


def main(folder):
    request = read_request()
    os.makedirs(folder.at("bundles"), mode=0o700, exist_ok=True)
    os.chmod(folder.path, 0o700)
    keep_token(folder, request["token"])
    is_there = folder.exists(os.path.join("bundles", request["bundle"]))
    answer({"missing": None if is_there else begin(folder, request["bundle"], request["files"])})
    return 0


def keep_token(folder, token):
    if token is None:
        try:
            os.unlink(folder.at("token"))
        except FileNotFoundError:
            pass
        return
    part = folder.at("token.%d" % os.getpid())
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(token)
    os.replace(part, folder.at("token"))
