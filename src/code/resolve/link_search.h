#pragma once

#include <cstdint>
#include <vector>

#include "code/resolve/class_hierarchy.h"
#include "code/resolve/file_links.h"
#include "code/resolve/lookups.h"
#include "code/resolve/outcome_digests.h"
#include "code/resolve/program.h"
#include "code/resolve/relations.h"
#include "code/resolve/value_flow.h"

namespace alluvium::code {

/// The files that the names of each file of a program were looked for in, itself aside, in order.
std::vector<std::vector<ProgramIndex>> find_reads(const Program& program,
                                                  const ClassHierarchy& classes,
                                                  const ValueFlow& flow);

/// What the order of a class comes to.
std::uint64_t order_digest(const Program& program, const ClassHierarchy& classes,
                           ProgramIndex of_class);

/// The links of each file of a program, from what its names came to; those of the relations from
/// below are `below`.
std::vector<FileLinks> find_links(const Program& program, const ClassHierarchy& classes,
                                  const ValueFlow& flow, const Answers& answers,
                                  const Relations& relations, const OutcomeDigests& below);

}  // namespace alluvium::code
