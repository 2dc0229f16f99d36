"""Builds the bridge crate and puts what C++ needs of it into one folder of the build tree:

    OUTPUT/liballuvium_bridge.a   the archive (a hard link where the file system allows it)
    OUTPUT/liballuvium_bridge.d   what it depends on, for Ninja
    OUTPUT/include/               the headers that cxx generated

Cargo's own output folder is shared by all checkouts, and its last build may have been another
checkout's: so the paths come from what this very run of Cargo reports, and another run waits until
what they name has been taken.
"""

import argparse
import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path


def replace_if_changed(source: Path, target: Path) -> None:
    """Copies a file, keeping the target's time when nothing changed, so that C++ isn't rebuilt."""
    content = source.read_bytes()
    if not target.exists() or target.read_bytes() != content:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def copy_headers(source: Path, target: Path) -> None:
    wanted = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    for name in wanted:
        replace_if_changed(source / name, target / name)
    for path in [path for path in target.rglob("*") if path.is_file()]:
        if path.relative_to(target) not in wanted:
            path.unlink()


def link_archive(source: Path, target: Path) -> None:
    if target.exists() and target.samefile(source):
        return
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)


def write_depfile(source: Path, target: Path, archive: Path) -> None:
    _, _, dependencies = source.read_text().partition(": ")
    escaped_archive = str(archive).replace(" ", "\\ ")
    target.write_text(f"{escaped_archive}: {dependencies}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cargo", default="cargo")
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()

    cargo_folder = Path(os.environ.get("CARGO_TARGET_DIR", arguments.output))
    cargo_folder.mkdir(parents=True, exist_ok=True)
    # Held until this process ends.
    lock = (cargo_folder / "bridge.lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)

    command = [arguments.cargo, "build", "--locked", "--release"]
    command += ["--manifest-path", str(arguments.manifest)]
    command += ["--message-format", "json-render-diagnostics"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    manifest = str(arguments.manifest.resolve())
    archive = package = None
    out_dirs = {}
    for line in process.stdout:
        message = json.loads(line)
        if message["reason"] == "build-script-executed":
            out_dirs[message["package_id"]] = Path(message["out_dir"])
        elif message["reason"] == "compiler-artifact" and message["manifest_path"] == manifest:
            package = message["package_id"]
            archives = [name for name in message["filenames"] if name.endswith(".a")]
            archive = Path(archives[0]) if archives else archive
    if process.wait() != 0:
        return process.returncode
    if archive is None:
        print("build_bridge.py: cargo reported no archive", file=sys.stderr)
        return 1

    arguments.output.mkdir(parents=True, exist_ok=True)
    if package in out_dirs:
        copy_headers(out_dirs[package] / "cxxbridge" / "include", arguments.output / "include")
    linked = arguments.output / archive.name
    link_archive(archive, linked)
    write_depfile(archive.with_suffix(".d"), linked.with_suffix(".d"), linked)
    return 0


if __name__ == "__main__":
    sys.exit(main())
