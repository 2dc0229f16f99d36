"""Shows that the licence check refuses what it must refuse."""

import importlib.machinery
import importlib.util
import sys
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "notice"
LOADER = importlib.machinery.SourceFileLoader("notice", str(SCRIPT))
notice = importlib.util.module_from_spec(importlib.util.spec_from_loader("notice", LOADER))
sys.dont_write_bytecode = True
LOADER.exec_module(notice)


def package(name: str, kind: str = "lib") -> dict:
    return {"id": name, "targets": [{"kind": [kind]}]}


def depends(on: str, kind: str | None = None) -> dict:
    return {"pkg": on, "dep_kinds": [{"kind": kind}]}


class LicencesTest(unittest.TestCase):
    def test_expressions(self) -> None:
        for expression, allowed in {
            "MIT": True,
            "GPL-3.0-only": False,
            "MIT/Apache-2.0": True,
            "MIT OR GPL-2.0-only": True,
            "MIT AND GPL-2.0-only": False,
            "GPL-2.0-only AND MIT OR ISC": True,
            "(MIT OR ISC) AND AGPL-3.0-only": False,
            "Apache-2.0 WITH LLVM-exception": True,
            "GPL-3.0-only WITH GCC-exception-3.1": False,
            "none": False,
        }.items():
            self.assertEqual(notice.is_allowed(expression), allowed, expression)
        with self.assertRaises(ValueError):
            notice.is_allowed("(MIT")

    def test_linked_are_normal_dependencies(self) -> None:
        metadata = {
            "packages": [
                package("bridge"),
                package("linked"),
                package("deep"),
                package("build"),
                package("macro", "proc-macro"),
                package("of-macro"),
            ],
            "resolve": {
                "root": "bridge",
                "nodes": [
                    {
                        "id": "bridge",
                        "deps": [depends("linked"), depends("build", "build"), depends("macro")],
                    },
                    {"id": "linked", "deps": [depends("deep")]},
                    {"id": "deep", "deps": []},
                    {"id": "build", "deps": []},
                    {"id": "macro", "deps": [depends("of-macro")]},
                    {"id": "of-macro", "deps": []},
                ],
            },
        }
        linked = {crate["id"] for crate in notice.linked_crates(metadata)}
        self.assertEqual(linked, {"linked", "deep"})


if __name__ == "__main__":
    unittest.main()
