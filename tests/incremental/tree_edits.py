"""Edits of which files there are, and of files as a whole.

Each takes the code that it may draw on, the tree, and the trees before it; it returns another tree,
or None where there is nothing to edit.
"""

import posixpath
import re

from generated_code import MODULES, NAMES

EDITS = []
FOLDERS = ["", "pkg/", "pkg/core/", "pkg/loose/", "pkg/deep/er/", "tests/", "sub/lib/", "other/"]


def edit(function):
    EDITS.append(function)
    return function


def sources(tree):
    return sorted(path for path in tree if path.endswith((".py", ".pyi")))


def some_source(code, tree, where=lambda path: True):
    paths = [path for path in sources(tree) if where(path)]
    return code.rng.choice(paths) if paths else None


def is_init(path):
    return posixpath.basename(path) == "__init__.py"


def without(tree, *paths):
    return {path: content for path, content in tree.items() if path not in paths}


def moved(tree, old, new):
    """None when it would end in its own place, or a file lie where a folder is."""
    if old == new or any(path.startswith(new + "/") for path in tree):
        return None
    return {**without(tree, old), new: tree[old]}


@edit
def delete_file(code, tree, _before):
    path = some_source(code, tree)
    return without(tree, path) if path and len(sources(tree)) > 3 else None


@edit
def bring_back_file(code, tree, before):
    gone = [(path, old[path]) for old in before[-20:] for path in sorted(old) if path not in tree]
    if not gone:
        return None
    path, content = code.rng.choice(gone)
    return {**tree, path: content}


@edit
def take_back_file(code, tree, before):
    """An older content; this is also what mends a syntax error."""
    older = [
        (path, old[path])
        for old in before[-10:]
        for path in sorted(old)
        if path in tree and tree[path] != old[path]
    ]
    if not older:
        return None
    path, content = code.rng.choice(older)
    return {**tree, path: content}


@edit
def take_back_everything(code, _tree, before):
    return dict(code.rng.choice(before[-10:])) if before else None


@edit
def add_file(code, tree, _before):
    path = (
        code.rng.choice(FOLDERS)
        + code.rng.choice(["alpha", "beta", "base", "util", "nowhere", "tools"])
        + ".py"
    )
    return None if path in tree else {**tree, path: code.module()}


@edit
def add_module_that_is_imported(code, tree, _before):
    """A lookup that failed so far succeeds."""
    wanted = sorted(
        {
            match[1]
            for path in sources(tree)
            for match in re.finditer(
                r"^\s*(?:from|import) ([\w.]+)", tree[path].decode("latin-1"), re.MULTILINE
            )
        }
    )
    paths = [name.replace(".", "/") + ".py" for name in wanted if all(name.split("."))]
    paths = [path for path in paths if path not in tree]
    return {**tree, code.rng.choice(paths): code.module()} if paths else None


@edit
def add_submodule_that_is_imported(code, tree, _before):
    """`from pkg import x` meant a name of pkg, and now may mean a module."""
    package = some_source(code, tree, is_init)
    if package is None:
        return None
    path = posixpath.join(posixpath.dirname(package), code.any(NAMES) + ".py")
    return None if path in tree else {**tree, path: code.module()}


@edit
def move_file(code, tree, _before):
    path = some_source(code, tree)
    if path is None:
        return None
    return moved(tree, path, code.rng.choice(FOLDERS) + posixpath.basename(path))


@edit
def rename_file(code, tree, _before):
    path = some_source(code, tree, lambda path: not is_init(path))
    if path is None:
        return None
    name = code.rng.choice(["alpha", "beta", "base", "Alpha", "renamed", "not-a-module"])
    return moved(tree, path, posixpath.join(posixpath.dirname(path), name + ".py"))


@edit
def rename_folder(code, tree, _before):
    folders = sorted({posixpath.dirname(path) for path in sources(tree)} - {""})
    if not folders:
        return None
    old, new = code.rng.choice(folders), code.rng.choice(["pkg/renamed", "pkg/core", "elsewhere"])
    new_tree = {
        (new + path[len(old) :] if path.startswith(old + "/") else path): content
        for path, content in sorted(tree.items())
    }
    return new_tree if is_possible(new_tree) else None


def is_possible(tree):
    """No path is both a file and a folder."""
    folders = {parent for path in tree for parent in parents(path)}
    return not folders & tree.keys()


def parents(path):
    while path := posixpath.dirname(path):
        yield path


@edit
def turn_module_into_package(code, tree, _before):
    path = some_source(code, tree, lambda path: path.endswith(".py") and not is_init(path))
    return moved(tree, path, path[:-3] + "/__init__.py") if path else None


@edit
def turn_package_into_module(code, tree, _before):
    path = some_source(code, tree, lambda path: is_init(path) and "/" in path)
    return moved(tree, path, posixpath.dirname(path) + ".py") if path else None


