#pragma once

#include <string>
#include <utility>
#include <vector>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/frame/data_frame.h"
#include "alluvium/frame/record_batch.h"
#include "alluvium/session/runtime_profile.h"
#include "alluvium/session/session.h"
#include "code/datasets/datasets.h"
#include "code/environment/installed_module.h"
#include "code/extract/python_extractor.h"
#include "code/identity/fact_id.h"
#include "code/identity/identify_facts.h"
#include "code/scip/scip_tables.h"
#include "frame/rows_testing.h"

namespace alluvium::code::testing {

struct File {
  std::string path;
  std::string content;
};
using Files = std::vector<File>;

/// A repository of files in memory with all datasets made of it, as tables of one session.
class Resolved {
 public:
  explicit Resolved(const Files& files, const std::vector<std::string>& markers = {},
                    const std::string& repo = "r")
      : session_(open()) {
    IoAdapter adapter(session_);
    RecordBatchBuilder sources({.fields = {{"repo", utf8()},
                                           {"path", utf8()},
                                           {"size_bytes", int64()},
                                           {"language", utf8()},
                                           {"content", binary()}}});
    for (const auto& [path, content] : files) {
      sources.column(0).append(repo);
      sources.column(1).append(path);
      sources.column(2).append(static_cast<std::int64_t>(content.size()));
      sources.column(3).append("python");
      sources.column(4).append(content);
    }
    register_batch(adapter, "sources", sources);
    RecordBatchBuilder marked({.fields = {{"repo", utf8()}, {"path", utf8()}}});
    for (const std::string& path : markers) {
      marked.column(0).append(repo);
      marked.column(1).append(path);
    }
    register_batch(adapter, "markers", marked);
    adapter.register_record_batches("listing_problems",
                                    {.fields = {{"repo", utf8()},
                                                {"path", utf8()},
                                                {"severity", utf8()},
                                                {"code", utf8()},
                                                {"message", utf8()},
                                                {"source", utf8()}}},
                                    {});
    register_no_scip(session_);
    adapter.register_view("listing",
                          session_.sql("SELECT repo, path, size_bytes, language FROM sources"));
    for (const Dataset& dataset : datasets()) {
      if (!session_.has_table("facts") && session_.has_table("modules")) {
        adapter.register_view("facts", stage(R"sql(
            SELECT m.repo, m.file_id, m.path, m.module, m.package, m.is_package, m.source_root,
              fact_id(m.path) AS content_hash, CAST(NULL AS VARCHAR) AS read_failure,
              m.size_bytes, m.language,
              identify_facts(m.repo, m.path, m.module, parse_python(s.content)) AS f
            FROM file_modules m JOIN sources s ON s.path = m.path)sql"));
      }
      if (dataset.make != nullptr) register_made(session_, dataset.make(session_, {}));
      adapter.register_view(dataset.name, dataset.rows(session_, {}).stage(std::uint64_t{1} << 30));
    }
  }

  [[nodiscard]] alluvium::testing::Rows rows(std::string_view sql) const {
    return alluvium::testing::rows_of(session_.sql(sql));
  }
  [[nodiscard]] const Session& session() const { return session_; }

 private:
  static Session open() {
    RuntimeProfile profile;
    profile.settings = dataset_settings();
    profile.functions = {.scalars = {fact_id_function(), parse_python_function(),
                                     identify_facts_function(python_facts_type()),
                                     installed_module_function(nullptr)}};
    return profile.open_session();
  }

  static void register_batch(IoAdapter& adapter, std::string_view name,
                             RecordBatchBuilder& builder) {
    std::vector<RecordBatch> batches;
    batches.push_back(builder.finish());
    adapter.register_record_batches(name, std::move(batches));
  }

  [[nodiscard]] DataFrame stage(std::string_view sql) const {
    return session_.sql(sql).stage(std::uint64_t{1} << 30);
  }

  Session session_;
};

}  // namespace alluvium::code::testing
