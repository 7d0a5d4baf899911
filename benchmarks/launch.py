"""Runs one command and writes what it used: launch.py TOLD OUTPUT ERRORS COMMAND...

A script rather than a function, because Linux counts the memory of whoever starts a
process towards that process's peak: this one is small, as it imports next to nothing.
TOLD gets three lines: exit code, CPU seconds (user and system), peak memory in KiB.
"""

import os
import sys


def main() -> None:
    told, output, errors, *command = sys.argv[1:]
    pid = os.fork()
    if not pid:
        for path, number in ((output, 1), (errors, 2)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
        os.execv(command[0], command)
    _, status, used = os.wait4(pid, 0)
    code, cpu_s = os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime
    with open(told, "w", encoding="ascii") as file:
        file.write(f"{code}\n{cpu_s}\n{used.ru_maxrss}\n")


if __name__ == "__main__":
    main()
