#include "code/resolve/module_index.h"

#include <algorithm>
#include <cstddef>
#include <tuple>

namespace alluvium::code {
namespace {

using File = NameFacts::File;

std::int64_t characters(std::string_view text) {
  return std::ranges::count_if(text, [](char byte) { return (byte & '\xC0') != '\x80'; });
}

const File& at(const NameFacts& facts, ProgramIndex file) {
  return facts.files[static_cast<std::size_t>(file)];
}

ProgramIndex find_in(const FlatMap<ProgramIndex>& files, std::uint64_t key) {
  const ProgramIndex* const found = files.find(key);
  return found == nullptr ? kNowhere : *found - 1;
}

// Gives the name `key` to `file` unless one before it (by path) has it that is as good by `rank`:
// the smallest wins.
template <typename Rank>
void claim(FlatMap<ProgramIndex>& files, std::uint64_t key, ProgramIndex file, const Rank& rank) {
  ProgramIndex& place = files[key];  // one more than the file, 0 for none
  if (place == 0 || rank(file) < rank(place - 1)) place = file + 1;
}

}  // namespace

ModuleIndex::ModuleIndex(NameFacts& facts) {
  const auto size_of_root = [&](const File& file) {
    return characters(facts.names.text(file.source_root));
  };
  const auto in_repository = [&](ProgramIndex index) {
    const File& file = at(facts, index);
    return std::tuple(!file.is_regular, size_of_root(file), !file.is_package);
  };
  const auto in_root = [&](ProgramIndex index) { return !at(facts, index).is_package; };
  const auto by_path = [&](ProgramIndex index) { return characters(at(facts, index).path); };

  const NameId init = facts.names.intern("__init__");
  NameId last_package = kNoName;
  for (ProgramIndex index = 0; index < static_cast<ProgramIndex>(facts.files.size()); ++index) {
    const File& file = at(facts, index);
    if (file.module != kNoName) {
      claim(modules_, file.module, index, in_repository);
      claim(in_root_, NameFacts::key(static_cast<ProgramIndex>(file.source_root), file.module),
            index, in_root);
      top_names_[facts.names.intern(first_name(facts.names.text(file.module)))] = true;
      if (file.module == init) package_roots_.insert(file.source_root);
    }
    if (file.short_name != kNoName) claim(short_names_, file.short_name, index, by_path);
    if (file.package != kNoName && file.package != last_package) add_folders(facts, file.package);
    last_package = file.package;
  }
}

void ModuleIndex::add_folders(NameFacts& facts, NameId package) {
  const std::string_view text = facts.names.text(package);
  for (std::size_t end = text.find('.'); end != text.npos; end = text.find('.', end + 1)) {
    folders_[facts.names.intern(text.substr(0, end))] = true;
  }
  folders_[package] = true;
  top_names_[facts.names.intern(first_name(text))] = true;
}

ProgramIndex ModuleIndex::find(NameId module) const { return find_in(modules_, module); }

ProgramIndex ModuleIndex::find_from(NameId source_root, NameId module) const {
  if (module == kNoName) return kNowhere;
  const ProgramIndex here =
      find_in(in_root_, NameFacts::key(static_cast<ProgramIndex>(source_root), module));
  if (here != kNowhere) return here;
  const ProgramIndex there = find(module);
  return there != kNowhere ? there : find_in(short_names_, module);
}

std::string_view first_name(std::string_view dotted) { return dotted.substr(0, dotted.find('.')); }

std::string_view last_name(std::string_view dotted) { return dotted.substr(dotted.rfind('.') + 1); }

}  // namespace alluvium::code
