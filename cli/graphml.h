#pragma once

#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "cli/output.h"

namespace alluvium::cli {

/// Writes the graph of a lake's session (its views `nodes` and `edges`) as GraphML, as it comes and
/// in bounded memory: of a node its repo, kind, name and path, of an edge its kind, confidence and
/// origin. Source of the format: http://graphml.graphdrawing.org/specification.html. Characters
/// that XML can't have become U+FFFD. Errors: those of queries and of `Output`.
void write_graphml(const Session& session, Output& output, const Interrupt& interrupt);

}  // namespace alluvium::cli
