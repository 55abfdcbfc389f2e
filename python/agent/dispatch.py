"""From a command line to the command: a file of its own, with a function `main`."""
import sys


def dispatch(commands, kind, open_folder):
    """`main.py COMMAND FOLDER [ARGUMENT...]` calls `main` of COMMAND_kind.py, and ends with what that gives."""
    if sys.version_info < (3, 8):
        sys.exit("Modeltrail needs Python 3.8 or newer there; %s is %d.%d." % ((sys.executable,) + sys.version_info[:2]))
    name, folder, arguments = sys.argv[1], sys.argv[2], sys.argv[3:]
    if name not in commands:
        sys.exit("unknown command " + name)
    module = __import__("%s_%s" % (name, kind))
    sys.exit(module.main(open_folder(folder), *arguments))
