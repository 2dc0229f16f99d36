#include "code/resolve/lookups.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <future>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "code/extract/builtin_names.h"
#include "code/identity/lookup_ids.h"
#include "code/resolve/common_attributes.h"
#include "code/resolve/resolved_rows.h"
#include "functions/id_parts.h"

namespace alluvium::code {
namespace {

using By = Answer::By;
using Source = KnownValue::Source;

/// Definitions that share a name which objects of Python don't have, as those of classes that can
/// take each other's place do: code that uses it may mean each of them.
constexpr std::size_t kMostOfTellingName = 3;

class Answerer {
 public:
  Answerer(const Program& program, const ClassHierarchy& classes, const ValueFlow& flow)
      : program_(program), classes_(classes), flow_(flow) {
    find_named();
    count_names();
  }

  [[nodiscard]] std::vector<ProgramIndex> take_named() { return std::move(named_definitions_); }

  /// The answers to the lookups from `first` to before `end`.
  [[nodiscard]] Answers answers(std::size_t first, std::size_t end) const {
    Answers answers;
    answers.best.reserve(end - first);
    std::vector<Answer> candidates;
    for (std::size_t i = first; i < end; ++i) {
      answers.best.push_back(answer(program_.lookups[i], candidates));
      if (!candidates.empty()) answers.candidates.push_back({i, candidates});
    }
    return answers;
  }

 private:
  /// The answer to `lookup`; what else it may be is in `candidates` after it, the likeliest first.
  [[nodiscard]] Answer answer(const Program::Lookup& lookup,
                              std::vector<Answer>& candidates) const {
    candidates.clear();
    switch (lookup.kind) {
      case LookupKind::Import:
        return of_target(&program_.imported(lookup.index), By::Import);
      case LookupKind::Star: {
        const NameTarget* const target = program_.name_in(lookup.file, lookup.name);
        if (target != nullptr) return of_target(target, By::Star);
        return is_builtin_name(program_.names.text(lookup.name)) ? Answer{kNowhere, By::Builtin, 1}
                                                                 : Answer{};
      }
      case LookupKind::Value:
        return of_attribute(lookup, candidates);
      case LookupKind::Name:
        return by_name(lookup.name, candidates);
    }
    return {};
  }

  [[nodiscard]] bool is_class(ProgramIndex definition) const {
    return program_.definitions[static_cast<std::size_t>(definition)].kind == DefinitionKind::Class;
  }

  // Classes, functions and methods that an attribute can reach. Several definitions of one name in
  // one place (a property's getter and setter) count as one, which is the last. A method that
  // overrides another doesn't count: who calls the one may get the other.
  void find_named() {
    FlatMap<std::size_t> last_of_name;  // in the list, from 1
    for (std::size_t i = 0; i < program_.definitions.size(); ++i) {
      const Program::Definition& each = program_.definitions[i];
      if (each.kind == DefinitionKind::Parameter || each.kind == DefinitionKind::Variable) continue;
      if (each.parent != kNowhere && !is_class(each.parent)) continue;
      if (each.kind == DefinitionKind::Method && overrides(each)) continue;
      std::size_t& last = last_of_name[each.name];
      if (last == 0 || !is_same_place(named_definitions_[last - 1], each)) {
        named_definitions_.push_back(kNowhere);
        last = named_definitions_.size();
      }
      named_definitions_[last - 1] = static_cast<ProgramIndex>(i);
    }
  }

  void count_names() {
    const auto count = [&](NameId name, ProgramIndex definition) {
      std::vector<ProgramIndex>& named = named_[name];
      if (named.size() <= kMostCandidates) named.push_back(definition);
    };
    for (const ProgramIndex each : named_definitions_) {
      count(program_.definitions[static_cast<std::size_t>(each)].name, each);
    }
    auto next = static_cast<ProgramIndex>(program_.definitions.size());
    for (const Program::Elsewhere& each : program_.elsewhere) count(each.name, next++);
  }

  [[nodiscard]] bool overrides(const Program::Definition& method) const {
    if (!is_class(method.parent)) return false;
    const std::span<const ProgramIndex> bases = classes_.order(method.parent).subspan(1);
    return std::ranges::any_of(bases, [&](ProgramIndex base) {
      const ProgramIndex found = classes_.member(base, method.name);
      return found != kNowhere &&
             program_.definitions[static_cast<std::size_t>(found)].kind == DefinitionKind::Method;
    });
  }

  [[nodiscard]] bool is_same_place(ProgramIndex index, const Program::Definition& other) const {
    const Program::Definition& one = program_.definitions[static_cast<std::size_t>(index)];
    return one.file == other.file && one.parent == other.parent;
  }

