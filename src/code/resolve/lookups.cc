#include "code/resolve/lookups.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <string_view>
#include <unordered_set>

#include "code/extract/builtin_names.h"
#include "code/identity/lookup_ids.h"
#include "code/resolve/resolved_rows.h"
#include "functions/id_parts.h"

namespace alluvium::code {
namespace {

using Source = KnownValue::Source;

class Answerer {
 public:
  Answerer(const Program& program, const ClassHierarchy& classes, const ValueFlow& flow)
      : program_(program), classes_(classes), flow_(flow) {
    count_names();
  }

  [[nodiscard]] Answer answer(const Program::Lookup& lookup) const {
    switch (lookup.kind) {
      case LookupKind::Import:
        return of_target(&program_.imported(lookup.index), "import");
      case LookupKind::Star: {
        const NameTarget* const target = program_.name_in(lookup.file, lookup.name);
        if (target != nullptr) return of_target(target, "star");
        return is_builtin_name(program_.names.text(lookup.name)) ? Answer{kNowhere, "builtin", 1}
                                                                 : Answer{};
      }
      case LookupKind::Value:
        return of_attribute(lookup);
      case LookupKind::Name:
        return by_name(lookup.name);
    }
    return {};
  }

 private:
  [[nodiscard]] bool is_class(ProgramIndex definition) const {
    return program_.definitions[static_cast<std::size_t>(definition)].kind == DefinitionKind::Class;
  }

  // Names that exactly one class, function or method has that an attribute can reach. Several
  // definitions of one name in one place (a property's getter and setter) count as one.
  void count_names() {
    for (std::size_t i = 0; i < program_.definitions.size(); ++i) {
      const Program::Definition& each = program_.definitions[i];
      if (each.kind == DefinitionKind::Parameter || each.kind == DefinitionKind::Variable) continue;
      if (each.parent != kNowhere && !is_class(each.parent)) continue;
      Named& named = named_[each.name];
      const bool is_same = named.definition != kNowhere && is_same_place(named.definition, each);
      if (!is_same) ++named.places;
      named.definition = static_cast<ProgramIndex>(i);
    }
  }

  [[nodiscard]] bool is_same_place(ProgramIndex index, const Program::Definition& other) const {
    const Program::Definition& one = program_.definitions[static_cast<std::size_t>(index)];
    return one.file == other.file && one.parent == other.parent;
  }

  [[nodiscard]] Answer by_name(NameId name) const {
    const Named* const named = named_.find(name);
    if (named == nullptr || named->places != 1) return {};
    return {named->definition, "name_only", 0.3};
  }

  static Answer of_target(const NameTarget* target, std::string_view resolution) {
    switch (target->kind) {
      case NameTarget::Kind::Definition:
        return {target->definition, resolution, 1};
      case NameTarget::Kind::Module:
        return {kNowhere, "module", 1};
      case NameTarget::Kind::External:
        return {kNowhere, "external", 1};
      case NameTarget::Kind::Unresolved:
        break;
    }
    return {};
  }

  static Answer of_member(ProgramIndex definition, const KnownValue& object) {
    if (object.kind == KnownValue::Kind::Super) return {definition, "super", 0.9};
    switch (object.source) {
      case Source::Self:
        return {definition, "self", 0.9};
      case Source::Named:
        return {definition, "member", 0.9};
      case Source::Annotated:
        return {definition, "annotated", 0.9};
      case Source::Inferred:
        break;
    }
    return {definition, object.kind == KnownValue::Kind::Class ? "member" : "inferred", 0.8};
  }

