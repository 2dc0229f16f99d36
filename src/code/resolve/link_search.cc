#include "code/resolve/link_search.h"

#include <algorithm>
#include <utility>

#include "code/resolve/injections.h"
#include "code/resolve/module_index.h"
#include "code/resolve/name_rows.h"

namespace alluvium::code {
namespace {

std::size_t at(ProgramIndex index) { return static_cast<std::size_t>(index); }

template <typename Item>
void order(std::vector<Item>& items) {
  std::ranges::sort(items);
  const auto rest = std::ranges::unique(items);
  items.erase(rest.begin(), rest.end());
}

void add_questions(const Program& program, const Relations& relations,
                   std::vector<FileLinks>& links) {
  OutcomeDigests asked(program.files.size());
  for (const MemberQuestion& each : relations.questions) {
    const Program::Definition& function = program.definitions[at(each.function)];
    const StableId of_class = program.def_id(each.of_class);
    const std::uint64_t name = program.names.hash(each.name);
    FileLinks& of_file = links[at(function.file)];
    if (each.is_pattern) {
      of_file.patterns_below.push_back(
          {class_key(of_class), std::string(program.names.text(each.name))});
    } else {
      of_file.questions_below.push_back(question_key(of_class, name));
    }
    asked.add(function.def_id).add(of_class).add(name).finish(function.file);
  }
  for (std::size_t i = 0; i < links.size(); ++i) links[i].questions_digest = asked[i].digest;
}

void add_names(const Program& program, const Answers& answers, std::vector<FileLinks>& links) {
  for (std::size_t i = 0; i < program.lookups.size(); ++i) {
    const Program::Lookup& lookup = program.lookups[i];
    if (!answers.is_by_name(lookup, i)) continue;
    links[at(lookup.file)].asked.push_back(program.names.hash(lookup.name));
  }
  for (const ProgramIndex definition : answers.named) {
    const Program::Definition& each = program.definitions[at(definition)];
    links[at(each.file)].named.push_back({program.names.hash(each.name), each.def_id});
  }
}

void add_mentions(const Program& program, std::vector<FileLinks>& links) {
  // Most names are used many times in a row by one file.
  std::vector<ProgramIndex> last_file(program.names.size(), kNowhere);
  const auto add = [&](ProgramIndex file, NameId name) {
    if (name == kNoName || std::exchange(last_file[name], file) == file) return;
    links[at(file)].mentions.push_back(name_hash(program.names.hash(name)));
  };
  for (const Program::Import& each : program.imports) {
    add(each.file, each.name);
    if (each.is_star) links[at(each.file)].has_star = true;
  }
  for (const ModuleMember& each : program.all_names) add(each.file, each.name);
  for (const ModuleMember& each : program.all_from) add(each.file, each.name);
  for (const Program::Value& each : program.values) {
    if (each.kind == ValueKind::Attribute || each.kind == ValueKind::Star) {
      add(each.file, each.name);
    }
  }
  for (const Program::Lookup& each : program.lookups) add(each.file, each.name);
  for (const Program::Definition& each : program.definitions) {
    if (each.parent == kNowhere) continue;
    const Program::Definition& around = program.definitions[at(each.parent)];
    // A fixture is passed as it, or it may take the place of what a base has.
    if (each.kind == DefinitionKind::Parameter ? takes_fixtures(program, around)
                                               : around.kind == DefinitionKind::Class) {
      add(each.file, each.name);
    }
  }
}

void add_sought(const Program& program, std::vector<FileLinks>& links) {
  for (std::size_t i = 0; i < program.imports.size(); ++i) {
    std::vector<NameHash>& sought = links[at(program.imports[i].file)].sought;
    for (const NameId name : {program.import_targets[i].object, program.import_targets[i].base}) {
      if (name == kNoName) continue;
      const std::string_view text = program.names.text(name);
      sought.push_back(name_hash(program.names.hash(name)));
      sought.push_back(name_hash(first_name(text)));
      sought.push_back(name_hash(text.substr(0, text.rfind('.'))));
    }
  }
}

void add_orders(const Program& program, const ClassHierarchy& classes,
                std::vector<FileLinks>& links) {
  for (std::size_t i = 0; i < program.definitions.size(); ++i) {
    const Program::Definition& each = program.definitions[i];
    if (each.kind != DefinitionKind::Class) continue;
    links[at(each.file)].orders_digest +=
        order_digest(program, classes, static_cast<ProgramIndex>(i));
  }
}

}  // namespace

std::uint64_t order_digest(const Program& program, const ClassHierarchy& classes,
                           ProgramIndex of_class) {
  std::vector<std::uint64_t> parts = {classes.has_unknown_base(of_class) ? 1U : 0U};
  for (const ProgramIndex each : classes.order(of_class)) {
    parts.push_back(program.def_id(each).high);
    parts.push_back(program.def_id(each).low);
  }
  return XXH3_64bits(parts.data(), parts.size() * sizeof parts.front());
}

std::vector<std::vector<ProgramIndex>> find_reads(const Program& program,
                                                  const ClassHierarchy& classes,
                                                  const ValueFlow& flow) {
  std::vector<std::vector<ProgramIndex>> reads(program.files.size());
  const auto add = [&](ProgramIndex file, ProgramIndex read) {
    if (read == kNowhere || read == file) return;
    std::vector<ProgramIndex>& of_file = reads[at(file)];
    if (of_file.empty() || of_file.back() != read) of_file.push_back(read);
  };
  for (std::size_t i = 0; i < program.imports.size(); ++i) {
    add(program.imports[i].file, program.import_targets[i].object_file);
    add(program.imports[i].file, program.import_targets[i].parent_file);
  }
  for (const FileRead& each : program.offered.reads_of_lists()) add(each.file, each.read);
  for (const Injection& each : flow.injections()) {
    add(program.definitions[at(each.parameter)].file, program.definitions[at(each.fixture)].file);
  }
  for (const FileRead& each : classes.reads_of_modules()) add(each.file, each.read);
  for (std::size_t i = 0; i < program.values.size(); ++i) {
    for (const KnownValue& value : flow.of(static_cast<ProgramIndex>(i))) {
      if (value.kind == KnownValue::Kind::Module) add(program.values[i].file, value.index);
    }
  }
  for (std::vector<ProgramIndex>& of_file : reads) order(of_file);
  return reads;
}

std::vector<FileLinks> find_links(const Program& program, const ClassHierarchy& classes,
                                  const ValueFlow& flow, const Answers& answers,
                                  const Relations& relations, const OutcomeDigests& below) {
  std::vector<FileLinks> links(program.files.size());
  const std::vector<std::vector<ProgramIndex>> reads = find_reads(program, classes, flow);
  for (std::size_t i = 0; i < links.size(); ++i) {
    links[i].has_facts = program.files[i].has_facts;
    links[i].relations_below = below[i];
    for (const ProgramIndex read : reads[i]) {
      links[i].reads.push_back(file_key(program.files[at(read)].file_id));
    }
  }
  for (const ProgramIndex file : classes.circles()) links[at(file)].has_circle = true;
  for (const Program::Definition& each : program.definitions) {
    if (may_be_plugged_in(program, each)) links[at(each.file)].is_plugin = true;
  }
  for (const OutsideImport& each : outside_imports(program)) {
    links[at(each.file)].outside.push_back(program.names.hash(each.module) ^
                                           std::uint64_t{each.is_stdlib});
  }
  add_names(program, answers, links);
  add_mentions(program, links);
  add_sought(program, links);
  add_orders(program, classes, links);
  add_questions(program, relations, links);
  for (FileLinks& each : links) {
    order(each.reads);
    order(each.outside);
    order(each.asked);
    order(each.mentions);
    order(each.sought);
    order(each.named);
    order(each.questions_below);
    order(each.patterns_below);
  }
  return links;
}

}  // namespace alluvium::code
