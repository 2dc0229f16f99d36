"""That the comparison finds what is wrong: faults are seeded into a lake, one of each sort."""

import pathlib
import tempfile
import unittest

import program  # noqa: I001

import deltalake
import pyarrow.compute

import change_feed
import reproduction
import tables
from chain import Chain, Differ

FILES = {
    "pkg/__init__.py": b"",
    "pkg/a.py": b"from pkg.b import Base\n\n\nclass Leaf(Base):\n    def run(self):\n"
                b"        return self.close()\n",
    "pkg/b.py": b"class Base:\n    def close(self):\n        return 1\n",
}


def new_chain(case):
    """A lake of two runs."""
    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    case.addClassCleanup(folder.cleanup)
    chain = Chain(pathlib.Path(folder.name))
    chain.become(FILES)
    chain.become({**FILES, "pkg/c.py": b"import pkg.a\n"})
    return chain


class SeededFaultsTest(unittest.TestCase):
    """Faults in what was read; the lake stays as it is."""

    @classmethod
    def setUpClass(cls):
        cls.chain = new_chain(cls)
        cls.expected = cls.chain.fresh()

    def tamper(self, name, change):
        """What the lake has, with one table changed."""
        now = self.chain.tables()
        return tables.Tables({**now.arrow, name: change(now.arrow[name])}, now.run_id, now.versions)

    def assert_found(self, found, table, missing, extra):
        difference = tables.compare(found, self.expected)
        self.assertEqual((difference.tables, difference.missing, difference.extra),
                         ([table], missing, extra), str(difference))

    def test_equal_is_equal(self):
        self.chain.check("untouched")

    def test_rows_that_are_counted_wrongly(self):
        now = self.chain.tables()
        counts = {**now.counts, "refs": now.counts["refs"] + 1}
        wrong = tables.Tables(now.arrow, now.run_id, now.versions, counts)
        self.assertEqual(tables.compare(wrong, self.expected).tables, ["refs"])

    def test_a_row_that_is_missing(self):
        self.assert_found(self.tamper("refs", lambda rows: rows.slice(1)), "refs", 1, 0)

    def test_a_row_that_is_there_twice(self):
        self.assert_found(self.tamper("definitions", lambda rows: pyarrow.concat_tables(
            [rows, rows.slice(0, 1)])), "definitions", 0, 1)

    def test_an_order_that_differs_is_no_difference(self):
        found = self.tamper("refs", lambda rows: rows.take(list(reversed(range(len(rows))))))
        self.assertFalse(tables.compare(found, self.expected))

    def test_a_value_that_differs_in_any_column(self):
        """Nothing in its place; of lists, this is what an empty one is easily taken for."""
        now = self.chain.tables()
        for table, rows in now.arrow.items():
            for number, field in enumerate(rows.schema):
                if not len(rows) or rows[field.name].null_count == len(rows):
                    continue
                place = next(n for n in range(len(rows)) if rows[field.name][n].is_valid)
                values = rows[field.name].to_pylist()
                values[place] = None
                changed = rows.set_column(number, field, pyarrow.array(values, field.type))
                with self.subTest(table=table, column=field.name):
                    self.assert_found(self.tamper(table, lambda _, c=changed: c), table, 1, 1)

    def test_a_table_that_is_missing(self):
        now = self.chain.tables()
        del now.arrow["scopes"]
        self.assertEqual(tables.compare(now, self.expected).tables, ["scopes"])

    def test_a_column_of_another_type(self):
        found = self.tamper("calls", lambda rows: rows.set_column(
            rows.schema.get_field_index("line"), "line", rows["line"].cast(pyarrow.int32())))
        self.assertEqual(tables.compare(found, self.expected).tables, ["calls"])

    def test_a_feed_that_leaves_out_a_change(self):
        before = self.chain.tables(tables.runs(self.chain.lake, self.chain.repo)[0][0])
        after = self.chain.tables()
        self.assertFalse(change_feed.compare(self.chain.lake, self.chain.repo, before, after))
        # As if the last commit had no part in the change.
        after.versions["files"] -= 1
        difference = change_feed.compare(self.chain.lake, self.chain.repo, before, after)
        self.assertEqual((difference.tables, difference.missing), (["files"], 1))


