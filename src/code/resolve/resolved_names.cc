#include "code/resolve/resolved_names.h"

#include <algorithm>
#include <cstddef>

#include "code/repository/interruption.h"
#include "code/resolve/name_rows.h"
#include "code/resolve/outcome_digests.h"

namespace alluvium::code {

ResolvedNames::ResolvedNames(const Session& session, const Interrupt& interrupt)
    : program_(Program::load(session, interrupt)),
      classes_(program_),
      flow_(program_, classes_, interrupt),
      relations_(find_relations(program_, classes_, flow_)),
      answers_(answer_lookups(program_, classes_, flow_)) {
  throw_if_interrupted(interrupt, "resolving names");
}

MadeRows ResolvedNames::rows(const std::vector<std::string>& files) const {
  std::vector<bool> chosen;
  for (const Program::File& file : program_.files) {
    chosen.push_back(std::ranges::binary_search(files, file.file_id));
  }
  return rows(FileChoice(std::move(chosen)));
}

MadeRows ResolvedNames::rows(const FileChoice& files) const {
  MadeRows made;
  made["imports_resolved"] = imports_resolved_rows(program_, files);
  made["outside_modules"] = outside_modules_rows(program_);
  made["exports"] = exports_rows(program_, files);
  made["relations"] = relations_rows(program_, relations_, files);
  made["lookups"] = lookups_rows(program_, answers_, files);
  made["lookup_candidates"] = candidates_rows(program_, answers_, files);
  return made;
}

FileOutcomes ResolvedNames::digests() const {
  FileOutcomes outcomes;
  const auto add = [&](std::string_view dataset, auto&& digest) {
    OutcomeDigests sums(program_.files.size());
    digest(sums);
    FileDigests& digests = outcomes[std::string(dataset)];
    for (std::size_t i = 0; i < program_.files.size(); ++i) {
      if (sums[i] != 0) digests.emplace(program_.files[i].file_id, sums[i]);
    }
  };
  add("modules", [&](OutcomeDigests& to) { digest_modules(program_, to); });
  add("imports_resolved", [&](OutcomeDigests& to) { digest_imports(program_, to); });
  add("exports", [&](OutcomeDigests& to) { digest_exports(program_, to); });
  add("relations", [&](OutcomeDigests& to) { digest_relations(program_, relations_, to); });
  add("lookups", [&](OutcomeDigests& to) { digest_answers(program_, answers_, to); });
  return outcomes;
}

}  // namespace alluvium::code
