#include "code/extract/file_facts.h"

namespace alluvium::code {

std::string_view to_string(ParseStatus value) {
  switch (value) {
    case ParseStatus::Ok:
      return "ok";
    case ParseStatus::Recovered:
      return "recovered";
    case ParseStatus::Skipped:
      return "skipped";
    case ParseStatus::Failed:
      return "failed";
  }
  return {};
}

std::string_view to_string(DefinitionKind value) {
  switch (value) {
    case DefinitionKind::Class:
      return "class";
    case DefinitionKind::Function:
      return "function";
    case DefinitionKind::Method:
      return "method";
    case DefinitionKind::Parameter:
      return "parameter";
    case DefinitionKind::Variable:
      return "variable";
  }
  return {};
}

std::string_view to_string(RefKind value) {
  return value == RefKind::Name ? std::string_view("name") : std::string_view("attribute");
}

std::string_view to_string(RefContext value) {
  switch (value) {
    case RefContext::Load:
      return "load";
    case RefContext::Store:
      return "store";
    case RefContext::Del:
      return "del";
  }
  return {};
}

std::string_view to_string(ArgumentKind value) {
  switch (value) {
    case ArgumentKind::Positional:
      return "positional";
    case ArgumentKind::Keyword:
      return "keyword";
    case ArgumentKind::Star:
      return "star";
    case ArgumentKind::DoubleStar:
      return "double_star";
  }
  return {};
}

std::string_view to_string(TypeRole value) {
  switch (value) {
    case TypeRole::Parameter:
      return "parameter";
    case TypeRole::Return:
      return "return";
    case TypeRole::Variable:
      return "variable";
    case TypeRole::Attribute:
      return "attribute";
    case TypeRole::Subscription:
      return "subscription";
    case TypeRole::Alias:
      return "alias";
    case TypeRole::Bound:
      return "bound";
  }
  return {};
}

std::string_view to_string(Severity value) {
  switch (value) {
    case Severity::Error:
      return "error";
    case Severity::Warning:
      return "warning";
    case Severity::Info:
      return "info";
  }
  return {};
}

std::string_view to_string(Resolution value) {
  switch (value) {
    case Resolution::Local:
      return "local";
    case Resolution::Definition:
      return "definition";
    case Resolution::Import:
      return "import";
    case Resolution::Self:
      return "self";
    case Resolution::Builtin:
      return "builtin";
    case Resolution::GlobalStar:
      return "global_star";
    case Resolution::Attribute:
      return "attribute";
    case Resolution::Unresolved:
      return "unresolved";
  }
  return {};
}

std::string_view to_string(SymbolScopeKind value) {
  switch (value) {
    case SymbolScopeKind::Module:
      return "module";
    case SymbolScopeKind::Class:
      return "class";
    case SymbolScopeKind::Function:
      return "function";
    case SymbolScopeKind::TypeAlias:
      return "type alias";
    case SymbolScopeKind::TypeParameters:
      return "type parameters";
    case SymbolScopeKind::TypeVariable:
      return "type variable";
  }
  return {};
}

std::string_view to_string(NameScope value) {
  switch (value) {
    case NameScope::Local:
      return "local";
    case NameScope::Cell:
      return "cell";
    case NameScope::Free:
      return "free";
    case NameScope::GlobalImplicit:
      return "global_implicit";
    case NameScope::GlobalExplicit:
      return "global_explicit";
  }
  return {};
}

}  // namespace alluvium::code
