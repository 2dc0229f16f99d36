#include "code/resolve/relations.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "code/resolve/hooks.h"
#include "code/resolve/picks.h"
#include "code/resolve/resolved_rows.h"
#include "code/resolve/test_set_up.h"

namespace alluvium::code {
namespace {

using Kind = Relation::Kind;

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::Base:
      return "base";
    case Kind::Override:
      return "override";
    case Kind::Decorator:
      return "decorator";
    case Kind::Construct:
      return "construct";
    case Kind::SetUp:
      return "set_up";
    case Kind::Fixture:
      return "fixture";
    case Kind::DecoratorArgument:
      return "decorator_argument";
    case Kind::Pick:
      return "pick";
    case Kind::Hook:
      return "hook";
  }
  return {};
}

/// A subclass may have a method of its own again, and a name may only look like that of a test.
/// What is picked, and what only subclasses have, is one of many.
double confidence(Kind kind) {
  switch (kind) {
    case Kind::Base:
    case Kind::Decorator:
    case Kind::Construct:
      return 1;
    case Kind::Override:
    case Kind::SetUp:
    case Kind::Fixture:
    case Kind::DecoratorArgument:
      return 0.9;
    case Kind::Pick:
    case Kind::Hook:
      break;
  }
  return 0.6;
}

/// Whether calling a class calls its method `name`.
bool is_called_to_make(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kNames = {"__init__", "__new__", "__post_init__",
                                                             "__init_subclass__", "__set_name__"};
  return std::ranges::find(kNames, name) != kNames.end();
}

const Program::Definition& at(const Program& program, ProgramIndex definition) {
  return program.definitions[static_cast<std::size_t>(definition)];
}

class RelationSearch {
 public:
  RelationSearch(const Program& program, const ClassHierarchy& classes, const ValueFlow& flow)
      : program_(program), classes_(classes), flow_(flow) {}

  Relations find() {
    for (std::size_t i = 0; i < program_.definitions.size(); ++i) {
      const auto definition = static_cast<ProgramIndex>(i);
      if (is_class(definition)) add_bases(definition);
      if (program_.definitions[i].kind == DefinitionKind::Method) add_method(definition);
    }
    add_decorators();
    add_decorator_arguments();
    for (const TestSetUp& each : find_test_set_up(program_, classes_)) {
      found_.push_back({each.test, Kind::SetUp, 0, each.around});
    }
    for (const Injection& each : flow_.injections()) {
      found_.push_back({at(program_, each.parameter).parent, Kind::Fixture, 0, each.fixture});
    }
    add_meant(Kind::Pick, find_picks(program_, classes_, flow_));
    add_meant(Kind::Hook, find_hooks(program_, classes_, flow_));
    std::ranges::sort(found_);
    const auto rest = std::ranges::unique(found_);
    found_.erase(rest.begin(), rest.end());
    return {std::move(found_), std::move(questions_)};
  }

 private:
  [[nodiscard]] bool is_class(ProgramIndex definition) const {
    return definition != kNowhere && at(program_, definition).kind == DefinitionKind::Class;
  }

  void add_meant(Kind kind, const MeantMembers& meant) {
    for (const MeantMember& each : meant.found) {
      found_.push_back({each.function, kind, 0, each.member});
    }
    questions_.insert(questions_.end(), meant.questions.begin(), meant.questions.end());
  }

  void add_bases(ProgramIndex of_class) {
    std::int64_t ordinal = 0;
    for (const ProgramIndex base : classes_.bases(of_class)) {
      found_.push_back({of_class, Kind::Base, ordinal++, base});
    }
  }

  void add_method(ProgramIndex definition) {
    const Program::Definition& method = at(program_, definition);
    if (!is_class(method.parent)) return;
    const ProgramIndex overridden = overridden_by(method);
    if (overridden != kNowhere) found_.push_back({overridden, Kind::Override, 0, definition});
    if (is_called_to_make(program_.names.text(method.name))) {
      found_.push_back({method.parent, Kind::Construct, 0, definition});
    }
  }

  /// The method that `method` takes the place of: that of the next class in order that has one.
  [[nodiscard]] ProgramIndex overridden_by(const Program::Definition& method) const {
    for (const ProgramIndex owner : classes_.order(method.parent).subspan(1)) {
      const ProgramIndex found = classes_.member(owner, method.name);
      if (found == kNowhere) continue;
      return at(program_, found).kind == DefinitionKind::Method ? found : kNowhere;
    }
    return kNowhere;
  }

