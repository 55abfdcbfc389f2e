"""
    agent.py files FOLDER [FILE-LIMIT TOTAL-LIMIT]

Answers with what the command did to the files of work/: {"files": [path, size, mtimeNs, mode], "links": [path, target],
"removed": [path], "left": [path, size], "lostBytes"}. `left` are files that are larger than a limit (bytes), the largest ones
when all together are too large; these stay when the job's folder is removed. `lostBytes`: what the disk did not take of the
output and the spool.
"""
from answer import answer
from workfiles import changes, look


def main(folder, file_limit=None, total_limit=None):
    found = changed_files(folder, file_limit and int(file_limit), total_limit and int(total_limit))
    if found["left"]:
        folder.write("kept", [path for path, _ in found["left"]])
    answer(found)
    return 0


def changed_files(folder, file_limit, total_limit):
    before = (folder.read("before.json") or {"files": {}})["files"]
    after = look(folder.work)
    changed, removed = changes(before, after)
    files = [[path, after[path][0], str(after[path][1]), after[path][4]] for path in changed if after[path][0] is not None]
    files.sort(key=lambda file: file[1])
    brought, left, total = [], [], 0
    for file in files:
        total += file[1]
        fits = (file_limit is None or file[1] <= file_limit) and (total_limit is None or total <= total_limit)
        (brought if fits else left).append(file)
    links = [[path, after[path][1]] for path in changed if after[path][0] is None]
    lost = (folder.read("end.json") or {}).get("lostBytes", 0)
    return {
        "files": sorted(brought),
        "links": links,
        "removed": removed,
        "left": [file[:2] for file in left],
        "lostBytes": lost,
    }
