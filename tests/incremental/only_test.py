"""`alluvium index --only`: a run with a part of the tables, which are those of a whole run; who reads another
one is told so, and the next run makes all."""

import json
import pathlib
import subprocess
import sys
import tempfile

import program  # noqa: I001

import edit_generator
import tables
from chain import Chain

# What each choice makes beside `files`.
CHOICES = {
    "files": set(),
    "definitions": set(),
    "modules": set(),
    "diagnostics": set(),
    "exports": set(),
    "imports_resolved": set(),
    # A SCIP index comes in through those.
    "refs": {"definitions", "symbols"},
}


def fails(code, *arguments):
    done = subprocess.run([program.PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=120)
    assert done.returncode == code, (arguments, done.returncode, done.stderr.decode())
    return done.stderr.decode()


def sql(lake, query, *options):
    return json.loads(program.run("sql", "--lake", lake, "--json", *options, query))


class Only:
    def __init__(self, scratch):
        self.scratch = scratch
        self.generator = edit_generator.Generator(1)
        self.chain = Chain(scratch)
        self.chain.become(self.generator.tree)
        self.whole = self.chain.tables()

    def each_choice(self):
        for table, others in CHOICES.items():
            report = self.chain.index("--only", table)
            made = self.chain.tables()
            assert set(made.arrow) == {"files", table} | others, (table, set(made.arrow))
            assert report["rebuild_reason"] == f"--only {table}", report
            expected = tables.Tables({name: self.whole.arrow[name] for name in made.arrow}, "", {})
            difference = tables.compare(made, expected)
            assert not difference, f"{table}: {difference}"
            assert self.chain.index("--only", table)["unchanged"]
            program.run("check", "--lake", self.chain.lake)
        message = fails(5, "index", self.chain.root, "--lake", self.chain.lake, "--repo", "r",
                        "--only", "nothing")
        assert "`definitions`" in message, message

    def readers_are_told(self):
        lake = self.chain.lake
        run = self.chain.index("--only", "definitions", "--only", "imports")["run_id"]
        assert sql(lake, "SELECT count(*) AS n FROM definitions")[0]["n"] > 0
        for query in ("SELECT * FROM refs", "SELECT count(*) FROM calls",
                      "SELECT d.name FROM definitions d JOIN refs r ON r.def_id = d.def_id",
                      "SELECT count(*) FROM edges", "SELECT * FROM impact('make')"):
            message = fails(3, "sql", "--lake", lake, query)
            assert f"the run {run} of `r` didn't make the table" in message, message
            assert "without --only" in message, message
        for verb in (["refs", "make"], ["impact", "make"]):
            assert "without --only" in fails(3, *verb, "--lake", lake)
        assert "(--only)" in fails(5, "impact", "--since", self.whole.run_id, "--lake", lake)
        described = json.loads(program.run("describe", "refs", "--lake", lake, "--json"))
        assert all(column["comment"] for column in described["columns"]), described
        shown = json.loads(program.run("tables", "--lake", lake, "--json"))
        names = {table["name"] for table in shown["tables"]}
        assert names == {"definitions", "imports", "files", "nodes", "repos", "runs"}, names
        script = (lake / "views/duckdb.sql").read_text()
        assert "-- No refs: " in script and 'VIEW "refs"' not in script, script
        assert sql(lake, "SELECT count(*) AS n FROM refs", "--at", self.whole.run_id)[0]["n"] > 0

    def the_difference_is_of_what_both_have(self):
        lake, whole = self.chain.lake, self.whole.run_id
        diff = json.loads(program.run("diff", "--lake", lake, "--json", whole))
        assert diff["definitions"] == [] and diff["tables"] == [], diff

    def another_repository(self):
        """Its rows alone would look like those of the whole lake."""
        other = Chain(self.scratch, "other", self.chain.lake)
        other.become(self.generator.tree)
        message = fails(3, "sql", "--lake", self.chain.lake, "SELECT * FROM refs")
        assert "of `r` didn't make the table `refs`" in message, message
        assert len(sql(self.chain.lake, "SELECT DISTINCT repo FROM definitions")) == 2
        program.run("check", "--lake", self.chain.lake)
        program.run("check", "--lake", self.chain.lake, "--repo", "other")

    def the_next_run_has_all(self):
        """It starts from the last whole one."""
        plan = self.chain.index("--plan")
        assert plan["work"] == "revision" and plan["goes_back_to"] == self.whole.run_id, plan
        self.chain.write({**self.generator.tree, "added.py": b"x = 1\n"})
        plan = self.chain.index("--plan")
        report = self.chain.index()
        assert report["went_back_to"] == plan["goes_back_to"] == self.whole.run_id, report
        assert report["rebuild_reason"] == "", report
        self.chain.check("after a part")
        self.chain.become(self.generator.step()[1])
        self.chain.check("after the run that had all")
        assert sql(self.chain.lake, "SELECT count(*) AS n FROM refs")[0]["n"] > 0

    def the_next_run_makes_all(self):
        """Where there is no whole one."""
        chain = Chain(self.scratch, "parts")
        chain.become(self.generator.tree, "--only", "definitions")
        plan = chain.index("--plan")
        assert plan["work"] == "rebuild" and plan["goes_back_to"] == "", plan
        report = chain.become(self.generator.step()[1])
        assert "a part of the tables" in report["rebuild_reason"], report
        assert report["rebuild_reason"] == plan["rebuild_reason"]
        chain.check("after a part alone")

    def a_part_of_other_files(self):
        self.chain.become(self.generator.step()[1], "--only", "exports")
        part = self.chain.tables()
        whole = self.chain.fresh()
        expected = tables.Tables({name: whole.arrow[name] for name in part.arrow}, "", {})
        difference = tables.compare(part, expected)
        assert not difference, difference

    def a_revision_has_the_same_part(self):
        git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
        for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
            subprocess.run([*git, *arguments], cwd=self.chain.root, check=True)
        report = self.chain.index("--only", "exports")
        assert not report["unchanged"] and report["rebuild_reason"] == "--only exports", report
        assert "without --only" in fails(3, "sql", "--lake", self.chain.lake, "SELECT * FROM refs")
        self.chain.index()
        self.chain.check("after a part of another revision")

    def gc(self):
        """A run that pins a part only holds that."""
        self.chain.index("--only", "definitions")
        program.run("gc", "--lake", self.chain.lake, "--keep", "1")
        assert sql(self.chain.lake, "SELECT count(*) AS n FROM definitions")[0]["n"] > 0
        self.chain.index()
        self.chain.check("after a part and gc")


def main():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        cases = Only(pathlib.Path(scratch))
        for case in (cases.each_choice, cases.readers_are_told,
                     cases.the_difference_is_of_what_both_have, cases.another_repository,
                     cases.the_next_run_has_all, cases.the_next_run_makes_all,
                     cases.a_part_of_other_files, cases.a_revision_has_the_same_part, cases.gc):
            case()
            print(f"{case.__name__}: as it should be", flush=True)


if __name__ == "__main__":
    sys.exit(main())
