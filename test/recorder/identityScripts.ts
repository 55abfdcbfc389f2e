/** Programs that show what a recorder could have changed. */

/** Type, size and flags of each standard stream, as a program can see them. */
export const streams = `
import os, stat, sys
lines = []
for fd in (0, 1, 2):
    mode = os.fstat(fd).st_mode
    kind = "tty" if os.isatty(fd) else "other"
    size = os.get_terminal_size(fd) if os.isatty(fd) else None
    lines.append("%d %s %s %s" % (fd, kind, size, stat.S_ISSOCK(mode)))
lines.append("%s %s %s" % (sys.stdout.encoding, sys.stdout.line_buffering, sys.stderr.line_buffering))
if os.isatty(0):
    lines.append("foreground %s" % (os.tcgetpgrp(0) == os.getpgrp()))
try:
    os.close(os.open("/dev/tty", os.O_RDWR))
    lines.append("has a controlling terminal")
except OSError as error:
    lines.append(error.strerror)
print("\\n".join(lines))
print("\\n".join(lines), file=sys.stderr)
`;

/** What a child inherits besides its streams. */
export const inherited = `
import os, resource, signal, sys
print(sorted((name, value) for name, value in os.environ.items() if not name.startswith(("MODELTRAIL_", "MLFLOW_")) and name not in ("PYTHONPATH", "_")))
print([resource.getrlimit(getattr(resource, name)) for name in sorted(dir(resource)) if name.startswith("RLIMIT_")])
print(os.getcwd(), os.umask(0o022), os.getpriority(os.PRIO_PROCESS, 0))
print([(s.name, str(signal.getsignal(s))) for s in signal.valid_signals() if isinstance(s, signal.Signals)])
print(signal.pthread_sigmask(signal.SIG_BLOCK, []))
print(sorted(int(fd) for fd in os.listdir("/proc/self/fd") if int(fd) < 200) if os.path.exists("/proc/self/fd") else "")
open("/dev/stdout", "w").write("by name\\n")
open("/dev/stderr", "w").write("by name\\n")
`;

/** Like tqdm: rewrites one line, as wide as the terminal, on standard error. */
export const progress = `
import os, sys, time
for step in range(31):
    width = os.get_terminal_size(2).columns
    bar = ("#" * (step * (width - 20) // 30)).ljust(width - 20)
    sys.stderr.write("\\r\\x1b[32m%3d%%|%s|\\x1b[0m %d/30" % (step * 100 // 30, bar, step))
    sys.stderr.flush()
sys.stderr.write("\\n")
print("done", os.get_terminal_size())
`;

/** Alternates between both streams without buffers, so that their order within one file shows. */
export const interleaved = `
import os
for i in range(2000):
    os.write(1 + i % 2, b"%d\\n" % i)
`;

export const family = (method: string) => `
import multiprocessing, os, sys
def work(n):
    print("working", flush=True)
    return n * n
def fail():
    sys.exit("a worker gives up")
if __name__ == "__main__":
    context = multiprocessing.get_context("${method}")
    with context.Pool(2) as pool:
        print(pool.map(work, range(6)), flush=True)
    process = context.Process(target=fail)
    process.start()
    process.join()
    print(process.exitcode, multiprocessing.active_children())
`;

/** Says of each signal that it came; on SIGTERM how often each did, and ends with 12. */
export const countSignals = `
import os, signal, sys, time
counts = {}
def count(number, frame):
    counts[number] = counts.get(number, 0) + 1
    os.write(1, b"got %d\\n" % number)
    if number == signal.SIGTERM:
        os.write(1, b"%s\\n" % str(sorted(counts.items())).encode())
        os._exit(12)
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGQUIT):
    signal.signal(number, count)
os.write(1, b"ready\\n")
while True:
    time.sleep(0.01)
`;

/** Sets the keyboard's modes through its output, as curses does: reads one key without Enter and without echo. */
export const curses = `
import curses, sys
def main(screen):
    screen.addstr(0, 0, "press")
    screen.refresh()
    key = screen.getch()
    return key
key = curses.wrapper(main)
print("key", key, curses.LINES if hasattr(curses, "LINES") else "")
`;

export const waitForSignal = `
import time
print("ready", flush=True)
while True:
    time.sleep(0.05)
`;

export const onResize = `
import os, signal, time
def say(text):
    os.write(1, (text + "\\n").encode())
def show(*_):
    say("size %s %s" % (os.get_terminal_size(1), os.get_terminal_size(2)))
signal.signal(signal.SIGWINCH, show)
say("ready")
for _ in range(2000):
    time.sleep(0.01)
    if os.get_terminal_size(1).columns == 132:
        time.sleep(0.3)
        break
say("last %s" % (os.get_terminal_size(1),))
`;
