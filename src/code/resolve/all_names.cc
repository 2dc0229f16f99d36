#include "code/resolve/all_names.h"

#include <cstddef>
#include <unordered_map>

namespace alluvium::code {
namespace {

// The files whose lists `from` names.
std::vector<ProgramIndex> lenders(NameFacts& facts, const ModuleIndex& modules,
                                  std::span<const ImportTarget> targets, const ModuleMember& from) {
  std::vector<ProgramIndex> files;
  const auto borrower = static_cast<std::size_t>(from.file);
  for (auto i = static_cast<std::size_t>(facts.files[borrower].first_import);
       i < facts.imports.size() && facts.imports[i].file == from.file; ++i) {
    const NameFacts::Import& import = facts.imports[i];
    if (import.bound_name != from.name || import.scope != kNowhere) continue;
    if (targets[i].object_file != kNowhere) files.push_back(targets[i].object_file);
  }
  if (!files.empty()) return files;
  ProgramIndex found = kNowhere;
  if (const NameId package = facts.files[borrower].package; package != kNoName) {
    found = modules.find(facts.names.intern(
        facts.texts.concat({facts.names.text(package), ".", facts.names.text(from.name)})));
  }
  if (found == kNowhere) found = modules.find(from.name);
  if (found != kNowhere) files.push_back(found);
  return files;
}

}  // namespace

AllNames::AllNames(NameFacts& facts, const ModuleIndex& modules,
                   std::span<const ImportTarget> targets)
    : facts_(&facts) {
  std::unordered_map<ProgramIndex, std::vector<ProgramIndex>> borrowers;
  for (const ModuleMember& from : facts.all_from) {
    for (const ProgramIndex lender : lenders(facts, modules, targets, from)) {
      borrowers[lender].push_back(from.file);
      reads_.push_back({from.file, lender});
    }
  }
  for (const ModuleMember& entry : facts.all_names) add(entry);
  // What is added is handed on in its turn. Modules that take each other's lists end it: what is
  // there already is not added again.
  std::size_t next = 0;
  while (next < entries_.size()) {
    const ModuleMember entry = entries_[next++];
    const auto found = borrowers.find(entry.file);
    if (found == borrowers.end()) continue;
    for (const ProgramIndex borrower : found->second) add({borrower, entry.name});
  }
}

void AllNames::add(ModuleMember entry) {
  bool& is_listed = listed_[NameFacts::key(entry.file, entry.name)];
  if (is_listed) return;
  is_listed = true;
  entries_.push_back(entry);
}

bool AllNames::is_public(ProgramIndex file, NameId name) const {
  if (facts_->files[static_cast<std::size_t>(file)].has_all) return contains(file, name);
  return !facts_->names.text(name).starts_with('_');
}

}  // namespace alluvium::code
