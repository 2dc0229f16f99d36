"""Shows that the layering check fails on each kind of violation, and only then."""

import tempfile
import unittest
from pathlib import Path

from layering import violations

CLEAN = {
    "include/alluvium/error.h": "#pragma once\n",
    "include/alluvium/frame/data_frame.h": '#include "alluvium/error.h"\nstruct ArrowArrayStream;\n',
    "include/alluvium/session/session.h": '#include "alluvium/frame/data_frame.h"\n',
    "src/session/session.cc": '#include "alluvium/session/session.h"\n#include "bridge/call.h"\n',
    "src/session/session_test.cc": "ArrowArray array;\n",
    "src/bridge/call.h": '#include "rust/cxx.h"\n#include "alluvium/session/session.h"\n',
    "src/code/index.cc": '#include <alluvium/session/session.h>\n// ArrowArray\nauto s = "ArrowArray";\n',
    "cli/main.cc": '#include "alluvium/session/session.h"\n',
}


class LayeringTest(unittest.TestCase):
    def check(self, extra: dict[str, str]) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            for name, content in (CLEAN | extra).items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content)
            return violations(Path(folder))

    def one(self, extra: dict[str, str], expected: str) -> None:
        found = self.check(extra)
        self.assertEqual(len(found), 1, found)
        self.assertIn(expected, found[0])

    def test_accepts_a_clean_tree(self) -> None:
        self.assertEqual(self.check({}), [])

    def test_upward(self) -> None:
        self.one(
            {"src/frame/a.cc": '#include "alluvium/session/session.h"\n'},
            "src/frame/a.cc:1: 'frame' is below 'session'",
        )

    def test_upward_from_the_bottom(self) -> None:
        self.one({"src/error.cc": '#include "session/b.h"\n', "src/session/b.h": ""}, "is below")

    def test_upward_by_a_relative_path(self) -> None:
        self.one(
            {"src/frame/a.cc": '#include "../session/b.h"\n', "src/session/b.h": ""}, "is below"
        )

    def test_circle(self) -> None:
        self.one(
            {
                "src/delta/a.h": '#include "delta/b.h"\n',
                "src/delta/b.h": '#include "delta/a.h"\n',
            },
            "a circle",
        )

    def test_neighbours_both_ways(self) -> None:
        self.one(
            {
                "src/observe/a.cc": '#include "cluster/a.h"\n',
                "src/observe/b.h": "",
                "src/cluster/a.h": "",
                "src/cluster/a.cc": '#include "observe/b.h"\n',
            },
            "include each other",
        )

    def test_unknown_room(self) -> None:
        self.one({"src/utils/a.h": ""}, "'utils' is no room")

    def test_private_header_from_code(self) -> None:
        self.one(
            {"src/code/a.cc": '#include "session/b.h"\n', "src/session/b.h": ""}, "is private"
        )

    def test_bridge_from_the_program(self) -> None:
        self.one({"cli/a.cc": '#include "bridge/call.h"\n'}, "src/bridge is out of bounds")

    def test_bridge_from_a_public_header(self) -> None:
        self.one(
            {"include/alluvium/session/a.h": '#include "bridge/call.h"\n'},
            "src/bridge is out of bounds",
        )

    def test_arrow_struct(self) -> None:
        self.one({"src/delta/a.cc": "\nArrowSchema schema;\n"}, "src/delta/a.cc:2: ArrowSchema")

    def test_nanoarrow(self) -> None:
        self.one({"cli/a.cc": "#include <nanoarrow/nanoarrow.hpp>\n"}, "nanoarrow is out of bounds")

    def test_cxx(self) -> None:
        self.one({"src/delta/a.cc": '#include "alluvium-bridge/src/lib.rs.h"\n'}, "cxx is out")

    def test_umbrella(self) -> None:
        self.one(
            {
                "include/alluvium/alluvium.h": '#include "alluvium/session/session.h"\n',
                "src/delta/a.cc": '#include "alluvium/alluvium.h"\n',
            },
            "is for users",
        )


if __name__ == "__main__":
    unittest.main()
