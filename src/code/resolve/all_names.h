#pragma once

#include <span>
#include <vector>

#include "code/extract/flat_map.h"
#include "code/resolve/import_targets.h"
#include "code/resolve/module_index.h"
#include "code/resolve/name_facts.h"

namespace alluvium::code {

/// The `__all__` lists of a repository's modules, with what they take from others' lists
/// (`__all__ = sub.__all__ + [...]`) followed to the end.
///
/// A list is taken from the module that the name is imported as, else from the submodule of that
/// name (`from .sub import *` makes one), else from that absolute name.
///
/// Thread-safety: immutable after construction; `facts` must outlive it.
class AllNames {
 public:
  AllNames(NameFacts& facts, const ModuleIndex& modules, std::span<const ImportTarget> targets);

  [[nodiscard]] bool contains(ProgramIndex file, NameId name) const {
    return listed_.find(NameFacts::key(file, name)) != nullptr;
  }
  [[nodiscard]] std::span<const ModuleMember> entries() const { return entries_; }
  /// Whose lists modules take into their own.
  [[nodiscard]] std::span<const FileRead> reads() const { return reads_; }
  /// Whether star imports of the module take `name`, when the module has it: it is in its
  /// `__all__`, or without one, has no underscore first.
  [[nodiscard]] bool is_public(ProgramIndex file, NameId name) const;

 private:
  void add(ModuleMember entry);

  const NameFacts* facts_;
  FlatMap<bool> listed_;  // by file and name
  std::vector<ModuleMember> entries_;
  std::vector<FileRead> reads_;
};

}  // namespace alluvium::code
