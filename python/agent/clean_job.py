"""
    agent.py clean FOLDER

Removes the job's folder, but for files that were too big to be brought home. Answers {"kept": [absolute paths]}.
"""
import os
import shutil

from answer import answer

MARKS = ("job.json", "before.json", "claim", "work")


def main(folder):
    if not any([folder.exists(name) for name in MARKS]):
        answer({"kept": []})
        return 0
    kept = [os.path.join(folder.work, path) for path in folder.read("kept") or []]
    kept = [path for path in kept if os.path.exists(path)]
    if not kept:
        remove(folder.path)
    else:
        for name in os.listdir(folder.path):
            if name not in ("work", "kept", "job.json"):
                remove(folder.at(name))
        for parent, folders, names in os.walk(folder.work, topdown=False):
            for name in names:
                if os.path.join(parent, name) not in kept:
                    os.unlink(os.path.join(parent, name))
            for name in folders:
                try:
                    os.rmdir(os.path.join(parent, name))
                except OSError:
                    pass  # something in it is kept, or it is a link
    answer({"kept": kept})
    return 0


def remove(path):
    if not os.path.isdir(path) or os.path.islink(path):
        os.unlink(path)
        return

    def open_up(function, failed, _):
        """Folders that the command has closed are opened."""
        if not os.path.exists(failed):
            return
        os.chmod(os.path.dirname(failed), 0o700)
        os.chmod(failed, 0o700)
        function(failed)

    shutil.rmtree(path, onerror=open_up)
