"""Checkpoints of the lake's tables: however many runs there were, who opens a table reads a checkpoint and
about as many commits as after a few; and all that was published is as it was.

Usage: checkpoints_test.py [--runs N]
"""

import argparse
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time

import program  # noqa: I001

import change_feed
import duckdb_views
import tables
from chain import Chain

# As the tables' property delta.checkpointInterval has it.
INTERVAL = 10
# Versions of a table that may come until it has its turn: a run over one file commits to about ten
# tables, and makes the checkpoints of a few.
LATE = 6

TREE = {"a.py": b"import b\n\n\ndef use():\n    return b.made()\n",
        "b.py": b"def made():\n    return 1\n"}


def edited(number):
    return {**TREE, "b.py": TREE["b.py"] + b"\n\ndef added_%d(it):\n    return it\n" % number}


class Log:
    """What a table's log has."""

    def __init__(self, table):
        self.name = table.name
        names = [path.name for path in (table / "_delta_log").iterdir()]
        self.commits = sorted(int(name[:20]) for name in names if name.endswith(".json"))
        self.checkpoints = sorted(int(name[:20]) for name in names
                                  if name.endswith(".checkpoint.parquet"))
        self.hint = 0
        if "_last_checkpoint" in names:
            self.hint = json.loads((table / "_delta_log/_last_checkpoint").read_text())["version"]

    def to_read(self):
        """Commits that a reader of the latest version reads beside the checkpoint."""
        return sum(commit > self.hint for commit in self.commits)


def logs(lake):
    return {table.name: Log(table) for table in sorted(lake.iterdir())
            if (table / "_delta_log").is_dir()}


def check_bounded(lake, late=LATE):
    for name, log in logs(lake).items():
        assert log.to_read() < INTERVAL + late, (name, log.to_read(), log.checkpoints)
        assert log.checkpoints[-1:] == [log.hint][:len(log.checkpoints)], (name, log.hint)


def check_same(lake, repo, states, what):
    for run, state in states.items():
        difference = tables.compare(tables.of_run(lake, repo, run), state)
        assert not difference, f"{what}: {run} differs\n{difference}"
    run, state = next(iter(states.items()))
    difference = tables.compare(tables.through_program(lake, repo, state), state.shown())
    assert not difference, f"{what}: {run} differs through --at\n{difference}"


def many_runs(scratch, runs):
    chain = Chain(scratch)
    chain.become(TREE)
    states, made = {}, {}
    for number in range(runs):
        report = chain.become(edited(number))
        now = {(name, version) for name, log in logs(chain.lake).items()
               for version in log.checkpoints}
        new, made = len(now) - len(made), now
        assert new <= 3, f"one run made {new} checkpoints"
        check_bounded(chain.lake)
        if number % (runs // 4) == 0:
            states[report["run_id"]] = chain.tables()
    found = logs(chain.lake)
    assert found["refs"].commits[-1] >= runs and found["runs"].commits[-1] >= runs, found
    for name in ("refs", "definitions", "files", "runs"):
        assert len(found[name].checkpoints) >= runs // (INTERVAL + LATE), (name, found[name])
    assert any(state.versions["refs"] < found["refs"].checkpoints[0] for state in states.values())
    chain.check("after many runs")
    check_same(chain.lake, "r", states, "after many runs")
    ordered = list(states.values())
    for before, after in zip(ordered, ordered[1:]):
        difference = change_feed.compare(chain.lake, "r", before, after)
        assert not difference, f"change feed: {difference}"
        diff = json.loads(program.run("diff", "--lake", chain.lake, "--json", before.run_id,
                                      after.run_id))
        assert len(diff["definitions"]) == 2, diff["definitions"]
    duckdb_views.check(chain.lake)
    kept = {run: states[run] for run in list(states)[-2:]}
    program.run("gc", "--lake", chain.lake, "--keep-since", next(iter(kept)))
    for name, log in logs(chain.lake).items():
        first = log.commits[0]
        assert not [old for old in log.checkpoints if old < first], (name, log.checkpoints)
    first = next(iter(kept.values())).versions["refs"]
    assert logs(chain.lake)["refs"].commits[0] == first
    check_same(chain.lake, "r", kept, "after gc")
    for number in range(runs, runs + INTERVAL):
        chain.become(edited(number))
        check_bounded(chain.lake)
    check_same(chain.lake, "r", kept, "after gc and more runs")
    chain.check("after gc and more runs")


def repositories_side_by_side(scratch, runs):
    """They commit to the same tables, and would make the same checkpoints."""
    lake = scratch / "lake"
    chains = [Chain(scratch, f"r{number}", lake) for number in range(2)]
    failures = []

    def work(chain):
        try:
            for number in range(runs):
                chain.become(edited(number))
        except Exception as error:  # of a thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(chain,)) for chain in chains]
    for thread in threads:
        thread.start()
    reading = 0
    while any(thread.is_alive() for thread in threads):
        if (lake / "views/duckdb.sql").exists():
            program.run("sql", "--lake", lake, "SELECT count(*) FROM refs")
            reading += 1
        time.sleep(0.1)
    for thread in threads:
        thread.join()
    assert not failures, failures
    assert reading, "nobody read meanwhile"
    assert logs(lake)["refs"].checkpoints, "no checkpoint was made"
    for chain in chains:
        chain.check("beside other repositories")


def unpublished_commits(scratch):
    """A checkpoint holds commits of a run that was killed before it was published."""
    lake = scratch / "lake"
    chain, other = Chain(scratch, "killed", lake), Chain(scratch, "other", lake)
    chain.become(TREE)
    other.become(TREE)
    before = chain.tables()
    version = logs(lake)["refs"].commits[-1]
    chain.write(edited(1))
    process = program.start("index", chain.root, "--lake", lake, "--repo", "killed")
    while process.poll() is None and logs(lake)["refs"].commits[-1] == version:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode, "the run was over before it was killed"
    for number in range(INTERVAL + LATE):
        other.become(edited(number))
    assert logs(lake)["refs"].hint > version + 1, "the checkpoint doesn't hold it"
    difference = tables.compare(chain.tables(), before)
    assert not difference, f"what was published differs\n{difference}"
    difference = tables.compare(tables.through_program(lake, "killed", before), before.shown())
    assert not difference, f"what was published differs through the program\n{difference}"
    chain.become(edited(2))
    chain.check("the run after the killed one")
    other.check("the other repository")


def none_can_be_made(scratch):
    """That is no failure of the run, and is made up for later."""
    chain = Chain(scratch)
    chain.become(TREE)
    obstacle = chain.lake / "locks/checkpoints.lock"
    if obstacle.exists():
        obstacle.unlink()
    obstacle.mkdir()
    for number in range(INTERVAL + 3):
        chain.become(edited(number))
    assert not any(log.checkpoints for log in logs(chain.lake).values())
    chain.check("without checkpoints")
    obstacle.rmdir()
    for number in range(LATE):
        chain.become(edited(INTERVAL * 9 + number))
    check_bounded(chain.lake)
    chain.check("when they can be made again")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=33)
    arguments = options.parse_args()
    for case in (lambda scratch: many_runs(scratch, arguments.runs),
                 lambda scratch: repositories_side_by_side(scratch, arguments.runs // 2),
                 unpublished_commits, none_can_be_made):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            case(pathlib.Path(scratch).resolve())
    print("as it should be")


if __name__ == "__main__":
    sys.exit(main())
