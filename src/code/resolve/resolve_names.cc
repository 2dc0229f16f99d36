#include "code/resolve/resolve_names.h"

#include <utility>

#include "code/resolve/class_hierarchy.h"
#include "code/resolve/lookups.h"
#include "code/resolve/name_rows.h"
#include "code/resolve/program.h"
#include "code/resolve/relations.h"
#include "code/resolve/value_flow.h"

namespace alluvium::code {

MadeRows resolve_names(const Session& session, const Interrupt& interrupt) {
  const Program program = Program::load(session, interrupt);
  const ClassHierarchy classes(program);
  const ValueFlow flow(program, classes);
  MadeRows made;
  made["imports_resolved"] = imports_resolved_rows(program);
  made["exports"] = exports_rows(program);
  made["relations"] = relations_rows(program, classes, flow);
  AnsweredLookups lookups = answer_lookups(program, classes, flow);
  made["lookups"] = std::move(lookups.answers);
  made["file_answers"] = std::move(lookups.file_digests);
  return made;
}

}  // namespace alluvium::code
