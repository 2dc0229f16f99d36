"""What the program does, seen from outside: verbs, formats, exit codes, the shell, Ctrl-C.

Needs ALLUVIUM_PROGRAM. Arrow and Parquet are read back by pyarrow, of ALLUVIUM_PYTHON.
"""

import csv
import io
import json
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from xml.etree import ElementTree

PROGRAM = os.environ.get("ALLUVIUM_PROGRAM", "")
# Runs for hours if nothing stops it: no statistics answer it, and no memory is needed.
ENDLESS = ("SELECT count(*) FROM {} WHERE {} = -1".format(
    ", ".join(f"definitions t{i}" for i in range(12)),
    " + ".join(f"t{i}.line" for i in range(12))))

SOURCES = {
    "app/__init__.py": "from app.core import run\n",
    "app/core.py": (
        "import os\n\n\nLIMIT = 3\n\n\nclass Runner:\n"
        '    """Runs."""\n\n    def go(self, times, quick=False):\n'
        "        return helper(times)\n\n\ndef helper(n):\n    return os.getcwd() * n\n\n\n"
        "def run():\n    return Runner().go(LIMIT)\n"),
    "app/broken.py": "def half(:\n    pass\n",
    "app/naïve.py": "text = 'a, \"b\"'\n",
}


def environment(**changes):
    result = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "LC_ALL", "LC_CTYPE")}
    result.update(LC_ALL="C.UTF-8", TERM="xterm", **changes)
    return result


def run(*arguments, cwd, stdin=subprocess.DEVNULL, **options):
    if isinstance(stdin, str):
        options["input"] = stdin.encode()
    else:
        options["stdin"] = stdin
    return subprocess.run([PROGRAM, *map(str, arguments)], cwd=cwd, capture_output=True,
                          timeout=120, env=options.pop("env", environment()), **options)


class ProgramTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def succeed(self, *arguments, cwd=None, **options):
        done = run(*arguments, cwd=cwd or self.folder, **options)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout.decode()

    def fail_with(self, code, *arguments, cwd=None, **options):
        done = run(*arguments, cwd=cwd or self.folder, **options)
        self.assertEqual(done.returncode, code, done.stderr.decode())
        return done.stderr.decode()


class DeltaTest(ProgramTest):
    """`alluvium delta`: each verb once, as a person would."""

    def setUp(self):
        super().setUp()
        (self.folder / "rows.csv").write_text("id,state\n1,new\n2,new\n3,old\n")
        (self.folder / "changes.csv").write_text("id,state\n2,done\n4,new\n")
        self.report("write", "--from", "rows.csv")

    def report(self, verb, *arguments):
        return json.loads(self.succeed("delta", verb, "t", *arguments, "--json"))

    def rows(self, *arguments):
        text = self.succeed("delta", "read", "t", "--format", "csv", "--query",
                            'SELECT id, state FROM "table" ORDER BY id', *arguments)
        return text.split()[1:]

    def test_changes_rows(self):
        self.assertEqual(self.report("write", "--from", "rows.csv", "--mode", "overwrite")["version"], 1)
        merged = self.report("merge", "--from", "changes.csv", "--on", "target.id = source.id",
                             "--update-all", "--insert-all")
        self.assertEqual(merged["operation"], "MERGE")
        self.assertEqual(self.rows(), ["1,new", "2,done", "3,old", "4,new"])
        self.report("update", "--set", "state='seen'", "--where", "id = 1")
        self.report("delete", "--where", "state = 'old'")
        self.assertEqual(self.rows(), ["1,seen", "2,done", "4,new"])
        self.assertEqual(self.rows("--version", "0"), ["1,new", "2,new", "3,old"])

    def test_an_application_transaction_is_applied_once(self):
        once = ("--from", "changes.csv", "--app-id", "job", "--app-version", "3")
        self.assertFalse(self.report("write", *once)["already_committed"])
        self.assertTrue(self.report("write", *once)["already_committed"])
        self.assertEqual(len(self.rows()), 5)

    def test_maintains(self):
        self.report("write", "--from", "changes.csv")
        self.assertTrue(self.report("optimize", "--verify")["committed"])
        self.assertFalse(self.report("optimize")["committed"])
        told = self.report("vacuum", "--retention-hours", "0", "--unsafe")
        self.assertEqual(len(told["files"]), 2)
        self.assertIn("--apply", self.fail_with(2, "delta", "restore", "t", "--version", "0"))
        self.assertIn("no partition column", self.fail_with(
            2, "delta", "restore", "t", "--version", "0", "--partition", "id=1", "--apply"))
        self.report("restore", "--version", "0", "--apply")
        self.assertEqual(len(self.rows()), 3)
        self.report("checkpoint")
        self.assertEqual(self.report("fsck")["files"], [])

    def test_tells(self):
        self.assertEqual([entry["version"] for entry in self.report("history")], [0])
        self.assertEqual([column["name"] for column in self.report("info")["columns"]], ["id", "state"])
        self.assertEqual(len(self.report("files")), 1)
        self.report("constraints", "--add", "small=id < 100")
        self.assertEqual(self.report("constraints"), {"small": "id < 100"})
        self.report("constraints", "--drop", "small")
        self.report("properties", "--set", "delta.enableChangeDataFeed=true")
        self.assertEqual(self.report("properties")["delta.enableChangeDataFeed"], "true")
        self.report("delete", "--where", "id = 1")
        changes = self.report("cdf", "--from-version", "4")
        self.assertEqual([(row["_change_type"], row["id"]) for row in changes], [("delete", 1)])
        self.report("export-snapshot", "--to", "copy")
        self.assertIn("2,new", self.succeed("delta", "read", "copy", "--format", "csv"))

    def test_creates_and_converts(self):
        self.succeed("delta", "create", "made", "--column", "id BIGINT NOT NULL", "--column", "at DATE",
                     "--partition-by", "at", "--property", "delta.appendOnly=true")
        self.assertIn("id: Int64 not null", self.succeed("delta", "info", "made"))
        columns = ["at TIMESTAMP(6) WITH TIME ZONE", "local TIMESTAMP", "m map<VARCHAR, MAP(INT, DECIMAL(10, 2))>"]
        self.succeed("delta", "create", "typed", *(part for text in columns for part in ("--column", text)))
        types = [column["type"] for column in
                 json.loads(self.succeed("delta", "info", "typed", "--json"))["columns"]]
        self.assertEqual(types[:2], ['Timestamp(µs, "UTC")', "Timestamp(µs)"])
        self.assertIn("Decimal128(10, 2)", types[2])
        self.succeed("delta", "read", "t", "--format", "parquet", "--output", "part.parquet")
        (self.folder / "files").mkdir()
        os.rename(self.folder / "part.parquet", self.folder / "files" / "part.parquet")
        self.succeed("delta", "convert", "files")
        self.assertIn("3,old", self.succeed("delta", "read", "files", "--format", "csv"))

    def test_refuses(self):
        self.fail_with(5, "delta", "info", "nowhere")
        self.fail_with(3, "delta", "delete", "t", "--where", "nobody = 1")
        self.fail_with(2, "delta", "delete", "t")
        self.fail_with(6, "delta", "write", "t", "--from", "rows.csv", "--mode", "error")
        self.fail_with(2, "delta", "vacuum", "t", "--retention-hours", "0")
        for verb, name in (("read", "parquet"), ("read", "csv"), ("files", "csv")):
            self.assertIn(name, self.fail_with(2, "delta", verb, "t", "--format", name, "--json"))

    def test_a_lake_is_left_alone(self):
        repository = self.folder / "repository"
        repository.mkdir()
        (repository / "a.py").write_text("x = 1\n")
        self.succeed("index", repository, "--lake", "lake")
        table = next(path.parent for path in (self.folder / "lake").rglob("_delta_log")
                     if path.parent.name == "files")
        self.fail_with(4, "delta", "delete", table, "--all")
        self.succeed("delta", "history", table)


