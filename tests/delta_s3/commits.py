"""Commits on S3 when requests fail or other writers come between: none is lost, none is made twice, and
what `alluvium` says of each is what the log says. With conditional puts, and with a lock table.

    commits.py
"""

import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

try:
    import deltalake
    import pyarrow
    import s3_server
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

PROGRAM = os.environ["ALLUVIUM_PROGRAM"]
COMMIT_FILE = r"/_delta_log/\d{20}\.json$"
TEMPORARY = r"/_delta_log/\.tmp/"
APPEND = ["write", "{table}", "--from", "{source}"]
UPDATE = ["update", "{table}", "--set", "n=n + 10", "--where", "id = 'b'"]


class Place:
    """A new table of two rows, and what changes it."""

    def __init__(self, server, folder, name):
        self.server = server
        self.table = f"s3://{s3_server.BUCKET}/{name}"
        self.given = {"table": self.table, "source": str(folder / "source.csv")}
        (folder / "source.csv").write_text("id,n\nnew,1\n")
        (folder / "start.csv").write_text("id,n\na,0\nb,0\n")
        self.change(["write", "{table}", "--from", str(folder / "start.csv")])

    def start(self, arguments, *more):
        command = [PROGRAM, "delta", *(argument.format(**self.given) for argument in arguments), *more]
        return subprocess.Popen([*command, "--json"], env=self.server.environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    @staticmethod
    def outcome(process):
        out, err = process.communicate(timeout=120)
        return json.loads(out or err)

    def change(self, arguments, *more):
        return self.outcome(self.start(arguments, *more))

    def rows(self):
        found = self.change(["read", "{table}"])
        return collections.Counter((row["id"], row["n"]) for row in found)

    def rows_elsewhere(self):
        table = deltalake.DeltaTable(self.table, storage_options=self.server.elsewhere())
        return collections.Counter((row["id"], row["n"]) for row in table.to_pyarrow_table().to_pylist())

    def expect(self, *rows):
        expected = collections.Counter(rows)
        for found in (self.rows(), self.rows_elsewhere()):
            assert found == expected, f"{dict(found)}, not {dict(expected)}"


def committed(report, version, attempts=1):
    fits = (report.get("committed"), report.get("version"), report.get("attempts"))
    assert fits == (True, version, attempts), report


def append_whose_answer_is_lost(place):
    """The store sends the put again, and finds the version taken: by itself."""
    place.server.fault("lost", "PUT", COMMIT_FILE)
    committed(place.change(APPEND), 1)
    place.expect(("a", 0), ("b", 0), ("new", 1))


def transaction_whose_answer_is_lost(place):
    place.server.fault("lost", "PUT", COMMIT_FILE)
    once = ["--app-id", "loader", "--app-version", "1"]
    committed(place.change(APPEND, *once), 1)
    assert place.change(APPEND, *once)["already_committed"]
    place.expect(("a", 0), ("b", 0), ("new", 1))


def update_whose_answer_is_lost(place):
    place.server.fault("lost", "PUT", COMMIT_FILE)
    committed(place.change(UPDATE), 1)
    place.expect(("a", 0), ("b", 10))


def append_whose_connection_breaks(place):
    place.server.fault("dropped", "PUT", COMMIT_FILE)
    committed(place.change(APPEND), 1)
    place.expect(("a", 0), ("b", 0), ("new", 1))


def update_whose_connection_breaks(place):
    place.server.fault("dropped", "PUT", COMMIT_FILE)
    committed(place.change(UPDATE), 1)
    place.expect(("a", 0), ("b", 10))


def update_whose_answer_is_late(place):
    """It isn't sent again, since it may have arrived: the log is asked."""
    place.server.fault("late", "PUT", COMMIT_FILE)
    committed(place.change(UPDATE, "--storage", "timeout=1s"), 1)
    place.expect(("a", 0), ("b", 10))


def store_that_is_busy(place):
    place.server.fault("refused", "PUT", COMMIT_FILE, times=2)
    committed(place.change(UPDATE), 1)
    place.expect(("a", 0), ("b", 10))


def commit_that_never_arrives(place):
    """It failed, and says so; made again, it is made once."""
    place.server.fault("slow", "PUT", COMMIT_FILE)
    report = place.change(UPDATE, "--storage", "timeout=1s")
    if place.server.options.get("AWS_S3_LOCKING_PROVIDER"):
        # The lock table has it: whoever looks next puts it into the log.
        committed(report, 1)
        return place.expect(("a", 0), ("b", 10))
    assert (report["code"], report["retryable"]) == ("Io", True), report
    place.expect(("a", 0), ("b", 0))
    committed(place.change(UPDATE), 1)
    place.expect(("a", 0), ("b", 10))


def overtaken(place, step, late, early):
    """`early` commits while `late` is about to. Returns both reports."""
    place.server.fault("held", "PUT", step)
    process = place.start(late)
    place.server.await_held()
    first = place.change(early)
    place.server.release()
    return place.outcome(process), first


def update_after_update(place):
    """The second is planned again, on the first's rows: neither is lost."""
    locked = place.server.options.get("AWS_S3_LOCKING_PROVIDER")
    late, early = overtaken(place, TEMPORARY if locked else COMMIT_FILE, UPDATE, UPDATE)
    committed(early, 1)
    committed(late, 2, attempts=2)
    place.expect(("a", 0), ("b", 20))


def append_after_update(place):
    """An append keeps its files, and follows."""
    locked = place.server.options.get("AWS_S3_LOCKING_PROVIDER")
    late, early = overtaken(place, TEMPORARY if locked else COMMIT_FILE, APPEND, UPDATE)
    committed(early, 1)
    committed(late, 2)
    place.expect(("a", 0), ("b", 10), ("new", 1))


def store_without_condition(place):
    """It would take two commits of one version: it gets none."""
    with s3_server.running() as other:
        other.fault("unconditional", "PUT", "", times=10**6)
        place.server = other
        report = place.change(APPEND)
        assert report["code"] == "PolicyViolation" and "hint" in report["details"], report
        assert not list(other.objects()), "something was written"


def item_whose_writer_is_slow(place):
    """The next writer finishes the commit of the one before, and goes on from there."""
    late, early = overtaken(place, COMMIT_FILE, UPDATE, UPDATE)
    committed(late, 1)
    committed(early, 2)
    place.expect(("a", 0), ("b", 20))


def commit_of_one_without_the_lock_table(place):
    """It is there first: it isn't overwritten, and ours follows."""
    place.server.fault("held", "PUT", COMMIT_FILE)
    process = place.start(UPDATE)
    place.server.await_held()
    deltalake.write_deltalake(place.table, pyarrow.table({"id": ["x"], "n": [5]}), mode="append",
                              storage_options=place.server.elsewhere())
    place.server.release()
    committed(place.outcome(process), 2, attempts=2)
    place.expect(("a", 0), ("b", 10), ("x", 5))


def item_whose_writer_died(place):
    place.server.fault("slow", "PUT", COMMIT_FILE)
    place.server.requests()
    process = place.start(UPDATE)
    while not any("PUT" in request and request.endswith("1.json") for request in place.server.requests()):
        time.sleep(0.02)
    process.kill()
    process.communicate()
    assert place.rows_elsewhere() == collections.Counter([("a", 0), ("b", 0)])
    place.expect(("a", 0), ("b", 10))
    committed(place.change(APPEND), 2)
    place.expect(("a", 0), ("b", 10), ("new", 1))


def items_are_as_other_writers_expect(place):
    committed(place.change(APPEND), 1)
    items = place.server.dynamodb().scan(TableName="delta_log")["Items"]
    mine = sorted((item for item in items if item["tablePath"]["S"] == place.table),
                  key=lambda item: item["fileName"]["S"])
    assert [item["fileName"]["S"] for item in mine] == [f"{version:020}.json" for version in (0, 1)], mine
    for item in mine:
        assert item["complete"]["S"] == "true" and float(item["expireTime"]["N"]) > time.time(), item
        assert not item["tempPath"]["S"].startswith("_delta_log"), item


def items_of_a_table_that_is_gone(place):
    client = place.server.s3()
    prefix = place.table.removeprefix(f"s3://{s3_server.BUCKET}/")
    for name, _ in list(place.server.objects()):
        if name.startswith(prefix):
            client.delete_object(Bucket=s3_server.BUCKET, Key=name)
    report = place.change(APPEND)
    assert report["code"] == "AlreadyExists" and "lock table" in report["message"], report


def item_whose_answer_is_lost(place):
    place.server.fault("lost", "POST", "PutItem")
    committed(place.change(UPDATE), 1)
    place.server.fault("dropped", "POST", "PutItem")
    committed(place.change(APPEND), 2)
    place.expect(("a", 0), ("b", 10), ("new", 1))


def item_that_stays_incomplete(place):
    place.server.fault("refused", "POST", "UpdateItem", times=6)
    committed(place.change(UPDATE), 1)
    committed(place.change(UPDATE), 2)
    place.expect(("a", 0), ("b", 20))


def lock_table_that_does_not_answer(place):
    nobody = "http://127.0.0.1:1"
    report = place.change(APPEND, "--storage", f"AWS_ENDPOINT_URL_DYNAMODB={nobody}")
    assert report["code"] == "Io" and nobody in report["message"], report
    place.expect(("a", 0), ("b", 0))


def lock_table_that_is_not_there(place):
    report = place.change(APPEND, "--storage", "DELTA_DYNAMO_TABLE_NAME=nowhere")
    assert report["code"] == "NotFound" and "nowhere" in report["message"], report


ANYWHERE = [append_whose_answer_is_lost, transaction_whose_answer_is_lost, update_whose_answer_is_lost,
            append_whose_connection_breaks, update_whose_connection_breaks,
            update_whose_answer_is_late, store_that_is_busy,
            commit_that_never_arrives, update_after_update, append_after_update]
CONDITIONAL = [store_without_condition]
LOCKED = [item_whose_writer_is_slow, item_whose_writer_died, commit_of_one_without_the_lock_table,
          items_are_as_other_writers_expect, item_whose_answer_is_lost, item_that_stays_incomplete,
          items_of_a_table_that_is_gone, lock_table_that_does_not_answer, lock_table_that_is_not_there]


def main():
    failures = cases = 0
    with tempfile.TemporaryDirectory() as folder, s3_server.running() as server:
        for way, more in (("conditional puts", CONDITIONAL), ("a lock table", LOCKED)):
            if more is LOCKED:
                server.lock_with_dynamodb()
            for case in ANYWHERE + more:
                cases += 1
                try:
                    case(Place(server, pathlib.Path(folder), f"{way[0]} ä/{case.__name__}"))
                except (AssertionError, KeyError) as error:
                    failures += 1
                    print(f"{case.__name__}, with {way}: {error}")
                finally:
                    server.fault("", "", "", times=0)
    print(f"{cases} cases, {failures} wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
