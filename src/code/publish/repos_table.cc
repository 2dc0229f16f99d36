#include "code/publish/repos_table.h"

#include "alluvium/delta/provider.h"
#include "alluvium/delta/write.h"
#include "code/publish/repository_rows.h"

namespace alluvium::code {

TableDeclaration repos_declaration() {
  return {
      .name = "repos",
      .description = "One row: a repository that the lake knows",
      .schema = {.fields = {table_column("repo", utf8(), "Its name in all tables", false),
                            table_column("root", utf8(), "The folder that was indexed"),
                            table_column("origin", utf8(),
                                         "Where it comes from: the normalised URL of its remote, "
                                         "else its folder")}}};
}

std::vector<KnownRepository> read_repos(const Session& session, const LakeLayout& lake,
                                        const Interrupt& interrupt) {
  std::vector<KnownRepository> repositories;
  if (!delta::is_table(session, lake.uri("repos"))) return repositories;
  const delta::ProviderBundle table =
      delta::provider_from_session(session, {.table_uri = lake.uri("repos")}, interrupt);
  check_format(table.snapshot);
  const DataFrame rows = session.read(table.provider).select({"repo", "root", "origin"});
  for (const RecordBatch& batch : rows.collect(interrupt)) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      repositories.push_back({std::string(batch.column("repo").bytes(row)),
                              std::string(batch.column("root").bytes(row)),
                              std::string(batch.column("origin").bytes(row))});
    }
  }
  return repositories;
}

void record_repository(const Session& session, const LakeLayout& lake,
                       const KnownRepository& repository, const Interrupt& interrupt) {
  const DataFrame row = session.sql("SELECT $repo AS repo, $root AS root, $origin AS origin",
                                    {{"repo", lit(repository.repo)},
                                     {"root", lit(repository.root)},
                                     {"origin", lit(repository.origin)}},
                                    interrupt);
  delta::write(session, row,
               {.table_uri = lake.uri("repos"),
                .mode = delta::SaveMode::Overwrite,
                .replace_where = rows_of(repository.repo),
                .commit = {.mutation = of_lake()}},
               interrupt);
}

}  // namespace alluvium::code
