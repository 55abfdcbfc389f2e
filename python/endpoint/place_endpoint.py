"""
    endpoint.py place FOLDER      {"bundle": hash, "manifest": SHA-256 of its bundle.json}

Gives a bundle that was sent its place, when each of its files is as it should be. Answers {"wrong": [paths of those that are not]}.
"""
import os
import shutil

from answer import answer
from bundles import touch, wrong_files
from request import read_request


def main(folder):
    request = read_request()
    bundle = request["bundle"]
    sent, place = folder.at("incoming-" + bundle), folder.at("bundles", bundle)
    wrong = wrong_files(sent, request["manifest"])
    for path in wrong:
        # Sent once more, it is compared by its size and time only.
        try:
            os.unlink(os.path.join(sent, path))
        except OSError:
            pass
    if not wrong:
        try:
            os.rename(sent, place)
        except OSError:
            if not os.path.isdir(place):
                raise
            shutil.rmtree(sent, ignore_errors=True)
        touch(folder, bundle)
    answer({"wrong": wrong})
    return 0
