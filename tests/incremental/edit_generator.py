"""A chain of trees, each an edit of the one before: the same for the same seed."""

import random

import source_edits
import tree_edits
import trees
from generated_code import Code

# A chain that only grows gets slow without finding more.
GROWTH = 15

# Of many edits in a row, the newest matter; the older ones are kept only to go back to.
REMEMBERED = 30


def decoded(content):
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


class Generator:
    def __init__(self, seed, tree=None):
        self.code = Code(random.Random(seed))
        self.rng = self.code.rng
        self.tree = dict(tree) if tree else self.code.package()
        self.most_files = len(self.tree) + GROWTH
        self.before = []

    def source_edit(self, tree):
        function = self.rng.choice(source_edits.EDITS)
        path = tree_edits.some_source(self.code, tree)
        text = decoded(tree[path]) if path else None
        new = function(self.code, text) if text is not None else None
        return function.__name__, None if new is None else {**tree, path: new.encode()}

    def tree_edit(self, tree):
        function = self.rng.choice(tree_edits.EDITS)
        return function.__name__, function(self.code, tree, self.before)

    def is_allowed(self, new, tree):
        count = len(tree_edits.sources(new))
        return (new != tree and tree_edits.is_possible(new)
                and 0 < count <= max(self.most_files, len(tree_edits.sources(tree))))

    def one(self, tree):
        """An edit that changes something: its name and the new tree."""
        while True:
            kind = self.source_edit if self.rng.random() < 0.55 else self.tree_edit
            name, new = kind(tree)
            if new is not None and self.is_allowed(new, tree):
                return name, new

    def step(self):
        """The names of the edits made together, mostly one, and the new tree."""
        names, tree = [], self.tree
        for _ in range(self.rng.choice([1, 1, 1, 1, 1, 2, 4])):
            name, tree = self.one(tree)
            names.append(name)
        if tree == self.tree:
            return self.step()
        what = f"{' and '.join(names)}: {trees.changes(self.tree, tree)}"
        self.before = [*self.before, self.tree][-REMEMBERED:]
        self.tree = tree
        return what, tree


def chain(seed, steps, tree=None):
    """The first tree, and `steps` edited ones: [(what was edited, tree)]."""
    generator = Generator(seed, tree)
    return [("the first files", generator.tree), *(generator.step() for _ in range(steps))]