  [[nodiscard]] Answer of_attribute(const Program::Lookup& lookup) const {
    std::vector<Answer> found;
    Answer without;
    for (const KnownValue& object : flow_.of(lookup.index)) {
      const ValueFlow::Found at = flow_.find(object, lookup.name);
      if (at.in_module != nullptr) {
        const Answer answer = of_target(at.in_module, "import");
        (answer.definition != kNowhere ? found.emplace_back() : without) = answer;
      } else if (at.definition != kNowhere) {
        found.push_back(of_member(at.definition, object));
      } else if (at.is_submodule) {
        without = {kNowhere, "module", 1};
      } else if (at.is_attribute) {
        without = {kNowhere, "attribute", 1};
      } else if (at.is_outside && without.confidence == 0) {
        without = {kNowhere, at.is_builtin ? "builtin" : "external", 1};
      }
    }
    if (found.empty()) return without.confidence > 0 ? without : by_name(lookup.name);
    const auto better = [&](const Answer& a, const Answer& b) {
      if (a.confidence != b.confidence) return a.confidence > b.confidence;
      return id_of(a.definition) < id_of(b.definition);
    };
    std::sort(found.begin(), found.end(), better);
    std::size_t places = 1;
    for (std::size_t i = 1; i < found.size(); ++i) {
      places += found[i].definition != found[i - 1].definition ? 1 : 0;
    }
    Answer best = found.front();
    best.confidence /= static_cast<double>(places);
    return best;
  }

  [[nodiscard]] StableId id_of(ProgramIndex definition) const {
    return program_.definitions[static_cast<std::size_t>(definition)].def_id;
  }

  struct Named {
    ProgramIndex definition = kNowhere;
    int places = 0;
  };

  const Program& program_;
  const ClassHierarchy& classes_;
  const ValueFlow& flow_;
  FlatMap<Named> named_;
};

std::optional<StableId> definition_of(const Program& program, const Answer& answer) {
  if (answer.definition == kNowhere) return std::nullopt;
  return program.definitions[static_cast<std::size_t>(answer.definition)].def_id;
}

StableId id_of(const Program& program, const Program::Lookup& lookup, LookupIds& ids) {
  const std::string_view name = program.names.text(lookup.name);
  switch (lookup.kind) {
    case LookupKind::Import:
      return ids.of_import(program.imports[static_cast<std::size_t>(lookup.index)].import_id, name);
    case LookupKind::Star:
      return ids.of_star(name);
    case LookupKind::Value:
      return ids.of_value(
          lookup.index - program.files[static_cast<std::size_t>(lookup.file)].first_value, name);
    case LookupKind::Name:
      return ids.of_name(name);
  }
  return {};
}

}  // namespace

std::vector<Answer> answer_lookups(const Program& program, const ClassHierarchy& classes,
                                   const ValueFlow& flow) {
  const Answerer answerer(program, classes, flow);
  std::vector<Answer> answers;
  answers.reserve(program.lookups.size());
  for (const Program::Lookup& lookup : program.lookups) answers.push_back(answerer.answer(lookup));
  return answers;
}

std::vector<RecordBatch> lookups_rows(const Program& program, std::span<const Answer> answers,
                                      const FileChoice& files) {
  ResolvedRows rows({.fields = {{"repo", utf8(), false},
                                {"lookup_id", utf8(), false},
                                {"def_id", utf8()},
                                {"resolution", utf8(), false},
                                {"confidence", float64(), false}}});
  std::unordered_set<NameId> answered;  // the same name is asked for by many files
  LookupIds ids;
  ProgramIndex file = kNowhere;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const Program::Lookup& lookup = program.lookups[i];
    if (!files.has(lookup.file)) continue;
    if (lookup.kind == LookupKind::Name && !answered.insert(lookup.name).second) continue;
    if (lookup.file != file) {
      file = lookup.file;
      ids.begin(program.repo, program.files[static_cast<std::size_t>(file)].path);
    }
    rows.add(program.repo)
        .add_id(id_of(program, lookup, ids))
        .add_id(definition_of(program, answers[i]))
        .add(answers[i].resolution)
        .add_real(answers[i].confidence)
        .end_row();
  }
  return rows.finish();
}

void digest_answers(const Program& program, std::span<const Answer> answers,
                    OutcomeDigests& digests) {
  ProgramIndex file = kNowhere;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (program.lookups[i].file != file) {
      if (file != kNowhere) digests.finish(file);
      file = program.lookups[i].file;
    }
    digests.add(definition_of(program, answers[i]))
        .add(answers[i].resolution)
        .add(std::bit_cast<std::uint64_t>(answers[i].confidence));
  }
  if (file != kNowhere) digests.finish(file);
}

}  // namespace alluvium::code
