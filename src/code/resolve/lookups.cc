#include "code/resolve/lookups.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string_view>
#include <unordered_set>

#include "code/extract/builtin_names.h"
#include "code/identity/lookup_ids.h"
#include "code/resolve/class_hierarchy.h"
#include "code/resolve/value_flow.h"
#include "functions/id_parts.h"

namespace alluvium::code {
namespace {

using Source = KnownValue::Source;

struct Answer {
  ProgramIndex definition = kNowhere;
  std::string_view resolution = "unresolved";
  double confidence = 0;
};

// The rows that come out, in batches.
class AnswerRows {
 public:
  explicit AnswerRows(const Program& program) : program_(program), builder_(schema()) {}

  void add_answer(StableId lookup, const Answer& answer) {
    builder_.column(1).append("lookup");
    builder_.column(2).append_null();
    builder_.column(3).append(lookup.digits().view());
    builder_.column(4).append_null();
    finish_row(answer, 0);
  }
  void add_relation(std::string_view kind, ProgramIndex owner, const Answer& answer,
                    std::int64_t ordinal) {
    builder_.column(1).append(kind);
    builder_.column(2).append(file_id(program_.definitions[static_cast<std::size_t>(owner)].file));
    builder_.column(3).append_null();
    append_id(4, owner);
    finish_row(answer, ordinal);
  }
  void add_file(ProgramIndex file, std::string_view answers) {
    builder_.column(1).append("file");
    builder_.column(2).append(file_id(file));
    builder_.column(3).append_null();
    builder_.column(4).append_null();
    finish_row({.resolution = answers}, 0);
  }

  std::vector<RecordBatch> finish() {
    batches_.push_back(builder_.finish());
    return std::move(batches_);
  }

 private:
  static constexpr std::size_t kBatchRows = 8192;

  static Schema schema() {
    return {.fields = {{"repo", utf8(), false},
                       {"kind", utf8(), false},
                       {"file_id", utf8()},
                       {"lookup_id", utf8()},
                       {"owner_def_id", utf8()},
                       {"def_id", utf8()},
                       {"resolution", utf8(), false},
                       {"confidence", float64(), false},
                       {"ordinal", int64(), false}}};
  }

  [[nodiscard]] std::string_view file_id(ProgramIndex file) const {
    return program_.files[static_cast<std::size_t>(file)].file_id;
  }

  void append_id(int column, ProgramIndex definition) {
    if (definition == kNowhere) {
      builder_.column(column).append_null();
    } else {
      builder_.column(column).append(
          program_.definitions[static_cast<std::size_t>(definition)].def_id.digits().view());
    }
  }

  void finish_row(const Answer& answer, std::int64_t ordinal) {
    builder_.column(0).append(program_.repo);
    append_id(5, answer.definition);
    builder_.column(6).append(answer.resolution);
    builder_.column(7).append(answer.confidence);
    builder_.column(8).append(ordinal);
    if (++rows_ % kBatchRows == 0) batches_.push_back(builder_.finish());
  }

