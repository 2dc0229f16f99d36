#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "alluvium/frame/record_batch.h"
#include "cli/output.h"
#include "cli/printable.h"
#include "cli/terminal.h"

namespace alluvium::cli {

/// Writes the rows of one result in a text format, as they come and in bounded memory.
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  virtual void begin(const std::vector<PrintableColumn>& columns) = 0;
  virtual void rows(const RecordBatch& batch) = 0;
  virtual void end() = 0;
};

/// Aligned columns for people; values shortened to the width of a terminal, whole otherwise.
std::unique_ptr<RowWriter> make_table_writer(Output& output, const Terminal& terminal);
/// RFC 4180 with a header; null is an empty field, the empty string a quoted one.
std::unique_ptr<RowWriter> make_csv_writer(Output& output);
/// An array of objects.
std::unique_ptr<RowWriter> make_json_writer(Output& output);
/// One object a line.
std::unique_ptr<RowWriter> make_ndjson_writer(Output& output);

}  // namespace alluvium::cli
