"""
Brings a bundle from the Cloud Storage folder that Vertex AI names in AIP_STORAGE_URI, and becomes the app in it: for images that
have the packages only. Sent as text, so it is one file that needs nothing but Python; a word that begins with a dollar sign and
a bracket would be taken for a variable of Vertex AI's.
"""

import json
import os
import sys
import tempfile
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

TIMEOUT = 60
CHUNK = 1 << 20


def main(arguments):
    bucket, _, prefix = os.environ["AIP_STORAGE_URI"][len("gs://") :].partition("/")
    folder = tempfile.mkdtemp(prefix="bundle-")
    bring(bucket, prefix.rstrip("/") + "/", folder)
    os.chdir(folder)
    os.environ["PYTHONPATH"] = folder
    program = [sys.executable, "-m", "modeltrail_serve", "--bundle", folder]
    os.execv(sys.executable, program + arguments)


def bring(bucket, prefix, folder):
    names = [name for name in list_objects(bucket, prefix) if not name.endswith("/")]
    if not names:
        sys.exit("There is no bundle at gs://%s/%s." % (bucket, prefix))
    for name in names:
        parts = name[len(prefix) :].split("/")
        if ".." in parts:
            sys.exit("%s is no file of a bundle." % name)
        path = os.path.join(folder, *parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with ask("b/%s/o/%s?alt=media" % (bucket, quote(name, safe=""))) as answer, open(path, "wb") as file:
            for chunk in iter(lambda: answer.read(CHUNK), b""):
                file.write(chunk)


def list_objects(bucket, prefix):
    query = {"prefix": prefix, "fields": "items/name,nextPageToken"}
    while True:
        with ask("b/%s/o?%s" % (bucket, urlencode(query))) as answer:
            page = json.load(answer)
        for item in page.get("items", ()):
            yield item["name"]
        if "nextPageToken" not in page:
            return
        query["pageToken"] = page["nextPageToken"]


def ask(path):
    # Both variables are those of Google's own libraries.
    host = os.environ.get("STORAGE_EMULATOR_HOST", "https://storage.googleapis.com").rstrip("/")
    request = Request("%s/storage/v1/%s" % (host, path), headers={"Authorization": "Bearer %s" % token()})
    return urlopen(request, timeout=TIMEOUT)


def token():
    """Of the account that the container acts as; the machine knows it, and keeps it fresh."""
    host = os.environ.get("GCE_METADATA_HOST", "metadata.google.internal")
    url = "http://%s/computeMetadata/v1/instance/service-accounts/default/token" % host
    with urlopen(Request(url, headers={"Metadata-Flavor": "Google"}), timeout=TIMEOUT) as answer:
        return json.load(answer)["access_token"]


if __name__ == "__main__":
    main(sys.argv[1:])
