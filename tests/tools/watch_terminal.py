"""watch_terminal.py PAGESIM [TRACE OPTIONS]: `run --watch` on terminals of our own. What the
program writes goes through a small screen that knows the sequences it may use; exit 1 and a line
for whatever is wrong."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

ENTER, LEAVE = b"\x1b[?1049h\x1b[?25l", b"\x1b[?25h\x1b[?1049l"
KNOWN = re.compile(rb"\x1b\[(\?1049[hl]|\?25[hl]|H|J|K)")


def resize(fd, columns, rows):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def run(command, columns, rows, during=None, term="xterm"):
    """What it wrote to the terminal, in pieces with their dates, and its exit status."""
    pid, fd = pty.fork()
    if pid == 0:
        os.environ["TERM"] = term
        time.sleep(0.2)
        os.execv(command[0], command)
    resize(fd, columns, rows)
    pieces, begin = [], time.monotonic()
    while True:
        if during:
            during(pid, fd, b"".join(p for _, p in pieces))
        ready, _, _ = select.select([fd], [], [], 0.05)
        if not ready:
            continue
        try:
            piece = os.read(fd, 1 << 16)
        except OSError:
            break
        if not piece:
            break
        pieces.append((time.monotonic() - begin, piece))
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return b"".join(p for _, p in pieces), status, time.monotonic() - begin


def views(written):
    """The views, each as its lines without what clears them."""
    inside = written[written.index(ENTER) + len(ENTER):written.index(LEAVE)]
    inside = inside.replace(b"^C", b"")  # the terminal itself shows the key
    parts = inside.split(b"\x1b[H")[1:]
    return [[KNOWN.sub(b"", line) for line in part.split(b"\r\n")] for part in parts]


def check_screen(name, written, columns, rows, complain):
    if written.count(ENTER) != 1 or written.count(LEAVE) != 1:
        complain(f"{name}: the second screen was not entered and left once")
        return []
    if b"\x1b" in KNOWN.sub(b"", written):
        complain(f"{name}: it sends what no terminal was told of")
    found = views(written)
    for view in found:
        if len(view) > rows or max(map(len, view)) > columns:
            complain(f"{name}: a view of {len(view)} lines, {max(map(len, view))} wide")
    return found


def whole_run(command, complain):
    written, status, seconds = run(command, 100, 30)
    found = check_screen("whole run", written, 100, 30, complain)
    if status != 0:
        complain(f"whole run: exit status {status}")
    if len(found) < 2 or len(found) > 5 * seconds + 2:
        complain(f"whole run: {len(found)} views in {seconds:.1f} s")
    if not found:
        return
    if not any(b"Node 0, zone" in line for line in found[-1]):
        complain("whole run: no zone in the view")
    if b"Requests" not in written[written.index(LEAVE):]:
        complain("whole run: no summary behind the view")


def interrupted(command, complain):
    def interrupt(pid, fd, so_far):
        if so_far.count(b"\x1b[H") == 2 and not sent:
            sent.append(os.write(fd, b"\x03"))  # as the keys do
    sent = []
    written, status, _ = run(command, 80, 24, interrupt)
    check_screen("Ctrl-C", written, 80, 24, complain)
    if status != 130:
        complain(f"Ctrl-C: exit status {status}")
    if not written.endswith(b"pagesim run: interrupted\r\n"):
        complain("Ctrl-C: its last words are " + repr(written[-60:]))


def resized(command, complain):
    def shrink(pid, fd, so_far):
        if so_far.count(b"\x1b[H") == 1 and not done:
            resize(fd, 40, 8)
            done.append(True)
    done = []
    written, status, _ = run(command, 120, 40, shrink)
    found = check_screen("resized", written, 120, 40, complain)
    if status or len(found) < 2:
        complain(f"resized: exit status {status}, {len(found)} views")
    elif len(found[-1]) > 8 or max(map(len, found[-1])) > 40:
        complain("resized: the last view does not fit")


def refused(command, complain):
    written, status, _ = run(command, 80, 24, term="dumb")
    if status != 2 or b"\x1b" in written or b"TERM is 'dumb'" not in written:
        complain(f"dumb terminal: exit status {status}, {written!r}")


def main():
    command, wrong = [os.path.realpath(sys.argv[1]), "run", "--watch", *sys.argv[2:]], []
    for check in (whole_run, interrupted, resized, refused):
        check(command, wrong.append)
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    signal.alarm(200)
    sys.exit(main())
