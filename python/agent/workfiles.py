"""What is in a job's work/, and what of it the command changed."""
import os
import stat

# Byte code says nothing that its source does not.
LEFT_OUT = "__pycache__"


def look(work):
    """{path: [size, mtimeNs, inode, ctimeNs, mode]} of files; [null, target] of links. Paths relative to `work`."""
    found, folders = {}, [""]
    for folder in folders:
        for entry in scan(os.path.join(work, folder)):
            path = os.path.join(folder, entry.name)
            try:
                if entry.is_symlink():
                    found[path] = [None, os.readlink(entry.path)]
                elif entry.is_dir(follow_symlinks=False):
                    if entry.name != LEFT_OUT:
                        folders.append(path)
                else:
                    status = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(status.st_mode):
                        mode = stat.S_IMODE(status.st_mode)
                        found[path] = [status.st_size, status.st_mtime_ns, status.st_ino, status.st_ctime_ns, mode]
            except OSError:
                pass  # gone meanwhile
    return found


def scan(folder):
    try:
        return list(os.scandir(folder))
    except OSError:
        return []


def changes(before, after):
    """Paths that are new or changed, and those that are gone."""
    return [path for path, facts in after.items() if before.get(path) != facts], [path for path in before if path not in after]
