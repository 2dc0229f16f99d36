#include "code/resolve/resolve_names.h"

#include "code/resolve/lookups.h"
#include "code/resolve/name_rows.h"
#include "code/resolve/program.h"

namespace alluvium::code {

MadeRows resolve_names(const Session& session, const Interrupt& interrupt) {
  const Program program = Program::load(session, interrupt);
  MadeRows made;
  made["imports_resolved"] = imports_resolved_rows(program);
  made["exports"] = exports_rows(program);
  made["lookups"] = answer_lookups(program);
  return made;
}

}  // namespace alluvium::code