class TamperedLakeTest(unittest.TestCase):
    def setUp(self):
        self.chain = new_chain(type(self))

    def table(self, name):
        return deltalake.DeltaTable(str(self.chain.lake / name))

    def test_a_file_whose_change_the_lake_missed(self):
        (self.chain.root / "pkg/b.py").write_bytes(b"class Base:\n    pass\n")
        with self.assertRaises(Differ) as caught:
            self.chain.check("a change that was not indexed")
        self.assertIn("files", caught.exception.difference.tables)
        self.assertIn("calls", caught.exception.difference.tables)

    def test_a_column_that_an_older_format_lacks(self):
        """It is added, also where rows are there that have nothing in it."""
        place = str(self.chain.lake / "files")
        arrow = self.table("files").to_pyarrow_table()
        deltalake.write_deltalake(place, arrow.drop_columns(["content_hash"]), mode="overwrite",
                                  schema_mode="overwrite", partition_by=["repo"])
        self.chain.index("--force")
        now = self.chain.tables().rows("files")
        self.assertEqual(sorted(row["content_hash"] for row in now),
                         sorted(arrow["content_hash"].to_pylist()))

    def test_rows_deleted_in_the_lake_itself(self):
        """Through Delta, in the table as it lies there, with the pin and the count moved along."""
        table = self.table("calls")
        table.delete("callee_text LIKE '%close%'")
        runs = self.table("runs")
        last = runs.to_pyarrow_table().to_pylist()
        newest = max(last, key=lambda row: row["run_id"])
        newest["versions"] = [(name, table.version() if name == "calls" else version)
                              for name, version in newest["versions"]]
        newest["counts"] = [(name, rows - 1 if name == "calls" else rows)
                            for name, rows in newest["counts"]]
        arrow = pyarrow.Table.from_pylist(last, schema=runs.to_pyarrow_table().schema)
        deltalake.write_deltalake(str(self.chain.lake / "runs"), arrow, mode="overwrite")
        with self.assertRaises(Differ) as caught:
            self.chain.check("rows were deleted")
        difference = caught.exception.difference
        self.assertEqual((difference.tables, difference.missing, difference.extra),
                         (["calls"], 1, 0))


class ReproductionTest(unittest.TestCase):
    """How a fault is made small, on a fault of our own."""

    def test_what_does_not_matter_goes(self):
        chain = [{"a.py": b"x = 1\nkeep = 1\ny = 2\n", "b.py": b"z = 3\n"},
                 {"a.py": b"x = 1\nkeep = 1\ny = 3\n", "b.py": b"z = 3\n", "c.py": b""},
                 {"a.py": b"x = 1\nkeep = 1\nfault\ny = 3\n", "b.py": b"z = 4\n"}]

        def fault_of(trees):
            last = trees[-1].get("a.py", b"")
            return program.Failed("a fault") if b"keep" in last and b"fault" in last else None

        self.addCleanup(setattr, reproduction, "fault_of", reproduction.fault_of)
        reproduction.fault_of = fault_of
        short, error = reproduction.shortest_end(chain)
        self.assertEqual(short, chain[-2:])
        smaller = reproduction.Smaller(chain, error).all().chain
        self.assertEqual(len(smaller), 2)
        self.assertEqual([sorted(tree) for tree in smaller], [["a.py"], ["a.py"]])
        self.assertNotIn(b"x = 1", smaller[-1]["a.py"])
        self.assertIn("fault", reproduction.shown(smaller))


if __name__ == "__main__":
    unittest.main(verbosity=2)