  [[nodiscard]] Answer by_name(NameId name, std::vector<Answer>& candidates) const {
    const std::vector<ProgramIndex>* const named = named_.find(name);
    if (named == nullptr || named->size() > kMostCandidates) return {};
    const bool is_common = is_common_attribute(program_.names.text(name));
    double confidence = is_common ? 0.3 : 0.5;
    if (named->size() == 1) return {named->front(), By::NameOnly, confidence};
    if (is_common || named->size() > kMostOfTellingName) {
      confidence /= static_cast<double>(named->size());
    }
    for (const ProgramIndex each : *named) candidates.push_back({each, By::NameOnly, confidence});
    std::ranges::sort(candidates, {}, [&](const Answer& each) { return id_of(each.definition); });
    return {kNowhere, By::Ambiguous, 0};
  }

  static Answer of_target(const NameTarget* target, By by) {
    switch (target->kind) {
      case NameTarget::Kind::Definition:
        return {target->definition, by, 1};
      case NameTarget::Kind::Module:
        return {kNowhere, By::Module, 1};
      case NameTarget::Kind::External:
        return {kNowhere, By::External, 1};
      case NameTarget::Kind::Unresolved:
        break;
    }
    return {};
  }

  static Answer of_member(ProgramIndex definition, const KnownValue& object) {
    if (object.kind == KnownValue::Kind::Super) return {definition, By::Super, 0.9};
    switch (object.source) {
      case Source::Self:
        return {definition, By::Self, 0.9};
      case Source::Named:
        return {definition, By::Member, 0.9};
      case Source::Annotated:
        return {definition, By::Annotated, 0.9};
      case Source::Inferred:
        break;
    }
    return {definition, object.kind == KnownValue::Kind::Class ? By::Member : By::Inferred, 0.8};
  }

  [[nodiscard]] Answer of_attribute(const Program::Lookup& lookup,
                                    std::vector<Answer>& found) const {
    Answer without;
    // Of several one, in whatever order they come.
    const auto note = [&](const Answer& answer) {
      if (std::pair(-answer.confidence, answer.by) < std::pair(-without.confidence, without.by)) {
        without = answer;
      }
    };
    for (const KnownValue& object : flow_.of(lookup.index)) {
      const ValueFlow::Found at = flow_.find(object, lookup.name);
      if (at.in_module != nullptr) {
        const Answer answer = of_target(at.in_module, By::Import);
        if (answer.definition != kNowhere) {
          found.push_back(answer);
        } else {
          note(answer);
        }
      } else if (at.definition != kNowhere) {
        found.push_back(of_member(at.definition, object));
      } else if (at.is_submodule) {
        note({kNowhere, By::Module, 1});
      } else if (at.is_attribute) {
        note({kNowhere, By::Attribute, 1});
      } else if (at.is_outside) {
        note({kNowhere, at.is_builtin ? By::Builtin : By::External, 1});
      }
    }
    if (found.empty()) {
      return without.confidence > 0 ? without : by_name(lookup.name, found);
    }
    rank(found);
    const Answer best = found.front();
    if (found.size() == 1) found.clear();
    return best;
  }

  // Each definition once, the likeliest first. The confidence is shared; but a method that takes
  // the place of another one in a subclass takes nothing from that: who means the one means both.
  void rank(std::vector<Answer>& found) const {
    std::ranges::sort(found, [&](const Answer& a, const Answer& b) {
      return std::pair(id_of(a.definition), -a.confidence) <
             std::pair(id_of(b.definition), -b.confidence);
    });
    const auto same = std::ranges::unique(found, {}, &Answer::definition);
    found.erase(same.begin(), same.end());
    const auto first_overriding =
        std::stable_partition(found.begin(), found.end(),
                              [&](const Answer& each) { return !overrides_one(each, found); });
    const auto others = static_cast<double>(first_overriding - found.begin());
    for (auto each = found.begin(); each != found.end(); ++each) {
      each->confidence /= each < first_overriding ? others : static_cast<double>(found.size());
    }
    std::ranges::stable_sort(found, std::greater(), &Answer::confidence);
  }

  [[nodiscard]] bool overrides_one(const Answer& method, const std::vector<Answer>& found) const {
    const auto owner = [&](const Answer& of) {
      return program_.definitions[static_cast<std::size_t>(of.definition)].parent;
    };
    const ProgramIndex own = owner(method);
    return own != kNowhere && std::ranges::any_of(found, [&](const Answer& other) {
             const ProgramIndex base = owner(other);
             return base != own && base != kNowhere && is_class(own) && is_class(base) &&
                    classes_.derives(own, base);
           });
  }

  [[nodiscard]] StableId id_of(ProgramIndex definition) const {
    return program_.def_id(definition);
  }

