#pragma once

#include <utility>

#include "alluvium/frame/arrow_c.h"
#include "alluvium/frame/data_type.h"

// Between the value types of data_type.h and the Arrow C data interface. Two flags have no place
// in the value types and are dropped: the order of a dictionary and of a map's keys.
namespace alluvium {

/// Reads `schema` (a struct type: the columns) and releases it, also when it throws.
/// Errors: InvalidArgument when it is released already or malformed.
Schema import_schema(ArrowSchema* schema);
Field import_field(ArrowSchema* schema);

/// Writes to `out`, which the caller releases. Errors: InvalidArgument when a type's format and
/// children contradict each other; `out` is then released.
void export_schema(const Schema& schema, ArrowSchema* out);
void export_field(const Field& field, ArrowSchema* out);

/// An owned `ArrowSchema` for rooms that hand one to the engines, or get one, without touching
/// Arrow's structures themselves.
class SchemaExport {
 public:
  /// An empty place that the callee fills.
  SchemaExport() = default;
  explicit SchemaExport(const Schema& schema) { export_schema(schema, &schema_); }
  ~SchemaExport() {
    if (schema_.release != nullptr) schema_.release(&schema_);
  }
  SchemaExport(const SchemaExport&) = delete;
  SchemaExport& operator=(const SchemaExport&) = delete;

  [[nodiscard]] ArrowSchema* get() { return &schema_; }
  [[nodiscard]] const ArrowSchema* get() const { return &schema_; }
  /// What was filled in; the place is empty afterwards.
  [[nodiscard]] Schema take() { return import_schema(&schema_); }

 private:
  ArrowSchema schema_{};
};

}  // namespace alluvium
