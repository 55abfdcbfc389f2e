"""A folder with small files of ours, each of them whole or not there."""
import json
import os


class Folder:
    def __init__(self, path):
        self.path = path

    def at(self, *names):
        return os.path.join(self.path, *names)

    def exists(self, name):
        return os.path.exists(self.at(name))

    def read(self, name):
        """The JSON in `name`; None when there is none, or none yet."""
        try:
            with open(self.at(name), encoding="utf-8") as file:
                return json.load(file)
        except (OSError, ValueError):
            return None

    def write(self, name, value):
        """Whole or not at all."""
        temporary = self.at("%s.%d" % (name, os.getpid()))
        try:
            with open(temporary, "w", encoding="utf-8") as file:
                json.dump(value, file)
            os.replace(temporary, self.at(name))
        except OSError:
            try:
                os.unlink(temporary)
            except OSError:
                pass
            raise

    def mark(self, name, text=""):
        """Makes the file `name`; False when somebody else already has. Exclusive creation also holds on network disks."""
        try:
            descriptor = os.open(self.at(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return False
        try:
            os.write(descriptor, text.encode())
        except OSError:
            pass  # the disk is full: that it is there is what counts
        os.close(descriptor)
        return True
