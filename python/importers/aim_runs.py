"""Prints the runs of an Aim repository as lines of JSON: `python aim_runs.py FOLDER`.

Aim keeps runs in RocksDB files that only its own package reads. The folder is a copy, which Aim may change.
The first line is {"aim": VERSION}; then, for each run, a line {"run": …}, a line {"points": …} for each metric, and {"end": HASH}.
NaN and the infinities are written as Python's JSON does.
"""

import json
import os
import shutil
import sys
from datetime import timezone
from importlib.metadata import version


def write(line):
    sys.stdout.write(json.dumps(line, default=str) + "\n")


def milliseconds(moment):
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.timestamp() * 1000


def tags_of(run):
    return [str(tag) for tag in (run.tags or [])]


def write_run(run):
    write(
        {
            "run": {
                "hash": run.hash,
                "name": run.name,
                "experiment": run.experiment,
                "description": run.description,
                "tags": tags_of(run),
                "created": milliseconds(run.created_at),
                "ended": milliseconds(run.finalized_at),
                "active": bool(run.active),
                "params": run[...],
            }
        }
    )
    for metric in run.metrics():
        steps, values, times = [], [], []
        for step, (value, _epoch, time) in metric.data.items():
            steps.append(step)
            values.append(float(value))
            times.append(time * 1000)
        write(
            {
                "points": {
                    "name": metric.name,
                    "context": metric.context.to_dict(),
                    "steps": steps,
                    "values": values,
                    "times": times,
                }
            }
        )
    write({"end": run.hash})


def main():
    import aim

    write({"aim": version("aim")})
    repository = aim.Repo(sys.argv[1])
    # Only Aim's own server puts runs into this index; without it, Aim looks into each run's own files.
    shutil.rmtree(os.path.join(sys.argv[1], ".aim", "meta", "index"), ignore_errors=True)
    for name in sorted(repository.list_all_runs()):
        write_run(aim.Run(name, repo=repository, read_only=True))


if __name__ == "__main__":
    main()
