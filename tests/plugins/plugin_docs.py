"""Checks that the code in docs/plugins.md is that of examples/plugin, which is built and run."""

import re
import sys
from pathlib import Path

ROOT = Path(sys.argv[1])
code = (ROOT / "examples/plugin/growth.c").read_text()
build = (ROOT / "examples/plugin/CMakeLists.txt").read_text()
page = (ROOT / "docs/plugins.md").read_text()
blocks = re.findall(r"^```(c|cmake)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
missing = [block for kind, block in blocks if block not in (code if kind == "c" else build)]
for block in missing:
    print(f"docs/plugins.md shows what the example doesn't have:\n{block}", file=sys.stderr)
sys.exit(1 if missing or len(blocks) < 2 else 0)
