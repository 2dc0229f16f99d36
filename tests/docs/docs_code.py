"""Checks that the code in README.md and docs/ is that of the examples, which are built and run."""

import re
import sys
from pathlib import Path

ROOT = Path(sys.argv[1])


def one_spaced(text):
    return re.sub(r"\s+", " ", text).strip()


EXAMPLES = [one_spaced(path.read_text()) for path in (ROOT / "examples").rglob("*.*") if path.is_file()]
# Pages whose SQL speaks of the lake, or is run as the documented examples of functions.
SQL_ELSEWHERE = {"code-lake.md", "functions.md"}

missing = 0
seen = 0
for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
    kinds = "c|cpp|cmake" if page.name in SQL_ELSEWHERE else "c|cpp|cmake|sql"
    for block in re.findall(rf"^```(?:{kinds})\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL):
        seen += 1
        if not any(one_spaced(block) in example for example in EXAMPLES):
            missing += 1
            print(f"{page.name} shows what no example has:\n{block}", file=sys.stderr)
sys.exit(1 if missing or seen < 5 else 0)
