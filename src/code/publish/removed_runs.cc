#include "code/publish/removed_runs.h"

#include <string>

#include "alluvium/delta/provider.h"
#include "alluvium/delta/write.h"
#include "code/publish/runs_table.h"
#include "code/publish/table_properties.h"

namespace alluvium::code {
namespace {

TableDeclaration declaration() {
  return {
      .name = std::string(kRemovedRunsTable),
      .description = "One row: a run that was removed from the lake",
      .schema = {.fields = {table_column("repo", utf8(), "The repository"),
                            table_column("run_id", utf8(), "Its id"),
                            table_column("source_revision", utf8(), "The git commit that HEAD was"),
                            table_column("dirty", boolean(), "Sources differed from that commit"),
                            table_column("finished_at", utc_type(), "When it was published"),
                            table_column("removed_at", utc_type(), "When it was removed")}}};
}

}  // namespace

void record_removed_runs(const Session& session, const LakeLayout& lake,
                         const std::vector<Run>& oldest_kept, UtcMicros now,
                         const Interrupt& interrupt) {
  create_if_missing(session, lake, declaration(), interrupt);
  const delta::ProviderBundle runs =
      delta::provider_from_session(session, {.table_uri = lake.uri("runs")}, interrupt);
  std::vector<Expr> columns;
  for (const Field& field : declaration().schema.fields) {
    const Expr value = field.name == "removed_at" ? lit_integer(now, utc_type()) : col(field.name);
    // With the comments of this table.
    columns.push_back(value.conform_to(field).alias(field.name));
  }
  const DataFrame removed = session.read(runs.provider)
                                .filter(is_before(oldest_kept) && col("kind") != lit("maintenance"))
                                .select(columns);
  delta::write(session, removed,
               {.table_uri = lake.uri(kRemovedRunsTable), .commit = {.mutation = of_lake()}},
               interrupt);
}

std::vector<Run> read_removed_runs(const Session& session, const LakeLayout& lake,
                                   const Interrupt& interrupt) {
  const std::string uri = lake.uri(kRemovedRunsTable);
  std::vector<Run> runs;
  if (!delta::is_table(session, uri)) return runs;
  const delta::ProviderBundle table =
      delta::provider_from_session(session, {.table_uri = uri}, interrupt);
  check_format(table.snapshot);
  const DataFrame rows =
      session.read(table.provider)
          .select({col("repo"), col("run_id"),
                   call("coalesce", {col("source_revision"), lit("")}).alias("source_revision"),
                   col("dirty"), col("finished_at").cast(int64()).alias("finished_at")})
          .sort({col("finished_at").asc(), col("run_id").asc()});
  for (const RecordBatch& batch : rows.collect(interrupt)) {
    const auto text = [&](std::string_view name, std::int64_t row) {
      return std::string(batch.column(name).bytes(row));
    };
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      runs.push_back({.repo = text("repo", row),
                      .run_id = text("run_id", row),
                      .source_revision = text("source_revision", row),
                      .dirty = batch.column("dirty").int64(row) != 0,
                      .finished_at = utc_text(batch.column("finished_at").int64(row))});
    }
  }
  return runs;
}

}  // namespace alluvium::code