  void add_decorators() {
    ProgramIndex decorated = kNowhere;
    std::int64_t ordinal = 0;
    for (const Program::Flow& flow : program_.flows) {
      if (flow.role != FlowRole::Decorator) continue;
      ordinal = flow.definition == decorated ? ordinal + 1 : 0;
      decorated = flow.definition;
      for (const KnownValue& value : flow_.of(flow.value)) {
        if (value.kind == KnownValue::Kind::Function || value.kind == KnownValue::Kind::Class) {
          found_.push_back({decorated, Kind::Decorator, ordinal, value.index});
        }
      }
    }
  }

  void add_decorator_arguments() {
    for (const Program::Flow& flow : program_.flows) {
      if (flow.role != FlowRole::DecoratorArgument) continue;
      const auto add = [&](ProgramIndex related) {
        if (related == kNowhere || related == flow.definition) return;
        found_.push_back({flow.definition, Kind::DecoratorArgument, 0, related});
      };
      const Program::Value& named = program_.values[static_cast<std::size_t>(flow.value)];
      if (named.kind == ValueKind::Definition) {
        add(named.definition);
      } else if (named.kind == ValueKind::Import) {
        add(program_.imported(named.base).definition);
      } else if (named.kind == ValueKind::Attribute) {
        for (const KnownValue& object : flow_.of(named.base)) {
          add(flow_.find(object, named.name).definition);
        }
      }
    }
  }

  const Program& program_;
  const ClassHierarchy& classes_;
  const ValueFlow& flow_;
  std::vector<Relation> found_;
  std::vector<MemberQuestion> questions_;
};

/// The file that the rows of a relation are of: the one that says so.
ProgramIndex file_of(const Program& program, const Relation& relation) {
  return at(program, relation.kind == Kind::Override ? relation.related : relation.definition).file;
}

}  // namespace

Relations find_relations(const Program& program, const ClassHierarchy& classes,
                         const ValueFlow& flow) {
  return RelationSearch(program, classes, flow).find();
}

bool is_from_below(const Program& program, const ClassHierarchy& classes,
                   const Relation& relation) {
  switch (relation.kind) {
    case Kind::Pick:
    case Kind::Hook:
      return true;
    case Kind::SetUp:
      break;
    default:
      return false;
  }
  const auto class_of = [&](ProgramIndex definition) {
    const Program::Definition& each = at(program, definition);
    return each.kind == DefinitionKind::Class ? definition : each.parent;
  };
  const ProgramIndex own = class_of(relation.definition);
  const ProgramIndex around = class_of(relation.related);
  return own != kNowhere && around != kNowhere && own != around && classes.derives(around, own);
}

std::vector<RecordBatch> relations_rows(const Program& program, std::span<const Relation> relations,
                                        const FileChoice& files) {
  ResolvedRows rows({.fields = {{"repo", utf8(), false},
                                {"def_id", utf8(), false},
                                {"kind", utf8(), false},
                                {"related_def_id", utf8(), false},
                                {"ordinal", int64(), false},
                                {"confidence", float64(), false},
                                {"file_id", utf8(), false}}});
  for (const Relation& each : relations) {
    const ProgramIndex file = file_of(program, each);
    if (!files.has(file)) continue;
    rows.add(program.repo)
        .add_id(at(program, each.definition).def_id)
        .add(to_string(each.kind))
        .add_id(at(program, each.related).def_id)
        .add_number(each.ordinal)
        .add_real(confidence(each.kind))
        .add(program.files[static_cast<std::size_t>(file)].file_id)
        .end_row();
  }
  return rows.finish();
}

void digest_relations(const Program& program, const ClassHierarchy& classes,
                      std::span<const Relation> relations, OutcomeDigests& digests,
                      OutcomeDigests& below) {
  for (const Relation& each : relations) {
    (is_from_below(program, classes, each) ? below : digests)
        .add(at(program, each.definition).def_id)
        .add(static_cast<std::uint64_t>(each.kind))
        .add(static_cast<std::uint64_t>(each.ordinal))
        .add(at(program, each.related).def_id)
        .finish(file_of(program, each));
  }
}

}  // namespace alluvium::code
