#include "code/index/file_digests.h"

#include <charconv>
#include <string_view>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/provider.h"

namespace alluvium::code {
namespace {

std::uint64_t number_of(std::string_view digits) {
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  return number;
}

StableId id_of(std::string_view digits) {
  return {.high = number_of(digits.substr(0, 16)), .low = number_of(digits.substr(16))};
}

Field column(std::string name, DataType type, std::string comment) {
  return {std::move(name), std::move(type), false, {{"comment", std::move(comment)}}};
}

}  // namespace

TableDeclaration digests_declaration() {
  return {.name = "_digests",
          .description = "What a dataset has of a file, as a digest",
          .schema = {.fields = {column("repo", utf8(), "Name of the repository in this lake."),
                                column("file_id", utf8(), "The file."),
                                column("dataset", utf8(),
                                       "The dataset, or `answers` to the file's questions."),
                                column("rows", int64(), "The file's rows in it."),
                                column("digest", utf8(), "Of those rows, as a bag.")}}};
}

RowDigests answer_digests(const Session& session, const Interrupt& interrupt) {
  return row_digests(session.table("file_answers"), "file_id", interrupt);
}

DataFrame digest_rows(const Session& session, const std::string& repo, const FileDigests& digests) {
  RecordBatchBuilder rows(digests_declaration().schema);
  for (const auto& [dataset, files] : digests) {
    for (const auto& [file, digest] : files) {
      rows.column(0).append(std::string_view(repo));
      rows.column(1).append(std::string_view(file));
      rows.column(2).append(std::string_view(dataset));
      rows.column(3).append(digest.rows);
      rows.column(4).append(digest.sum.digits().view());
    }
  }
  std::vector<RecordBatch> batches;
  batches.push_back(rows.finish());
  IoAdapter(session).register_record_batches("digests_now", std::move(batches));
  return session.table("digests_now").sort({col("file_id").asc()});
}

FileDigests read_digests(const Session& session, const LakeLayout& lake, const Run& run,
                         const Interrupt& interrupt) {
  const std::string table = digests_declaration().name;
  const delta::ProviderBundle pinned = delta::provider_from_session(
      session, {.table_uri = lake.uri(table), .version = run.versions.at(table)}, interrupt);
  FileDigests digests;
  for (const RecordBatch& batch : session.read(pinned.provider)
                                      .filter(col("repo") == lit(run.repo))
                                      .select({"dataset", "file_id", "rows", "digest"})
                                      .collect(interrupt)) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      digests[std::string(batch.column(0).bytes(row))].emplace(
          batch.column(1).bytes(row),
          RowDigest{batch.column(2).int64(row), id_of(batch.column(3).bytes(row))});
    }
  }
  return digests;
}

}  // namespace alluvium::code