  const Program& program_;
  RecordBatchBuilder builder_;
  std::vector<RecordBatch> batches_;
  std::size_t rows_ = 0;
};

class Answerer {
 public:
  explicit Answerer(const Program& program)
      : program_(program), classes_(program), flow_(program, classes_) {
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

  void add_relations(AnswerRows& rows) const {
    for (std::size_t i = 0; i < program_.definitions.size(); ++i) {
      const auto definition = static_cast<ProgramIndex>(i);
      const Program::Definition& each = program_.definitions[i];
      if (each.kind == DefinitionKind::Class) {
        std::int64_t ordinal = 0;
        for (const ProgramIndex base : classes_.bases(definition)) {
          rows.add_relation("base", definition, {base, "base", 1}, ordinal++);
        }
      }
      if (each.kind == DefinitionKind::Method && each.parent != kNowhere) {
        const ProgramIndex overridden = overridden_by(each);
        if (overridden != kNowhere) {
          rows.add_relation("override", overridden, {definition, "override", 0.9}, 0);
        }
        if (is_class(each.parent) && is_called_to_make(program_.names.text(each.name))) {
          rows.add_relation("construct", each.parent, {definition, "construct", 1}, 0);
        }
      }
    }
    ProgramIndex decorated = kNowhere;
    std::int64_t ordinal = 0;
    for (const Program::Flow& flow : program_.flows) {
      if (flow.role != FlowRole::Decorator) continue;
      ordinal = flow.definition == decorated ? ordinal + 1 : 0;
      decorated = flow.definition;
      for (const KnownValue& value : flow_.of(flow.value)) {
        if (value.kind != KnownValue::Kind::Function && value.kind != KnownValue::Kind::Class) {
          continue;
        }
        rows.add_relation("decorator", decorated, {value.index, "decorator", 1}, ordinal);
      }
    }
  }

 private:
  [[nodiscard]] bool is_class(ProgramIndex definition) const {
    return program_.definitions[static_cast<std::size_t>(definition)].kind == DefinitionKind::Class;
  }

  // Whether calling a class calls its method `name`.
  static bool is_called_to_make(std::string_view name) {
    static constexpr std::array<std::string_view, 5> kNames = {
        "__init__", "__new__", "__post_init__", "__init_subclass__", "__set_name__"};
    return std::ranges::find(kNames, name) != kNames.end();
  }

  // The method that `method` takes the place of: that of the next class in order that has one.
  [[nodiscard]] ProgramIndex overridden_by(const Program::Definition& method) const {
    if (!is_class(method.parent)) return kNowhere;
    for (const ProgramIndex owner : classes_.order(method.parent).subspan(1)) {
      const ProgramIndex found = classes_.member(owner, method.name);
      if (found == kNowhere) continue;
      const bool is_method =
          program_.definitions[static_cast<std::size_t>(found)].kind == DefinitionKind::Method;
      return is_method ? found : kNowhere;
    }
    return kNowhere;
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
  ClassHierarchy classes_;
  ValueFlow flow_;
  FlatMap<Named> named_;
};

// The hash of all answers to one file's questions, in their order.
class FileAnswers {
 public:
  explicit FileAnswers(const Program& program) : program_(program) {}

  void add(const Answer& answer) {
    parts_.add(answer.resolution);
    parts_.add_number(std::bit_cast<std::int64_t>(answer.confidence));
    if (answer.definition == kNowhere) {
      parts_.add_null();
    } else {
      const StableId id = program_.definitions[static_cast<std::size_t>(answer.definition)].def_id;
      parts_.add_number(static_cast<std::int64_t>(id.high));
      parts_.add_number(static_cast<std::int64_t>(id.low));
    }
  }
  /// Gives what was added since the last time to `file`.
  void finish(ProgramIndex file, AnswerRows& rows) {
    rows.add_file(file, parts_.id().digits().view());
    parts_.rewind();
  }

 private:
  const Program& program_;
  IdParts parts_;
};

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

std::vector<RecordBatch> answer_lookups(const Program& program) {
  const Answerer answerer(program);
  AnswerRows rows(program);
  FileAnswers answers(program);
  std::unordered_set<NameId> answered;  // the same name is asked for by many files
  LookupIds ids;
  auto lookup = program.lookups.begin();
  for (ProgramIndex file = 0; file < static_cast<ProgramIndex>(program.files.size()); ++file) {
    if (!program.files[static_cast<std::size_t>(file)].has_facts) continue;
    ids.begin(program.repo, program.files[static_cast<std::size_t>(file)].path);
    for (; lookup != program.lookups.end() && lookup->file == file; ++lookup) {
      const Answer answer = answerer.answer(*lookup);
      answers.add(answer);
      if (lookup->kind == LookupKind::Name && !answered.insert(lookup->name).second) continue;
      rows.add_answer(id_of(program, *lookup, ids), answer);
    }
    answers.finish(file, rows);
  }
  answerer.add_relations(rows);
  return rows.finish();
}

}  // namespace alluvium::code
