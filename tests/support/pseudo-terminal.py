"""Runs a command on a terminal of its own: what it writes goes to standard output; a line of standard input resizes the terminal or presses keys.

python3 pseudo-terminal.py COLUMNS ROWS COMMAND...
size COLUMNS ROWS | keys HEXADECIMAL
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios


def resize(terminal: int, columns: str, rows: str) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", int(rows), int(columns), 0, 0))


def obey(terminal: int, line: str) -> None:
    verb, *words = line.split()
    if verb == "size":
        resize(terminal, *words)
    else:
        os.write(terminal, bytes.fromhex(words[0]))


def relay(terminal: int) -> None:
    """Until the last process has closed the terminal: Linux then answers a read with an error."""
    orders = sys.stdin.fileno()
    watched, pending = [terminal, orders], b""
    while True:
        ready, _, _ = select.select(watched, [], [])
        if orders in ready:
            told = os.read(orders, 65536)
            if not told:
                watched.remove(orders)
            *lines, pending = (pending + told).split(b"\n")
            for line in lines:
                obey(terminal, line.decode())
        if terminal in ready:
            try:
                written = os.read(terminal, 65536)
            except OSError:
                return
            if not written:
                return
            os.write(sys.stdout.fileno(), written)


def main() -> int:
    columns, rows, *command = sys.argv[1:]
    child, terminal = pty.fork()
    if child == 0:
        resize(0, columns, rows)
        os.execvp(command[0], command)
    relay(terminal)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


sys.exit(main())
