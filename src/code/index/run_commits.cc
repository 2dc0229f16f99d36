#include "code/index/run_commits.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "alluvium/delta/alter.h"
#include "alluvium/delta/inspect.h"
#include "alluvium/delta/maintain.h"
#include "alluvium/error.h"
#include "code/index/column_encodings.h"
#include "code/index/data_files.h"
#include "code/index/row_digests.h"
#include "code/publish/repository_rows.h"

namespace alluvium::code {
namespace {

/// Tables with more rows are written without a look at what is there.
constexpr std::int64_t kMostRowsCompared = 100'000;

/// Rows that are encoded before the size of the file is looked at: `_file_states` has a row of
/// some kilobytes for each source file.
constexpr std::uint64_t kRowsAtATime = 64;

/// More changed files are not named in a predicate: the repository's rows are written as a whole.
constexpr std::size_t kMostFilesNamed = 1'000;

/// The key of a commit's metadata that names its repository.
constexpr const char* kRepoOfCommit = "alluvium.repo";

bool is_text(const DataType& type) {
  return type.id() == DataType::Id::Utf8 || type.id() == DataType::Id::LargeUtf8 ||
         type.id() == DataType::Id::Utf8View;
}

/// The declared columns in their order, cast where the query gives another type. Kinds of text are
/// all one to a Delta table.
DataFrame as_declared(const DataFrame& rows, const Schema& declared) {
  const Schema given = rows.schema();
  std::vector<Expr> columns;
  for (const Field& field : declared.fields) {
    const int index = given.index_of(field.name);
    if (index < 0) {
      throw Error(ErrorCode::Internal, "a dataset's query lacks the column `" + field.name + "`",
                  false, {{"column", field.name}});
    }
    const DataType& type = given.fields[static_cast<std::size_t>(index)].type;
    const bool fits = type == field.type || (is_text(type) && is_text(field.type));
    columns.push_back(fits ? col(field.name) : col(field.name).cast(field.type).alias(field.name));
  }
  return rows.select(columns);
}

std::optional<std::int64_t> added_rows(const delta::CommitReport& report) {
  const auto metric = report.metrics.find("num_added_rows");
  if (metric == report.metrics.end()) return std::nullopt;
  std::int64_t rows = 0;
  const std::string& text = metric->second;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), rows);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return rows;
}

Schema missing_columns(const TableChange& change, const Schema& head) {
  Schema missing;
  for (Field field : change.table.schema.fields) {
    if (head.index_of(field.name) >= 0) continue;
    // Rows of other repositories may be there, and have nothing in it.
    field.nullable = true;
    missing.fields.push_back(std::move(field));
  }
  return missing;
}

bool same_columns(const Schema& a, const Schema& b) {
  return std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(), b.fields.end(),
                    [](const Field& x, const Field& y) { return x.name == y.name; });
}

}  // namespace

RunCommits::RunCommits(const Session& session, const LakeLayout& lake, const Run& run,
                       const Run* before)
    : session_(session), lake_(lake), run_(run), before_(before) {}

Committed RunCommits::commit(const TableChange& change, const Interrupt& interrupt) const {
  if (change.files) return commit_files(change, interrupt);
  const bool fresh = create_if_missing(session_, lake_, change.table, interrupt);
  const std::string& name = change.table.name;
  const DataFrame rows = as_declared(change.rows, change.table.schema);
  delta::WriteRequest request = request_for(change);
  if (!fresh) {
    const delta::Snapshot head =
        delta::snapshot(session_, {.table_uri = lake_.uri(name)}, interrupt);
    check_format(head);
    if (const auto same = unchanged(change, rows, interrupt)) return *same;
    request.mode = delta::SaveMode::Overwrite;
    request.replace_where = rows_of(run_.repo);
    add_missing_columns(change, head.schema, interrupt);
  }
  const delta::CommitReport report = delta::write(session_, rows, request, interrupt);
  const std::optional<std::int64_t> added = added_rows(report);
  return {report.version, added ? *added
                                : static_cast<std::int64_t>(
                                      published(name, report.version, interrupt).count(interrupt))};
}

std::int64_t RunCommits::restore(const std::string& table, std::int64_t version,
                                 const Interrupt& interrupt) const {
  return delta::restore(session_,
                        {.table_uri = lake_.uri(table),
                         .version = version,
                         .filters = {{"repo", "=", {run_.repo}}},
                         .commit = commit_options()},
                        interrupt)
      .version;
}

delta::CommitOptions RunCommits::commit_options() const {
  return {.metadata = {{"alluvium.run", run_.run_id}, {kRepoOfCommit, run_.repo}},
          .mutation = of_lake()};
}

