#include "code/identity/digest_facts.h"

#include <xxhash.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/error.h"
#include "code/identity/fact_columns.h"
#include "code/identity/file_outcomes.h"
#include "code/identity/identified_facts.h"

namespace alluvium::code {
namespace {

/// The lists of facts that are a dataset of the same name.
constexpr std::array<std::string_view, 8> kLists = {
    "definitions", "imports", "type_exprs", "scopes", "bindings", "diagnostics", "refs", "calls"};

/// The digest of some values, column by column: their buffers are hashed as they lie.
///
/// Thread-safety: one thread at a time.
class ValuesHash {
 public:
  ValuesHash() { reset(); }
  void reset() { XXH3_64bits_reset(&state_); }
  [[nodiscard]] std::uint64_t digest() const { return XXH3_64bits_digest(&state_); }

  void add(std::uint64_t number) {
    if constexpr (std::endian::native == std::endian::big) number = __builtin_bswap64(number);
    add_bytes(&number, sizeof number);
  }
  void add(std::string_view text) {
    add(text.size());
    add_bytes(text.data(), text.size());
  }
  /// The rows `range` of a column of texts, whole numbers, booleans, or lists or structs of those.
  void add(const ColumnView& column, ColumnView::Range range) {
    add_nulls(column, range);
    switch (column.type().id()) {
      case DataType::Id::Utf8:
      case DataType::Id::Binary:
        add_texts(column, range);
        break;
      case DataType::Id::Int64:
      case DataType::Id::Bool:
        add_numbers(column, range);
        break;
      case DataType::Id::List:
        add_items(column, range);
        break;
      case DataType::Id::Struct:
        for (int i = 0; i < column.child_count(); ++i) add(column.child(i), range);
        break;
      default:
        throw Error(ErrorCode::Internal,
                    "facts with a column of type " + column.type().to_string() + " have no digest");
    }
  }

 private:
  void add_bytes(const void* bytes, std::size_t size) { XXH3_64bits_update(&state_, bytes, size); }

  /// Adds what is in `scratch_`, with how much that is.
  void add_scratch() {
    add(scratch_.size());
    if constexpr (std::endian::native == std::endian::big) {
      for (std::uint64_t& each : scratch_) each = __builtin_bswap64(each);
    }
    add_bytes(scratch_.data(), scratch_.size() * sizeof scratch_.front());
  }

  void add_nulls(const ColumnView& column, ColumnView::Range range) {
    scratch_.clear();
    if (column.may_have_nulls()) {
      for (std::int64_t row = range.begin; row < range.end; ++row) {
        if (column.is_null(row)) scratch_.push_back(static_cast<std::uint64_t>(row - range.begin));
      }
    }
    has_nulls_ = !scratch_.empty();
    add_scratch();
  }

  void add_numbers(const ColumnView& column, ColumnView::Range range) {
    const auto* const values = column.data<std::int64_t>();
    if (std::endian::native == std::endian::little && values != nullptr && !has_nulls_) {
      const auto count = static_cast<std::size_t>(range.end - range.begin);
      add(count);
      add_bytes(values + range.begin, count * sizeof *values);
      return;
    }
    scratch_.clear();
    for (std::int64_t row = range.begin; row < range.end; ++row) {
      // What a null's value is isn't said.
      const bool has_value = !has_nulls_ || !column.is_null(row);
      scratch_.push_back(has_value ? static_cast<std::uint64_t>(column.int64(row)) : 0);
    }
    add_scratch();
  }

  void add_texts(const ColumnView& column, ColumnView::Range range) {
    const auto text = column.text_data();
    if (!text || has_nulls_) {
      for (std::int64_t row = range.begin; row < range.end; ++row) {
        add(column.is_null(row) ? std::string_view() : column.bytes(row));
      }
      return;
    }
    scratch_.clear();
    for (std::int64_t row = range.begin; row < range.end; ++row) {
      scratch_.push_back(static_cast<std::uint64_t>(text->offsets[row + 1] - text->offsets[row]));
    }
    add_scratch();
    const std::int32_t begin = text->offsets[range.begin];
    add_bytes(text->bytes + begin, static_cast<std::size_t>(text->offsets[range.end] - begin));
  }

  void add_items(const ColumnView& column, ColumnView::Range range) {
    const bool has_nulls = has_nulls_;
    scratch_.clear();
    ColumnView::Range items;
    bool is_one_piece = true;
    for (std::int64_t row = range.begin; row < range.end; ++row) {
      const ColumnView::Range of_row = has_nulls && column.is_null(row)
                                           ? ColumnView::Range{items.end, items.end}
                                           : column.list_range(row);
      scratch_.push_back(static_cast<std::uint64_t>(of_row.end - of_row.begin));
      if (items.begin == items.end) {
        items = of_row;
      } else if (of_row.begin != of_row.end) {
        is_one_piece &= of_row.begin == items.end;
        items.end = of_row.end;
      }
    }
    if (!is_one_piece) {
      throw Error(ErrorCode::Internal, "the items of a list of facts don't lie in order");
    }
    add_scratch();
    add(column.child(0), items);
  }

