"""Edits that change the code of files: {path: bytes} before and after."""

import re

# A large file of each code base (bench/corpora.py) that much of it depends on.
CENTRAL = {"django": "django/db/models/query.py", "sympy": "sympy/core/expr.py",
           "homeassistant": "homeassistant/core.py"}


def of_bytes(files, size):
    """The path of a file of about this size, which is neither central nor special."""
    return min((path for path in files if path.endswith(".py")),
               key=lambda path: (abs(len(files[path]) - size), path))


def spread(files, count):
    """As many paths, evenly spread over those of files that have code."""
    paths = sorted(path for path, content in files.items()
                   if path.endswith(".py") and b"\ndef " in content)
    return [paths[(2 * i + 1) * len(paths) // (2 * count)] for i in range(count)]


def edit_body(files, path):
    """Puts a line into the first method: what follows moves, and nothing else changes."""
    text, found = re.subn(rb"(?m)^(    def \w+\(self\)(?: -> [^\n]+)?:\n)",
                          rb"\1        str(self).strip()\n", files[path], count=1)
    if not found:
        raise ValueError(f"no method in {path}")
    return {**files, path: text}


def add_function(files, path, name="added_by_edit"):
    return {**files, path: files[path] + f"\n\ndef {name}(queryset):\n"
                                         f"    return queryset.filter(pk=1).iterator()\n".encode()}
