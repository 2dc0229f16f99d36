#include "cli/query.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/error.h"
#include "alluvium/frame/ipc.h"
#include "cli/printable.h"
#include "cli/row_writer.h"

namespace alluvium::cli {
namespace {

namespace fs = std::filesystem;

DataFrame plan(const Session& session, std::string_view query, const SqlParameters& parameters,
               const Interrupt& interrupt) {
  return session.sql(query, SqlOptions::read_only(), parameters, interrupt);
}

std::unique_ptr<RowWriter> make_row_writer(ResultFormat format, Output& output,
                                           const Terminal& terminal) {
  switch (format) {
    case ResultFormat::Csv:
      return make_csv_writer(output);
    case ResultFormat::Json:
      return make_json_writer(output);
    case ResultFormat::Ndjson:
      return make_ndjson_writer(output);
    case ResultFormat::Table:
    case ResultFormat::Arrow:
    case ResultFormat::Parquet:
      break;
  }
  return make_table_writer(output, terminal);
}

// `text` as a string literal of SQL.
std::string sql_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out.push_back(c);
    out.push_back(c);
  }
  return out + "'";
}

// A folder that is gone when the work is over.
class WorkFolder {
 public:
  explicit WorkFolder(fs::path path) : path_(std::move(path)) { fs::create_directory(path_); }
  ~WorkFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// The session that writes a result has nothing but that result in it and one folder in reach. The
// query itself stays in its own session, which is read-only and can't leave the lake. The rows go
// from one to the other through a file: a session's stream can't be read from inside another.
Session open_writing_session(const fs::path& folder) {
  RuntimeProfile profile = RuntimeProfile::trusted();
  profile.allowed_roots = {folder.string()};
  profile.confine = true;
  profile.target_partitions = 1;  // The order of the rows is kept.
  return profile.open_session();
}

}  // namespace

const std::vector<std::string>& result_format_names() {
  static const std::vector<std::string> names = {"table",  "csv",   "json",
                                                 "ndjson", "arrow", "parquet"};
  return names;
}

ResultFormat result_format_from_name(const std::string& name) {
  const auto& names = result_format_names();
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("unknown format `{}`", name), false,
                {{"hint", fmt::format("there are {}", fmt::join(names, ", "))}});
  }
  return static_cast<ResultFormat>(found - names.begin());
}

void run_query(const Session& session, std::string_view query, const SqlParameters& parameters,
               ResultFormat format, Output& output, const Terminal& terminal,
               const Interrupt& interrupt) {
  const DataFrame frame = plan(session, query, parameters, interrupt);
  if (format == ResultFormat::Arrow) {
    RecordBatchReader reader = with_plain_layouts(frame).stream(interrupt);
    output.flush();
    if (write_ipc(std::move(reader), output.descriptor()) == IpcEnd::ClosedByReader) {
      throw OutputClosed{};
    }
    return;
  }
  const PrintableQuery result = printable(frame);
  RecordBatchReader reader = result.frame.stream(interrupt);
  const std::unique_ptr<RowWriter> writer = make_row_writer(format, output, terminal);
  writer->begin(result.columns);
  while (const auto batch = reader.next()) writer->rows(*batch);
  writer->end();
}

void run_query_to_parquet(const Session& session, std::string_view query,
                          const SqlParameters& parameters, const fs::path& path,
                          const Interrupt& interrupt) {
  const DataFrame frame = plan(session, query, parameters, interrupt);
  const fs::path target = fs::absolute(path);
  std::error_code ignored;
  if (!fs::is_directory(target.parent_path(), ignored)) {
    throw Error(ErrorCode::NotFound,
                fmt::format("can't write {}: its folder doesn't exist", path.string()));
  }
  if (fs::is_directory(target, ignored)) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("can't write {}: it is a folder", path.string()));
  }
  try {
    const WorkFolder folder(fmt::format("{}.{}.part", target.string(), ::getpid()));
    const Session writing = open_writing_session(folder.path());
    const fs::path rows = folder.path() / "rows.arrow";
    {
      Output file(rows);
      write_ipc(with_plain_layouts(frame).stream(interrupt), file.descriptor());
      file.finish();
    }
    IoAdapter(writing).register_listing("result", rows.string(), FileFormat::Arrow);
    const fs::path written = folder.path() / "rows.parquet";
    // A name with the extension asks for one file, in the order of the rows, even of none.
    const DataFrame copy = writing.sql(
        fmt::format("COPY result TO {} STORED AS PARQUET", sql_quoted(written.string())), {},
        interrupt);
    static_cast<void>(copy.collect(interrupt));
    fs::rename(written, target);
  } catch (const fs::filesystem_error& error) {
    throw Error(ErrorCode::Io,
                fmt::format("can't write {}: {}", path.string(), error.code().message()));
  }
}

}  // namespace alluvium::cli
