#include "code/index/file_states.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/provider.h"
#include "code/index/row_digests.h"

namespace alluvium::code {
namespace {

/// States are kept in memory while names are resolved: they are as much as their interfaces are.
constexpr std::uint64_t kStagedBytes = std::uint64_t{256} << 20;

}  // namespace

TableDeclaration file_states_declaration() {
  return {.name = "_file_states",
          .description = "What the next run starts from",
          .schema = {.fields = {{"repo", utf8(), false},
                                {"file_id", utf8(), false},
                                {"interface", binary()},
                                {"links", binary()},
                                {"outcomes", binary(), false}}},
          .ordered_by = "file_id"};
}

DataFrame file_state_rows(const Session& session, const std::string& repo,
                          const FileOutcomes& outcomes, const ResolvedNames& names,
                          const std::optional<FileIds>& files, const Interrupt& interrupt) {
  DataFrame known = session.table("file_interfaces").select({"file_id", "interface"});
  if (files) known = known.filter(is_of("file_id", *files));
  const std::vector<RecordBatch> batches = known.collect(interrupt);
  std::map<std::string_view, std::string_view> interfaces;
  for (const RecordBatch& batch : batches) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      if (batch.column(1).is_null(row)) continue;
      interfaces.emplace(batch.column(0).bytes(row), batch.column(1).bytes(row));
    }
  }
  std::map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < names.program().files.size(); ++i) {
    const std::string_view file = names.program().files[i].file_id;
    if (!files || std::ranges::binary_search(*files, file)) places.emplace(file, i);
  }
  RecordBatchBuilder rows(file_states_declaration().schema);
  std::string packed;
  const auto add = [&](const std::string& file, const OutcomesOfFile& of_file) {
    rows.column(0).append(std::string_view(repo));
    rows.column(1).append(std::string_view(file));
    if (const auto found = interfaces.find(file); found != interfaces.end()) {
      rows.column(2).append(found->second);
    } else {
      rows.column(2).append_null();
    }
    packed.clear();
    if (const auto found = places.find(file); found != places.end()) {
      names.links()[found->second].write(packed);
      rows.column(3).append(std::string_view(packed));
    } else {
      rows.column(3).append_null();
    }
    packed.clear();
    pack(of_file, packed);
    rows.column(4).append(std::string_view(packed));
  };
  if (files) {
    for (const std::string& file : *files) {
      if (const auto found = outcomes.find(file); found != outcomes.end()) add(file, found->second);
    }
  } else {
    for (const auto& [file, of_file] : outcomes) add(file, of_file);
  }
  std::vector<RecordBatch> made;
  made.push_back(rows.finish());
  IoAdapter(session).register_record_batches("file_states_now", std::move(made));
  return session.table("file_states_now");
}

DataFrame read_file_states(const Session& session, const LakeLayout& lake, const Run& run,
                           const Interrupt& interrupt) {
  const std::string table = file_states_declaration().name;
  const std::int64_t pin = run.versions.at(table);
  // Mostly nothing was committed since, and then who writes needs not read the log again.
  delta::ProviderBundle states =
      delta::provider_from_session(session, {.table_uri = lake.uri(table)}, interrupt);
  if (states.snapshot.version != pin) {
    states = delta::provider_from_session(session, {.table_uri = lake.uri(table), .version = pin},
                                          interrupt);
  }
  return session.read(states.provider)
      .filter(col("repo") == lit(run.repo))
      .select({"file_id", "interface", "links", "outcomes"})
      .stage(kStagedBytes, interrupt);
}

void add_outcomes_of_files(const DataFrame& rows, FileOutcomes& outcomes,
                           const Interrupt& interrupt) {
  RecordBatchReader reader = rows.select({"file_id", "outcomes"}).stream(interrupt);
  while (const auto batch = reader.next()) {
    for (std::int64_t row = 0; row < batch->row_count(); ++row) {
      outcomes.insert_or_assign(std::string(batch->column(0).bytes(row)),
                                unpack(batch->column(1).bytes(row)));
    }
  }
}

void add_outcomes_of_rows(std::string_view dataset, const DataFrame& rows,
                          std::string_view file_column, FileOutcomes& outcomes,
                          const Interrupt& interrupt) {
  const std::size_t place = outcome_place(dataset);
  for (auto& [file, of_file] : outcomes) of_file[place] = {};
  for (const auto& [owner, digest] : row_digests(rows, file_column, interrupt)) {
    outcomes[owner][place] = {digest.rows, digest.sum.low};
  }
  std::erase_if(outcomes, [](const auto& each) { return each.second == OutcomesOfFile(); });
}

}  // namespace alluvium::code
