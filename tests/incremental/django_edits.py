"""The edits of which other code indexes are known to lose or invent facts, made to Django."""

import re

import trees

QUERY = "django/db/models/query.py"


def substituted(tree, path, pattern, replacement, count=1):
    """Refuses an edit that finds nothing: Django would have changed under it."""
    text, n = re.subn(pattern, replacement, tree[path].decode(), count=count, flags=re.MULTILINE)
    if not n:
        raise ValueError(f"{pattern} is not in {path}")
    return {**tree, path: text.encode()}


def add_function(tree):
    return {**tree, QUERY: tree[QUERY] + b"\n\ndef added_by_edit(queryset):\n"
                                         b"    return queryset.filter(pk=1).iterator()\n"}


def rename_used_definition(tree):
    """Its name only where it is defined: every use elsewhere is one that fails now."""
    return substituted(tree, "django/utils/text.py", r"^def slugify\(", "def slugify_renamed(")


def delete_file(tree):
    return {path: content for path, content in tree.items() if path != "django/utils/text.py"}


def edit_body(tree):
    return substituted(tree, QUERY, r"^    def __len__\(self\):\n",
                       "    def __len__(self):\n        self._hints.get(str(self.model))\n")


def add_method(tree):
    return substituted(tree, "django/db/models/base.py", r"^    def clean\(self\):",
                       "    def added_method(self):\n        return self.full_clean()\n\n"
                       "    def clean(self):")


def move_file(tree):
    moved = {path: content for path, content in tree.items() if path != "django/utils/text.py"}
    return {**moved, "django/utils/moved/text.py": tree["django/utils/text.py"],
            "django/utils/moved/__init__.py": b""}


def insert_blank_lines(tree):
    return substituted(tree, QUERY, r"^class BaseIterable", "\n" * 20 + "class BaseIterable")


def comment_only(tree):
    return substituted(tree, QUERY, r"^class BaseIterable",
                       "# A remark that means nothing to the program.\nclass BaseIterable")


EDITS = {
    "add function to query.py": add_function,
    "rename a def used elsewhere": rename_used_definition,
    "delete utils/text.py": delete_file,
    "body-only edit": edit_body,
    "add method to class": add_method,
    "move file": move_file,
    "insert 20 blank lines": insert_blank_lines,
}

# Those that change different places, so that they can be made one after the other.
BATCH = [add_function, edit_body, add_method, insert_blank_lines, rename_used_definition, move_file]


def tree(folder):
    return trees.read(folder, trees.is_source)
