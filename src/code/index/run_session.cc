#include "code/index/run_session.h"

#include <algorithm>
#include <utility>

#include "alluvium/session/runtime_profile.h"
#include "code/datasets/datasets.h"
#include "code/environment/installed_module.h"
#include "code/extract/python_extractor.h"
#include "code/identity/digest_facts.h"
#include "code/identity/fact_id.h"
#include "code/identity/identify_facts.h"
#include "code/index/dataset_frames.h"
#include "code/index/run_resources.h"
#include "code/repository/read_file.h"
#include "code/scip/scip_facts.h"

namespace alluvium::code {
namespace {

/// No source file is larger, however generous the request: extraction's own bound.
constexpr std::uint64_t kMostFileBytes = std::uint64_t{256} << 20;

}  // namespace

Session open_run_session(const IndexRequest& request, const NamedInputs& inputs,
                         const std::shared_ptr<const FileSource>& files, const LakeLayout& lake,
                         const std::shared_ptr<std::atomic<std::uint64_t>>& files_read) {
  const ExtractLimits limits{.max_bytes = std::min(request.max_file_bytes, kMostFileBytes),
                             .parse_timeout = request.parse_timeout};
  ScalarFunction parse = parse_python_function(limits);
  ScalarFunction identify = identify_facts_function(parse.returns.type);
  RuntimeProfile profile = RuntimeProfile::trusted();
  // Registrations would each take a snapshot of the catalog.
  profile.enable_information_schema = false;
  profile.target_partitions = partitions_of(request);
  profile.memory_limit = request.memory_limit;
  profile.allowed_roots = {lake.folder().string()};
  profile.confine = true;
  profile.settings = dataset_settings();
  profile.functions = file_functions(files, kMostFileBytes, files_read);
  profile.functions.scalars.push_back(std::move(parse));
  profile.functions.scalars.push_back(std::move(identify));
  profile.functions.scalars.push_back(digest_facts_function());
  profile.functions.scalars.push_back(fact_id_function());
  profile.functions.scalars.push_back(installed_module_function(inputs.environment));
  if (inputs.scip) profile.functions.scalars.push_back(read_scip_function(inputs.scip));
  return profile.open_session();
}

}  // namespace alluvium::code
