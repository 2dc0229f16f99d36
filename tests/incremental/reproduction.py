"""A chain of trees that shows a fault, and how it is made small: fewer runs, files and lines."""

import difflib
import tempfile

import program
import trees
from chain import Chain, Differ


def fault_of(chain):
    """What differs after the last of the trees, each indexed once; None when nothing does."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        lake = Chain(scratch)
        try:
            for tree in chain:
                lake.become(tree)
            lake.check("after the last")
        except (Differ, program.Failed) as error:
            return error
    return None


def tables_of(error):
    """What makes two faults the same, so that making one small doesn't end in another."""
    return sorted(error.difference.tables) if isinstance(error, Differ) else None


def shortest_end(chain):
    """The fewest last trees that still show it, or None."""
    count = 2
    while True:
        count = min(count, len(chain))
        if error := fault_of(chain[-count:]):
            return chain[-count:], error
        if count == len(chain):
            return None, None
        count *= 4


class Smaller:
    def __init__(self, chain, error):
        self.chain, self.error = chain, error
        self.wanted = tables_of(error)
        self.tried = 0

    def accept(self, chain):
        """Keeps the smaller chain if it still shows the fault, in no table that it wasn't in."""
        if not all(chain) or len(chain) < 2:
            return False
        self.tried += 1
        error = fault_of(chain)
        if error is None or (tables_of(error) is None) != (self.wanted is None):
            return False
        if self.wanted is not None and not set(tables_of(error)) <= set(self.wanted):
            return False
        self.chain, self.error = chain, error
        return True

    def pieces(self, items, drop):
        """Drops ever smaller pieces of what `items` gives as long as the fault stays."""
        size = max(len(items()) // 2, 1)
        while size:
            begin = 0
            while begin < len(items()):
                piece = items()[begin:begin + size]
                if not self.accept(drop(piece)):
                    begin += size
            size //= 2

    def trees(self):
        self.pieces(lambda: list(range(1, len(self.chain) - 1)),
                    lambda gone: [t for n, t in enumerate(self.chain) if n not in gone])

    def files(self):
        self.pieces(lambda: sorted({path for tree in self.chain for path in tree}),
                    lambda gone: [{p: c for p, c in tree.items() if p not in gone}
                                  for tree in self.chain])

    def lines(self):
        """Lines that a file has in all the trees that have the file."""
        for path in sorted({path for tree in self.chain for path in tree}):
            self.pieces(lambda path=path: self.common_lines(path),
                        lambda gone, path=path: self.without_lines(path, gone))

    def common_lines(self, path):
        """[(line number in each tree)] of lines that all versions share, in order."""
        versions = [tree[path].split(b"\n") for tree in self.chain if path in tree]
        if not versions:
            return []
        common = [(number,) for number in range(len(versions[0]))]
        for version in versions[1:]:
            matches = {}
            matcher = difflib.SequenceMatcher(None, versions[0], version, autojunk=False)
            for block in matcher.get_matching_blocks():
                matches.update((block.a + i, block.b + i) for i in range(block.size))
            common = [(*numbers, matches[numbers[0]]) for numbers in common
                      if numbers[0] in matches]
        return common

    def without_lines(self, path, gone):
        holders = [number for number, tree in enumerate(self.chain) if path in tree]
        chain = list(self.chain)
        for place, number in enumerate(holders):
            dropped = {numbers[place] for numbers in gone}
            kept = [line for n, line in enumerate(chain[number][path].split(b"\n"))
                    if n not in dropped]
            chain[number] = {**chain[number], path: b"\n".join(kept)}
        return chain

    def all(self):
        while True:
            size = sum(len(content) + 1 for tree in self.chain for content in tree.values())
            self.trees()
            self.files()
            self.lines()
            if size == sum(len(content) + 1 for tree in self.chain for content in tree.values()):
                return self


def shown(chain):
    """The chain for people: all of the first tree, then what each other one changes."""
    lines = []
    for number, tree in enumerate(chain):
        before = chain[number - 1] if number else {}
        lines.append(f"=== tree {number}" + (f": {trees.changes(before, tree)}" if number else ""))
        for path in sorted(tree):
            if tree[path] != before.get(path):
                text = tree[path].decode(errors="backslashreplace")
                lines += [f"--- {path}", *("    " + line for line in text.split("\n"))]
    return "\n".join(lines)


def save(chain, folder):
    """As folders 0, 1, ..., to be looked at and indexed."""
    for number, tree in enumerate(chain):
        (folder / str(number)).mkdir(parents=True)
        trees.write(folder / str(number), {}, tree)
