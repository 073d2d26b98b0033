"""Runs a program in a terminal of its own, and says when its output came.

usage: pseudo-terminal.py COLUMNS ROWS PROGRAM [ARGUMENT ...]

On stdin a line of hexadecimal digits is typed. On stdout comes a line for each piece of output,
`o TIME HEX`, and for each piece of input, `i TIME`; times are nanoseconds of the monotonic clock.
At the end `e STATUS CPU`: how the program ended, and its CPU time in microseconds.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

columns, rows = int(sys.argv[1]), int(sys.argv[2])
program = sys.argv[3:]

# The size is there before the program is: a pipe holds it back.
ready, go = os.pipe()
child, terminal = pty.fork()
if child == 0:
    os.close(go)
    os.read(ready, 1)
    os.close(ready)
    os.execvp(program[0], program)
os.close(ready)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
os.close(go)


def tell(line):
    os.write(1, line.encode() + b"\n")


typed = b""
sources = [terminal, 0]
while terminal in sources:
    for source in select.select(sources, [], [])[0]:
        if source == terminal:
            try:
                output = os.read(terminal, 65536)
            except OSError:
                output = b""
            if output == b"":
                sources.remove(terminal)
                continue
            tell(f"o {time.monotonic_ns()} {output.hex()}")
        else:
            piece = os.read(0, 65536)
            if piece == b"":
                sources.remove(0)
                continue
            *lines, typed = (typed + piece).split(b"\n")
            for line in lines:
                stamp = time.monotonic_ns()
                os.write(terminal, bytes.fromhex(line.decode()))
                tell(f"i {stamp}")
_, status, usage = os.wait4(child, 0)
cpu = round((usage.ru_utime + usage.ru_stime) * 1e6)
tell(f"e {os.waitstatus_to_exitcode(status)} {cpu}")