@edit
def shadow_file(code, tree, _before):
    """A file that goes before what a name meant so far, of the library or of the package."""
    packages = [posixpath.dirname(path) for path in sources(tree) if is_init(path) and "/" in path]
    modules = [path for path in sources(tree) if path.endswith(".py") and not is_init(path)]
    candidates = [
        "os.py",
        "pkg/os.py",
        "typing.py",
        "pkg/typing.py",
        "collections/__init__.py",
        "os/path.py",
        "requests.py",
        *(package + ".py" for package in packages),
        *(path[:-3] + "/__init__.py" for path in modules),
        *(path + "i" for path in modules),
        *("sub/" + path for path in modules),
    ]
    path = code.rng.choice(candidates)
    if path in tree:
        return without(tree, path)
    return {**tree, path: code.module()}


@edit
def toggle_init(code, tree, _before):
    """Files that nobody touched get other modules."""
    folder = code.rng.choice(sorted({posixpath.dirname(path) for path in sources(tree)}))
    path = posixpath.join(folder, "__init__.py")
    if path in tree:
        return without(tree, path) if len(sources(tree)) > 3 else None
    return {**tree, path: code.rng.choice([b"", code.module()])}


@edit
def toggle_source_root(code, tree, _before):
    path = code.rng.choice(["sub/", "pkg/", "", "pkg/core/"]) + code.rng.choice(
        ["pyproject.toml", "setup.cfg"]
    )
    return without(tree, path) if path in tree else {**tree, path: b""}


@edit
def swap_files(code, tree, _before):
    paths = sources(tree)
    if len(paths) < 2:
        return None
    one, other = code.rng.sample(paths, 2)
    return {**tree, one: tree[other], other: tree[one]}


@edit
def copy_file(code, tree, _before):
    """Two files with the same content."""
    paths = sources(tree)
    one, other = code.rng.choice(paths), code.rng.choice(paths)
    if code.rng.random() < 0.5:
        other = posixpath.join(posixpath.dirname(other), "copied.py")
    return {**tree, other: tree[one]}


@edit
def rewrite_file(code, tree, _before):
    """Also mends what other edits broke."""
    path = some_source(code, tree)
    return {**tree, path: code.module()} if path else None


@edit
def empty_file(code, tree, _before):
    path = some_source(code, tree)
    return {**tree, path: b""} if path else None


@edit
def make_binary(code, tree, _before):
    path = some_source(code, tree)
    content = code.rng.choice(
        [bytes(range(256)), b"\x00" * 64, b"x = 1\n\x00y = 2\n", b"\xff\xfex\x00=\x001\x00"]
    )
    return {**tree, path: content} if path else None


@edit
def change_encoding(code, tree, _before):
    path = some_source(code, tree)
    if path is None:
        return None
    # Latin-1 has a character for any byte, so that this loses nothing of odd files.
    text = tree[path].decode("latin-1")
    return {
        **tree,
        path: code.rng.choice(
            [
                b"\xef\xbb\xbf" + tree[path],
                f"# é\n{text}".encode("latin-1"),
                f"# -*- coding: latin-1 -*-\n# é\n{text}".encode("latin-1"),
                b"# coding: nonsense\n" + tree[path],
                "# 𐐀 é\n".encode() + tree[path],
            ]
        ),
    }


@edit
def make_import_cycle(code, tree, _before):
    paths = {name.replace(".", "/") + ".py": name for name in MODULES}
    present = sorted(path for path in paths if path in tree)
    if len(present) < 2:
        return None
    one, other = code.rng.sample(present, 2)
    return {
        **tree,
        one: f"from {paths[other]} import {code.any(NAMES)}\n".encode() + tree[one],
        other: f"from {paths[one]} import {code.any(NAMES)}\n".encode() + tree[other],
    }


@edit
def break_import_cycles(code, tree, _before):
    """All imports of one file go."""
    path = some_source(code, tree)
    if path is None:
        return None
    content = re.sub(rb"^(from \S+ )?import .*$", b"pass", tree[path], flags=re.MULTILINE)
    return {**tree, path: content} if content != tree[path] else None


@edit
def rename_everywhere(code, tree, _before):
    old, new = (code.any(NAMES).encode() for _ in range(2))
    return {path: re.sub(rb"\b" + old + rb"\b", new, content) for path, content in tree.items()}


@edit
def add_fixture(code, tree, _before):
    path = code.rng.choice(
        ["tests/conftest.py", "conftest.py", "tests/deep/conftest.py", "tests/test_alpha.py"]
    )
    name = code.any(["thing", "table", "x"])
    fixture = f"\n\n@pytest.fixture\ndef {name}():\n    return {code.expression()}\n"
    return {**tree, path: tree.get(path, b"import pytest\n") + fixture.encode()}


@edit
def add_test(code, tree, _before):
    path = code.rng.choice(["tests/test_alpha.py", "tests/deep/test_beta.py"])
    test = (
        f"\n\ndef test_{code.any(['thing', 'table'])}(thing, table, x):\n"
        f"    {code.statement()}\n    x.{code.any(['run', 'get'])}()\n"
    )
    return {**tree, path: tree.get(path, b"") + test.encode()}
