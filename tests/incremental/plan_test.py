"""`alluvium index --plan`: it writes nothing, and the run that follows does what it said.

Usage: plan_test.py [--rounds N] [--seed S]
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import program  # noqa: I001

import edit_generator
from chain import Chain

# What git asks to know who commits.
GIT = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]


def tree(folder):
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.rglob("*")}


class Plans:
    def __init__(self, scratch, seed):
        self.generator = edit_generator.Generator(seed)
        self.chain = Chain(scratch)
        self.chain.write(self.generator.tree)

    def plan(self, *options):
        before = tree(self.chain.scratch)
        chain = self.chain
        plan = program.index(chain.root, chain.lake, chain.repo, "--plan", *options)
        assert tree(chain.scratch) == before, "a plan wrote something"
        return plan

    def run(self, work, *options):
        """Plans, runs, and compares."""
        plan = self.plan(*options)
        versions = self.versions
        report = self.chain.index(*options)
        assert plan["work"] == work, plan
        assert report["unchanged"] == (work == "nothing"), report
        if work != "nothing":
            assert plan["rebuild_reason"] == report["rebuild_reason"], (plan, report)
            assert plan["last_run_id"] == report["parent_run_id"], (plan, report)
            assert plan["goes_back_to"] == report["went_back_to"], (plan, report)
            for key in ("added", "changed", "removed"):
                assert len(plan[key]) == report[f"files_{key}"], (key, plan, report)
        self.tables(plan, versions, report["versions"])
        self.versions = report["versions"]
        return plan

    @staticmethod
    def tables(plan, before, after):
        names = [table["table"] for table in plan["tables"]]
        assert set(names) == set(after), set(names) ^ set(after)
        for place, table in enumerate(plan["tables"]):
            assert set(table["inputs"]) <= set(names[:place]), table
            if table["work"] == "untouched":
                name = table["table"]
                assert before[name] == after[name], (table, before[name], after[name])

    def first(self):
        self.versions = {}
        plan = self.run("rebuild")
        assert plan["rebuild_reason"] == "the first run" and plan["last_run_id"] == "", plan
        assert plan["added"] == sorted(p for p in self.chain.tree if p.endswith((".py", ".pyi")))
        assert all(table["work"] == "anew" for table in plan["tables"]), plan

    def edits(self, rounds):
        for _ in range(rounds):
            before = self.chain.tree
            _, after = self.generator.step()
            self.chain.write(after)
            plan = self.plan()
            if plan["work"] == "nothing":
                # Only files changed that are no sources.
                self.run("nothing")
                continue
            self.run(plan["work"])
            changed = {path for path in before.keys() & after.keys()
                       if before[path] != after[path] and path.endswith((".py", ".pyi"))}
            assert changed == set(plan["changed"]), (changed, plan)
            assert (plan["files_to_parse"]
                    == (plan["files"] if plan["work"] == "rebuild" else
                        len(plan["added"]) + len(plan["changed"]) + len(plan["renamed"]))), plan
        self.run("nothing")

    def other_reasons(self):
        assert self.run("rebuild", "--force")["rebuild_reason"] == "--force"
        (self.chain.root / "lib").mkdir(exist_ok=True)
        (self.chain.root / "lib/pyproject.toml").write_text("")
        assert "source roots" in self.run("rebuild")["rebuild_reason"]

    def back(self):
        """To the files of an earlier run, and to those and one more."""
        others = [self.chain.root / f"other{number}.py" for number in range(6)]
        for path in others:
            path.write_text("def f(): pass\n")
        self.run("update")
        for path in others:
            path.unlink()
        plan = self.run("revision")
        assert plan["goes_back_to"] and plan["files_to_parse"] == 0, plan
        restored = {table["table"] for table in plan["tables"] if table["work"] == "restored"}
        assert "definitions" in restored, restored
        for path in others:
            path.write_text("def f(): pass\n")
        (self.chain.root / "one_more.py").write_text("def g(): pass\n")
        plan = self.run("update")
        assert plan["goes_back_to"] and plan["added"] == ["one_more.py"], plan
        for path in [*others, self.chain.root / "one_more.py"]:
            path.unlink()
        self.run("revision")

    def a_revision(self):
        subprocess.run([*GIT, "init", "-q"], cwd=self.chain.root, check=True)
        subprocess.run([*GIT, "add", "-A"], cwd=self.chain.root, check=True)
        subprocess.run([*GIT, "commit", "-qm", "x"], cwd=self.chain.root, check=True)
        self.run("revision")

    def for_people(self):
        chain = self.chain
        (chain.root / "more.py").write_text("x = 1\n")
        shown = program.run("index", chain.root, "--lake", chain.lake, "--repo", chain.repo,
                            "--plan").decode()
        assert "1 added" in shown and "+ more.py" in shown, shown
        assert "definitions" in shown and "by files" in shown, shown

    def no_lake(self):
        """Where it would be made, nothing is."""
        root = self.chain.scratch / "new"
        root.mkdir()
        (root / "m.py").write_text("x = 1\n")
        plan = json.loads(program.run("index", root, "--plan", "--json"))
        assert plan["work"] == "rebuild" and plan["added"] == ["m.py"], plan
        assert [path.name for path in root.iterdir()] == ["m.py"]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--seed", type=int, default=1)
    arguments = options.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        plans = Plans(pathlib.Path(scratch), arguments.seed)
        plans.first()
        plans.edits(arguments.rounds)
        plans.other_reasons()
        plans.back()
        plans.a_revision()
        plans.for_people()
        plans.no_lake()
    print("each run did what its plan said")


if __name__ == "__main__":
    sys.exit(main())
