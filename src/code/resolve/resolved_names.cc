#include "code/resolve/resolved_names.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "code/repository/interruption.h"
#include "code/resolve/link_search.h"
#include "code/resolve/name_rows.h"
#include "code/resolve/outcome_digests.h"

namespace alluvium::code {

ResolvedNames::Names::Names(const Program& program)
    : modules(program.files.size()),
      imports(program.files.size()),
      exports(program.files.size()),
      outside_modules(outside_modules_rows(program)) {
  digest_modules(program, modules);
  digest_imports(program, imports);
  digest_exports(program, exports);
}

ResolvedNames::ResolvedNames(Program program, const Interrupt& interrupt)
    : program_(std::move(program)),
      making_names_(std::async(std::launch::async, [this] { return Names(program_); })),
      classes_(program_),
      flow_(program_, classes_, interrupt),
      finding_relations_(std::async(std::launch::async,
                                    [this] { return find_relations(program_, classes_, flow_); })),
      answers_(answer_lookups(program_, classes_, flow_)),
      relations_(finding_relations_.get()),
      relation_digests_(program_.files.size()),
      names_(making_names_.get()) {
  throw_if_interrupted(interrupt, "resolving names");
  OutcomeDigests below(program_.files.size());
  digest_relations(program_, classes_, relations_.all, relation_digests_, below);
  links_ = find_links(program_, classes_, flow_, answers_, relations_, below);
}

std::size_t ResolvedNames::file_count() const {
  return kept_ ? static_cast<std::size_t>(std::ranges::count(*kept_, true)) : links_.size();
}

Outcome ResolvedNames::relations_of(std::size_t file, const Outcome& below) const {
  const Outcome& own = relation_digests_[file];
  return {own.rows + below.rows, own.digest + below.digest};
}

std::vector<std::string> ResolvedNames::relinked(const LinkGraph& before) const {
  std::vector<std::string> files;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    if (!has(i)) continue;
    if (links_[i] != before.links(i)) files.push_back(before.file_id(i));
  }
  std::ranges::sort(files);
  return files;
}

void ResolvedNames::keep_to(const LinkGraph::Files& files, const LinkGraph& before) {
  kept_ = files;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i]) links_[i].relations_below = before.links(i).relations_below;
  }
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
  made["outside_modules"] = names_.outside_modules;
  made["exports"] = exports_rows(program_, files);
  made["relations"] = relations_rows(program_, relations_.all, files);
  made["lookups"] = lookups_rows(program_, answers_, files);
  made["lookup_candidates"] = candidates_rows(program_, answers_, files);
  return made;
}

void ResolvedNames::add_outcomes(FileOutcomes& outcomes) const {
  const std::size_t files = program_.files.size();
  OutcomeDigests lookups(files);
  OutcomeDigests candidates(files);
  digest_answers(program_, answers_, lookups, candidates);
  for (std::size_t file = 0; file < files; ++file) {
    if (!has(file)) continue;
    OutcomesOfFile& of_file = outcomes[std::string(program_.files[file].file_id)];
    // The rows of an import say also where it is, as those of a candidate do.
    const std::uint64_t own_imports = of_file[outcome_place("imports")].digest;
    of_file[outcome_place("modules")] = names_.modules[file];
    of_file[outcome_place("imports_resolved")] = {names_.imports[file].rows,
                                                  names_.imports[file].digest ^ own_imports};
    of_file[outcome_place("exports")] = names_.exports[file];
    of_file[outcome_place("relations")] = relations_of(file, links_[file].relations_below);
    of_file[outcome_place("lookups")] = lookups[file];
    of_file[outcome_place("candidates")].rows = candidates[file].rows;
  }
}

}  // namespace alluvium::code
