"""Facts of this process, and the programs that it starts: what another program reads or writes is not seen."""

import os
import sys
from os.path import basename, join

_ARGUMENTS = 1000
_CHARACTERS = 4096
_PROGRAMS = 1000
# How launchers tell a process its place among its peers.
_RANKS = """
    RANK LOCAL_RANK GROUP_RANK WORLD_SIZE LOCAL_WORLD_SIZE TORCHELASTIC_RUN_ID
    SLURM_JOB_ID SLURM_PROCID SLURM_LOCALID SLURM_NTASKS PMI_RANK PMI_SIZE
    OMPI_COMM_WORLD_RANK OMPI_COMM_WORLD_LOCAL_RANK OMPI_COMM_WORLD_SIZE
    """.split()
_SHELLS = frozenset("sh bash dash zsh ksh fish cmd cmd.exe powershell powershell.exe pwsh".split())
# Options of python that keep sitecustomize, or the PYTHONPATH that leads to it, from being used.
_ISOLATING = frozenset("IES")


def describe(forked, mask_arguments):
    """Fields of the `start` line."""
    facts = {
        "pid": os.getpid(),
        "ppid": os.getppid(),
        "argv": mask_arguments([_text(item) for item in command_line()[:_ARGUMENTS]]),
        "executable": sys.executable or "",
        "version": "%d.%d.%d" % sys.version_info[:3],
        "implementation": sys.implementation.name,
        "prefix": sys.prefix,
        "basePrefix": sys.base_prefix,
        "cwd": _working_folder(),
        "path": [entry for entry in sys.path if type(entry) is str],
    }
    rank = {name: _text(os.environ[name]) for name in _RANKS if name in os.environ}
    if rank:
        facts["rank"] = rank
    if forked:
        facts["fork"] = True
    return facts


def rank():
    """The place of this process among those that train together, as its launcher tells; 0 for the first, or the only one."""
    for name in ("RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID"):
        if os.environ.get(name, "").isdigit():
            return int(os.environ[name])
    return 0


def tell_rank_to_mlflow():
    """A run that MLflow's client begins here is tagged with our rank: the recorder's own is that of the first process."""
    if rank() > 0 and "MODELTRAIL_MLFLOW" in os.environ:
        os.environ.setdefault("MLFLOW_RUN_CONTEXT", '{"rank": "%d"}' % rank())


def command_line():
    """As the system has it: sys.argv lacks the interpreter's own options."""
    original = getattr(sys, "orig_argv", None)  # 3.10
    if original:
        return original
    try:
        descriptor = os.open("/proc/self/cmdline", os.O_RDONLY)
        try:
            data = os.read(descriptor, 1 << 20)
        finally:
            os.close(descriptor)
        return [os.fsdecode(item) for item in data.split(b"\0")[:-1]]
    except OSError:
        return [sys.executable or "python"] + list(getattr(sys, "argv", []))


def _working_folder():
    try:
        return os.getcwd()
    except OSError:
        return ""  # deleted


def _text(value):
    """Of an argument, a path or a variable, clipped; empty for what is none of Python's own text types."""
    if isinstance(value, bytes):
        value = os.fsdecode(value)
    elif type(value).__module__.partition(".")[0] == "pathlib":
        value = str(value)
    return str.__str__(value)[:_CHARACTERS] if isinstance(value, str) else ""


class Processes:
    """Handlers for the events of starting a program. `entry` is the folder that PYTHONPATH must name for the tracer."""

    def __init__(self, spool, entry):
        self.spool = spool
        self.entry = entry
        self.told = set()
        self.handlers = {
            "subprocess.Popen": lambda executable, arguments, folder, env: self.started(executable, arguments, env),
            "os.posix_spawn": self.started,
            "os.exec": self.started,
            "os.spawn": lambda mode, path, arguments, env: self.started(path, arguments, env),
            "os.system": self.shell,
        }

    def started(self, executable, arguments, env):
        if isinstance(arguments, (str, bytes)) or type(arguments).__module__.partition(".")[0] == "pathlib":
            words = [_text(arguments)] if executable else _text(arguments).split()
        elif type(arguments) in (list, tuple):
            words = [_text(item) for item in arguments[:100]]
        else:
            words = []
        program = _text(executable) or (words[0] if words else "")
        if basename(program) in _SHELLS and len(words) > 2 and words[1] in ("-c", "/c", "-lc"):
            self.shell(words[2])
        elif program:
            self.tell(program, words[1:], env)

    def shell(self, command):
        """The first program of a command line for a shell; never its arguments, which may hold secrets."""
        words = _text(command).split()
        while words and "=" in words[0]:  # NAME=value program
            words.pop(0)
        if words:
            self.tell(words[0].strip("'\"();&|"), words[1:], None)

    def tell(self, program, arguments, env):
        name = basename(program).lower()
        python = program == sys.executable or name.startswith(("python", "pypy"))
        if (python and self.is_traced(arguments, env)) or program in self.told or len(self.told) >= _PROGRAMS:
            return
        path = _find(program)
        if path is None and env is None:
            return  # os.execvp tries each folder of PATH
        self.told.add(program)
        event = {"argv0": program}
        if path is not None:
            event["path"] = path
        if python:
            event["python"] = True
        self.spool.send("spawn", event)

    def is_traced(self, arguments, env):
        """Whether a Python started so will load the tracer."""
        for argument in arguments:
            if not argument.startswith("-") or argument in ("-", "-c", "-m"):
                break
            if not argument.startswith("--") and not _ISOLATING.isdisjoint(argument):
                return False
        if type(env) is not dict:
            return True  # inherited, or a mapping whose code is not ours to run
        values = [_text(env.get(name) or env.get(name.encode()) or "") for name in ("PYTHONPATH", "MODELTRAIL_SPOOL")]
        return self.entry in values[0].split(os.pathsep) and values[1] != ""


def _find(program):
    """Where the system finds it, so that the recorder can tell a Python script from a binary. None when nowhere."""
    if os.sep in program:
        paths = [join(_working_folder(), program)]
    else:
        paths = [join(folder, program) for folder in os.environ.get("PATH", "").split(os.pathsep)[:100]]
    for path in paths:
        try:
            os.stat(path)
            return path
        except (OSError, ValueError):
            continue
    return None
