"""S3 and DynamoDB on 127.0.0.1 for tests: moto, in a process of its own.

    with s3_server.running() as server:
        server.options      what `--storage` takes
        server.environment  the same as environment variables

moto looks whether a key is there and puts it in two steps: requests are served one after the other, so
that `If-None-Match` is the atomic thing that it is in a real store. Before moto stands what a test needs
of a store that fails: faults, keys that are not known, and a list of the requests that came.
"""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

BUCKET = "lake"
KEY, SECRET = "test-key", "test-secret-that-nobody-may-see"
# The server is here, whatever stands between this machine and others.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"


class Server:
    """The server as tests see it."""

    def __init__(self, port):
        self.endpoint = f"http://127.0.0.1:{port}"
        self.options = {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }
        self.environment = {**{name: value for name, value in os.environ.items()
                               if not name.startswith("AWS_")}, **self.options}

    def ask(self, question, **given):
        request = urllib.request.Request(f"{self.endpoint}/_test/{question}", json.dumps(given).encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def fault(self, kind, method, path, times=1):
        """What becomes of the next `times` requests whose path matches. They fail: `lost`, `dropped`
        and `late` are done before they do, `refused` and `slow` aren't. `held` waits for `release`; `unconditional`
        forgets the condition, as stores do that have none."""
        self.ask("fault", kind=kind, method=method, path=path, times=times)

    def await_held(self):
        while not self.ask("held"):
            time.sleep(0.02)

    def release(self):
        self.ask("release")

    def accept(self, key):
        """From now on, only requests with this access key."""
        self.ask("accept", key=key)

    def requests(self):
        """The requests since the last call, as `METHOD path`."""
        return self.ask("requests")

    def lock_with_dynamodb(self):
        """Makes the lock table, and says so in the options."""
        keys = [("tablePath", "HASH"), ("fileName", "RANGE")]
        self.dynamodb().create_table(
            TableName="delta_log", BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys])
        self.options["AWS_S3_LOCKING_PROVIDER"] = "dynamodb"
        self.environment["AWS_S3_LOCKING_PROVIDER"] = "dynamodb"

    def elsewhere(self):
        """The options for deltalake, which has no lock table any more."""
        return {name: value for name, value in self.options.items() if name != "AWS_S3_LOCKING_PROVIDER"}

    def s3(self):
        import boto3
        return boto3.client("s3", endpoint_url=self.endpoint, region_name="eu-central-1",
                            aws_access_key_id=KEY, aws_secret_access_key=SECRET)

    def objects(self):
        """Name and bytes of all that is stored."""
        client = self.s3()
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
            for found in page.get("Contents", []):
                name = found["Key"]
                yield name, client.get_object(Bucket=BUCKET, Key=name)["Body"].read()

    def dynamodb(self):
        import boto3
        return boto3.client("dynamodb", endpoint_url=self.endpoint, region_name="eu-central-1",
                            aws_access_key_id=KEY, aws_secret_access_key=SECRET)


@contextlib.contextmanager
def running():
    """A server with an empty bucket. It ends with its standard input, so also with a killed test."""
    process = subprocess.Popen([sys.executable, "-B", __file__], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    try:
        server = Server(int(process.stdout.readline()))
        server.s3().create_bucket(Bucket=BUCKET,
                                  CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        server.requests()
        yield server
    finally:
        process.stdin.close()
        process.wait(timeout=30)


class Gate:
    """What stands before moto."""

    def __init__(self, inner):
        self.inner, self.serving = inner, threading.Lock()
        self.faults, self.seen, self.key = [], [], KEY
        self.held, self.released = threading.Event(), threading.Event()

    def __call__(self, environ, start):
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if path.startswith("/_test/"):
            given = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
            start("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(self.answer(path.removeprefix("/_test/"), given)).encode()]
        # DynamoDB has its operations in a header.
        path += environ.get("HTTP_X_AMZ_TARGET", "")
        with self.serving:
            self.seen.append(f"{method} {path}")
            if f"Credential={self.key}/" not in environ.get("HTTP_AUTHORIZATION", ""):
                return refusal(start, "403 Forbidden", "InvalidAccessKeyId")
            kind = self.due(method, path)
        if kind == "held":
            self.held.set()
            self.released.wait(60)
        with self.serving:
            if kind == "refused":
                return refusal(start, "503 Slow Down", "SlowDown")
            if kind == "unconditional":
                environ.pop("HTTP_IF_NONE_MATCH", None)
            if kind in ("lost", "dropped", "late"):
                b"".join(self.inner(environ, lambda *_: None))
            elif kind != "slow":
                return [b"".join(self.inner(environ, start))]
        if kind == "lost":
            return refusal(start, "500 Internal Server Error", "InternalError")
        if kind in ("slow", "late"):
            time.sleep(120)
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        raise ConnectionAbortedError("a fault of the test")

    def due(self, method, path):
        for fault in self.faults:
            if fault["times"] and fault["method"] == method and re.search(fault["path"], path):
                fault["times"] -= 1
                return fault["kind"]
        return None

    def answer(self, question, given):
        with self.serving:
            if question == "fault":
                self.faults = [given] if given["times"] else []
                self.held.clear()
                self.released.clear()
                return None
            if question == "accept":
                self.key = given["key"]
                return None
            if question == "held":
                return self.held.is_set()
            if question == "release":
                return self.released.set()
            seen, self.seen = self.seen, []
            return seen


def refusal(start, status, code):
    start(status, [("Content-Type", "application/xml")])
    return [f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()]


def main():
    import logging

    from moto.moto_server.werkzeug_app import (DomainDispatcherApplication, MotoRequestHandler,
                                               create_backend_app)
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = make_server("127.0.0.1", 0, Gate(DomainDispatcherApplication(create_backend_app)),
                         threaded=True, request_handler=MotoRequestHandler)
    server.log = lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
