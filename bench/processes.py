"""Runs commands as processes of their own and says what they took."""

import os
import subprocess
import sys
import time


def run(command, home):
    """Returns (seconds, peak MiB) of a command that must succeed. The peak is that of its largest
    process."""
    # Else it waits for the disk to take what was written before it.
    os.sync()
    begin = time.perf_counter()
    # Peers keep state in a home; it shall not be this one. They shall not send anything either.
    process = subprocess.Popen(command, cwd=home, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               env={**os.environ, "HOME": str(home), "CODEGRAPH_TELEMETRY": "0"})
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    if status != 0:
        sys.exit(f"{command} failed: {errors.decode()[-2000:]}")
    return seconds, usage.ru_maxrss / 1024
