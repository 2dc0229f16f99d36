"""A session on S3: its allowed roots hold before a request is sent, and SQL reads the tables in them.

    session.py DRIVER

DRIVER is s3_driver.
"""

import json
import subprocess
import sys

try:
    import s3_server
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

INSIDE, OUTSIDE = f"s3://{s3_server.BUCKET}/inside", f"s3://{s3_server.BUCKET}/outside"
# What isn't inside, however it is written.
ELSEWHERE = [f"{OUTSIDE}/table", f"s3://{s3_server.BUCKET}/insider/table", f"{INSIDE}/../outside/table",
             f"{INSIDE}/%2e%2e/outside/table", "s3://other/inside/table", "s3a://lake/inside/table",
             "az://lake/inside/table", "gs://lake/inside/table", f"s3://{s3_server.BUCKET}", "/tmp/table"]


class Session:
    def __init__(self, server, *roots):
        self.process = subprocess.Popen([sys.argv[1], *roots], env=server.environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, do, table="", **more):
        self.process.stdin.write(json.dumps({"do": do, "table": table, **more}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=60)


def check(holds, what):
    global checks, failures
    checks += 1
    failures += not holds
    if not holds:
        print(what)


checks = failures = 0


def roots_hold(server):
    with Session(server) as free:
        for table in (f"{INSIDE}/table", f"{OUTSIDE}/table"):
            made = free.ask("append", table)
            check(made == {"value": 0}, f"append to {table}: {made}")
    with Session(server, INSIDE) as session:
        server.requests()
        for table in ELSEWHERE:
            for do in ("rows", "is_table", "append"):
                refused = session.ask(do, table)
                check(refused.get("code") == "PolicyViolation", f"{do} {table}: {refused}")
        sent = server.requests()
        check(not sent, f"requests were sent: {sent}")
        check(session.ask("append", f"{INSIDE}/table") == {"value": 1}, "append inside")
        check(session.ask("rows", f"{INSIDE}/table") == {"value": 2}, "rows inside")
        joined = session.ask("sql", query="SELECT * FROM t0 a JOIN t0 b ON a.id = b.id WHERE a.id = 1")
        check(joined == {"value": 4}, f"a join: {joined}")
        # The bucket is known to the engine by now.
        name = next(name for name, _ in server.objects() if name.startswith("outside/table/part-"))
        server.requests()
        for query in (f"SELECT * FROM 's3://{s3_server.BUCKET}/{name}'",
                      f"CREATE EXTERNAL TABLE x STORED AS PARQUET LOCATION '{OUTSIDE}/table/'",
                      f"COPY (SELECT 1 AS id) TO '{OUTSIDE}/copy.parquet'"):
            refused = session.ask("sql", query=query)
            check(refused.get("code") in ("PolicyViolation", "InvalidQuery"), f"{query}: {refused}")
        sent = server.requests()
        check(not sent, f"requests were sent: {sent}")


def keys_change(server):
    """A session that lives longer than its keys goes on with new ones."""
    with Session(server) as session:
        check(session.ask("rows", f"{INSIDE}/table") == {"value": 2}, "with the first key")
        server.accept("second-key")
        refused = session.ask("sql", query="SELECT * FROM t0 WHERE id + 1 = 2")
        check(refused.get("code") == "Io", f"with a key that is gone: {refused}")
        found = session.ask("rows", f"{INSIDE}/table", options={"AWS_ACCESS_KEY_ID": "second-key"})
        check(found == {"value": 2}, f"with the second key: {found}")
        found = session.ask("sql", query="SELECT * FROM t1 WHERE id + 1 = 2")
        check(found == {"value": 2}, f"a query with the second key: {found}")
        server.accept(s3_server.KEY)


def main():
    with s3_server.running() as server:
        roots_hold(server)
        keys_change(server)
    print(f"{checks} checks, {failures} wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
