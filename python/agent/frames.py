"""
Frames: lines of text that bring the bytes of files home through a log or a connection that may be cut anywhere, be read twice,
and carry lines of others. The other end is src/targets/frames/.

    %mt SESSION NUMBER KIND NAME OFFSET PAYLOAD CHECK

SESSION: of this sender. NUMBER: counts its frames. NAME: of the file, base64url, "-" for none. PAYLOAD: base64, "-" for none.
CHECK: CRC-32 of the line up to the space before it, hexadecimal. KIND, and what PAYLOAD is:

    d  bytes of the file from OFFSET on         z  the same, compressed
    s  the job's status, JSON                   b  nothing: we are still here
    f  what files there are, JSON               e  the job's last status, JSON: the last frame of all
"""
import base64
import json
import os
import zlib

# Of a file in one frame: of one that is cut nothing has come. Logs of containers are cut after 16 KiB.
SMALL, LARGE = 6 << 10, 32 << 10
WORTH_PACKING = 256


class Sender:
    """`write(bytes)` gets whole lines."""

    def __init__(self, write, size=LARGE):
        self.write = write
        self.size = size
        self.session = os.urandom(4).hex()
        self.number = 0

    def send(self, kind, payload=b"", name="", offset=0):
        fields = [self.session, str(self.number), kind, url64(os.fsencode(name)), str(offset), b64(payload)]
        line = ("%mt " + " ".join(fields)).encode()
        self.number += 1
        self.write(b"%s %08x\n" % (line, zlib.crc32(line)))

    def tell(self, kind, value):
        self.send(kind, json.dumps(value).encode())

    def file(self, path, name, offset):
        """What is in the file from `offset` on, as it is now; gives the offset behind it."""
        try:
            file = open(path, "rb", buffering=0)
        except OSError:
            return offset
        with file:
            file.seek(offset)
            for data in iter(lambda: file.read(self.size), b""):
                self.data(data, name, offset)
                offset += len(data)
        return offset

    def data(self, data, name, offset):
        packed = zlib.compress(data, 1) if len(data) > WORTH_PACKING else data
        if len(packed) < len(data):
            self.send("z", packed, name, offset)
        else:
            self.send("d", data, name, offset)


def b64(data):
    return base64.b64encode(data).decode() if data else "-"


def url64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=") if data else "-"