  const Program& program_;
  const ClassHierarchy& classes_;
  const ValueFlow& flow_;
  std::vector<ProgramIndex> named_definitions_;
  FlatMap<std::vector<ProgramIndex>> named_;  // by name; one more than matter
};

std::optional<StableId> definition_of(const Program& program, const Answer& answer) {
  if (answer.definition == kNowhere) return std::nullopt;
  return program.def_id(answer.definition);
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

// Calls `each` with the place and the id of every question of those files; that of one that many
// files ask, once.
template <typename Each>
void for_each_question(const Program& program, const FileChoice& files, Each&& each) {
  std::unordered_set<NameId> asked;
  LookupIds ids;
  ProgramIndex file = kNowhere;
  for (std::size_t i = 0; i < program.lookups.size(); ++i) {
    const Program::Lookup& lookup = program.lookups[i];
    if (!files.has(lookup.file)) continue;
    if (lookup.kind == LookupKind::Name && !asked.insert(lookup.name).second) continue;
    if (lookup.file != file) {
      file = lookup.file;
      ids.begin(program.repo, program.files[static_cast<std::size_t>(file)].path);
    }
    each(i, [&] { return id_of(program, lookup, ids); });
  }
}

}  // namespace

std::string_view Answer::resolution() const {
  switch (by) {
    case By::Nothing:
      break;
    case By::Import:
      return "import";
    case By::Star:
      return "star";
    case By::Member:
      return "member";
    case By::Self:
      return "self";
    case By::Super:
      return "super";
    case By::Annotated:
      return "annotated";
    case By::Inferred:
      return "inferred";
    case By::NameOnly:
      return "name_only";
    case By::Attribute:
      return "attribute";
    case By::Module:
      return "module";
    case By::Builtin:
      return "builtin";
    case By::External:
      return "external";
    case By::Ambiguous:
      return "ambiguous";
  }
  return "unresolved";
}

bool Answers::is_by_name(const Program::Lookup& lookup, std::size_t index) const {
  if (lookup.kind != LookupKind::Value && lookup.kind != LookupKind::Name) return false;
  const By by = best[index].by;
  return by == By::Nothing || by == By::NameOnly || by == By::Ambiguous;
}

Answers answer_lookups(const Program& program, const ClassHierarchy& classes,
                       const ValueFlow& flow) {
  Answerer answerer(program, classes, flow);
  const std::size_t all = program.lookups.size();
  const std::size_t half = all / 2;
  std::future<Answers> others =
      std::async(std::launch::async, [&] { return answerer.answers(half, all); });
  Answers answers = answerer.answers(0, half);
  const Answers rest = others.get();
  answers.best.insert(answers.best.end(), rest.best.begin(), rest.best.end());
  answers.candidates.insert(answers.candidates.end(), rest.candidates.begin(),
                            rest.candidates.end());
  answers.named = answerer.take_named();
  return answers;
}

std::vector<RecordBatch> lookups_rows(const Program& program, const Answers& answers,
                                      const FileChoice& files) {
  ResolvedRows rows({.fields = {{"repo", utf8(), false},
                                {"lookup_id", utf8(), false},
                                {"def_id", utf8()},
                                {"resolution", utf8(), false},
                                {"confidence", float64(), false}}});
  for_each_question(program, files, [&](std::size_t lookup, auto&& id) {
    const Answer& answer = answers.best[lookup];
    rows.add(program.repo)
        .add_id(id())
        .add_id(definition_of(program, answer))
        .add(answer.resolution())
        .add_real(answer.confidence)
        .end_row();
  });
  return rows.finish();
}

std::vector<RecordBatch> candidates_rows(const Program& program, const Answers& answers,
                                         const FileChoice& files) {
  ResolvedRows rows({.fields = {{"repo", utf8(), false},
                                {"lookup_id", utf8(), false},
                                {"def_id", utf8(), false},
                                {"rank", int64(), false},
                                {"is_chosen", boolean(), false},
                                {"resolution", utf8(), false},
                                {"confidence", float64(), false}}});
  auto next = answers.candidates.begin();
  for_each_question(program, files, [&](std::size_t lookup, auto&& id) {
    while (next != answers.candidates.end() && next->lookup < lookup) ++next;
    if (next == answers.candidates.end() || next->lookup != lookup) return;
    std::int64_t rank = 0;
    for (const Answer& each : next->ranked) {
      rows.add(program.repo)
          .add_id(id())
          .add_id(definition_of(program, each))
          .add_number(++rank)
          .add_flag(each.definition == answers.best[lookup].definition)
          .add(each.resolution())
          .add_real(each.confidence)
          .end_row();
    }
  });
  return rows.finish();
}

void digest_answers(const Program& program, const Answers& answers, OutcomeDigests& digests,
                    OutcomeDigests& candidates) {
  const auto add = [&](const Answer& answer) {
    digests.add(definition_of(program, answer))
        .add(static_cast<std::uint64_t>(answer.by))
        .add(std::bit_cast<std::uint64_t>(answer.confidence));
  };
  ProgramIndex file = kNowhere;
  auto next = answers.candidates.begin();
  for (std::size_t i = 0; i < answers.best.size(); ++i) {
    if (program.lookups[i].file != file) {
      if (file != kNowhere) digests.finish(file, 0);
      file = program.lookups[i].file;
    }
    add(answers.best[i]);
    if (next == answers.candidates.end() || next->lookup != i) continue;
    for (const Answer& each : next->ranked) add(each);
    digests.add(next->ranked.size());
    candidates.finish(file, static_cast<std::int64_t>(next->ranked.size()) *
                                std::int64_t{program.lookups[i].uses});
    ++next;
  }
  if (file != kNowhere) digests.finish(file, 0);
}

}  // namespace alluvium::code
