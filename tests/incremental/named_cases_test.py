"""Edits after which files that nobody touched mean something else, each by its name.

Usage: named_cases_test.py [--short | NAME...]

The program indexes the files before and after the edit into one lake, which must then be a fresh
one of the files after; and facts of the untouched files must indeed have changed.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import unittest

import program
import tables
from chain import Chain


def tree(**files):
    """Of names with __ for a slash: pkg__a=text is pkg/a.py, and pkg____init__ pkg/__init__.py."""
    return {path.replace("____init__", "/init").replace("__", "/").replace("/init", "/__init__")
            + ".py": textwrap.dedent(text).lstrip("\n").encode() for path, text in files.items()}


def of_file(run, path, table):
    """The rows of a table that belong to a file, in an order that does not matter."""
    ids = {row["path"]: row["file_id"] for row in run.rows("files")}
    key = "importer_file_id" if table == "imports_resolved" else "file_id"
    return sorted(repr(row) for row in run.rows(table) if row[key] == ids.get(path))


class NamedCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.chain = Chain(pathlib.Path(folder.name).resolve())

    def edit(self, before, changed, removed=(), means=(), options=()):
        """Indexes `before`, then what becomes of it, and compares.

        `means` names untouched files with a table in which they have to differ.
        """
        after = {path: content for path, content in {**before, **changed}.items()
                 if path not in removed}
        self.chain.become(before, *options)
        first = self.chain.tables()
        self.chain.become(after, *options)
        second = self.chain.check("after the edit", *options)
        for path, table in means:
            self.assertEqual(before[path], after[path])
            self.assertNotEqual(of_file(first, path, table), of_file(second, path, table),
                                f"the edit means nothing to {table} of {path}")
        return first, second


class WhatOtherFilesMeanTest(NamedCase):
    PACKAGE = tree(
        pkg____init__="",
        pkg__base="""
            class Base:
                def close(self):
                    return 1
            """,
        pkg__middle="""
            from pkg.base import Base

            class Middle(Base):
                pass

            def make() -> Middle:
                return Middle()
            """,
        pkg__use="""
            from pkg.middle import Middle, make

            class Leaf(Middle):
                def run(self):
                    self.close()
                    return self.flush()

            def go():
                return make().close()
            """)

    def test_a_base_class_gains_a_method(self):
        self.edit(self.PACKAGE, tree(pkg__base="""
            class Base:
                def close(self):
                    return 1

                def flush(self):
                    return 2
            """), means=[("pkg/use.py", "refs"), ("pkg/use.py", "calls")])

    def test_a_base_class_loses_a_method(self):
        self.edit(self.PACKAGE, tree(pkg__base="class Base:\n    pass\n"),
                  means=[("pkg/use.py", "refs"), ("pkg/use.py", "calls")])

    def test_a_class_between_gains_a_method(self):
        self.edit(self.PACKAGE, tree(pkg__middle="""
            from pkg.base import Base

            class Middle(Base):
                def close(self):
                    return 3

            def make() -> Middle:
                return Middle()
            """), means=[("pkg/use.py", "refs")])

    def test_a_class_gets_another_base(self):
        self.edit(self.PACKAGE, tree(pkg__middle="""
            class Other:
                def close(self):
                    return 1

            class Middle(Other):
                pass

            def make() -> Middle:
                return Middle()
            """), means=[("pkg/use.py", "refs")])

    def test_a_class_gets_a_base_from_outside(self):
        self.edit(self.PACKAGE, tree(pkg__base="""
            import socket

            class Base(socket.socket):
                def close(self):
                    return 1
            """), means=[("pkg/use.py", "refs")])

    def test_a_return_annotation_changes(self):
        self.edit(self.PACKAGE, tree(pkg__middle="""
            from pkg.base import Base

            class Middle(Base):
                pass

            class Other:
                def close(self):
                    return 4

            def make() -> Other:
                return Middle()
            """), means=[("pkg/use.py", "refs"), ("pkg/use.py", "calls")])

    def test_a_body_returns_another_class(self):
        """Without an annotation, what a function returns is part of what others know of it."""
        before = tree(a="class A:\n    def run(self): pass\n\nclass B:\n    def run(self): pass\n\n"
                        "def make():\n    return A()\n",
                      b="import a\n\ndef again():\n    return a.make()\n",
                      c="import b\n\ndef go():\n    b.again().run()\n")
        self.edit(before, {"a.py": before["a.py"].replace(b"return A()", b"return B()")},
                  means=[("c.py", "refs"), ("c.py", "calls")])

    def test_an_attribute_is_set_to_another_class(self):
        before = tree(a="class A:\n    def run(self): pass\n\nclass B:\n    def run(self): pass\n",
                      b="import a\n\nclass Holder:\n    def __init__(self):\n"
                        "        self.held = a.A()\n",
                      c="from b import Holder\n\nclass Sub(Holder):\n    def go(self):\n"
                        "        self.held.run()\n")
        self.edit(before, {"b.py": before["b.py"].replace(b"a.A()", b"a.B()")},
                  means=[("c.py", "refs")])

    def test_a_method_becomes_a_property(self):
        before = tree(a="class A:\n    def run(self): pass\n\nclass B:\n"
                        "    def get(self) -> A:\n        return A()\n",
                      b="from a import B\n\ndef go(b: B):\n    b.get.run()\n")
        after = before["a.py"].replace(b"    def get", b"    @property\n    def get")
        self.edit(before, {"a.py": after}, means=[("b.py", "refs")])

    def test_an_ordinal_shifts(self):
        """The name means the second definition, whose id is that of its number."""
        before = tree(a="def make():\n    return 1\n", b="from a import make\n\nmake()\n")
        self.edit(before, tree(a="def make():\n    return 0\n\n\ndef make():\n    return 1\n"),
                  means=[("b.py", "refs"), ("b.py", "calls")])

    def test_a_name_turns_from_a_function_into_a_class(self):
        before = tree(a="def Make():\n    return 1\n", b="from a import Make\n\nMake()\n")
        self.edit(before, tree(a="class Make:\n    pass\n"), means=[("b.py", "refs")])


class ModulesTest(NamedCase):
    def test_a_module_is_shadowed_by_a_package(self):
        before = tree(pkg____init__="", pkg__a="def make(): pass\n",
                      use="from pkg.a import make\n\nmake()\n")
        self.edit(before, {"pkg/a/__init__.py": b"def make(): pass\n"},
                  means=[("use.py", "refs"), ("use.py", "imports_resolved")])

    def test_the_standard_library_is_shadowed(self):
        before = tree(use="import os\n\nos.getcwd()\n", other="x = 1\n")
        self.edit(before, {"os.py": b"def getcwd(): pass\n"},
                  means=[("use.py", "refs"), ("use.py", "imports_resolved")])

    def test_and_is_so_no_more(self):
        before = tree(use="import os\n\nos.getcwd()\n", os="def getcwd(): pass\n")
        self.edit(before, {}, removed=["os.py"],
                  means=[("use.py", "refs"), ("use.py", "imports_resolved")])

    def test_a_name_of_a_package_is_shadowed_by_a_module(self):
        before = tree(pkg____init__="from pkg.impl import tool\n", pkg__impl="def tool(): pass\n",
                      use="from pkg import tool\nimport pkg.tool\n\ntool()\n")
        self.edit(before, {"pkg/tool.py": b"def other(): pass\n"},
                  means=[("use.py", "imports_resolved")])

    def test_a_failed_lookup_later_succeeds(self):
        before = tree(pkg____init__="", use="from pkg.later import make\n\nmake()\n")
        self.edit(before, {"pkg/later.py": b"def make(): pass\n"},
                  means=[("use.py", "refs"), ("use.py", "calls"), ("use.py", "imports_resolved")])

    def test_a_failed_lookup_of_a_name_later_succeeds(self):
        before = tree(pkg____init__="", pkg__a="", use="from pkg import a\n\na.make()\n")
        self.edit(before, {"pkg/a.py": b"def make(): pass\n"},
                  means=[("use.py", "refs"), ("use.py", "calls")])

    def test_the_second_of_two_failed_lookups_succeeds(self):
        """Neither file on the way had the name so far."""
        before = tree(a="from b import make\n", b="from c import make\n", c="",
                      use="from a import make\n\nmake()\n")
        self.edit(before, {"c.py": b"def make(): pass\n"},
                  means=[("use.py", "refs"), ("use.py", "calls")])

    def test_a_module_disappears(self):
        before = tree(pkg____init__="", pkg__a="def make(): pass\n",
                      use="from pkg.a import make\n\nmake()\n")
        self.edit(before, {}, removed=["pkg/a.py"],
                  means=[("use.py", "refs"), ("use.py", "imports_resolved")])

    def test_an_init_renames_the_modules_of_untouched_files(self):
        before = tree(tools__lib__a="def make(): pass\n", tools__lib__b="import lib.a\nimport a\n",
                      use="import tools.lib.a\n\ntools.lib.a.make()\n")
        self.edit(before, {"tools/lib/__init__.py": b""}, means=[("tools/lib/a.py", "modules")])
        self.edit({**before, "tools/lib/__init__.py": b""}, {}, removed=["tools/lib/__init__.py"],
                  means=[("tools/lib/a.py", "modules")])

    def test_a_source_root_renames_the_modules_of_untouched_files(self):
        before = tree(sub__lib____init__="", sub__lib__a="def make(): pass\n",
                      use="from lib.a import make\n\nmake()\n")
        self.edit(before, {"sub/pyproject.toml": b""},
                  means=[("sub/lib/a.py", "modules"), ("use.py", "imports_resolved")])

    def test_a_stub_appears_beside_a_module(self):
        before = tree(a="def make():\n    return 1\n", use="from a import make\n\nmake()\n")
        self.edit(before, {"a.pyi": b"class A: ...\ndef make() -> A: ...\n"})

    def test_a_file_becomes_a_folder_and_back(self):
        before = tree(pkg____init__="", pkg__a="def make(): pass\n", use="from pkg.a import make\n")
        after = {"pkg/a.py/inner.py": b"x = 1\n"}
        self.edit(before, after, removed=["pkg/a.py"], means=[("use.py", "imports_resolved")])
        self.chain.become(before)
        self.chain.check("a file again")


class StarImportsTest(NamedCase):
    CHAIN = tree(a="def make(): pass\n\n\ndef _hidden(): pass\n", b="from a import *\n",
                 c="from b import *\n", use="from c import *\n\nmake()\nother()\n_hidden()\n")

    def test_a_name_appears_at_the_end_of_the_chain(self):
        self.edit(self.CHAIN, tree(a="def make(): pass\n\n\ndef other(): pass\n"),
                  means=[("use.py", "refs"), ("c.py", "exports")])

    def test_all_takes_a_name_away(self):
        self.edit(self.CHAIN, tree(a="__all__ = ['_hidden']\n\n\ndef make(): pass\n\n\n"
                                     "def _hidden(): pass\n"),
                  means=[("use.py", "refs"), ("c.py", "exports")])

    def test_a_file_between_gets_a_name_of_its_own(self):
        self.edit(self.CHAIN, tree(b="from a import *\n\n\ndef make(): pass\n"),
                  means=[("use.py", "refs")])

    def test_a_cycle_is_made_and_broken(self):
        cycle = {**self.CHAIN, **tree(a="from c import *\n\n\ndef make(): pass\n")}
        self.edit(self.CHAIN, {"a.py": cycle["a.py"]})
        self.edit(cycle, {"b.py": b"def make(): pass\n"}, means=[("use.py", "refs")])

    def test_a_builtin_is_hidden_by_a_star(self):
        self.edit(tree(a="", use="from a import *\n\nlen('')\n"), tree(a="def len(x): pass\n"))


class BareNamesTest(NamedCase):
    """An attribute of which nothing is known means the only thing of that name."""

    USE = tree(use="def go(x):\n    return x.only_here()\n")

    def test_the_only_candidate_appears(self):
        self.edit({**self.USE, **tree(a="class A: pass\n")},
                  tree(a="class A:\n    def only_here(self): pass\n"), means=[("use.py", "refs")])

    def test_a_second_candidate_appears(self):
        self.edit({**self.USE, **tree(a="class A:\n    def only_here(self): pass\n")},
                  tree(b="class B:\n    def only_here(self): pass\n"), means=[("use.py", "refs")])

    def test_one_of_two_candidates_goes(self):
        self.edit({**self.USE, **tree(a="class A:\n    def only_here(self): pass\n",
                                      b="class B:\n    def only_here(self): pass\n")},
                  {}, removed=["b.py"], means=[("use.py", "refs")])

    def test_the_only_candidate_moves(self):
        content = b"class A:\n    def only_here(self): pass\n"
        self.edit({**self.USE, "a.py": content}, {"moved.py": content}, removed=["a.py"],
                  means=[("use.py", "refs")])


class RelationsTest(NamedCase):
    def test_an_override_appears_in_a_file_that_is_not_its_base(self):
        before = tree(a="class A:\n    def run(self): pass\n\n    def go(self):\n"
                        "        self.run()\n",
                      b="from a import A\n\n\nclass B(A):\n    pass\n")
        self.edit(before, tree(b="from a import A\n\n\nclass B(A):\n    def run(self): pass\n"))

    def test_a_class_makes_its_objects_otherwise(self):
        before = tree(a="class A:\n    pass\n", b="from a import A\n\n\nclass B(A):\n    pass\n",
                      use="from b import B\n\nB()\n")
        self.edit(before, tree(a="class A:\n    def __init__(self): pass\n"))

    def test_a_fixture_is_overridden_nearer_to_the_test(self):
        before = {**tree(conftest="import pytest\n\n\n@pytest.fixture\ndef thing(): return 1\n"),
                  "tests/deep/test_a.py": b"def test_a(thing):\n    assert thing\n"}
        self.edit(before, {"tests/conftest.py": before["conftest.py"]})

    PICKS = tree(a="class A:\n    def go(self, x):\n        return getattr(self, 'on_' + x)()\n",
                 b="from a import A\n\n\nclass B(A):\n    pass\n")

    def test_a_member_appears_whose_name_may_be_made(self):
        self.edit(self.PICKS, tree(b="from a import A\n\n\nclass B(A):\n"
                                     "    def on_it(self): pass\n"),
                  means=[("a.py", "relations")])

    def test_a_member_may_be_of_a_subclass_no_more(self):
        before = {**self.PICKS, **tree(b="from a import A\n\n\nclass B(A):\n    pass\n",
                                       c="from b import B\n\n\nclass C(B):\n    on_it = 1\n")}
        self.edit(before, tree(b="class B:\n    pass\n"), means=[("a.py", "relations")])

    HOOKS = tree(a="class A:\n    def go(self):\n        return self.step()\n",
                 b="from a import A\n\n\nclass B(A):\n    def step(self): pass\n",
                 c="from a import A\n\n\ndef start(a: A):\n    return a.step()\n")

    def test_a_subclass_gains_what_its_base_calls(self):
        self.edit({**self.HOOKS, **tree(b="from a import A\n\n\nclass B(A):\n    pass\n")},
                  tree(b=self.HOOKS["b.py"].decode()),
                  means=[("a.py", "relations"), ("c.py", "relations")])

    def test_what_subclasses_have_is_that_of_their_base(self):
        self.edit(self.HOOKS, tree(a="class A:\n    def go(self):\n        return self.step()\n\n"
                                     "    def step(self): pass\n"),
                  means=[("c.py", "relations")])

    def test_what_has_it_is_a_subclass_no_more(self):
        self.edit(self.HOOKS, tree(b="class B:\n    def step(self): pass\n"),
                  means=[("a.py", "relations"), ("c.py", "relations")])


class UntouchedTablesTest(NamedCase):
    """Tables in which nothing differs get no commit."""

    BEFORE = tree(a="import os\n\n\ndef f(x):\n    return os.path.join(x)\n",
                  b="from a import f\n\nf(1)\n")

    def assert_written(self, changed, tables, before=None):
        first, second = self.edit(before or self.BEFORE, changed)
        written = {table for table, version in second.versions.items()
                   if version != first.versions[table]}
        self.assertEqual(written, {"_file_states", "files", *tables})

    def test_a_comment_at_the_end(self):
        self.assert_written({"a.py": self.BEFORE["a.py"] + b"# end\n"}, [])

    def test_a_function_at_the_end(self):
        self.assert_written({"a.py": self.BEFORE["a.py"] + b"\n\ndef g():\n    pass\n"},
                            ["bindings", "definitions", "exports", "scopes"])

    def test_a_reference_that_asks_nothing(self):
        """Beside one that has candidates."""
        before = {**self.BEFORE, **tree(c="class C:\n    def go(self): pass\n\n\nclass D:\n"
                                          "    def go(self): pass\n\n\ndef h(x):\n    x.go()\n")}
        changed = {"c.py": before["c.py"] + b"\n\ndef i(x):\n    return x\n"}
        self.assert_written(changed, ["bindings", "definitions", "exports", "refs", "scopes"],
                            before)

    def test_an_argument(self):
        self.assert_written({"b.py": self.BEFORE["b.py"].replace(b"1", b"2")}, ["calls"])

    def test_an_answer_in_another_file(self):
        self.assert_written({"a.py": self.BEFORE["a.py"].replace(b"def f", b"def h")},
                            ["bindings", "calls", "definitions", "exports", "refs", "scopes"])


class FilesTest(NamedCase):
    """What a lake may be fooled by when it looks at files."""

    TWO = tree(a="def one(): pass\n", b="import a\n\na.one()\na.two()\n")

    def test_another_content_of_the_same_size_and_time(self):
        self.chain.become(self.TWO)
        self.chain.become({**self.TWO, "c.py": b""})
        path = self.chain.root / "a.py"
        status = path.stat()
        path.write_bytes(b"def two(): pass\n")
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        self.assertFalse(self.chain.index()["unchanged"])
        self.chain.check("after a change that time and size don't tell")

    def test_a_replaced_file_of_the_same_size_and_time(self):
        self.chain.become(self.TWO)
        path, other = self.chain.root / "a.py", self.chain.scratch / "other.py"
        status = path.stat()
        other.write_bytes(b"def two(): pass\n")
        os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
        os.rename(other, path)
        self.assertFalse(self.chain.index()["unchanged"])
        self.chain.check("after another file took its place")

    def test_two_files_of_one_size_change_places(self):
        before = {"a.py": b"def one(): pass\n", "b.py": b"def two(): pass\n",
                  "use.py": b"from a import one\nfrom b import two\n\none()\ntwo()\n"}
        self.edit(before, {"a.py": before["b.py"], "b.py": before["a.py"]},
                  means=[("use.py", "refs")])

    def test_a_touched_file_is_no_change(self):
        self.chain.become(self.TWO)
        os.utime(self.chain.root / "a.py", (1, 1))
        self.assertTrue(self.chain.index()["unchanged"])

    def test_edits_in_quick_succession(self):
        """Within what a clock of files can tell apart."""
        self.chain.become(self.TWO)
        for number in range(4):
            self.chain.become({**self.TWO, "a.py": b"def one(): pass\nx = %d\n" % number})
            self.assertEqual(len([row for row in self.chain.tables().rows("definitions")
                                  if row["name"] == "x"]), 1)
        self.chain.check("after all of them")

    def test_files_that_are_alike(self):
        content = b"class A:\n    def run(self):\n        self.run()\n"
        before = {"a.py": content, "b.py": content, "c.py": b"", "d.py": b""}
        self.edit(before, {"c.py": content}, removed=["b.py"])
        self.edit(before, {"a.py": b""})

    def test_what_is_no_python(self):
        before = {**self.TWO, "bin.py": bytes(range(256)), "empty.py": b"",
                  "latin.py": "# -*- coding: latin-1 -*-\né = 1\n".encode("latin-1"),
                  "broken.py": b"def f(:\n    pass\n"}
        self.edit(before, {"bin.py": b"x = 1\n", "empty.py": bytes(range(255, -1, -1)),
                           "latin.py": "é = 1\n".encode(), "broken.py": b"def f():\n    pass\n"})
        self.edit({**before, "bin.py": b"x = 1\n"}, {"bin.py": before["bin.py"],
                                                     "a.py": b"\xff\xfe\x00"})

    def test_only_one_file_stays(self):
        self.edit({**self.TWO, **WhatOtherFilesMeanTest.PACKAGE}, {},
                  removed=[*WhatOtherFilesMeanTest.PACKAGE, "a.py"])

    def test_a_file_that_is_not_read_any_more(self):
        """A symbolic link takes its place, and gives it back."""
        self.chain.become(self.TWO)
        path = self.chain.root / "a.py"
        path.unlink()
        path.symlink_to("b.py")
        self.chain.index()
        found = self.chain.check("a link in the place of a file")
        self.assertEqual([row["code"] for row in found.rows("diagnostics")], ["symlink"])
        path.unlink()
        path.write_bytes(self.TWO["a.py"])
        self.chain.index()
        self.assertEqual(self.chain.check("the file again").rows("diagnostics"), [])

    def test_a_file_that_git_begins_to_ignore(self):
        self.chain.write(self.TWO)
        subprocess.run(["git", "init", "-q"], cwd=self.chain.root, check=True)
        self.chain.index()
        (self.chain.root / ".gitignore").write_text("a.py\n")
        self.chain.index()
        self.assertEqual(len(self.chain.check("ignored").rows("files")), 1)
        (self.chain.root / ".gitignore").unlink()
        self.chain.index()
        self.assertEqual(len(self.chain.check("ignored no more").rows("files")), 2)


class RunsTest(NamedCase):
    TWO = FilesTest.TWO

    def test_another_repository_of_the_lake_stays_as_it_is(self):
        other = Chain(self.chain.scratch, "it's another", self.chain.lake)
        other.become(WhatOtherFilesMeanTest.PACKAGE)
        before = other.tables()
        self.edit(self.TWO, {"a.py": b"def two(): pass\n"})
        self.assertFalse(tables.compare(other.tables(), before))
        # Its rows are at the newest versions too, from which its next run starts.
        other.become({**WhatOtherFilesMeanTest.PACKAGE, "pkg/more.py": b"import pkg.use\n"})
        other.check("the other repository's next run")
        self.chain.check("after the other repository's next run")

    def test_a_forced_run_in_between(self):
        self.edit(self.TWO, {"a.py": b"def two(): pass\n"})
        self.chain.index("--force")
        self.chain.check("forced")
        self.chain.become({**self.TWO, "c.py": b"import b\n"})
        self.chain.check("after a forced run")

    def test_many_runs(self):
        """Beyond the checkpoints of the tables' logs."""
        for number in range(25):
            self.chain.become({**self.TWO, "a.py": b"def f%d(): pass\n" % number})
        self.chain.check("after many runs")

    def test_an_older_run_by_name(self):
        first, _ = self.edit(self.TWO, {"a.py": b"def two(): pass\n", "c.py": b"import a\n"})
        shown = tables.through_program(self.chain.lake, self.chain.repo, first)
        self.assertEqual(str(tables.compare(shown, first.shown())), "")


