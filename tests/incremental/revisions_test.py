"""`index --rev`: commits are indexed without a checkout, each as if it had been checked out.

The history has renames, a merge, binary and undecodable files, names outside of ASCII, links and a
submodule.
"""

import os
import pathlib
import subprocess
import tempfile
import unittest

import program  # noqa: I001

import tables

REPO = "r"
WHO = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a",
       "GIT_COMMITTER_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": os.devnull}


def git(folder, *arguments):
    done = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, check=True,
                          env={**os.environ, **WHO}, timeout=60)
    return done.stdout.decode().strip()


class RevisionsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.root = self.folder / "app"
        self.lake = self.folder / "lake"
        self.root.mkdir()
        git(self.root, "init", "-q", "-b", "main")
        self.commits = []

    def write(self, path, content=""):
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self):
        git(self.root, "add", "-A")
        git(self.root, "commit", "-q", "-m", "c")
        self.commits.append(git(self.root, "rev-parse", "HEAD"))

    def make_history(self):
        self.write("pkg/__init__.py", "from .a import f\n__all__ = ['f']\n")
        self.write("pkg/a.py", "def f(): pass\n")
        self.write("pkg/b.py", "from pkg import f\nf()\n")
        self.commit()
        # Renamed, with what else is no Python, and what is and can't be read as text.
        git(self.root, "mv", "pkg/a.py", "pkg/c.py")
        self.write("pkg/__init__.py", "from .c import f\n__all__ = ['f']\n")
        self.write("pkg/logo.png", bytes(range(256)))
        self.write("pkg/binary.py", b"\x00\xff\x00" * 50)
        self.write("pkg/latin.py", b"# coding: latin-1\nname = '\xe9'\n")
        self.write("pkg/\u00e9t\u00e9 neuf.py", "x = 1\n")
        os.symlink("c.py", self.root / "pkg/link.py")
        os.symlink("../pkg", self.root / "pkg/round")
        os.symlink("logo.png", self.root / "pkg/picture")
        self.commit()
        git(self.root, "checkout", "-q", "-b", "side")
        self.write("pkg/side.py", "def g(): pass\n")
        self.commit()
        git(self.root, "checkout", "-q", "main")
        self.write("pkg/b.py", "from pkg import f\n\n\nf()\nf()\n")
        self.commit()
        git(self.root, "merge", "-q", "--no-ff", "-m", "m", "side")
        self.commits.append(git(self.root, "rev-parse", "HEAD"))
        inner = self.folder / "inner"
        inner.mkdir()
        git(inner, "init", "-q", "-b", "main")
        (inner / "sub.py").write_text("x = 1\n")
        git(inner, "add", "-A")
        git(inner, "commit", "-q", "-m", "c")
        git(self.root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add",
            str(inner), "sub")
        self.commit()

    def index_revisions(self, revisions):
        lines = program.run("index", self.root, "--lake", self.lake, "--repo", REPO, "--json",
                            "--rev", revisions).decode().splitlines()
        return [program.json.loads(line) for line in lines]

    def checked_out(self, commit):
        """The tables of a lake of its own, made of a clone with the commit checked out."""
        clone = self.folder / f"clone-{commit}"
        git(self.folder, "clone", "-q", "--no-checkout", self.root, clone)
        git(clone, "checkout", "-q", commit)
        program.index(clone, self.folder / f"fresh-{commit}", REPO)
        return tables.of_run(self.folder / f"fresh-{commit}", REPO)

    def test_each_commit_is_as_if_checked_out(self):
        self.make_history()
        reports = self.index_revisions("main~3..main")
        first_parents = git(self.root, "rev-list", "--first-parent", "--reverse",
                            "main~3..main").split()
        self.assertEqual([report["source_revision"] for report in reports], first_parents)
        self.assertEqual({report["kind"] for report in reports}, {"commit"})
        for report in [*reports, *self.index_revisions(self.commits[0])]:
            difference = tables.compare(
                tables.of_run(self.lake, REPO, report["run_id"]),
                self.checked_out(report["source_revision"]))
            self.assertEqual(str(difference), "", report["source_revision"])
        self.assertEqual(git(self.root, "status", "--porcelain"), "")

    def test_what_the_lake_has_is_left_out(self):
        self.make_history()
        self.index_revisions("main~2")
        reports = self.index_revisions("main~3..main")
        self.assertEqual([report["unchanged"] for report in reports], [True, False, False])
        self.assertTrue(all(r["unchanged"] for r in self.index_revisions("main~3..main")))

    def test_the_work_tree_stays_current(self):
        self.make_history()
        self.write("pkg/b.py", "now = 1\n")
        run = program.index(self.root, self.lake, REPO)
        self.index_revisions("main~3..main")
        current = program.json.loads(program.run(
            "sql", "--lake", self.lake, "--format", "json",
            "SELECT count(*) AS n FROM definitions WHERE name = 'now'"))
        self.assertEqual(current[0]["n"] if isinstance(current, list) else current["n"], 1)
        # From the last commit's tables on, though they are not the current ones.
        self.write("pkg/b.py", "then = 1\n")
        after = program.index(self.root, self.lake, REPO)
        self.assertNotEqual(after["run_id"], run["run_id"])
        fresh = self.folder / "fresh"
        program.index(self.root, fresh, REPO)
        self.assertEqual(str(tables.compare(tables.of_run(self.lake, REPO),
                                            tables.of_run(fresh, REPO))), "")

    def test_wrong_revisions_are_told(self):
        self.write("a.py")
        self.commit()
        for revisions in ("nosuch", "nosuch..main", "--all"):
            with self.assertRaisesRegex(program.Failed, "exit code 2"):
                program.run("index", self.root, "--lake", self.lake, f"--rev={revisions}")
        with self.assertRaisesRegex(program.Failed, "git"):
            (self.folder / "plain").mkdir()
            (self.folder / "plain/a.py").write_text("")
            program.run("index", self.folder / "plain", "--rev", "main")


if __name__ == "__main__":
    unittest.main(verbosity=2)
