"""`alluvium gc`: what is kept is as it was, what goes is gone, and being killed harms nothing.

Usage: gc_test.py [--kills N] [--seed S]

Two generated repositories share a lake and are edited in turn. Then all but the last runs of each are
removed, in copies of the lake also by runs of gc that are killed on the way.
"""

import argparse
import collections
import fcntl
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import program  # noqa: I001

import change_feed
import duckdb_views
import edit_generator
import tables
from chain import Chain

EDITS = 16
KEPT = 3


def files(lake):
    """All files of tables, by table and kind; a checkpoint has no fixed bytes, so without sizes."""
    found = collections.defaultdict(set)
    for path in lake.rglob("*"):
        parts = path.relative_to(lake).parts
        if path.is_file() and len(parts) > 1 and parts[0] not in ("locks", "stat", "views"):
            found[parts[0]].add("/".join(parts[1:]))
    return found


def tree(lake):
    return {str(path.relative_to(lake)): path.stat().st_size
            for path in lake.rglob("*") if path.is_file()}


def fails(code, *arguments):
    """What the program says when it ends with that code."""
    done = subprocess.run([program.PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=120)
    assert done.returncode == code, (done.returncode, done.stderr.decode())
    return done.stderr.decode()


def gc(lake, *options):
    return json.loads(program.run("gc", "--lake", lake, "--json", *options))


def sql(lake, query, *options):
    return json.loads(program.run("sql", "--lake", lake, "--json", *options, query))


def broken(lake, *options):
    """What `check` finds; generated code has bytes that no file of Python may have."""
    done = subprocess.run([program.PROGRAM, "check", "--lake", lake, "--json", *options],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    return json.loads(done.stdout)["broken"]


class Lake:
    """A lake with the runs of two repositories, and what each run had."""

    def __init__(self, folder, seed):
        self.folder, self.lake = folder, folder / "lake"
        self.chains = [Chain(folder, f"r{number}", self.lake) for number in range(2)]
        generators = [edit_generator.Generator(seed + number) for number in range(2)]
        for chain, generator in zip(self.chains, generators):
            chain.become(generator.tree)
        for number in range(EDITS):
            self.chains[number % 2].become(generators[number % 2].step()[1])
        self.generators = generators
        self.runs = {chain.repo: [run for run, _, _ in tables.runs(self.lake, chain.repo)]
                     for chain in self.chains}
        self.kept = {repo: runs[-KEPT:] for repo, runs in self.runs.items()}
        self.gone = {repo: runs[:-KEPT] for repo, runs in self.runs.items()}
        self.states = {(repo, run): tables.of_run(self.lake, repo, run)
                       for repo, runs in self.kept.items() for run in runs}
        self.broken = {at: broken(self.lake, *at)
                       for at in [(), *(("--at", run) for run in self.kept["r0"])]}
        self.diffs = {pair: self.diff(self.lake, *pair) for pair in self.pairs()}

    def pairs(self):
        return [pair for runs in self.kept.values() for pair in zip(runs, runs[1:])]

    @staticmethod
    def diff(lake, before, after):
        return json.loads(program.run("diff", "--lake", lake, "--json", before, after))

    def copy(self, name):
        copy = self.folder / name
        shutil.copytree(self.lake, copy)
        return copy

    def check_kept(self, lake, what):
        for (repo, run), state in self.states.items():
            difference = tables.compare(tables.of_run(lake, repo, run), state)
            assert not difference, f"{what}: {repo} at {run} differs\n{difference}"
        for at, found in self.broken.items():
            assert broken(lake, *at) == found, (what, at)


class Cases:
    def __init__(self, folder, seed):
        self.made = Lake(folder, seed)

    def dry_run(self):
        lake = self.made.copy("dry-run")
        before = tree(lake)
        report = gc(lake, "--keep", KEPT, "--dry-run")
        assert tree(lake) == before, "a dry run changed the lake"
        assert report["files"] > 0 and report["dry_run"], report
        told = collections.defaultdict(list)
        for run in report["removed"]:
            told[run["repo"]].append(run["run_id"])
        assert told == self.made.gone, (told, self.made.gone)
        done = gc(lake, "--keep", KEPT)
        for key in ("removed", "kept", "files", "bytes"):
            assert done[key] == report[key], (key, done[key], report[key])

    def files_go(self):
        """Nothing is left that only removed runs need, and what is left is needed."""
        made, lake = self.made, self.made.copy("files")
        report = gc(lake, "--keep", KEPT)
        left = files(lake)
        for table in report["tables"]:
            name, first = table["table"], table["first_version"]
            commits = sorted(int(path[11:31]) for path in left[name]
                             if path.startswith("_delta_log/") and path.endswith(".json"))
            if table["log"]["files"]:
                assert commits[0] == first, (name, first, commits)
            if name.startswith("_removed") or name in ("repos", "runs"):
                continue
            pins = [state.versions[name] for state in made.states.values()]
            assert first == min(pins), (name, first, pins)
            needed = set()
            for version in range(first, max(commits) + 1):
                needed.update(self.read_by(lake / name, version))
            have = {path for path in left[name] if path.endswith(".parquet")
                    and not path.startswith("_delta_log/")}
            assert have == needed, (name, have ^ needed)
        assert any(table["log"]["files"] for table in report["tables"])
        assert any(table["data"]["files"] for table in report["tables"])
        assert any(table["changes"]["files"] for table in report["tables"])
        second = gc(lake, "--keep", KEPT)
        assert (second["removed"], second["files"]) == ([], 0), second
        assert files(lake) == left

    @staticmethod
    def read_by(table, version):
        import urllib.parse
        import deltalake

        opened = deltalake.DeltaTable(str(table), version=version)
        found = {str(pathlib.Path(path).relative_to(table)) for path in opened.file_uris()}
        if opened.metadata().configuration.get("delta.enableChangeDataFeed") != "true":
            return found
        entry = table / "_delta_log" / f"{version:020}.json"
        actions = collections.defaultdict(set)
        for line in entry.read_text().splitlines():
            for kind, action in json.loads(line).items():
                if kind in ("cdc", "remove"):
                    actions[kind].add(urllib.parse.unquote(action["path"]))
        # Without files of its own the change feed of a version is what it adds and removes.
        return found | (actions["cdc"] or actions["remove"])

    def kept_is_as_before(self):
        made, lake = self.made, self.made.copy("kept")
        gc(lake, "--keep", KEPT)
        made.check_kept(lake, "after gc")
        for (repo, _), state in made.states.items():
            shown = tables.through_program(lake, repo, state)
            difference = tables.compare(shown, state.shown())
            assert not difference, f"through --at: {difference}"
        for before, after in made.pairs():
            assert made.diff(lake, before, after) == made.diffs[before, after]
        for repo, runs in made.kept.items():
            for before, after in zip(runs, runs[1:]):
                difference = change_feed.compare(lake, repo, made.states[repo, before],
                                                 made.states[repo, after])
                assert not difference, f"change feed: {difference}"
        kinds = sql(lake, "SELECT repo, kind, count(*) AS n FROM runs GROUP BY 1, 2 ORDER BY 1, 2")
        assert [(row["repo"], row["kind"], row["n"]) for row in kinds] == [
            (repo, kind, n) for repo in ("r0", "r1")
            for kind, n in (("maintenance", 1), ("worktree", KEPT))], kinds
        duckdb_views.check(lake)

    def removed_is_refused(self):
        made, lake = self.made, self.made.copy("refused")
        first, last = made.gone["r0"][0], made.gone["r0"][-1]
        finished = sql(lake, f"SELECT finished_at FROM runs WHERE run_id = '{last}'")
        gc(lake, "--keep", KEPT)
        for verb in (["sql", "--at", first, "SELECT 1"], ["tables", "--at", first],
                     ["diff", first], ["impact", "--since", first]):
            message = fails(5, *verb, "--lake", lake)
            assert "alluvium gc" in message and first in message, message
            assert made.kept["r0"][0] in message, message
        message = fails(5, "sql", "--lake", lake, "--at", "a" * 32, "SELECT 1")
        assert "gc" not in message, message
        # Before the first run that is left of either.
        message = fails(5, "sql", "--lake", lake, "--at", finished[0]["finished_at"], "SELECT 1")
        assert "alluvium gc" in message, message

    def one_repository_has_no_run_then(self):
        """A time at which one repository has a run that is left, and the other's is gone."""
        made, lake = self.made, self.made.copy("then")
        gc(lake, "--keep", KEPT)
        # r1 gets runs, so that all that are kept of it are later than those of r0.
        chain = made.chains[1]
        for number in range(KEPT):
            (chain.root / "then.py").write_text(f"THEN = {number}\n")
            program.index(chain.root, lake, "r1")
        gc(lake, "--keep", KEPT)
        (chain.root / "then.py").unlink()
        then = sql(lake, f"SELECT finished_at FROM runs WHERE run_id = '{made.kept['r0'][-1]}'")
        at = ["--at", then[0]["finished_at"]]
        assert sql(lake, "SELECT DISTINCT repo FROM files", *at) == [{"repo": "r0"}]
        message = fails(5, "check", "--lake", lake, "--repo", "r1", *at)
        assert "alluvium gc" in message, message

    def the_next_run_equals_a_fresh_lake(self):
        made, lake = self.made, self.made.copy("next")
        gc(lake, "--keep", 1)
        for chain, generator in zip(made.chains, made.generators):
            kept_lake, kept_tree = chain.lake, chain.tree
            chain.lake = lake
            chain.become(generator.step()[1])
            chain.check("the run after gc")
            report = chain.index()
            assert report["unchanged"], report
            chain.write(kept_tree)
            chain.lake = kept_lake
        before = {chain.repo: tables.of_run(lake, chain.repo) for chain in made.chains}
        gc(lake, "--keep", 1)
        for repo, expected in before.items():
            difference = tables.compare(tables.of_run(lake, repo), expected)
            assert not difference, f"after another gc: {difference}"

    def keep_since(self):
        made, lake = self.made, self.made.copy("since")
        since = made.kept["r0"][0]
        report = gc(lake, "--keep-since", since, "--dry-run")
        assert [k for k in report["kept"] if k["repo"] == "r0"][0]["oldest_run_id"] == since
        then = sql(lake, "SELECT repo, run_id FROM (SELECT *, row_number() OVER (PARTITION BY repo "
                   "ORDER BY finished_at DESC) AS place FROM runs WHERE finished_at <= (SELECT "
                   f"finished_at FROM runs WHERE run_id = '{since}')) WHERE place = 1 ORDER BY 1")
        assert [run["run_id"] for run in then] == [kept["oldest_run_id"] for kept in report["kept"]]
        report = gc(lake, "--keep-since", "2001-01-01", "--dry-run")
        assert not report["removed"], report
        assert gc(lake, "--dry-run")["removed"] == [], "ten are kept by default"

    def left_behind(self):
        """What programs that were killed left: data that no commit has, and parts of files."""
        lake = self.made.copy("left-behind")
        partition = next((lake / "refs").glob("repo=r0"))
        paths = [partition / "part-00000-left.parquet", partition / "part-00001-left.parquet#1",
                 lake / "refs/_delta_log/_commit_left.json.tmp"]
        for path in paths:
            path.write_bytes(b"left")
        (lake / "begun/_delta_log").mkdir(parents=True)
        other = partition / "notes.txt"
        other.write_text("not ours")
        report = gc(lake, "--keep", 100)
        assert not any(path.exists() for path in paths)
        assert other.exists()
        assert (report["files"], report["unfinished"]["files"]) == (3, 2), report
        assert report["removed"] == []
        self.made.check_kept(lake, "after only files left")

    def links(self):
        """What a link leads to is not gc's, nor what else lies in the lake's folder."""
        lake, outside = self.made.copy("links"), self.made.folder / "outside"
        kept = [outside / "data/precious.parquet", outside / "table/report.json#3",
                outside / "table/_delta_log/_commit_1.json.tmp", lake / "foreign/note.parquet#1",
                lake / "foreign/_delta_log/00000000000000000000.json"]
        for path in kept:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("{}")
        (lake / "refs/mine").symlink_to(outside / "data")
        (lake / "refs/repo=zz").symlink_to(outside / "data")
        (lake / "refs/extra").symlink_to("../definitions")
        (lake / "alias").symlink_to("refs")
        (lake / "aaa").symlink_to(outside / "table")
        gc(lake, "--keep", KEPT)
        for path in kept:
            assert path.exists(), f"{path} is gone"
        self.made.check_kept(lake, "beside links")

    def retired_tables(self):
        """Of older formats: gone as a whole when no run has them, and nothing beside them."""
        import deltalake
        import pyarrow

        lake, outside = self.made.copy("retired"), self.made.folder / "outside-retired"
        retired = lake / "_digests"

        def make(place):
            shutil.copytree(lake / "_file_states", place)

        def check_whole(*places):
            for place in places:
                assert deltalake.DeltaTable(str(place)).to_pyarrow_table().num_rows > 0, place

        make(retired)
        deltalake.write_deltalake(str(lake / "_interfaces"), pyarrow.table({"x": [1, 2]}))
        make(lake / "_mine")
        make(outside / "table")
        (retired / "linked").symlink_to(outside / "table")
        made = [path for path in retired.rglob("*")
                if path.is_file() and "linked" not in path.parts]
        dry, before = gc(lake, "--keep", KEPT, "--dry-run"), tree(lake)
        assert tree(lake) == before
        done = gc(lake, "--keep", KEPT)
        assert done["files"] == dry["files"], (done["files"], dry["files"])
        gone = [table for table in done["tables"] if "first_version" not in table]
        assert [table["table"] for table in gone] == ["_digests"], gone
        assert gone[0]["retired"], gone
        assert len(made) == sum(gone[0][kind]["files"] for kind in ("data", "changes", "log")), gone
        # The link isn't a table's: it stays, and so does its folder.
        assert [path.name for path in retired.iterdir()] == ["linked"]
        check_whole(lake / "_interfaces", lake / "_mine", outside / "table")
        shutil.rmtree(retired)
        retired.symlink_to(outside / "table")
        gc(lake, "--keep", KEPT)
        check_whole(outside / "table")
        retired.unlink()
        make(retired)
        shutil.rmtree(retired / "_delta_log")
        (retired / "_delta_log").symlink_to(outside / "table/_delta_log")
        gc(lake, "--keep", KEPT)
        assert list(retired.rglob("*.parquet"))
        check_whole(outside / "table")
        (retired / "_delta_log").unlink()
        # Whoever is killed leaves a part of it: a beginning of its log, or folders.
        shutil.rmtree(retired)
        shutil.copytree(self.made.lake / "_file_states", retired)
        for path in retired.rglob("*.parquet"):
            path.unlink()
        for path in (retired / "_delta_log").iterdir():
            if path.name not in (f"{version:020}.json" for version in range(3)):
                path.unlink()
        gc(lake, "--keep", KEPT)
        assert not retired.exists()
        (retired / "_delta_log").mkdir(parents=True)
        gc(lake, "--keep", KEPT)
        assert not retired.exists()
        self.made.check_kept(lake, "beside retired tables")
        self.pinned_retired_tables()

    def pinned_retired_tables(self):
        """As long as a run that is kept has one, it is as other tables are."""
        import deltalake
        import pyarrow

        lake = self.made.copy("pinned-retired")
        shutil.copytree(lake / "_file_states", lake / "_digests")
        table = deltalake.DeltaTable(str(lake / "runs"))
        rows = table.to_pyarrow_table()
        versions = rows.column("versions").to_pylist()
        for pins in versions:
            pins.append(("_digests", dict(pins)["_file_states"]))
        place = rows.schema.get_field_index("versions")
        rows = rows.set_column(place, rows.schema.field(place),
                               pyarrow.array(versions, rows.schema.field(place).type))
        deltalake.write_deltalake(str(lake / "runs"), rows, mode="overwrite")
        report = gc(lake, "--keep", KEPT)
        found = [table for table in report["tables"] if table["table"] == "_digests"]
        assert "pinned_by" in found[0] and "retired" not in found[0], found
        for repo, run in self.made.states:
            found = tables.of_run(lake, repo, run).arrow
            assert found["_digests"].equals(found["_file_states"]), (repo, run)

    def locks(self):
        made, lake = self.made, self.made.copy("locks")
        index = ["index", made.chains[0].root, "--lake", lake, "--repo", "r0", "--force"]
        with (lake / "locks/lake.lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            message = fails(6, "gc", "--lake", lake)
            assert "a run is under way" in message and "--wait" in message, message
            waiting = program.start("gc", "--lake", lake, "--wait")
            time.sleep(0.3)
            assert waiting.poll() is None
        assert waiting.wait(60) == 0, waiting.stderr.read()
        # A run of a program that knows no lock of the lake.
        name = next(path for path in (lake / "locks").glob("*.lock") if len(path.stem) == 16)
        with name.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lock.write("process 1 on another, repository r0\n")
            lock.flush()
            message = fails(6, "gc", "--lake", lake)
            assert "process 1 on another, repository r0" in message, message
        with (lake / "locks/lake.lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            assert "`alluvium gc` is at work" in fails(6, *index)
            assert gc(lake, "--dry-run")["dry_run"], "a dry run takes no lock"
        program.run(*index)

    def side_by_side(self):
        """Runs of two repositories, gc and readers at once: the first two exclude each other, and
        who reads a run that stays is not disturbed."""
        made, lake = self.made, self.made.copy("side-by-side")
        failed, ended = [], threading.Event()

        def guarded(work):
            def run():
                try:
                    work()
                except Exception as error:  # noqa: BLE001
                    failed.append(error)
            return threading.Thread(target=run)

        def edit(chain, generator):
            for _ in range(8):
                chain.become(generator.step()[1], "--wait")

        def collect():
            while not ended.is_set():
                gc(lake, "--keep", 4, "--wait")

        def read():
            while not ended.is_set():
                counts = sql(lake, "SELECT (SELECT count(*) FROM refs) AS refs, "
                             "(SELECT count(*) FROM edges) AS edges")[0]
                assert counts["refs"] > 0 and counts["edges"] > 0, counts

        before = [(chain.lake, chain.tree) for chain in made.chains]
        for chain in made.chains:
            chain.lake = lake
        writers = [guarded(lambda pair=pair: edit(*pair))
                   for pair in zip(made.chains, made.generators)]
        others = [guarded(collect), guarded(read)]
        for thread in (*writers, *others):
            thread.start()
        for thread in writers:
            thread.join()
        ended.set()
        for thread in others:
            thread.join()
        assert not failed, failed
        for chain, (old_lake, old_tree) in zip(made.chains, before):
            chain.check("beside gc")
            chain.write(old_tree)
            chain.lake = old_lake
        report = gc(lake, "--keep", 4)
        assert [kept["runs"] for kept in report["kept"]] == [4, 4], report

    def kills(self, number, rng):
        """Killed at a share of its time, or as soon as so many files are gone."""
        made = self.made
        whole = made.copy("uninterrupted")
        begun = time.monotonic()
        gc(whole, "--keep", KEPT)
        took = time.monotonic() - begun
        expected = files(whole)
        ended = 0
        for round_ in range(number):
            lake = made.copy(f"killed-{round_}")
            count = sum(map(len, files(lake).values()))
            process = program.start("gc", "--lake", lake, "--keep", KEPT)
            if round_ % 2:
                time.sleep(took * (round_ + rng.random()) / number)
            else:
                gone = rng.randint(1, count - sum(map(len, expected.values())))
                while (process.poll() is None
                       and sum(map(len, files(lake).values())) > count - gone):
                    pass
            process.kill()
            process.communicate()
            ended += process.returncode != 0
            made.check_kept(lake, f"killed in round {round_}")
            gc(lake, "--keep", KEPT)
            made.check_kept(lake, f"after the gc that followed, round {round_}")
            self.same_files(files(lake), expected, round_)
            message = fails(5, "sql", "--lake", lake, "--at", made.gone["r0"][0], "SELECT 1")
            assert "alluvium gc" in message, message
            shutil.rmtree(lake)
        assert ended, "no gc was killed: the moments are wrong"
        print(f"{ended} of {number} were killed before their end", flush=True)

    @staticmethod
    def same_files(found, expected, round_):
        for table, paths in expected.items():
            # Those two are written by gc itself. Who is killed before it names a checkpoint leaves
            # it without a name, which readers do without.
            if table not in ("runs", "_removed_runs"):
                differ = (found[table] ^ paths) - {"_delta_log/_last_checkpoint"}
                assert not differ, (round_, table, differ)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=12)
    options.add_argument("--seed", type=int, default=1)
    arguments = options.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        cases = Cases(pathlib.Path(scratch).resolve(), arguments.seed)
        for case in (cases.dry_run, cases.files_go, cases.kept_is_as_before,
                     cases.removed_is_refused, cases.one_repository_has_no_run_then,
                     cases.the_next_run_equals_a_fresh_lake, cases.keep_since, cases.left_behind,
                     cases.links, cases.retired_tables, cases.locks, cases.side_by_side):
            case()
            print(f"{case.__name__}: as it should be", flush=True)
        cases.kills(arguments.kills, random.Random(arguments.seed))


if __name__ == "__main__":
    sys.exit(main())
