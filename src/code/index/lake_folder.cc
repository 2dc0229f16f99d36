#include "code/index/lake_folder.h"

#include <system_error>

namespace alluvium::code {

namespace fs = std::filesystem;

fs::path lake_folder(const IndexRequest& request) {
  std::error_code failure;
  const fs::path lake = request.lake.empty()
                            ? fs::weakly_canonical(request.repository, failure) / ".alluvium"
                            : request.lake;
  const fs::path canonical = fs::weakly_canonical(lake, failure);
  return failure ? fs::absolute(lake) : canonical;
}

}  // namespace alluvium::code