class CommandLineTest(ProgramTest):
    def test_help_teaches_every_verb(self):
        text = self.succeed("--help")
        for verb in ("index", "sql", "tables", "describe", "check", "diff", "export", "impact", "defs",
                     "refs", "callers", "callees", "imports", "cycles", "dead", "functions", "delta", "completion",
                     "help"):
            self.assertIn(f"\n  {verb} ", text)
            own = self.succeed("help", verb)
            self.assertIn("Usage: alluvium", own)
            self.assertEqual(own, self.succeed(verb, "--help"))

    def test_version_names_the_engine(self):
        self.assertRegex(self.succeed("--version"), r"^alluvium \d+\.\d+\.\d+\n.*DataFusion \d+\..*delta-rs \d+\.")

    def test_help_lists_the_exit_codes_of_the_documentation(self):
        listed = set(re.findall(r"^\s+(\d+)  ", self.succeed("help", "exit-codes"), re.M))
        page = pathlib.Path(__file__).parents[2] / "docs/cli.md"
        documented = set(re.findall(r"^\| (\d+) \|", page.read_text(), re.M))
        self.assertEqual(listed | {"143"}, documented)

    def test_usage_errors_are_2_and_say_where_help_is(self):
        for arguments in ((), ("bogus",), ("index",), ("sql", "--format", "xml", "SELECT 1"),
                          ("sql", "--bogus"), ("help", "bogus"), ("index", "--memory", "lots", "."),
                          ("index", ".", "--scip", "a", "--scip-command", "b")):
            self.assertIn("alluvium", self.fail_with(2, *arguments))
        self.assertIn("sql --help", self.fail_with(2, "sql", "--bogus"))

    def test_errors_are_json_on_demand(self):
        error = json.loads(self.fail_with(5, "tables", "--lake", "/no/such", "--json"))
        self.assertEqual(error["code"], "NotFound")
        self.assertIs(error["retryable"], False)
        self.assertIn("alluvium index", error["details"]["hint"])
        self.assertEqual(json.loads(self.fail_with(2, "sql", "--json", "--bogus"))["code"],
                         "InvalidArgument")

    def test_no_lake_names_the_command_that_makes_one(self):
        self.assertIn("alluvium index", self.fail_with(5, "sql", "SELECT 1"))
        self.assertIn("alluvium index", self.fail_with(5, "tables"))

    def test_bad_parameters_are_named(self):
        (self.folder / ".alluvium").mkdir()
        for parameter in ("k", "=5", "k:int64=x", "k:bogus=1", "k=99999999999999999999", "a b=1"):
            self.assertIn(parameter, self.fail_with(2, "sql", "--param", parameter, "SELECT 1"))
        self.assertIn("twice", self.fail_with(2, "sql", "--param", "k=1", "--param", "k=2", "SELECT 1"))

    def test_what_can_not_work_is_refused_before_it_runs(self):
        (self.folder / ".alluvium").mkdir()
        self.assertIn("--output", self.fail_with(2, "sql", "--format", "parquet", "SELECT 1"))
        self.assertIn("binary", self.fail_with(2, "sql", "--format", "arrow", "SELECT 1; SELECT 2"))
        self.assertIn("no statement", self.fail_with(2, "sql", " ; -- nothing\n /* ; */ ;"))

    def test_completions_know_verbs_options_and_values(self):
        for shell in ("bash", "zsh", "fish"):
            script = self.succeed("completion", shell)
            self.assertIn("describe", script)
            self.assertIn("ndjson", script)
        self.fail_with(2, "completion", "cmd")

    def test_bash_completes(self):
        def complete(*words):
            # compopt works only while readline completes; files take it.
            script = self.succeed("completion", "bash") + (
                "compopt() { :; }\n" f"COMP_WORDS=({' '.join(map(repr, words))}); "
                f"COMP_CWORD={len(words) - 1}; _alluvium; printf '%s\\n' \"${{COMPREPLY[@]}}\"\n")
            done = subprocess.run(["bash", "-c", script], capture_output=True, check=True,
                                  cwd=self.folder)
            return done.stdout.decode().split()
        (self.folder / "somewhere").mkdir()
        self.assertEqual(complete("alluvium", "des"), ["describe"])
        self.assertEqual(complete("alluvium", "sql", "--form"), ["--format"])
        self.assertEqual(complete("alluvium", "sql", "--format", "nd"), ["ndjson"])
        self.assertEqual(complete("alluvium", "sql", "--lake", "some"), ["somewhere"])
        self.assertEqual(complete("alluvium", "completion", "f"), ["fish"])


