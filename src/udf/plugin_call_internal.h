#pragma once

#include <nanoarrow/nanoarrow.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alluvium/frame/column.h"
#include "alluvium/udf/plugin_abi.h"
#include "frame/arrow_schema_internal.h"
#include "udf/kernel_internal.h"

// Calls of a plug-in's callbacks: what goes out, what comes back, and how they fail.
namespace alluvium {

/// The surroundings of one call.
class PluginCall {
 public:
  PluginCall();
  PluginCall(const PluginCall&) = delete;
  PluginCall& operator=(const PluginCall&) = delete;

  [[nodiscard]] AlluviumCall* get() { return &call_; }
  /// What the callback said of its failure.
  [[nodiscard]] std::string message() const;
  /// Errors: FunctionFailed unless the callback returned 0.
  void check(std::int32_t returned, const std::string& function) const;

 private:
  std::array<char, 1024> message_{};
  AlluviumCall call_{};
};

/// Columns on their way to a plug-in: as they are, but converted where a parameter names one exact
/// type and theirs is another.
class PluginColumns {
 public:
  /// `exact` has an entry for each column; the last one stands for further ones.
  PluginColumns(std::span<const ColumnView> columns, std::int64_t rows,
                const std::vector<std::optional<DataType>>& exact);
  PluginColumns(const PluginColumns&) = delete;
  PluginColumns& operator=(const PluginColumns&) = delete;

  [[nodiscard]] const AlluviumColumns* get() const { return &columns_; }

 private:
  void add(const ColumnView& column, std::int64_t rows, const std::optional<DataType>& exact);

  // Reserved to their final sizes, so that pointers into them hold.
  std::vector<nanoarrow::UniqueArray> arrays_;
  std::vector<nanoarrow::UniqueSchema> schemas_;
  std::vector<const ArrowArray*> array_pointers_;
  std::vector<const ArrowSchema*> schema_pointers_;
  std::vector<std::uint8_t> is_constant_;
  AlluviumColumns columns_{};
};

/// Arrays that a plug-in writes.
class PluginResults {
 public:
  explicit PluginResults(std::size_t count) : arrays_(count) {}
  ~PluginResults();
  PluginResults(const PluginResults&) = delete;
  PluginResults& operator=(const PluginResults&) = delete;

  /// Released places, side by side.
  [[nodiscard]] ArrowArray* get() { return arrays_.data(); }
  /// Appends array `index`, which must be `rows` values of the builder's type, and null also where
  /// one of `nulls_of` is. Errors: InvalidArgument when it isn't, or has nulls of its own that the
  /// builder's field doesn't allow.
  void append_to(ColumnBuilder result, std::size_t index, std::int64_t rows,
                 std::span<const ColumnView> nulls_of = {}) const;

 private:
  std::vector<ArrowArray> arrays_;
};

/// Reads a type or a field that a plug-in wrote or declares: `schema` is checked before, and not
/// released. Errors: InvalidArgument.
[[nodiscard]] Field read_plugin_schema(const ArrowSchema& schema);

}  // namespace alluvium
