"""What can't work on an object store fails with the right error, soon, names the thing, and tells no
secret. S3 against a server; of Azure and GCS that their options are understood, and what is wrong with them.

    bad_input.py
"""

import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

try:
    import s3_server
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

PROGRAM = os.environ["ALLUVIUM_PROGRAM"]
SECRET = s3_server.SECRET
S3 = f"s3://{s3_server.BUCKET}"
# Options, location, code, and what the message says.
READS = [
    ({}, f"{S3}/none", "NotFound", "no Delta table"),
    ({}, "s3://other/table", "NotFound", "no bucket or container `other`"),
    ({}, "s3:///table", "InvalidArgument", "s3:///table"),
    ({}, f"s3://key:{SECRET}@lake/table", "InvalidArgument", "s3://key@lake/table"),
    ({}, f"{S3}/table?token={SECRET}", "InvalidArgument", f"{S3}/table"),
    ({}, "ftp://host/table", "InvalidArgument", "ftp://host/table"),
    ({"AWS_ACCESS_KEY_ID": "stranger"}, f"{S3}/table", "Io", "InvalidAccessKeyId"),
    ({"AWS_ALLOW_HTTP": "false"}, f"{S3}/table", "Io", f"{S3}/table"),
    ({"AWS_ALLOW_HTTP": "perhaps"}, f"{S3}/table", "InvalidArgument", "perhaps"),
    ({"AWS_SECRET_KEY_ACCESS": SECRET}, f"{S3}/table", "InvalidArgument", "AWS_SECRET_KEY_ACCESS"),
    ({"max_retries": "many"}, f"{S3}/table", "InvalidArgument", "max_retries"),
    ({}, "az://container/table", "InvalidArgument", "Account must be specified"),
    ({"azure_storage_account_name": "a", "azure_storage_account_key": SECRET}, "az://container/table",
     "InvalidArgument", "Invalid Access Key"),
    ({"azure_storage_acount_name": "a"}, "az://container/table", "InvalidArgument", "azure_storage_acount_name"),
    ({"google_service_account": "/no/such.json"}, "gs://bucket/table", "InvalidArgument", "/no/such.json"),
    ({"google_service_account_key": f'"{SECRET}"'}, "gs://bucket/table", "InvalidArgument",
     "service account"),
    ({"google_bucket_nane": "b"}, "gs://bucket/table", "InvalidArgument", "google_bucket_nane"),
]
# Options of a change that is refused before a request is sent.
WRITES = [
    ({"AWS_S3_ALLOW_UNSAFE_RENAME": "true"}, "PolicyViolation", "AWS_S3_ALLOW_UNSAFE_RENAME"),
    ({"aws_s3_allow_unsafe_rename": "1"}, "PolicyViolation", "AWS_S3_LOCKING_PROVIDER=dynamodb"),
    ({"conditional_put": "disabled"}, "PolicyViolation", "AWS_CONDITIONAL_PUT"),
    ({"AWS_S3_LOCKING_PROVIDER": "zookeeper"}, "InvalidArgument", "zookeeper"),
]
# The longest that a store which isn't there may take.
PATIENCE = 40


class Check:
    def __init__(self):
        self.cases = self.failures = 0

    def __call__(self, arguments, options, environment, code, text):
        self.cases += 1
        flags = [part for option in options.items() for part in ("--storage", "=".join(option))]
        started = time.monotonic()
        done = subprocess.run([PROGRAM, "delta", *arguments, *flags, "--json"], env=environment,
                              capture_output=True, text=True, timeout=300)
        took = time.monotonic() - started
        error = json.loads(done.stderr) if done.stderr.startswith("{") else {"code": "none"}
        wrong = []
        if error["code"] != code or text not in error.get("message", ""):
            wrong.append(f"not {code} with `{text}`")
        if SECRET in done.stdout + done.stderr:
            wrong.append("tells the secret")
        if took > PATIENCE:
            wrong.append(f"took {took:.0f} s")
        if wrong:
            self.failures += 1
            print(f"{' '.join(arguments)} {list(options)}: {', '.join(wrong)}: {done.stderr or done.stdout}")


def main():
    check = Check()
    with tempfile.TemporaryDirectory() as folder, s3_server.running() as server:
        source = pathlib.Path(folder, "source.csv")
        source.write_text("id\n1\n")
        write = ["write", f"{S3}/table", "--from", str(source)]
        for options, location, code, text in READS:
            for arguments in (["read", location], ["write", location, "--from", str(source)]):
                if (arguments[0], code, text) != ("write", "NotFound", "no Delta table"):
                    check(arguments, options, server.environment, code, text)
        for options, code, text in WRITES:
            server.requests()
            check(write, options, server.environment, code, text)
            if changed := [request for request in server.requests() if not request.startswith("GET")]:
                check.failures += 1
                print(f"{options}: {changed}")
        check(["read", f"{S3}/table", "--storage", SECRET], {}, server.environment, "InvalidArgument",
              "KEY=VALUE")
        if stored := [name for name, _ in server.objects()]:
            check.failures += 1
            print(f"the store has {stored}")
        environment, gone = server.environment, server.endpoint
    # Nobody listens; or somebody does, and never answers.
    check(["read", f"{S3}/table"], {}, environment, "Io", gone)
    check(["read", "az://container/table"],
          {"azure_storage_account_name": "a", "azure_storage_account_key": "c2VjcmV0",
           "azure_storage_endpoint": gone, "allow_http": "true"}, environment, "Io", gone)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        check(["read", f"{S3}/table"], {"AWS_ENDPOINT_URL": endpoint, "timeout": "2s", "retry_timeout": "6s"},
              environment, "Io", endpoint)
    print(f"{check.cases} cases, {check.failures} wrong")
    return 1 if check.failures else 0


if __name__ == "__main__":
    sys.exit(main())
