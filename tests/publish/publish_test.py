"""That a run is published as a whole or not at all, whatever happens to the program.

Drives the program (ALLUVIUM_PROGRAM) over small generated repositories. `publish_test.py --rounds N`
kills more often.
"""

import contextlib
import fcntl
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = os.environ.get("ALLUVIUM_PROGRAM", "")
ROUNDS = 10

# Everything that a generation of the sources says of itself. If one table were of another run than
# the rest, these would differ.
GENERATIONS = """
SELECT
  (SELECT string_agg(DISTINCT name, ',') FROM definitions WHERE name LIKE 'GENERATION_%') AS defined,
  (SELECT string_agg(DISTINCT name, ',') FROM refs
    WHERE name LIKE 'GENERATION_%' AND context = 'load') AS used,
  (SELECT string_agg(DISTINCT name, ',') FROM imports WHERE name LIKE 'GENERATION_%') AS imported,
  (SELECT string_agg(DISTINCT name, ',') FROM exports WHERE name LIKE 'GENERATION_%') AS exported,
  (SELECT count(*) FROM files) AS files,
  (SELECT count(*) FROM modules) AS modules,
  (SELECT count(*) FROM calls) AS calls
"""


def start(*arguments, **options):
    return subprocess.Popen([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def run(*arguments, **options):
    return subprocess.run([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=300, **options)


def write_sources(root, generation, files=12):
    """Sources whose facts name their generation in every table."""
    package = root / "pkg"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text(f"GENERATION_{generation} = {generation}\n")
    for number in range(files):
        body = f"from pkg import GENERATION_{generation}\n"
        for function in range(20):
            body += f"\n\ndef f{function}(x):\n    return f{function}(GENERATION_{generation}, x)\n"
        (package / f"m{number}.py").write_text(body)


def tree(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


class PublishTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name).resolve()
        self.root = self.folder / "app"
        self.lake = self.root / ".alluvium"

    def index(self, *arguments, root=None, code=0):
        done = run("index", root or self.root, "--json", *arguments)
        self.assertEqual(done.returncode, code, done.stderr.decode())
        return json.loads(done.stdout) if code == 0 else json.loads(done.stderr)

    def sql(self, query, lake=None, code=0):
        done = run("sql", "--lake", lake or self.lake, "--format", "json", query)
        self.assertEqual(done.returncode, code, done.stderr.decode())
        return json.loads(done.stdout) if code == 0 else done.stderr.decode()

    def generation(self):
        """The generation that the lake shows; fails when it shows more than one."""
        row = self.sql(GENERATIONS)[0]
        names = {row[key] for key in ("defined", "used", "imported", "exported")}
        self.assertEqual(len(names), 1, row)
        self.assertEqual((row["files"], row["modules"]), (13, 13), row)
        self.assertEqual(row["calls"], 12 * 20, row)
        return int(names.pop().removeprefix("GENERATION_"))

    # --- runs ----------------------------------------------------------------------------------

    def test_an_unchanged_repository_writes_nothing(self):
        write_sources(self.root, 1)
        first = self.index()
        self.assertFalse(first["unchanged"])
        self.assertEqual(first["files_added"], 13)
        before = tree(self.lake)
        second = self.index()
        self.assertTrue(second["unchanged"])
        self.assertEqual(second["run_id"], first["run_id"])
        self.assertEqual(tree(self.lake), before)
        self.assertEqual(len(self.sql("SELECT * FROM runs")), 1)

    def test_a_change_is_seen_and_an_untouched_table_gets_no_commit(self):
        write_sources(self.root, 1)
        first = self.index()
        (self.root / "pkg/m0.py").write_text((self.root / "pkg/m0.py").read_text() + "# end\n")
        (self.root / "pkg/new.py").write_text("")
        (self.root / "pkg/m1.py").unlink()
        second = self.index()
        self.assertEqual((second["files_added"], second["files_changed"], second["files_removed"]),
                         (1, 1, 1))
        self.assertEqual(second["parent_run_id"], first["run_id"])
        (self.root / "pkg/m0.py").write_text((self.root / "pkg/m0.py").read_text() + "# end\n")
        third = self.index()
        moved = {table for table, version in third["versions"].items()
                 if version != second["versions"][table]}
        self.assertEqual(moved, {"files", "_file_states"})
        # A run pins a version that exists, and only forward.
        for table, version in third["versions"].items():
            self.assertGreaterEqual(version, second["versions"][table])

    def test_another_place_of_source_roots_is_a_change(self):
        write_sources(self.root / "lib", 1)
        self.index()
        (self.root / "lib/pyproject.toml").write_text("")
        self.assertFalse(self.index()["unchanged"])
        self.assertEqual(self.sql("SELECT source_root FROM modules WHERE module = 'pkg.m0'"),
                         [{"source_root": "lib"}])

    def test_another_commit_of_the_same_files_is_a_run_without_table_commits(self):
        write_sources(self.root, 1)

        def git(*arguments):
            return subprocess.run(
                ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments],
                cwd=self.root, capture_output=True, check=True).stdout.decode()

        git("init", "-q", "-b", "main")
        first = self.index()
        self.assertTrue(first["dirty"])
        self.assertEqual(git("status", "--porcelain", "--ignored=no").count(".alluvium"), 0)
        git("add", "-A")
        git("commit", "-qm", "one")
        second = self.index()
        self.assertFalse(second["unchanged"])
        self.assertEqual(second["versions"], first["versions"])
        self.assertEqual((second["ref"], second["dirty"]), ("main", False))
        self.assertEqual(second["source_revision"], git("rev-parse", "HEAD").strip())
        self.assertTrue(self.index()["unchanged"])

    def test_what_is_not_read_is_a_diagnostic(self):
        write_sources(self.root, 1)
        os.symlink("/etc/passwd", self.root / "leak.py")
        os.symlink(".", self.root / "loop")
        os.mkfifo(self.root / "pipe.py")
        (self.root / b"caf\xe9.py".decode("utf-8", "surrogateescape")).write_text("x = 1\n")
        report = self.index()
        self.assertEqual(report["diagnostics"].get("info"), 3)
        codes = self.sql("SELECT code, message FROM diagnostics ORDER BY message")
        self.assertEqual([row["code"] for row in codes],
                         ["symlink", "symlink", "not-a-regular-file"])
        self.assertEqual(self.sql("SELECT path FROM files WHERE path LIKE 'caf%'"),
                         [{"path": "caf%E9.py"}])
        self.assertEqual(self.sql("SELECT * FROM files WHERE path IN ('leak.py', 'pipe.py')"), [])
        self.assertTrue(self.index()["unchanged"])

    # --- several repositories ------------------------------------------------------------------

    def test_repositories_share_a_lake_and_leave_each_other_alone(self):
        lake = self.folder / "lake"
        other = self.folder / "other"
        write_sources(self.root, 1)
        write_sources(other, 2, files=3)
        self.index("--lake", lake, "--repo", "it's \"a\" 50% name")
        self.index("--lake", lake, root=other)
        write_sources(self.root, 3)
        self.index("--lake", lake, "--repo", "it's \"a\" 50% name")
        rows = self.sql("SELECT repo, count(*) AS n, min(name) AS name FROM definitions "
                        "WHERE name LIKE 'GENERATION_%' GROUP BY repo ORDER BY repo", lake=lake)
        self.assertEqual(rows, [{"repo": "it's \"a\" 50% name", "n": 1, "name": "GENERATION_3"},
                                {"repo": "other", "n": 1, "name": "GENERATION_2"}])
        self.assertEqual(self.sql("SELECT repo, count(*) AS n FROM files GROUP BY repo ORDER BY n",
                                  lake=lake),
                         [{"repo": "other", "n": 4}, {"repo": "it's \"a\" 50% name", "n": 13}])
        self.assertEqual(self.sql("SELECT count(*) AS n FROM repos", lake=lake), [{"n": 2}])

    def test_repositories_are_indexed_into_one_lake_at_once(self):
        lake = self.folder / "lake"
        roots = [self.folder / f"r{number}" for number in range(4)]
        for number, root in enumerate(roots):
            write_sources(root, number, files=2 + number)
        runs = [start("index", root, "--lake", lake) for root in roots]
        outputs = [process.communicate(timeout=300) for process in runs]
        self.assertEqual([process.returncode for process in runs], [0] * len(runs), outputs)
        self.assertEqual(self.sql("SELECT repo, count(*) AS n FROM files GROUP BY repo "
                                  "ORDER BY repo", lake=lake),
                         [{"repo": f"r{n}", "n": 3 + n} for n in range(4)])
        self.assertEqual(self.sql("SELECT repo, min(name) AS name FROM definitions "
                                  "WHERE name LIKE 'GENERATION_%' GROUP BY repo ORDER BY repo",
                                  lake=lake),
                         [{"repo": f"r{n}", "name": f"GENERATION_{n}"} for n in range(4)])

    def test_a_second_origin_under_a_taken_name_is_refused(self):
        lake = self.folder / "lake"
        other = self.folder / "elsewhere"
        write_sources(self.root, 1)
        write_sources(other, 2)
        self.index("--lake", lake)
        error = self.index("--lake", lake, "--repo", "app", root=other, code=4)
        self.assertIn("--repo", error["message"])
        self.assertEqual(self.sql("SELECT DISTINCT repo FROM files", lake=lake), [{"repo": "app"}])

    def test_a_repository_may_move_with_its_lake(self):
        write_sources(self.root, 1)
        self.index()
        moved = self.folder / "moved"
        self.root.rename(moved)
        report = self.index(root=moved)
        self.assertEqual((report["repo"], report["unchanged"]), ("app", True))

    # --- races ---------------------------------------------------------------------------------

    @contextlib.contextmanager
    def locked(self):
        """Holds the lock of the repository as another run would."""
        (path,) = [p for p in (self.lake / "locks").iterdir()
                   if p.name not in ("lake.lock", "views.lock")]
        with open(path, "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def test_a_run_under_way_is_named(self):
        write_sources(self.root, 1)
        self.index()
        with self.locked():
            error = self.index(code=6)
        self.assertEqual(error["code"], "CommitConflict")
        self.assertTrue(error["retryable"])
        self.assertIn("--wait", error["message"])
        self.assertIn("process ", error["details"]["owner"])
        self.assertEqual(self.generation(), 1)

    def test_wait_waits(self):
        write_sources(self.root, 1)
        self.index()
        write_sources(self.root, 2)
        took, _ = self.durations()
        write_sources(self.root, 3)
        with self.locked():
            process = start("index", self.root, "--wait")
            time.sleep(3 * took)
            self.assertIsNone(process.poll())
            self.assertEqual(self.generation(), 2)
        _, errors = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, errors.decode())
        self.assertEqual(self.generation(), 3)

    def test_ctrl_c_ends_the_wait(self):
        write_sources(self.root, 1)
        self.index()
        with self.locked():
            process = start("index", self.root, "--wait")
            time.sleep(0.7)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130)

    def test_two_runs_of_one_repository_exclude_each_other(self):
        for generation in range(1, 5):
            write_sources(self.root, generation)
            both = [start("index", self.root, "--force") for _ in range(2)]
            outputs = [process.communicate(timeout=300) for process in both]
            codes = sorted(process.returncode for process in both)
            # One that began when the other was done is right too.
            self.assertIn(codes, ([0, 6], [0, 0]), outputs)
            self.assertEqual(self.generation(), generation)

    def test_two_that_wait_both_succeed(self):
        write_sources(self.root, 1)
        both = [start("index", self.root, "--force", "--wait") for _ in range(2)]
        outputs = [process.communicate(timeout=300) for process in both]
        self.assertEqual([process.returncode for process in both], [0, 0], outputs)
        self.assertEqual(self.generation(), 1)
        self.assertEqual(len(self.sql("SELECT * FROM runs")), 2)

    # --- kills ---------------------------------------------------------------------------------

    def durations(self):
        """How long a run takes, and after how long it begins to commit."""
        begun = time.monotonic()
        report = self.index("--force")
        took = time.monotonic() - begun
        phases = list(report["phase_seconds"].items())
        names = [name for name, _ in phases]
        last = sum(seconds for _, seconds in phases[names.index("write tables"):])
        return took, took - last

    @staticmethod
    def moments(took, commits_from, count):
        """Half of them at any time, half while tables are committed."""
        for number in range(count):
            share = (number + random.random()) / count
            yield share * took
            yield commits_from + share * (took - commits_from)

    def end_at_random(self, how, count):
        """Ends runs at random moments; each leaves the old run or a whole new one."""
        write_sources(self.root, 1)
        self.index()
        durations = self.durations()
        published = 1
        seen = set()
        for moment in self.moments(*durations, count):
            write_sources(self.root, published + 1)
            process = start("index", self.root)
            time.sleep(moment)
            process.send_signal(how)
            _, errors = process.communicate(timeout=60)
            seen.add(process.returncode)
            shown = self.generation()
            self.assertIn(shown, (published, published + 1), errors.decode())
            if process.returncode == 0:
                self.assertEqual(shown, published + 1)
            published = shown
        self.assertIn(-signal.SIGKILL if how == signal.SIGKILL else 130, seen)
        write_sources(self.root, 99)
        self.index()
        self.assertEqual(self.generation(), 99)

    def test_killed_at_any_moment(self):
        self.end_at_random(signal.SIGKILL, ROUNDS)

    def test_interrupted_at_any_moment(self):
        self.end_at_random(signal.SIGINT, max(ROUNDS // 2, 4))

    def test_the_first_run_killed_at_any_moment(self):
        write_sources(self.root, 1)
        self.index()
        for moment in self.moments(*self.durations(), ROUNDS):
            shutil.rmtree(self.lake)
            process = start("index", self.root)
            time.sleep(moment)
            process.kill()
            process.communicate(timeout=60)
            done = run("sql", "--lake", self.lake, "SELECT count(*) FROM files")
            self.assertIn(done.returncode, (0, 5), done.stderr.decode())
            if done.returncode == 5:
                self.assertIn("alluvium index", done.stderr.decode())
            self.index()
            self.assertEqual(self.generation(), 1)

    def test_readers_see_one_run_while_another_is_published(self):
        write_sources(self.root, 1)
        self.index()
        last = 1
        for generation in range(2, 5):
            write_sources(self.root, generation)
            process = start("index", self.root)
            while process.poll() is None:
                shown = self.generation()
                self.assertIn(shown, (last, generation))
                last = shown
            self.assertEqual(process.returncode, 0, process.communicate()[1].decode())
            last = generation
            self.assertEqual(self.generation(), generation)

    # --- what can't be served ------------------------------------------------------------------

    def test_wrong_places_are_told_apart(self):
        (self.folder / "empty").mkdir()
        (self.folder / "file").write_text("")
        self.index(root=self.folder / "none", code=5)
        self.index(root=self.folder / "file", code=2)
        self.assertIn("Python", self.index(root=self.folder / "empty", code=2)["message"])
        self.assertEqual(tree(self.folder / "empty"), [])
        write_sources(self.root, 1)
        (self.folder / "full").mkdir()
        (self.folder / "full/letter.txt").write_text("dear")
        self.index("--lake", self.folder / "full", code=2)
        self.index("--lake", self.folder / "file", code=2)
        self.assertEqual(tree(self.folder / "full"), ["letter.txt"])
        self.sql("SELECT 1", lake=self.folder / "full", code=2)
        self.assertIn("alluvium index", self.sql("SELECT 1", lake=self.folder / "none", code=5))

    def test_a_newer_lake_is_refused(self):
        write_sources(self.root, 1)
        self.index()
        log = self.lake / "runs/_delta_log/00000000000000000000.json"
        log.write_text(re.sub(r'"alluvium.format":"\d+"', '"alluvium.format":"1000"', log.read_text()))
        before = tree(self.lake)
        write_sources(self.root, 2)
        self.assertIn("Update alluvium", self.index(code=9)["message"])
        self.assertIn("Update alluvium", self.sql("SELECT 1", code=9))
        self.assertEqual(tree(self.lake), before)

    def test_a_lake_that_lost_a_pinned_version_says_so(self):
        write_sources(self.root, 1)
        self.index()
        shutil.rmtree(self.lake / "calls")
        self.assertIn("--force", self.sql("SELECT count(*) FROM calls", code=9))
        self.index("--force")
        self.assertEqual(self.generation(), 1)

    def in_mount(self, script):
        """Runs a shell script in a mount namespace of its own."""
        probe = subprocess.run(["unshare", "--mount", "true"], capture_output=True)
        if probe.returncode != 0:
            self.skipTest("mounting is not allowed here")
        return subprocess.run(["unshare", "--mount", "sh", "-ec", script], capture_output=True,
                              timeout=300)

    def test_a_read_only_lake_is_readable(self):
        write_sources(self.root, 1)
        self.index()
        write_sources(self.root, 2)
        done = self.in_mount(
            f"mount --bind '{self.root}' '{self.root}'; mount -o remount,ro,bind '{self.root}'\n"
            f"'{PROGRAM}' sql --lake '{self.lake}' --format csv 'SELECT count(*) AS n FROM files'\n"
            f"set +e; '{PROGRAM}' index '{self.root}'; test $? = 8")
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertEqual(done.stdout.decode().split(), ["n", "13"])
        self.assertIn(str(self.lake), done.stderr.decode())

    def test_a_full_disk_leaves_the_last_run(self):
        write_sources(self.root, 1)
        lake = self.folder / "disk"
        lake.mkdir()
        done = self.in_mount(
            f"mount -t tmpfs -o size=3m none '{lake}'\n"
            f"'{PROGRAM}' index '{self.root}' --lake '{lake}/lake'\n"
            f"dd if=/dev/zero of='{lake}/ballast' bs=64k 2>/dev/null || true\n"
            f"sed -i 's/GENERATION_1/GENERATION_2/' '{self.root}'/pkg/*.py\n"
            f"set +e; '{PROGRAM}' index '{self.root}' --lake '{lake}/lake'; code=$?; set -e\n"
            f"echo code $code\n"
            f"'{PROGRAM}' sql --lake '{lake}/lake' --format csv \"SELECT name FROM definitions "
            "WHERE name LIKE 'GENERATION_%'\"\n"
            f"rm '{lake}/ballast'; '{PROGRAM}' index '{self.root}' --lake '{lake}/lake'\n"
            f"'{PROGRAM}' sql --lake '{lake}/lake' --format csv \"SELECT name FROM definitions "
            "WHERE name LIKE 'GENERATION_%'\"\n")
        output = done.stdout.decode()
        self.assertEqual(done.returncode, 0, output + done.stderr.decode())
        self.assertRegex(output, r"code [78]\b", done.stderr.decode())
        self.assertLess(output.index("GENERATION_1"), output.index("GENERATION_2"))


if __name__ == "__main__":
    if "--rounds" in sys.argv:
        position = sys.argv.index("--rounds")
        ROUNDS = int(sys.argv[position + 1])
        del sys.argv[position:position + 2]
    if not PROGRAM:
        sys.exit("set ALLUVIUM_PROGRAM")
    unittest.main(verbosity=2)
