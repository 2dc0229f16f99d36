"""Runs the ten queries through the C++ API and through DataFusion's Rust API, in turn, and prints the
ratio of each.

    python bench/bridge.py --cpp out/dev/bench/ten_queries --rust TARGET/release/examples/ten_queries

The Rust half is built by `cargo build --locked --release --example ten_queries` in bridge/.
"""

import argparse
import statistics
import subprocess
import tempfile
from pathlib import Path

QUERIES = Path(__file__).with_name("ten_queries.sql")


def round_of(program, data):
    out = subprocess.run([program, data, QUERIES, "3"], check=True, capture_output=True, text=True)
    last = out.stdout.strip().splitlines()[1:]
    return [min(column) for column in zip(*[[float(x) for x in line.split()] for line in last])]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cpp", required=True)
    options.add_argument("--rust", required=True)
    options.add_argument("--rounds", type=int, default=7)
    arguments = options.parse_args()
    queries = [line for line in QUERIES.read_text().splitlines() if not line.startswith("--")]
    with tempfile.TemporaryDirectory() as scratch:
        data = f"{scratch}/facts"
        subprocess.run([arguments.cpp, data, QUERIES, "0"], check=True)
        pairs = [(round_of(arguments.cpp, data), round_of(arguments.rust, data))
                 for _ in range(arguments.rounds)]
    print("| query | C++ ms | Rust ms | C++ / Rust |")
    print("|---|---|---|---|")
    ratios = []
    for i, query in enumerate(queries):
        cpp = statistics.median(pair[0][i] for pair in pairs)
        rust = statistics.median(pair[1][i] for pair in pairs)
        ratio = statistics.median(pair[0][i] / pair[1][i] for pair in pairs)
        ratios.append(ratio)
        print(f"| `{query.rstrip(';')}` | {cpp * 1e3:.1f} | {rust * 1e3:.1f} | {ratio:.3f} |")
    print(f"| geometric mean | | | {statistics.geometric_mean(ratios):.3f} |")


if __name__ == "__main__":
    main()
