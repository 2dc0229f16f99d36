#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/datasets/datasets.h"

namespace alluvium::code {

/// The views over the published tables, each declared as a dataset, after its inputs: `nodes`,
/// `edges` and `props`, one property graph, and `imports_across`, between repositories. Their SQL
/// is also that of the scripts for other engines, so it keeps to what DuckDB and Spark understand
/// too (`engine_script.h`).
std::span<const Dataset> graph_views();

/// Registers those views of which `session` has the inputs: a lake of before has no `relations`.
/// With `staged_bytes`, `edges` is made once and kept, at most so much of it in memory: for who
/// reads it many times.
void register_graph_views(const Session& session, const Interrupt& interrupt,
                          std::optional<std::uint64_t> staged_bytes = std::nullopt);

/// A kind of nodes or of edges.
struct GraphKind {
  std::string_view name;
  /// The keys that each of the kind has in `props`.
  std::vector<std::string_view> required = {};
};

std::span<const GraphKind> node_kinds();
std::span<const GraphKind> edge_kinds();

}  // namespace alluvium::code