  XXH3_state_t state_;
  std::vector<std::uint64_t> scratch_;
  bool has_nulls_ = false;  // of the column that is added
};

/// What is known of a file besides its facts; the texts are null where there are none.
struct File {
  const std::string_view* module;
  std::int64_t size_bytes;
  std::string_view content_hash;
  const std::string_view* read_failure;
};

class FactDigester {
 public:
  explicit FactDigester(const ColumnView& facts) : FactDigester(facts, identified_facts_type()) {}

  FactDigester(const ColumnView& facts, const DataType& type)
      : facts_(facts),
        refs_(FieldPositions(type)["refs"]),
        ref_(FieldPositions(type).type("refs")) {
    const FieldPositions fields(type);
    for (const std::string_view list : kLists) {
      lists_.push_back({.field = fields[list], .place = outcome_place(list)});
    }
    interface_ = fields["interface"];
  }

  [[nodiscard]] OutcomesOfFile digest(std::int64_t row, const File& file) {
    OutcomesOfFile outcomes;
    begin(file);
    hash_.add(static_cast<std::uint64_t>(file.size_bytes));
    hash_.add(file.content_hash);
    hash_.add(file.read_failure == nullptr ? std::string_view() : *file.read_failure);
    outcomes[outcome_place("files")] = {1, hash_.digest()};

    const bool has_facts = !facts_.is_null(row);
    hash_.reset();
    if (has_facts) hash_.add(facts_.child(interface_).bytes(row));
    outcomes[outcome_place("file_interfaces")] = {1, hash_.digest()};
    if (has_facts) {
      add_lists(row, file, outcomes);
      outcomes[outcome_place("candidates")].digest = digest_of_askers(row);
    }
    if (file.read_failure != nullptr) {
      Outcome& diagnostics = outcomes[outcome_place("diagnostics")];
      hash_.reset();
      hash_.add(*file.read_failure);
      ++diagnostics.rows;
      diagnostics.digest += hash_.digest();
    }
    return outcomes;
  }

 private:
  struct List {
    int field;
    std::size_t place;
  };

  void begin(const File& file) {
    hash_.reset();
    hash_.add(std::uint64_t{file.module != nullptr});
    if (file.module != nullptr) hash_.add(*file.module);
  }

  void add_lists(std::int64_t row, const File& file, OutcomesOfFile& outcomes) {
    for (const List& list : lists_) {
      const ColumnView column = facts_.child(list.field);
      const ColumnView::Range range = column.list_range(row);
      if (range.begin == range.end) continue;
      begin(file);
      hash_.add(column.child(0), range);
      outcomes[list.place] = {range.end - range.begin, hash_.digest()};
    }
  }

  /// Of what a row of `candidates` has of its reference. Only one that asks a question has any.
  [[nodiscard]] std::uint64_t digest_of_askers(std::int64_t row) {
    const ColumnView refs = facts_.child(refs_).child(0);
    const ColumnView lookup = refs.child(ref_["lookup_id"]);
    const ColumnView::Range range = facts_.child(refs_).list_range(row);
    hash_.reset();
    for (std::int64_t ref = range.begin; ref < range.end; ++ref) {
      if (lookup.is_null(ref)) continue;
      for (const int field : asked_) hash_.add(refs.child(field), {ref, ref + 1});
    }
    return hash_.digest();
  }

  ColumnView facts_;
  int refs_;
  FieldPositions ref_;
  /// The fields of a reference that its candidates have, and the question.
  std::array<int, 6> asked_ = {ref_["lookup_id"], ref_["ref_id"],           ref_["ambiguous"],
                               ref_["bstart"],    ref_["enclosing_def_id"], ref_["line"]};
  std::vector<List> lists_;
  int interface_ = 0;
  ValuesHash hash_;
};

}  // namespace

ScalarFunction digest_facts_function() {
  return {
      .name = "digest_facts",
      .parameters = {{"module", utf8(), "The file's dotted module name, or null."},
                     {"size_bytes", int64(), "How large the file is."},
                     {"content_hash", utf8(), "The hash of its content; empty without one."},
                     {"read_failure", utf8(), "Why it could not be read, or null."},
                     {"facts", identified_facts_type(), "What identify_facts gives of it."}},
      .returns = {"", binary()},
      .kernel =
          [](std::span<const ColumnView> arguments, std::int64_t rows, ColumnBuilder& result) {
            const auto text_at = [&](std::size_t argument, std::int64_t row) {
              return arguments[argument].is_null(row) ? std::string_view()
                                                      : arguments[argument].bytes(row);
            };
            FactDigester digester(arguments[4]);
            std::string packed;
            for (std::int64_t row = 0; row < rows; ++row) {
              const std::string_view module = text_at(0, row);
              const std::string_view read_failure = text_at(3, row);
              packed.clear();
              pack(digester.digest(
                       row, {.module = arguments[0].is_null(row) ? nullptr : &module,
                             .size_bytes = arguments[1].is_null(row) ? 0 : arguments[1].int64(row),
                             .content_hash = text_at(2, row),
                             .read_failure = arguments[3].is_null(row) ? nullptr : &read_failure}),
                   packed);
              result.append(packed);
            }
          },
      .documentation = {.description = "Returns how many rows each dataset has of a file's own "
                                       "facts, with a digest of them.",
                        .example = "digest_facts('a', 5, '', NULL, identify_facts('repository', "
                                   "'a.py', 'a', parse_python(arrow_cast('x = 1', 'Binary'))))"},
  };
}

}  // namespace alluvium::code