class LakeTest(ProgramTest):
    """Over one indexed repository, which tests only read."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.repository = pathlib.Path(folder.name) / "sample"
        for path, text in SOURCES.items():
            file = cls.repository / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        done = run("index", cls.repository, "--json", cwd=folder.name)
        assert done.returncode == 0, done.stderr.decode()
        assert done.stderr == b"", done.stderr.decode()
        cls.report = json.loads(done.stdout)

    def query(self, *arguments, **options):
        return self.succeed("sql", *arguments, cwd=self.repository, **options)

    def rows(self, query, *arguments):
        return json.loads(self.query("--format", "json", *arguments, query))


class IndexTest(LakeTest):
    def test_report(self):
        report = self.report
        self.assertEqual(report["repo"], "sample")
        self.assertEqual(report["files"], len(SOURCES))
        self.assertEqual(report["files_added"], len(SOURCES))
        self.assertIs(report["unchanged"], False)
        self.assertEqual(report["tables"]["files"], len(SOURCES))
        self.assertGreaterEqual(sum(report["diagnostics"].values()), 1)
        self.assertEqual(pathlib.Path(report["lake"]), self.repository / ".alluvium")

    def test_the_report_for_people_and_a_run_without_change(self):
        repository = self.folder / "small"
        repository.mkdir()
        (repository / "one.py").write_text("x = 1\n")
        text = self.succeed("index", repository)
        self.assertIn("Indexed small", text)
        self.assertIn("1 added", text)
        self.assertIn("alluvium sql --lake", text)
        again = self.succeed("index", repository)
        self.assertIn("unchanged", again)
        self.assertIs(json.loads(self.succeed("index", repository, "--json"))["unchanged"], True)
        (repository / "one.py").write_text("x = 2\n")
        changed = json.loads(self.succeed("index", repository, "--json"))
        self.assertEqual((changed["unchanged"], changed["files_changed"]), (False, 1))

    def test_next_steps_work_as_printed(self):
        repository = self.folder / "it's here"
        repository.mkdir()
        (repository / "one.py").write_text("def f():\n    pass\n")
        text = self.succeed("index", repository)
        commands = [line.strip() for line in text.partition("Next:")[2].splitlines() if line.strip()]
        self.assertGreaterEqual(len(commands), 3)
        for command in commands:
            done = subprocess.run(["bash", "-c", f"alluvium() {{ '{PROGRAM}' \"$@\"; }}; {command} < <(echo 'SELECT 1')"],
                                  capture_output=True, cwd=self.folder, env=environment(), timeout=120)
            self.assertEqual(done.returncode, 0, (command, done.stderr))

    def test_bad_input(self):
        self.assertIn("nowhere", self.fail_with(5, "index", self.folder / "nowhere"))
        (self.folder / "readme.txt").write_text("no python\n")
        self.fail_with(2, "index", self.folder)
        self.fail_with(2, "index", self.folder / "readme.txt")
        self.assertFalse((self.folder / ".alluvium").exists())


class TablesTest(LakeTest):
    def test_tables(self):
        text = self.succeed("tables", cwd=self.repository)
        self.assertRegex(text, r"files\W+%d\b" % len(SOURCES))
        self.assertIn("sample", text)
        document = json.loads(self.succeed("tables", "--json", cwd=self.repository))
        rows = {table["name"]: table["rows"] for table in document["tables"]}
        for name in ("files", "modules", "definitions", "refs", "calls", "imports",
                     "imports_resolved", "exports", "scopes", "bindings", "diagnostics", "runs"):
            self.assertEqual(rows[name], self.rows(f"SELECT count(*) AS n FROM {name}")[0]["n"])
        self.assertEqual(document["repositories"][0]["run_id"], self.report["run_id"])

    def test_the_lake_is_found_from_below_and_by_name(self):
        whole = self.succeed("tables", cwd=self.repository)
        self.assertEqual(self.succeed("tables", cwd=self.repository / "app"), whole)
        self.assertEqual(self.succeed("tables", "--lake", self.repository), whole)
        self.assertEqual(self.succeed("tables", "--lake", self.repository / ".alluvium"), whole)

    def test_describe(self):
        text = self.succeed("describe", "definitions", cwd=self.repository)
        self.assertRegex(text, r"qualified_name\W+Utf8")
        document = json.loads(self.succeed("describe", "definitions", "--json", cwd=self.repository))
        columns = {column["name"]: column for column in document["columns"]}
        self.assertEqual(list(columns)[0], "repo")
        self.assertEqual(columns["bstart"]["type"], "Int64")
        self.assertTrue(all(column["comment"] for column in document["columns"]), document)
        self.assertIn("definitions", self.fail_with(5, "describe", "nope", cwd=self.repository))

    def test_not_a_lake(self):
        (self.folder / "stuff").mkdir()
        for verb in ("tables", "sql"):
            extra = ["SELECT 1"] if verb == "sql" else []
            done = run(verb, "--lake", self.folder / "stuff", *extra, cwd=self.folder)
            self.assertIn(done.returncode, (2, 5), done.stderr)
            self.assertIn(b"stuff", done.stderr)


class QuestionsTest(LakeTest):
    """The verbs that ask one question."""

    def ask(self, *arguments):
        return json.loads(self.succeed(*arguments, "--json", cwd=self.repository))

    def test_finds_definitions_and_uses(self):
        self.assertEqual([row["qualified_name"] for row in self.ask("defs", "helper")], ["app.core.helper"])
        callers = self.ask("callers", "helper")
        self.assertEqual([(row["caller"], row["place"]) for row in callers],
                         [("app.core.Runner.go", "app/core.py:11")])
        self.assertEqual({row["callee"] for row in self.ask("callees", "core.run")},
                         {"app.core.Runner", "app.core.Runner.go"})
        self.assertEqual([row["place"] for row in self.ask("refs", "LIMIT") if row["context"] == "load"],
                         ["app/core.py:19"])
        self.assertEqual([row["module"] for row in self.ask("imports", "app.core")], ["app", "os"])
        self.assertEqual(self.ask("cycles"), [])
        self.assertNotIn("app.core.helper", {row["qualified_name"] for row in self.ask("dead")})

    def test_impact_follows_what_depends(self):
        reached = {row["name"]: row["distance"] for row in self.ask("impact", "app.core.helper")}
        self.assertEqual(reached, {"app.core.helper": 0, "app.core.Runner.go": 1, "app.core.run": 2})
        self.assertEqual([row["name"] for row in self.ask("impact", "helper", "--max-distance", "0")],
                         ["app.core.helper"])
        # From a file, all that it defines; names may come from a pipe.
        piped = json.loads(self.succeed("impact", "-", "--json", cwd=self.repository,
                                        stdin="app/core.py\n"))
        self.assertIn("app.core.Runner.go", {row["name"] for row in piped if row["distance"] == 0})
        self.assertIn("nothing_here", self.fail_with(5, "impact", "nothing_here", cwd=self.repository))

    def test_impact_is_a_table(self):
        rows = self.ask("sql", "SELECT max(distance) AS far FROM impact('app.core.helper')")
        self.assertEqual(rows, [{"far": 2}])
        dangling = self.ask("sql", "SELECT count(*) AS n FROM edges WHERE src NOT IN (SELECT node_id FROM nodes) "
                                   "OR dst NOT IN (SELECT node_id FROM nodes)")
        self.assertEqual(dangling, [{"n": 0}])


class MomentTest(ProgramTest):
    """`--at`: reading a lake at a run, a revision or a time."""

    def git(self, *arguments):
        return subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments],
                              cwd=self.folder / "app", capture_output=True, check=True).stdout.decode().strip()

    def setUp(self):
        super().setUp()
        (self.folder / "app").mkdir()
        (self.folder / "lib").mkdir()
        (self.folder / "lib/l.py").write_text("m = 1\n")
        self.git("init", "--quiet")
        self.runs = []
        for number in (1, 2):
            (self.folder / "app/a.py").write_text("".join(f"x{i} = 1\n" for i in range(number)))
            self.git("add", ".")
            self.git("commit", "--quiet", "-m", "c")
            self.runs.append(json.loads(self.succeed("index", "app", "--lake", "lake", "--json")))
        self.succeed("index", "lib", "--lake", "lake")

    def names(self, *moment):
        return self.succeed("sql", "--lake", "lake", "--format", "csv", *moment,
                            "SELECT name FROM definitions ORDER BY name").split()[1:]

    def test_each_verb_reads_what_is_named(self):
        self.assertEqual(self.names(), ["m", "x0", "x1"])
        first, second = self.runs
        self.assertEqual(self.names("--at", first["run_id"]), ["x0"])
        self.assertEqual(self.names("--at", first["source_revision"][:10]), ["x0"])
        self.assertEqual(self.names("--at", second["source_revision"]), ["x0", "x1"])
        self.assertEqual(self.names("--at", first["finished_at"]), ["x0"])
        self.assertEqual(self.names("--at", "2999-01-01"), ["m", "x0", "x1"])
        tables = json.loads(self.succeed("tables", "--lake", "lake", "--at", first["run_id"], "--json"))
        self.assertEqual([run["run_id"] for run in tables["repositories"]], [first["run_id"]])
        self.assertIn({"name": "definitions", "rows": 1}, tables["tables"])
        self.assertIn("qualified_name", self.succeed("describe", "definitions", "--lake", "lake",
                                                     "--at", first["run_id"]))

    def test_what_is_not_there_or_not_clear(self):
        first = self.runs[0]
        self.assertIn(first["run_id"], self.fail_with(5, "tables", "--lake", "lake", "--at", "1999-12-31"))
        self.assertIn("2026-01-31", self.fail_with(2, "tables", "--lake", "lake", "--at", "yesterday"))
        error = self.fail_with(2, "tables", "--lake", "lake", "--at", first["run_id"][:6])
        for run_ in self.runs:
            self.assertIn(run_["run_id"], error)


class DiffTest(ProgramTest):
    def setUp(self):
        super().setUp()
        (self.folder / "app").mkdir()
        self.runs = []
        for text in ("def f(a):\n    return a\n", "def f(a, b):\n    return a\n\n\nf(1, 2)\n"):
            (self.folder / "app/m.py").write_text(text)
            self.runs.append(json.loads(self.succeed("index", "app", "--json"))["run_id"])

    def diff(self, *arguments):
        return self.succeed("diff", *arguments, cwd=self.folder / "app")

    def test_for_people_and_for_programs(self):
        text = self.diff(*self.runs)
        for part in (*self.runs, "signature changed", "(a, b)", "calls"):
            self.assertIn(part, text)
        self.assertEqual(self.diff(self.runs[0]), text, "to the current run")
        document = json.loads(self.diff(*self.runs, "--json"))
        self.assertEqual([pair["after"]["run_id"] for pair in document["repositories"]], [self.runs[1]])
        self.assertEqual([row["change"] for row in document["definitions"]], ["signature changed"])
        self.assertIn({"repo": "app", "table": "calls", "added": 1, "removed": 0}, document["tables"])
        rows = json.loads(self.diff(*self.runs, "--json", "--table", "calls"))
        self.assertEqual([(row["change"], row["callee_text"]) for row in rows], [("added", "f")])
        self.assertIn("m.f,(a),\"(a, b)\"", self.diff(*self.runs, "--table", "definitions", "--format", "csv"))
        self.diff(*self.runs, "--table", "refs", "--format", "parquet", "--output", self.folder / "refs.parquet")
        self.assertTrue((self.folder / "refs.parquet").exists())

    def test_refuses(self):
        for code, told, *arguments in (
                (2, "--table", *self.runs, "--format", "arrow"),
                (5, "calls", *self.runs, "--table", "call"),
                (5, "app", *self.runs, "--repo", "other"),
                (5, self.runs[0], "1999-01-01"),
                (2, "2026-01-31", "HEAD")):
            self.assertIn(told, self.fail_with(code, "diff", *arguments, cwd=self.folder / "app"))


class SinceTest(ProgramTest):
    def setUp(self):
        super().setUp()
        (self.folder / "app").mkdir()
        (self.folder / "app/m.py").write_text("def f(): return 1\ndef g(): return f()\ndef h(): pass\n")
        (self.folder / "app/test_m.py").write_text("import m\ndef test_g(): m.g()\ndef test_h(): m.h()\n")
        self.before = json.loads(self.succeed("index", "app", "--json"))["run_id"]
        (self.folder / "app/m.py").write_text("def f(): return 2\ndef g(): return f()\ndef h(): pass\n")
        self.succeed("index", "app")

    def impact(self, *arguments):
        return self.succeed("impact", *arguments, "--format", "csv", cwd=self.folder / "app").split()[1:]

    def test_what_changed_since_is_what_is_reached_from(self):
        self.assertEqual(self.impact("--since", self.before, "--tests"), ["test_m.py::test_g"])
        self.assertEqual(self.impact("--base", self.before, "--tests"), ["test_m.py::test_g"])
        rows = self.impact("--since", self.before, "--max-distance", "0")
        self.assertEqual([row.split(",")[3] for row in rows], ["m.f"])
        current = json.loads(self.succeed("tables", "--lake", "app", "--json"))["repositories"][0]["run_id"]
        self.assertEqual(self.impact("--since", current), [])

    def test_one_way_to_say_what_changed(self):
        for arguments in ((), ("m.f", "--since", self.before)):
            self.fail_with(2, "impact", *arguments, cwd=self.folder / "app")
        self.fail_with(5, "impact", "--since", "1999-01-01", cwd=self.folder / "app")


class ExportTest(LakeTest):
    def test_tables_are_what_sql_shows(self):
        for form in ("csv", "ndjson", "parquet"):
            self.succeed("export", self.folder / form, "--lake", self.repository, "--format", form)
        names = {row["name"] for row in
                 json.loads(self.succeed("tables", "--lake", self.repository, "--json"))["tables"]}
        self.assertEqual({path.name for path in (self.folder / "csv").iterdir()},
                         {f"{name}.csv" for name in names - {"nodes", "edges", "props", "imports_across"}})
        shown = self.succeed("sql", "--lake", self.repository, "--format", "ndjson", "SELECT * FROM calls")
        self.assertEqual(sorted((self.folder / "ndjson/calls.ndjson").read_text().splitlines()),
                         sorted(shown.splitlines()))
        self.succeed("export", self.folder / "one", "--lake", self.repository, "--table", "props")
        self.assertEqual([path.name for path in (self.folder / "one").iterdir()], ["props.parquet"])
        self.fail_with(5, "export", self.folder / "none", "--lake", self.repository, "--table", "nodess")

    def test_the_graph_is_graphml(self):
        target = self.folder / "graph.graphml"
        self.succeed("export", target, "--lake", self.repository)
        graph = ElementTree.parse(target).getroot()
        named = {name: graph.findall(f".//{{http://graphml.graphdrawing.org/xmlns}}{name}")
                 for name in ("node", "edge", "key")}
        for name, query in (("node", "nodes"), ("edge", "edges")):
            count = json.loads(self.succeed("sql", "--lake", self.repository, "--json",
                                            f"SELECT count(*) AS n FROM {query}"))
            self.assertEqual(len(named[name]), count[0]["n"])
        ids = {node.get("id") for node in named["node"]}
        self.assertTrue(all({edge.get("source"), edge.get("target")} <= ids for edge in named["edge"]))
        keys = {key.get("id") for key in named["key"]}
        self.assertTrue(all(data.get("key") in keys for node in named["node"] for data in node))


class CheckTest(ProgramTest):
    def test_a_lake_is_held_to_its_promises(self):
        for path, text in SOURCES.items():
            file = self.folder / "sample" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        self.succeed("index", "sample", "--lake", "lake")
        self.assertRegex(self.succeed("check", "--lake", "lake"),
                         r"^(\d+) of \1 checks hold: \d+ rows read, names compared in 4 of 4 files\n$")
        self.assertIn("sample", self.fail_with(5, "check", "--lake", "lake", "--repo", "other"))
        for data in (self.folder / "lake/calls").rglob("*.parquet"):
            data.unlink()
        done = run("check", "--lake", "lake", cwd=self.folder)
        self.assertEqual(done.returncode, 9, done.stderr)
        self.assertRegex(done.stdout.decode(), r"calls: version \d+ of `sample` can't be read")
        self.assertIn(b"--force", done.stderr)
        done = run("check", "--lake", "lake", "--json", cwd=self.folder)
        self.assertEqual(json.loads(done.stderr)["code"], "Corruption")
        self.assertEqual([(broken["table"], broken["check"]) for broken in json.loads(done.stdout)["broken"]],
                         [("calls", "readable")])
        for data in (self.folder / "lake/files").rglob("*.parquet"):
            data.unlink()
        self.succeed("index", "sample", "--lake", "lake", "--force")
        self.succeed("check", "--lake", "lake", "--repo", "sample")


class SqlTest(LakeTest):
    SAMPLE = ("SELECT CAST(9223372036854775807 AS BIGINT) AS big, 1.5 AS real, true AS yes, "
              "'a, \"b\"' AS word, CAST(NULL AS VARCHAR) AS nothing")

    def test_table(self):
        text = self.query("SELECT path, size_bytes FROM files WHERE path = 'app/core.py'")
        size = (self.repository / "app/core.py").stat().st_size
        self.assertEqual(text.splitlines()[1:4:2], ["│ path        │ size_bytes │",
                                                    f"│ app/core.py │ {size:>10} │"])
        self.assertTrue(text.endswith("(1 row)\n"))
        self.assertIn("| NULL", self.query("SELECT NULL AS x", env=environment() | {"LC_ALL": "C"}))

    def test_output_that_is_no_terminal_is_whole(self):
        self.assertIn("x" * 500, self.query("SELECT repeat('x', 500) AS long"))

    def test_csv(self):
        text = self.query("--format", "csv", self.SAMPLE)
        self.assertEqual(list(csv.reader(io.StringIO(text, newline=""))),
                         [["big", "real", "yes", "word", "nothing"],
                          ["9223372036854775807", "1.5", "true", 'a, "b"', ""]])
        self.assertEqual(self.query("--format", "csv", "SELECT '' AS a, NULL AS b"), 'a,b\r\n"",\r\n')

    def test_json_and_ndjson(self):
        expected = {"big": 9223372036854775807, "real": 1.5, "yes": True, "word": 'a, "b"',
                    "nothing": None}
        self.assertEqual(self.rows(self.SAMPLE), [expected])
        self.assertEqual(self.rows("SELECT path FROM files WHERE false"), [])
        lines = self.query("--format", "ndjson", "SELECT path FROM files").splitlines()
        self.assertEqual({json.loads(line)["path"] for line in lines}, set(SOURCES))

    def test_types_that_the_engine_turns_into_text(self):
        [row] = self.rows(
            "SELECT DATE '2024-02-29' AS d, TIMESTAMP '2024-02-29T12:34:56.789' AS t, "
            "CAST(1.10 AS DECIMAL(20, 2)) AS dec, arrow_cast('x', 'Dictionary(Int32, Utf8)') AS dict, "
            "X'00ff10' AS raw, arrow_cast(18446744073709551615, 'UInt64') AS u, "
            "[DATE '2024-01-01', NULL] AS dates, "
            "{'a': 1, 'b': [true]} AS s, MAP {'k': 1} AS m, CAST('NaN' AS DOUBLE) AS nan")
        self.assertEqual(row["d"], "2024-02-29")
        self.assertEqual(row["t"], "2024-02-29T12:34:56.789")
        self.assertEqual(row["dec"], "1.10")
        self.assertEqual(row["dict"], "x")
        self.assertEqual(row["raw"], "AP8Q")
        self.assertEqual(row["u"], 18446744073709551615)
        self.assertEqual(row["dates"], ["2024-01-01", None])
        self.assertEqual(row["s"], {"a": 1, "b": [True]})
        self.assertEqual(row["m"], {"k": 1})
        self.assertIsNone(row["nan"])

    def test_a_join_may_repeat_a_name(self):
        [row] = self.rows("SELECT a.path, b.path FROM files a JOIN files b ON a.path = b.path "
                          "WHERE a.path = 'app/core.py'")
        self.assertEqual(row, {"path": "app/core.py", "path_2": "app/core.py"})
        query = ("SELECT a.path, b.path, DATE '2024-02-29' AS day FROM files a "
                 "JOIN files b ON a.path = b.path WHERE a.path = 'app/core.py'")
        self.assertEqual(self.rows(query)[0]["day"], "2024-02-29")

    def test_plans_are_text(self):
        text = self.query("EXPLAIN SELECT path FROM files WHERE size_bytes > 1 ORDER BY path")
        self.assertRegex(text, r"(?m)^logical_plan\n  Sort: .*\n    ")
        self.assertNotIn("\\n", text)

    def test_parameters_are_typed_and_bound(self):
        query = "SELECT arrow_typeof($k) AS t, CAST($k AS VARCHAR) AS v"
        for parameter, kind, value in (
                ("k=5", "Int64", "5"), ("k=5.0", "Float64", "5.0"), ("k='5'", "Utf8", "5"),
                ("k:string=5", "Utf8", "5"), ("k:text=true", "Utf8", "true"),
                ("k=true", "Boolean", "true"), ("k=-7", "Int64", "-7"), ("k=nan", "Utf8", "nan"),
                ("k=x' OR 1=1 --", "Utf8", "x' OR 1=1 --"), ("k='it''s'", "Utf8", "it's"),
                ("k:date=2024-02-29", "Date32", "2024-02-29")):
            with self.subTest(parameter):
                [row] = self.rows(query, "--param", parameter)
                self.assertEqual((row["t"], row["v"]), (kind, value))
        [row] = self.rows("SELECT count(*) AS n FROM files WHERE path = $path",
                          "--param", "path=app/naïve.py")
        self.assertEqual(row["n"], 1)

    def test_a_script_runs_until_its_first_error(self):
        script = ("SELECT 'a;b' AS x; -- one; two\n/* three; /* nested; */ */\n"
                  'SELECT 2 AS "semi;colon";\nSELECT nope FROM files;\nSELECT 4;')
        done = run("sql", "--format", "csv", cwd=self.repository, stdin=script)
        self.assertEqual(done.returncode, 3)
        self.assertEqual(done.stdout.decode(), "x\r\na;b\r\nsemi;colon\r\n2\r\n")
        self.assertIn("statement 3", done.stderr.decode())
        self.assertIn("nope", done.stderr.decode())

    def test_errors_and_their_codes(self):
        for code, query in ((3, "SELEC 1"), (3, "SELECT nope FROM files"), (4, "DROP TABLE files"),
                            (4, "INSERT INTO files SELECT * FROM files"), (4, "SET x.y = 1"),
                            (4, "COPY files TO '/tmp/x.csv'"),
                            (4, "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'")):
            with self.subTest(query):
                self.fail_with(code, "sql", query, cwd=self.repository)
        done = run("sql", "SELECT * FROM '/etc/passwd'", cwd=self.repository)
        self.assertIn(done.returncode, (3, 4, 5), done.stderr)

    def test_deadline(self):
        started = time.monotonic()
        self.fail_with(7, "sql", "--timeout", "0.5", ENDLESS, cwd=self.repository)
        self.assertLess(time.monotonic() - started, 10)

    def test_output_file_appears_only_when_complete(self):
        self.query("--format", "csv", "--output", self.folder / "ok.csv", "SELECT 1 AS x")
        self.assertEqual((self.folder / "ok.csv").read_bytes(), b"x\r\n1\r\n")
        (self.folder / "kept.csv").write_text("before")
        self.fail_with(3, "sql", "--output", self.folder / "kept.csv", "SELECT 1; SELECT nope",
                       cwd=self.repository)
        self.assertEqual((self.folder / "kept.csv").read_text(), "before")
        self.fail_with(5, "sql", "--output", self.folder / "no/such.csv", "SELECT 1",
                       cwd=self.repository)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["kept.csv", "ok.csv"])

    def test_a_reader_that_leaves_early_is_no_failure(self):
        for output in ("csv", "arrow"):
            with subprocess.Popen(
                    [PROGRAM, "sql", "--format", output, "SELECT a.* FROM refs a, refs b, refs c, refs d"],
                    cwd=self.repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                process.stdout.read(10)
                process.stdout.close()
                self.assertEqual(process.stderr.read(), b"")
                self.assertEqual(process.wait(60), 141)

    def pyarrow(self, code, *arguments):
        python = os.environ.get("ALLUVIUM_PYTHON", sys.executable)
        probe = [python, "-c", "import pyarrow.parquet"]
        if not os.path.exists(python) or subprocess.run(probe, capture_output=True).returncode:
            self.skipTest("pyarrow is not there to read the file")
        return subprocess.run([python, "-c", code, *map(str, arguments)], check=True,
                              capture_output=True, timeout=120).stdout.decode().strip()

    def test_arrow(self):
        file = self.folder / "files.arrows"
        self.query("--format", "arrow", "--output", file,
                   "SELECT *, size_bytes > 20 AS large FROM files ORDER BY path LIMIT 3 OFFSET 1")
        code = ("import pyarrow as pa, sys; t = pa.ipc.open_stream(sys.argv[1]).read_all(); "
                "t.validate(full=True); print(t.num_rows, t['path'].to_pylist()[0], t['large'].to_pylist())")
        paths = sorted(SOURCES)[1:4]
        large = [len(SOURCES[path].encode()) > 20 for path in paths]
        self.assertEqual(self.pyarrow(code, file), f"3 {paths[0]} {large}")

    def test_parquet(self):
        file = self.folder / "it's files.parquet"
        self.query("--format", "parquet", "--output", file, "SELECT * FROM files ORDER BY path")
        code = ("import pyarrow.parquet as pq, sys; t = pq.read_table(sys.argv[1]); "
                "print(t.num_rows, t['path'].to_pylist())")
        self.assertEqual(self.pyarrow(code, file), f"{len(SOURCES)} {sorted(SOURCES)}")
        self.query("--format", "parquet", "--output", file, "SELECT path FROM files WHERE false")
        self.assertEqual(self.pyarrow(code, file), "0 []")
        self.assertEqual([path.name for path in self.folder.iterdir()], ["it's files.parquet"])


class Terminal:
    """The program on a terminal of its own."""

    def __init__(self, *arguments, cwd, **variables):
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.execve(PROGRAM, [PROGRAM, *map(str, arguments)], environment(**variables))
        self.output = ""

    def send(self, text):
        os.write(self.descriptor, text.encode())

    def until(self, text, seconds=60):
        """What is shown from now up to and including `text`."""
        end = time.monotonic() + seconds
        while text not in self.output:
            ready, _, _ = select.select([self.descriptor], [], [], max(0, end - time.monotonic()))
            try:
                data = os.read(self.descriptor, 65536) if ready else b""
            except OSError:
                data = b""
            if not data:
                raise AssertionError(f"{text!r} is not in {self.output!r}")
            self.output += data.decode(errors="replace")
        shown, _, self.output = self.output.partition(text)
        return shown + text

    def exit_code(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            if select.select([self.descriptor], [], [], 0.05)[0]:
                try:
                    self.output += os.read(self.descriptor, 65536).decode(errors="replace")
                except OSError:  # All has been read, and nothing will come.
                    time.sleep(0.05)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError(f"still running; shown: {self.output!r}")


class TerminalTest(LakeTest):
    PROMPT = "alluvium> "

    def shell(self, *arguments):
        terminal = Terminal("sql", *arguments, cwd=self.repository, XDG_STATE_HOME=str(self.folder))
        terminal.until(self.PROMPT)
        return terminal

    def ask(self, terminal, line):
        terminal.send(line + "\r")
        return terminal.until(self.PROMPT)

    def test_statements_commands_and_history(self):
        shell = self.shell()
        shell.send("SELECT count(*) AS n\r")
        shell.until("...> ")
        self.assertIn("(1 row)", self.ask(shell, "FROM files;"))
        self.assertIn("naïve", self.ask(shell, "SELECT 'naïve;' AS x;"))
        self.assertIn("definitions", self.ask(shell, "\\d"))
        self.assertIn("line_count", self.ask(shell, "\\d files"))
        self.assertIn("no table", self.ask(shell, "\\d nope"))
        self.assertIn("nope", self.ask(shell, "SELECT nope FROM files;"))
        self.assertIn("Unknown command", self.ask(shell, "\\nope"))
        self.ask(shell, "\\format csv")
        # The terminal makes one more carriage return of each line end.
        self.assertIn("x\r\r\n1\r\r\n", self.ask(shell, "SELECT 1 AS x;"))
        self.ask(shell, "\\timing")
        self.assertRegex(self.ask(shell, "SELECT 1 AS x;"), r"\d\.\d{3} s")
        shell.send("\\q\r")
        self.assertEqual(shell.exit_code(), 0)
        history = self.folder / "alluvium/history"
        self.assertEqual(history.stat().st_mode & 0o777, 0o600)
        again = self.shell()
        again.send("\x1b[A\x1b[A")
        again.until("SELECT 1 AS x;")
        again.send("\x15\x04")  # Empties the line; then Ctrl-D ends.
        self.assertEqual(again.exit_code(), 0)

    def test_second_ctrl_c_ends_at_once(self):
        terminal = Terminal("sql", ENDLESS, cwd=self.repository)
        time.sleep(1.5)
        terminal.send("\x03\x03")
        started = time.monotonic()
        self.assertEqual(terminal.exit_code(10), 130)
        self.assertLess(time.monotonic() - started, 1)

    def test_tab_completes_names(self):
        shell = self.shell()
        shell.send("SELECT qualified_na\t FROM definiti\t LIMIT 1;\r")
        self.assertIn("(1 row)", shell.until(self.PROMPT))

    def test_ctrl_c_drops_the_line_or_cancels_the_query(self):
        shell = self.shell()
        shell.send("SELECT 'half")
        shell.until("half")
        shell.send("\x03")
        shell.until(self.PROMPT)
        self.assertIn("(1 row)", self.ask(shell, "SELECT 1;"))
        shell.send(ENDLESS + ";\r")
        time.sleep(1)
        started = time.monotonic()
        shell.send("\x03")
        shell.until("cancelled")
        self.assertLess(time.monotonic() - started, 5)
        shell.until(self.PROMPT)
        self.assertIn("(1 row)", self.ask(shell, "SELECT 1;"))
        shell.send("\\q\r")
        self.assertEqual(shell.exit_code(3), 0)

    def test_values_are_shortened_to_the_width_and_escaped(self):
        shell = self.shell()
        shown = self.ask(shell, "SELECT repeat('x', 500) AS long, chr(27) || '[31m' AS e;")
        self.assertIn("…", shown)
        self.assertIn("\\x1b[31m", shown)
        self.assertNotIn("\x1b[31m", shown)

    def test_ctrl_c_ends_a_query_with_130(self):
        terminal = Terminal("sql", ENDLESS, cwd=self.repository)
        time.sleep(1.5)
        terminal.send("\x03")
        self.assertEqual(terminal.exit_code(10), 130)

    def test_colour_only_where_wanted(self):
        def shown(*arguments, **variables):
            terminal = Terminal("sql", *arguments, "SELECT NULL AS x", cwd=self.repository, **variables)
            return terminal.until("(1 row)")
        self.assertIn("\x1b[", shown())
        self.assertNotIn("\x1b[", shown("--no-color"))
        self.assertNotIn("\x1b[", shown(NO_COLOR="1"))
        self.assertNotIn("\x1b[", self.query("SELECT NULL AS x"))

    def test_arrow_is_not_written_to_a_terminal(self):
        terminal = Terminal("sql", "--format", "arrow", "SELECT 1", cwd=self.repository)
        terminal.until("binary")
        self.assertEqual(terminal.exit_code(), 2)

    def test_sigterm(self):
        process = subprocess.Popen([PROGRAM, "sql", ENDLESS], cwd=self.repository,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(1.5)
        process.terminate()
        self.assertEqual(process.wait(10), 143)
        self.assertIn(b"cancelled", process.communicate()[1])


if __name__ == "__main__":
    if not os.access(PROGRAM, os.X_OK):
        sys.exit("ALLUVIUM_PROGRAM must name the program")
    # The abstract base has no tests of its own.
    unittest.main()
