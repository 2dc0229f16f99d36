"""`alluvium index --watch`: the lake follows its files.

`ALLUVIUM_PROGRAM` is the program. Exit code 77 (skipped) without it.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

PROGRAM = os.environ.get("ALLUVIUM_PROGRAM", "")
if not PROGRAM or not os.path.exists(PROGRAM):
    print("skipped: ALLUVIUM_PROGRAM names no program")
    sys.exit(77)

# Far more than a run takes, on a machine that does much else.
PATIENCE = 60


class Watched:
    """A program that watches `root`: each of its runs is a line."""

    def __init__(self, root):
        self.process = subprocess.Popen([PROGRAM, "index", root, "--watch", "--json"],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.timer = threading.Timer(2 * PATIENCE, self.process.kill)
        self.timer.daemon = True
        self.timer.start()

    def run(self):
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(self.process.stderr.read().decode())
        return json.loads(line)

    def end(self):
        self.process.send_signal(signal.SIGINT)
        rest, errors = self.process.communicate(timeout=PATIENCE)
        self.timer.cancel()
        return self.process.returncode, rest, errors


class WatchTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name) / "app"
        (self.root / "package").mkdir(parents=True)
        (self.root / "package/__init__.py").write_text("")
        (self.root / "package/a.py").write_text("def f(): pass\n")
        self.watched = Watched(self.root)
        self.addCleanup(self.watched.process.kill)
        self.first = self.watched.run()

    def names(self):
        done = subprocess.run(
            [PROGRAM, "sql", "--lake", self.root / ".alluvium", "--format", "csv",
             "SELECT qualified_name FROM definitions ORDER BY 1"],
            capture_output=True, check=True, timeout=PATIENCE)
        return done.stdout.decode().split()[1:]

    def test_each_change_is_a_run(self):
        self.assertEqual(self.first["files_added"], 2)
        (self.root / "package/a.py").write_text("def g(): pass\n")
        run = self.watched.run()
        self.assertEqual(run["files_changed"], 1)
        self.assertEqual(run["rebuild_reason"], "")
        self.assertEqual(self.names(), ["package.a.g"])

        (self.root / "package/deeper").mkdir()
        (self.root / "package/deeper/b.py").write_text("def h(): pass\n")
        run = self.watched.run()
        self.assertEqual(run["files_added"], 1)
        # In a folder that was not there when the watch began.
        (self.root / "package/deeper/b.py").write_text("def i(): pass\n")
        self.assertEqual(self.watched.run()["files_changed"], 1)
        (self.root / "package/a.py").unlink()
        self.assertEqual(self.watched.run()["files_removed"], 1)
        self.assertEqual(self.names(), ["package.deeper.b.i"])
        self.assertEqual(self.watched.end()[0], 130)

    def test_a_burst_is_one_run_or_a_few(self):
        for number in range(50):
            (self.root / f"package/m{number}.py").write_text("x = 1\n")
        added, runs = 0, 0
        while added < 50:
            added += self.watched.run()["files_added"]
            runs += 1
        self.assertLess(runs, 5)

    def test_what_is_no_source_is_no_news(self):
        (self.root / "notes.txt").write_text("dear")
        (self.root / "package/a.py").write_text("def g(): pass\n")
        self.assertEqual(self.watched.run()["files_changed"], 1)
        code, rest, errors = self.watched.end()
        self.assertEqual((code, rest), (130, b""), errors)

    def test_a_failed_run_is_told_and_survived(self):
        lake = self.root / ".alluvium"
        (lake / "runs").rename(lake / "gone")
        (self.root / "package/a.py").write_text("def g(): pass\n")
        self.assertIn(b"message", self.watched.process.stderr.readline())
        (lake / "gone").rename(lake / "runs")
        (self.root / "package/a.py").write_text("def h(): pass\n")
        self.assertEqual(self.watched.run()["files_changed"], 1)
        self.assertEqual(self.names(), ["package.a.h"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
