#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/frame/expr.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/frame/record_batch.h"

namespace alluvium {

namespace bridge {
class Frame;
}

/// How two frames are joined.
enum class JoinType { Inner, Left, Right, Full, LeftSemi, LeftAnti, RightSemi, RightAnti };

/// How much `explain` tells.
enum class Explain {
  Plan,     ///< The logical and the physical plan.
  Analyze,  ///< Runs the query and adds what each operator did.
};

/// A lazy plan over tables of one session: every method returns a new frame and runs nothing;
/// `stream`, `collect`, `count`, `to_string` and `write_parquet` run it.
///
/// Errors: InvalidQuery when an expression doesn't resolve or type-check, at the call that
/// adds it. Running fails with ResourceExhausted at the session's caps, Cancelled and
/// DeadlineExceeded by `Interrupt`, FunctionFailed by a native function, Io and Corruption by
/// storage.
/// Thread-safety: immutable; copies share. Runs may overlap.
class DataFrame {
 public:
  explicit DataFrame(std::shared_ptr<const bridge::Frame> frame) : frame_(std::move(frame)) {}

  [[nodiscard]] Schema schema() const;

  [[nodiscard]] DataFrame select(const std::vector<Expr>& expressions) const;
  [[nodiscard]] DataFrame select(std::initializer_list<std::string_view> columns) const;
  [[nodiscard]] DataFrame filter(const Expr& predicate) const;
  [[nodiscard]] DataFrame aggregate(const std::vector<Expr>& group_by,
                                    const std::vector<Expr>& aggregates) const;
  /// Adds the results of window functions to the columns.
  [[nodiscard]] DataFrame window(const std::vector<Expr>& expressions) const;
  [[nodiscard]] DataFrame with_column(std::string name, const Expr& value) const;
  [[nodiscard]] DataFrame with_column_renamed(std::string from, std::string to) const;
  [[nodiscard]] DataFrame drop_columns(const std::vector<std::string>& columns) const;
  [[nodiscard]] DataFrame sort(const std::vector<SortExpr>& by) const;
  [[nodiscard]] DataFrame limit(std::uint64_t rows, std::uint64_t skip = 0) const;
  [[nodiscard]] DataFrame distinct() const;
  /// One row for each item of the list columns, one column for each field of the struct columns.
  [[nodiscard]] DataFrame unnest(const std::vector<std::string>& columns,
                                 bool preserve_nulls = false) const;
  [[nodiscard]] DataFrame alias(std::string relation) const;
  [[nodiscard]] DataFrame join(const DataFrame& right, JoinType type,
                               const std::vector<std::string>& left_columns,
                               const std::vector<std::string>& right_columns) const;
  [[nodiscard]] DataFrame join_on(const DataFrame& right, JoinType type,
                                  const std::vector<Expr>& conditions) const;
  /// The rows of both, duplicates kept; columns by position.
  [[nodiscard]] DataFrame union_all(const DataFrame& other) const;
  /// The rows of both, duplicates dropped; columns by position.
  [[nodiscard]] DataFrame union_distinct(const DataFrame& other) const;
  /// The rows of both, duplicates kept; columns by name, null where one side lacks it.
  [[nodiscard]] DataFrame union_by_name(const DataFrame& other) const;
  [[nodiscard]] DataFrame intersect(const DataFrame& other) const;
  [[nodiscard]] DataFrame except(const DataFrame& other) const;
  /// Binds `$name` parameters that the SQL text left open.
  [[nodiscard]] DataFrame with_params(const std::map<std::string, Expr>& values) const;
  /// A frame of the plan as text: columns `plan_type` and `plan`.
  [[nodiscard]] DataFrame explain(Explain level = Explain::Plan) const;

  /// Runs the plan and returns its rows as they come, in bounded memory.
  [[nodiscard]] RecordBatchReader stream(const Interrupt& interrupt = {}) const;
  [[nodiscard]] std::vector<RecordBatch> collect(const Interrupt& interrupt = {}) const;
  [[nodiscard]] std::uint64_t count(const Interrupt& interrupt = {}) const;
  /// Runs the plan and draws its rows as a table for people.
  [[nodiscard]] std::string to_string(const Interrupt& interrupt = {}) const;
  /// Runs the plan once and returns a frame over its rows, which are kept in memory up to
  /// `memory_bytes` and in the session's spill folder beyond. Partitioning is kept. The rows are
  /// freed with the last frame that reads them.
  [[nodiscard]] DataFrame stage(std::uint64_t memory_bytes, const Interrupt& interrupt = {}) const;
  /// Writes the rows as Parquet files into the folder `path`, within the session's allowed roots.
  /// Returns the number of rows.
  std::uint64_t write_parquet(const std::filesystem::path& path,
                              const Interrupt& interrupt = {}) const;

  [[nodiscard]] const std::shared_ptr<const bridge::Frame>& handle() const { return frame_; }

 private:
  std::shared_ptr<const bridge::Frame> frame_;
};

}  // namespace alluvium
