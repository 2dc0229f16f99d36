#include "alluvium/version.h"

#include <fmt/format.h>

#include "alluvium/error.h"
#include "alluvium/session/session.h"
#include "cli/program.h"

namespace alluvium::cli {

std::string version_text() {
  std::string text = fmt::format("alluvium {}", version());
  try {
    // The engine tells its own version: nothing here can drift from what is linked in.
    RuntimeProfile profile;
    profile.confine = true;
    const auto batches = profile.open_session().sql("SELECT version()").collect();
    text += fmt::format("\n{}", batches.at(0).column(0).bytes(0));
  } catch (const std::exception&) {
    // A program that can't start its engine still has a version.
  }
  return text;
}

}  // namespace alluvium::cli
