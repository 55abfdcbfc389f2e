"""Python that nobody asked us to record (a terminal's, a task's, a debugger's): whether it is a run, and how it announces itself.

A run makes its own folder in the store and a spool in it, and then a file `<adopt>/<id>`: whoever watches that folder
turns it into a run. When nobody does, what lies there is small, and is swept.
"""

import os
import sys
from os.path import abspath, basename, dirname, isdir, isfile, join

# Programs that are no Python and start several of it that belong together, by the name that Linux has for them.
_STARTERS = frozenset(
    b"slurmstepd orted orterun prted prterun prte mpirun mpiexec mpiexec.hydra hydra_pmi_proxy".split()
)
# So many may wait to be adopted; with more, nobody is there who would.
_WAITING = 200
# Tools whose child processes are nobody's runs either: those that test, check and install.
_QUIET = frozenset("pytest py.test unittest tox nox pip pip3 pre-commit pre_commit build".split())
# The same in a project's own folder.
_QUIET_FILES = frozenset(("setup.py", "manage.py", "conftest.py", "noxfile.py"))
# Those that run a script of the user's in their own process, or in processes that belong together.
_LAUNCHERS = frozenset(
    """torchrun torch.distributed.run torch.distributed.launch accelerate accelerate.commands.launch
    accelerate.commands.accelerate_cli deepspeed deepspeed.launcher.runner horovodrun fabric lightning composer ipython IPython
    cProfile profile trace coverage pdb kernprof scalene viztracer memory_profiler mprof""".split()
)
_VALUED = frozenset(("-W", "-X", "--check-hash-based-pycs"))
_DEBUGGER_FLAGS = frozenset(("--wait-for-client", "--log-to-stderr", "--for-server"))
_ASKS_ONLY = frozenset(("-h", "--help", "--version"))


def target_of(words):
    """What an interpreter is told to run, as (kind, what, the words behind it); kind is file, module, code or None."""
    at = 1
    while at < len(words):
        word = words[at]
        if word in _VALUED:
            at += 1
        elif word == "-":
            return "code", "", words[at + 1 :]
        elif word.startswith("-") and not word.startswith("--"):
            # Options can be joined: -um pkg; and what they take too: -mpkg.
            for index, letter in enumerate(word[1:], 2):
                if letter in "cm":
                    joined = word[index:]
                    rest = words[at + 1 :] if joined else words[at + 2 :]
                    what = joined or (words[at + 1] if at + 1 < len(words) else "")
                    return ("module" if letter == "m" else "code"), what, rest
                if letter in "WX":
                    break
        elif not word.startswith("-"):
            return "file", word, words[at + 1 :]
        at += 1
    return None, "", []


def judge(words, own_file, own_module):
    """Whether a command line of Python is a run: ("run", the command as its user knows it), ("other", None) or ("quiet", None).

    `own_file(path)` and `own_module(name)` tell whether that is the project's code.
    """
    kind, what, rest = target_of(words)
    if kind == "file" and "debugpy" in what.replace("\\", "/").split("/") or kind == "module" and what == "debugpy":
        rest = _debugged(what, rest)
        if rest is None:
            return "other", None
        return judge([words[0]] + rest, own_file, own_module)
    if kind not in ("file", "module"):
        return "other", None
    name = _program(what) if kind == "file" else what
    if kind == "file" and name in _QUIET_FILES:
        return "quiet", None
    own = own_file(what) if kind == "file" else own_module(what)
    if not own:
        if name in _QUIET or kind == "module" and name.partition(".")[0] in _QUIET:
            return "quiet", None
        if name not in _LAUNCHERS or not _launches(rest, own_file, own_module):
            return "other", None
    # Who asks for help wants to read it.
    if "--help" in rest or rest and _ASKS_ONLY.issuperset(rest):
        return "other", None
    return "run", words


def _program(path):
    name = basename(path.replace("\\", "/"))
    for suffix in ("-script.py", "-script.pyw", ".exe"):
        if name.endswith(suffix):
            return name[: -len(suffix)]
    return name


def _debugged(program, words):
    """The interpreter's words behind those of debugpy; None for its other programs, which start that one."""
    if basename(program) in ("launcher", "adapter"):
        return None
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] not in ("-m", "-c"):
        at += 1 if words[at] in _DEBUGGER_FLAGS or words[at] == "--" else 2
    return words[at:] or None


def _launches(words, own_file, own_module):
    for at, word in enumerate(words):
        if word in ("-m", "--module"):
            if at + 1 < len(words) and own_module(words[at + 1]):
                return True
        elif word.endswith((".py", ".pyw")) and not word.startswith("-") and own_file(word):
            return True
    return False


