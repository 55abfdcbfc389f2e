"""Work that goes on when the connection ends that somebody came by who asked for it."""
import os
import select


def start_apart(folder, work, patience):
    """
    Runs `work` in a process of its own, which is given a function to be called when it is at work. Returns then, or when it has ended,
    or after `patience` seconds: it goes on even so.
    """
    ready, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _detach(folder)
            work(lambda: os.close(told))
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(told)
    os.waitpid(child, 0)
    select.select([ready], [], [], patience)
    os.close(ready)


def _detach(folder):
    """In the child: a session of our own, no terminal, and nobody's pipe but our own held open."""
    os.setsid()
    if os.fork() > 0:
        os._exit(0)
    os.chdir("/")
    null = os.open(os.devnull, os.O_RDWR)
    try:
        log = os.open(folder.at("agent.log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        log = null
    for target, source in ((0, null), (1, null), (2, log)):
        os.dup2(source, target)
