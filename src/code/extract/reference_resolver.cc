#include "code/extract/reference_resolver.h"

#include <string_view>
#include <unordered_set>

namespace alluvium::code {
namespace {

/// Resolves attributes: `self.x`, `Class.x` and `module.x`.
class AttributeResolver {
 public:
  explicit AttributeResolver(Extraction& extraction)
      : scopes_(extraction.scopes), facts_(extraction.facts) {}

  /// Notes which scope is the body of which class.
  void note_class_scope(FactIndex definition, ScopeId scope) {
    class_scopes_[static_cast<std::uint32_t>(definition)] = scope + 1;
  }

  void resolve(RefFact& ref, const RefSite& site) {
    ref.resolution = Resolution::Attribute;
    if (site.base == RefSite::Base::None) return;
    const ScopeTree::Meaning base = scopes_.meaning(site.scope, site.base_name);
    if (base.import != kNoFact) {
      ref.resolution = Resolution::Import;
      ref.target_import = base.import;
      ref.ambiguous = base.ambiguous;
      return;
    }
    if (site.base != RefSite::Base::Name || base.definition == kNoFact) return;
    const auto definition = static_cast<std::size_t>(base.definition);
    if (facts_.definitions[definition].kind == DefinitionKind::Class) {
      const ScopeId* const scope = class_scopes_.find(static_cast<std::uint32_t>(base.definition));
      if (scope != nullptr && to_member(ref, *scope - 1, site.name)) {
        ref.resolution = Resolution::Definition;
        ref.ambiguous |= base.ambiguous;
      }
      return;
    }
    const Scope& owner = scopes_[base.scope];
    if (owner.self_name == site.base_name) {
      ref.resolution = Resolution::Self;
      to_member(ref, owner.self_class, site.name);
    }
  }

 private:
  bool to_member(RefFact& ref, ScopeId class_scope, NameId name) {
    const Binding* const member = scopes_.find(class_scope, name);
    if (member == nullptr || !member->is_bound) return false;
    const ScopeTree::Meaning meaning = ScopeTree::meaning_of(*member);
    ref.target_definition = meaning.definition;
    ref.target_import = meaning.import;
    ref.ambiguous = meaning.ambiguous;
    return true;
  }

  ScopeTree& scopes_;
  FileFacts& facts_;
  FlatMap<ScopeId> class_scopes_;  // plus one
};

}  // namespace

void resolve_references(Extraction& extraction, const std::vector<RefSite>& sites) {
  ScopeTree& scopes = extraction.scopes;
  AttributeResolver attributes(extraction);
  for (ScopeId scope = 0; scope < scopes.size(); ++scope) {
    if (scopes[scope].kind == ScopeKind::Class) {
      attributes.note_class_scope(scopes[scope].definition, scope);
    }
  }
  std::vector<RefFact>& refs = extraction.facts.refs;
  for (std::size_t i = 0; i < refs.size(); ++i) {
    RefFact& ref = refs[i];
    if (ref.kind == RefKind::Attribute) {
      attributes.resolve(ref, sites[i]);
      continue;
    }
    const ScopeTree::Meaning& meaning = scopes.meaning(sites[i].scope, sites[i].name);
    ref.resolution = meaning.resolution;
    ref.ambiguous = meaning.ambiguous;
    ref.target_definition = meaning.definition;
    ref.target_import = meaning.import;
  }
}

void add_exports(Extraction& extraction) {
  FileFacts& facts = extraction.facts;
  std::unordered_set<std::string_view> all;
  if (facts.all_names) all.insert(facts.all_names->begin(), facts.all_names->end());
  for (const Binding& binding : extraction.scopes.bindings()) {
    if (binding.scope != kModuleScope || !binding.is_bound) continue;
    const ScopeTree::Meaning meaning = ScopeTree::meaning_of(binding);
    ExportFact fact;
    fact.name = extraction.names.text(binding.name);
    fact.definition = meaning.definition;
    fact.import_index = meaning.import;
    if (facts.all_names) fact.in_all = all.contains(fact.name);
    facts.exports.push_back(fact);
  }
}

}  // namespace alluvium::code