class Project:
    """Which files and modules are code of the project, and of no environment or tool that lies there too."""

    def __init__(self, scope, folder):
        self.scope = scope
        self.folder = folder

    def own_file(self, path):
        path = abspath(join(self.folder, path))
        return self.is_code(path) and (isfile(path) or isdir(path))

    def own_module(self, name):
        parts = name.split(".")
        for entry in [self.folder] + [entry for entry in sys.path if type(entry) is str]:
            path = abspath(join(entry, *parts))
            if self.is_code(path) and (isfile(path + ".py") or isfile(join(path, "__main__.py"))):
                return True
        return False

    def is_code(self, path):
        if not self.scope.is_project(path):
            return False
        for root in self.scope.roots:
            if path.startswith(root):
                parts = path[len(root) :].split(os.sep)
                return not any(part.startswith(".") and part != ".." or part == "node_modules" for part in parts)
        return False


class Adoption:
    """A run that waits to be adopted. `command`: as its user knows it."""

    def __init__(self, folder, command):
        self.folder = folder
        self.command = command
        self.id = _shared_id() or "%032x" % int.from_bytes(os.urandom(16), "big")
        self.spool = join(dirname(folder), "runs", self.id, "spool")

    def facts(self, mask_arguments):
        """Fields of the `start` line, besides the usual ones."""
        facts = {
            "command": mask_arguments(self.command),
            "source": os.environ.get("MODELTRAIL_ADOPT_SOURCE", "terminal"),
            "terminal": os.isatty(1),
            "variables": self.variables(),
        }
        return {"adopt": facts}

    def variables(self):
        """Those of the environment that runs remember, by the list that lies beside the announcements."""
        try:
            descriptor = os.open(join(self.folder, "variables"), os.O_RDONLY)
            try:
                names = os.fsdecode(os.read(descriptor, 1 << 16)).split()
            finally:
                os.close(descriptor)
        except OSError:
            return {}
        seeds = [name for name in os.environ if name.upper().endswith("SEED")]
        return {name: os.environ[name][:1000] for name in names + seeds if name in os.environ}

    def prepare(self):
        """Make the spool's folder, and give it. Raises OSError."""
        os.makedirs(self.spool, 0o700, exist_ok=True)
        return self.spool

    def announce(self):
        """From now on the processes that this one starts are the run's own."""
        os.environ["MODELTRAIL_SPOOL"] = self.spool
        os.environ["MODELTRAIL_RUN_ID"] = self.id
        os.close(os.open(join(self.folder, self.id), os.O_WRONLY | os.O_CREAT, 0o600))


def _shared_id():
    """The id that all processes of one launch have: they are one run. None for a process that stands alone."""
    try:
        descriptor = os.open("/proc/%d/stat" % os.getppid(), os.O_RDONLY)
    except OSError:
        return None
    try:
        stat = os.read(descriptor, 4096)
    finally:
        os.close(descriptor)
    # "PID (name) state …", the start being the 20th field behind the name.
    head, _, fields = stat.rpartition(b")")
    pid, _, name = head.partition(b" (")
    return _hash(pid + b" " + fields.split()[19]) if name in _STARTERS else None


def _hash(data):
    """FNV-1a, 128 bits: importing hashlib would be seen."""
    value = 0x6C62272E07BB014262B821756295C58D
    for byte in data:
        value = (value ^ byte) * 0x1000000000000000000013B % (1 << 128)
    return "%032x" % value


def is_adopted(spool):
    """Whether somebody has begun a run for what is written there."""
    return isfile(join(dirname(spool), "end.json"))


def look(load, folder, entry, package, root):
    """An `Adoption` when this process is a run that is to be recorded, else None."""
    words = load("processes").command_line()
    scope = load("scope").Scope(root, (entry, package, dirname(folder)))
    project = Project(scope, os.getcwd())
    verdict, command = judge(words, project.own_file, project.own_module)
    if verdict == "quiet":
        os.environ.pop("MODELTRAIL_ADOPT", None)
    if verdict != "run" or len(os.listdir(folder)) > _WAITING:
        return None
    return Adoption(folder, command)


def ending(main):
    """How this process is ending, as far as Python tells: fields of the `close` line.

    The interpreter forgets `__file__` of the script once that has come to its end, and does not on the way of SystemExit,
    whose code nothing tells. Of an exception that nobody caught it keeps the type.
    """
    is_script = main is not None and getattr(main, "__spec__", None) is None
    if is_script and "__file__" in vars(main):
        return {}
    kind = getattr(sys, "last_type", None)
    if kind is not None:
        return {"exception": kind.__name__}
    return {"exitCode": 0} if is_script else {}