class ScipTest(NamedCase):
    """With an index of symbols, which resolves names of files that stay as they are."""

    def setUp(self):
        super().setUp()
        packed = pathlib.Path(os.environ.get("ALLUVIUM_TEST_DATA", "")) / "scip" / \
            "requests-2.34.2.scip.zst"
        if not packed.is_file() or not (program.CORPORA / "requests").is_dir():
            self.skipTest("no index of requests, or not its files")
        self.index = self.chain.scratch / "index.scip"
        subprocess.run(["zstd", "-q", "-d", packed, "-o", self.index], check=True)
        self.files = {path.relative_to(program.CORPORA / "requests").as_posix(): path.read_bytes()
                      for path in sorted((program.CORPORA / "requests").rglob("*.py"))}

    def test_an_index_comes_and_goes(self):
        self.chain.become(self.files)
        without = self.chain.tables()
        self.chain.index("--scip", self.index)
        self.chain.check("with an index", "--scip", self.index)
        self.chain.index()
        self.assertEqual(str(tables.compare(self.chain.tables(), without)), "")

    def test_an_edit_beside_an_index(self):
        options = ["--scip", self.index]
        path = "requests/utils.py"
        self.edit(self.files, {path: self.files[path] + b"\n\ndef added():\n    return 1\n"},
                  options=options)
        self.edit(self.files, {path: b"# One more line at the top.\n" + self.files[path]},
                  options=options)
        self.edit(self.files, {}, removed=[path], options=options)


# One of each idea.
SHORT = [
    "WhatOtherFilesMeanTest.test_a_base_class_gains_a_method",
    "WhatOtherFilesMeanTest.test_a_return_annotation_changes",
    "WhatOtherFilesMeanTest.test_a_body_returns_another_class",
    "WhatOtherFilesMeanTest.test_an_ordinal_shifts",
    "ModulesTest.test_a_module_is_shadowed_by_a_package",
    "ModulesTest.test_a_failed_lookup_later_succeeds",
    "ModulesTest.test_an_init_renames_the_modules_of_untouched_files",
    "StarImportsTest.test_a_name_appears_at_the_end_of_the_chain",
    "BareNamesTest.test_the_only_candidate_appears",
    "BareNamesTest.test_a_second_candidate_appears",
    "FilesTest.test_another_content_of_the_same_size_and_time",
    "RunsTest.test_another_repository_of_the_lake_stays_as_it_is",
]

if __name__ == "__main__":
    if "--short" in sys.argv:
        sys.argv[sys.argv.index("--short"):] = SHORT
    unittest.main(verbosity=2)
