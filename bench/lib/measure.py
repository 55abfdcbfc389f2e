"""Runs a command and prints what it and all its descendants used, as one JSON line on descriptor 3.

wall, user and sys in seconds; maxrss of the largest single process in MiB. Output of the command goes where ours goes.
"""
import json
import os
import resource
import subprocess
import sys
import time

before = resource.getrusage(resource.RUSAGE_CHILDREN)
start = time.perf_counter()
code = subprocess.call(sys.argv[1:])
wall = time.perf_counter() - start
after = resource.getrusage(resource.RUSAGE_CHILDREN)
unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
os.write(
    3,
    json.dumps(
        {
            "code": code,
            "wall": wall,
            "user": after.ru_utime - before.ru_utime,
            "sys": after.ru_stime - before.ru_stime,
            "maxrss": after.ru_maxrss / unit,
        }
    ).encode(),
)
