#include <fmt/format.h>

#include <string_view>

#include "alluvium/error.h"
#include "bridge/handles.h"
#include "delta/write_source_internal.h"

namespace alluvium::delta {

DataFrame plan_source(const WriteSource& source, const Session& session) {
  if (const auto* frame = std::get_if<DataFrame>(&source)) return *frame;
  const auto& make = std::get<std::function<DataFrame(const Session&)>>(source);
  if (!make) refuse("the source of the rows is an empty function");
  return make(session);
}

bool reads_table(const DataFrame& frame, const std::string& table_uri) {
  return bridge::read_version(*frame.handle(), table_uri) >= 0;
}

void check_current(const WriteSource& source, const DataFrame& frame, const std::string& table_uri,
                   const TableState& state) {
  if (!std::holds_alternative<DataFrame>(source)) return;
  const std::int64_t read = bridge::read_version(*frame.handle(), table_uri);
  if (read < 0 || read == state.version) return;
  throw Error(ErrorCode::CommitConflict,
              fmt::format("`{}` is at version {}, but the frame reads it at version {}; build the "
                          "frame anew, or give a callable that does",
                          table_uri, state.version, read),
              false, {{"version", std::to_string(state.version)}});
}

void check_replannable(const WriteSource& source, const Plan& plan, const std::string& table_uri,
                       const Error& conflict) {
  if (!std::holds_alternative<DataFrame>(source)) return;
  const auto give_up = [&](std::string_view why) {
    throw Error(ErrorCode::CommitConflict,
                fmt::format("`{}` was changed by another writer: {} ({})", table_uri, why,
                            conflict.message()),
                false, conflict.details());
  };
  if (reads_table(*plan.source, table_uri)) {
    give_up(
        "the frame reads the table that it is written to, as it was before that change; build "
        "it anew, or give a callable that does");
  }
  if (bridge::reads_once(*plan.source->handle())) {
    give_up(
        "the frame reads a stream, which can't be read again; stage() it, or give a callable "
        "that opens the stream anew");
  }
}

}  // namespace alluvium::delta
