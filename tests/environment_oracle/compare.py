"""Compares `external_modules` with what `importlib.metadata` says of the same environment.

Usage: compare.py [ENVIRONMENT]

The environment is by default the one that $ALLUVIUM_PYTHON belongs to (tools/requirements.txt). A
repository that imports everything that `packages_distributions()` knows, and names that nobody
offers, is indexed with it. Then the environment is a copy that changes: only rows of
`external_modules` may follow. Exits with 77 when there is no environment or no pinned CPython.
"""

import glob
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROGRAM = os.environ["ALLUVIUM_PROGRAM"]

# Run by the pinned CPython: the rules for modules without top_level.txt are newer than some.
SAID = """
import functools, importlib.metadata as metadata, json, pathlib, sys
site = sys.argv[1]
metadata.distributions = functools.partial(metadata.distributions, path=[site])
packages = metadata.packages_distributions()
versions = {d.metadata['Name']: d.version for d in metadata.distributions()}
known = {name: sorted(set(names)) for name, names in packages.items() if name.isidentifier()
         and name not in sys.stdlib_module_names and name != '__pycache__'
         # What it takes for a module is also any other file without an extension.
         and not (pathlib.Path(site) / name).is_file()}
files = {d.metadata['Name']: [str(f) for f in d.files or [] if f.suffix == '.py']
         for d in metadata.distributions()}
print(json.dumps({'known': known, 'versions': versions, 'files': files}))
"""


def pinned_python():
    cache = os.environ.get("ALLUVIUM_CACHE") or os.path.expanduser("~/.cache/alluvium")
    return next(iter(glob.glob(os.path.join(glob.escape(cache), "cpython/bin/python3.*[0-9]"))), None)


def site_packages(environment):
    return next(iter(sorted(environment.glob("lib/python*/site-packages"))), None)


def index(repository, *options):
    report = subprocess.run([PROGRAM, "index", repository, "--json", *options], check=True,
                            capture_output=True, text=True).stdout
    return json.loads(report)


def rows(repository):
    shown = subprocess.run(
        [PROGRAM, "sql", "--lake", repository / ".alluvium", "--format", "json",
         "SELECT module, origin, distribution, version, offered_by FROM external_modules"],
        check=True, capture_output=True, text=True).stdout
    return {row["module"]: row for row in json.loads(shown)}


def said_of(python, site):
    shown = subprocess.run([python, "-c", SAID, site], check=True, capture_output=True, text=True)
    return json.loads(shown.stdout)


def expected_rows(said):
    """One for each module, and for modules below those that several distributions offer."""
    expected = {"os": ("stdlib", None, None, []), "nobody.has.this": ("unknown", None, None, [])}
    for name, offered_by in said["known"].items():
        one = offered_by[0] if len(offered_by) == 1 else None
        expected[name] = ("distribution", one, said["versions"].get(one), offered_by)
        if one is not None:
            expected[f"{name}.below"] = expected[name]
            continue
        owners = {}
        for distribution in offered_by:
            for file in said["files"][distribution]:
                parts = pathlib.PurePosixPath(file).with_suffix("").parts
                parts = parts[:-1] if parts[-1] == "__init__" else parts
                if parts[:1] == (name,) and len(parts) > 1 and all(p.isidentifier() for p in parts):
                    owners.setdefault(".".join(parts), set()).add(distribution)
        for module, has in owners.items():
            one = next(iter(has)) if len(has) == 1 else None
            expected[module] = ("distribution", one, said["versions"].get(one), offered_by)
    return expected


def compare(found, expected, label):
    wrong = 0
    for module, (origin, distribution, version, offered_by) in sorted(expected.items()):
        row = found.get(module, {})
        actual = (row.get("origin"), row.get("distribution"), row.get("version"),
                  sorted(row.get("offered_by") or []))
        if actual != (origin, distribution, version, offered_by):
            wrong += 1
            print(f"{label}: {module}: {actual}, not {(origin, distribution, version, offered_by)}")
    several = sum(len(row[3]) > 1 for row in expected.values())
    print(f"{label}: {len(expected)} modules, {several} of packages that several distributions "
          f"offer, {wrong} differences")
    return wrong


def copy_metadata(site, packages):
    """Copies what a run reads of an environment."""
    for folder in sorted(site.glob("*.dist-info")):
        shutil.copytree(folder, packages / folder.name)


def install(packages, name, files):
    metadata = packages / f"{name}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Name: {name}\nVersion: 1.0\n")
    (metadata / "RECORD").write_text("".join(f"{file},,\n" for file in files))
    for file in files:
        (packages / file).parent.mkdir(parents=True, exist_ok=True)
        (packages / file).touch()


def main():
    python = pinned_python()
    own = os.environ.get("ALLUVIUM_PYTHON")
    environment = pathlib.Path(sys.argv[1] if len(sys.argv) > 1
                               else pathlib.Path(own).parent.parent if own else "")
    site = site_packages(environment)
    if python is None or site is None:
        print("skipped: there is no pinned CPython or no environment; run tools/setup")
        return 77
    with tempfile.TemporaryDirectory() as scratch:
        repository = pathlib.Path(scratch, "repository")
        repository.mkdir()
        copy = pathlib.Path(scratch, "venv")
        packages = copy / "lib/python3/site-packages"
        copy_metadata(site, packages)
        install(packages, "cloud-a", ["cloud/a/__init__.py", "cloud/a/x.py", "cloud/common.py"])
        install(packages, "Cloud.B", ["cloud/b/c/__init__.py", "cloud/common.py"])
        expected = expected_rows(said_of(python, site))
        source = repository / "a.py"
        source.write_text("".join(
            f"import {module}\n" for module in {**expected, **expected_rows(said_of(python, packages))}))
        index(repository, "--environment", environment)
        wrong = compare(rows(repository), expected, "installed")

        before = index(repository, "--environment", copy)
        wrong += compare(rows(repository), expected_rows(said_of(python, packages)), "a copy")
        # Nobody reads the distributions' own files.
        (packages / "cloud/common.py").write_text("x = 1\n")
        report = index(repository, "--environment", copy)
        wrong += not report["unchanged"]
        for metadata in sorted(copy.glob("lib/*/site-packages/p*.dist-info/METADATA")):
            metadata.write_text(f"Name: {metadata.parent.name.split('-')[0]}\nVersion: 77\n")
        report = index(repository, "--environment", copy)
        written = {table for table, version in report["versions"].items()
                   if version != before["versions"][table]} - {"_file_states"}
        if written != {"external_modules"} or report.get("rebuild_reason"):
            wrong += 1
            print("a changed environment wrote", written, report.get("rebuild_reason"))
        changed = expected_rows(said_of(python, packages))
        wrong += compare(rows(repository), changed, "changed")
        fresh = pathlib.Path(scratch, "fresh")
        fresh.mkdir()
        shutil.copy(source, fresh)
        index(fresh, "--environment", copy, "--repo", "repository")
        if rows(fresh) != rows(repository):
            wrong += 1
            print("a fresh lake has other rows")
        # A distribution that makes no sense is left out, and said.
        next(copy.glob("lib/*/site-packages/p*.dist-info/METADATA")).write_bytes(b"\xff\0")
        report = index(repository, "--environment", copy)
        if report["diagnostics"] != {"warning": 1}:
            wrong += 1
            print("diagnostics:", report["diagnostics"])
        # Without it nothing is known.
        index(repository)
        unknown = {row["origin"] for row in rows(repository).values()}
        if unknown != {"stdlib", "unknown"}:
            wrong += 1
            print("without an environment:", unknown)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