void RunCommits::add_missing_columns(const TableChange& change, const Schema& head,
                                     const Interrupt& interrupt) const {
  const Schema missing = missing_columns(change, head);
  if (missing.fields.empty()) return;
  const delta::WriteRequest write = request_for(change);
  try {
    delta::add_columns(session_, {.table_uri = write.table_uri, .commit = write.commit}, missing,
                       interrupt);
  } catch (const Error&) {
    // A run of another repository may have been faster.
    const delta::Snapshot now =
        delta::snapshot(session_, {.table_uri = write.table_uri}, interrupt);
    if (!missing_columns(change, now.schema).fields.empty()) throw;
  }
}

delta::WriteRequest RunCommits::request_for(const TableChange& change) const {
  delta::WriterPolicy writer = column_encodings(change.table);
  writer.compression = "zstd";
  writer.rows_at_a_time = kRowsAtATime;
  return {.table_uri = lake_.uri(change.table.name),
          .target_file_size = change.data_file_bytes,
          .writer = std::move(writer),
          .commit = commit_options()};
}

DataFrame RunCommits::published(const std::string& table, std::int64_t version,
                                const Interrupt& interrupt) const {
  const delta::ProviderBundle rows = delta::provider_from_session(
      session_, {.table_uri = lake_.uri(table), .version = version}, interrupt);
  return session_.read(rows.provider).filter(col("repo") == lit(run_.repo));
}

std::optional<Committed> RunCommits::unchanged(const TableChange& change, const DataFrame& rows,
                                               const Interrupt& interrupt) const {
  if (before_ == nullptr) return std::nullopt;
  const std::string& table = change.table.name;
  const auto version = before_->versions.find(table);
  const auto count = before_->counts.find(table);
  if (version == before_->versions.end() || count == before_->counts.end() ||
      count->second > kMostRowsCompared) {
    return std::nullopt;
  }
  const DataFrame before = published(table, version->second, interrupt);
  if (!same_columns(before.schema(), rows.schema())) return std::nullopt;
  if (row_digests(before, change.file_column, interrupt) !=
      row_digests(rows, change.file_column, interrupt)) {
    return std::nullopt;
  }
  return Committed{version->second, count->second};
}

Committed RunCommits::commit_files(const TableChange& change, const Interrupt& interrupt) const {
  const std::string& name = change.table.name;
  const std::int64_t pin = before_->versions.at(name);
  const delta::Snapshot head = delta::snapshot(session_, {.table_uri = lake_.uri(name)}, interrupt);
  check_format(head);
  const DataFiles there = DataFiles::of(session_, {.table_uri = lake_.uri(name)}, run_.repo,
                                        change.file_column, interrupt);
  const Expr of_files = is_of(change.file_column, *change.files);
  const DataFrame rows = as_declared(change.rows, change.table.schema).filter(of_files);
  delta::WriteRequest request = request_for(change);
  request.mode = delta::SaveMode::Overwrite;
  if (change.files->size() > kMostFilesNamed || there.are_scattered(change.data_file_bytes) ||
      has_unpublished(name, pin, head.version, interrupt)) {
    request.replace_where = rows_of(run_.repo);
    const auto all = [&](const Session&) {
      return published(name, pin, interrupt)
          .filter(!of_files)
          .union_by_name(rows)
          .sort({col(change.file_column).asc()});
    };
    return {delta::write(session_, all, request, interrupt).version, change.rows_after};
  }
  const auto counted = before_->counts.find(name);
  const std::int64_t more =
      counted == before_->counts.end() ? 0 : change.rows_after - counted->second;
  request.target_file_size = static_cast<std::uint64_t>(
      static_cast<double>(change.data_file_bytes) * there.piece(*change.files, more));
  request.replace_where = Expr(col("repo") == lit(run_.repo) && of_files);
  return {delta::write(session_, rows, request, interrupt).version, change.rows_after};
}

bool RunCommits::has_unpublished(const std::string& table, std::int64_t pin, std::int64_t head,
                                 const Interrupt& interrupt) const {
  if (head == pin) return false;
  const auto since = static_cast<std::size_t>(head - pin);
  const std::vector<delta::HistoryEntry> commits =
      delta::history(session_, {.table_uri = lake_.uri(table), .version = head}, since, interrupt);
  return commits.size() < since || std::ranges::any_of(
                                       commits,
                                       [&](const delta::HistoryEntry& commit) {
                                         const auto repo = commit.metadata.find(kRepoOfCommit);
                                         return repo == commit.metadata.end() ||
                                                repo->second == run_.repo;
                                       });
}

}  // namespace alluvium::code
