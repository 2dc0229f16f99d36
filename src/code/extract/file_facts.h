#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "code/extract/text_arena.h"

namespace alluvium::code {

/// What one file may cost. A file over a limit yields a diagnostic, not an error.
struct ExtractLimits {
  /// Longer files get no facts but a `file-too-large` diagnostic. At most 256 MiB.
  std::size_t max_bytes = 16 * 1024 * 1024;
  /// Syntax nested deeper than this is not looked into (`nesting-too-deep`).
  std::uint32_t max_depth = 20'000;
  /// Parsing stops after this (`parse-timeout`).
  std::chrono::milliseconds parse_timeout{10'000};
};

enum class ParseStatus : std::uint8_t {
  Ok,
  Recovered,  ///< Errors, and facts of what could be read.
  Skipped,    ///< Over a limit before parsing: no facts.
  Failed,     ///< Parsing did not finish: no facts.
};

enum class DefinitionKind : std::uint8_t { Class, Function, Method, Parameter, Variable };
enum class RefKind : std::uint8_t { Name, Attribute };
enum class RefContext : std::uint8_t { Load, Store, Del };
enum class Severity : std::uint8_t { Error, Warning, Info };

/// How an argument is written at a call.
enum class ArgumentKind : std::uint8_t {
  Positional,
  Keyword,
  Star,        ///< `*value`: unpacked into positional arguments.
  DoubleStar,  ///< `**value`: unpacked into keyword arguments.
};

/// What a type expression says the type of.
enum class TypeRole : std::uint8_t {
  Parameter,
  Return,
  Variable,
  Attribute,     ///< `x.name: type`.
  Subscription,  ///< `x[item]: type`.
  Alias,         ///< The value of a `type` statement.
  Bound,         ///< Of a type parameter: `[T: type]`.
};

/// What a use of a name refers to, as far as its own file tells.
enum class Resolution : std::uint8_t {
  Local,       ///< A function-local binding that has no row.
  Definition,  ///< A definition of the file; none is named if it is only bound by `global x`.
  Import,
  Self,  ///< An attribute of a method's first parameter; the target is null when it is not in the
         ///< class's own body.
  Builtin,
  GlobalStar,  ///< Not bound here, and the file has star imports.
  Attribute,   ///< An attribute of something unknown.
  Unresolved,
};

/// What kind of block of code has names of its own, as `symtable` has it.
enum class SymbolScopeKind : std::uint8_t {
  Module,
  Class,
  Function,
  TypeAlias,
  TypeParameters,
  TypeVariable,
};

/// Where a name that is used in a scope is bound.
enum class NameScope : std::uint8_t {
  Local,
  Cell,  ///< Local, and a variable of scopes in it.
  Free,  ///< In a scope around.
  GlobalImplicit,
  GlobalExplicit,  ///< Declared so.
};

/// What `symtable` says of a name in a scope, as bits.
using BindingFlags = std::uint16_t;
namespace binding_flag {
inline constexpr BindingFlags kParameter = 1 << 0;
inline constexpr BindingFlags kLocal = 1 << 1;
inline constexpr BindingFlags kGlobal = 1 << 2;
inline constexpr BindingFlags kDeclaredGlobal = 1 << 3;
inline constexpr BindingFlags kNonlocal = 1 << 4;
inline constexpr BindingFlags kFree = 1 << 5;
inline constexpr BindingFlags kImported = 1 << 6;
inline constexpr BindingFlags kAssigned = 1 << 7;
inline constexpr BindingFlags kReferenced = 1 << 8;
inline constexpr BindingFlags kAnnotated = 1 << 9;
inline constexpr BindingFlags kNamespace = 1 << 10;
}  // namespace binding_flag

/// What a value is made from.
enum class ValueKind : std::uint8_t {
  Name,        ///< Only during extraction.
  Definition,  ///< What a definition of the file stands for.
  Import,      ///< What an import binds.
  Star,        ///< A name that only a star import can have bound.
  Builtin,     ///< A builtin, or a literal of its type.
  Self,        ///< The first parameter of a method of the class `definition`.
  Class,       ///< That of a class method.
  Super,       ///< `super()`, or `super(base, self)`, in the class `definition`.
  Attribute,   ///< The attribute `name` of `base`.
  Call,        ///< What `base` returns.
  Awaited,     ///< `await base`.
  Item,        ///< An item of `base`.
  Entered,     ///< What `with base as x` gives.
  Instance,    ///< An instance of the type `base`: an annotation.
  Callable,    ///< What gives `base` when it is called: an annotation.
  Container,   ///< A builtin container whose items are `base`: an annotation.
  Either,      ///< `base` or `other`.
};
/// What a value says of a definition.
enum class FlowRole : std::uint8_t {
  Base,        ///< A base of a class, in order.
  Attribute,   ///< The attribute `name` of a class's instances has the value.
  Value,       ///< A variable has the value.
  Annotation,  ///< A function returns, or a parameter takes, the value.
  Return,
  Yield,
  Decorator,          ///< A class or function is decorated with the value.
  DecoratorArgument,  ///< What it is decorated with was made of the value.
  Called,  ///< A function calls the attribute `name` of the value, not defined in the file.
  Pick,    ///< A function takes an attribute of the value whose name it makes, as `name` says.
};

std::string_view to_string(ParseStatus value);
std::string_view to_string(DefinitionKind value);
std::string_view to_string(RefKind value);
std::string_view to_string(RefContext value);
std::string_view to_string(ArgumentKind value);
std::string_view to_string(TypeRole value);
std::string_view to_string(Severity value);
std::string_view to_string(Resolution value);
std::string_view to_string(SymbolScopeKind value);
std::string_view to_string(NameScope value);

/// A position in a list of the same file's facts, or none.
using FactIndex = std::int32_t;
inline constexpr FactIndex kNoFact = -1;

/// Half-open range of bytes of the file as it is stored.
struct ByteRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

struct DefinitionFact {
  DefinitionKind kind = DefinitionKind::Class;
  std::string_view name;
  std::string_view qualname;
  FactIndex parent = kNoFact;
  std::int64_t ordinal = 0;  ///< Among the rows of the same qualname and kind.
  ByteRange range;        ///< From the keyword (not the decorator) to where CPython's ast ends. Of
                          ///< a variable, from the name to the end of what first assigns it.
  std::int64_t line = 0;  ///< 1-based.
  std::int64_t column = 0;  ///< 0-based, in UTF-8 bytes.
  ByteRange name_range;
  std::optional<std::string_view> signature;
  std::optional<std::string_view> docstring;
  std::vector<std::string_view> decorators;
  bool is_async = false;
  std::optional<std::uint64_t>
      body_hash;  ///< Of the body's tokens: layout and comments don't count.
};

/// One `ast.alias`.
struct ImportFact {
  std::optional<std::string_view> module;
  std::string_view name;
  std::optional<std::string_view> alias;
  std::int64_t level = 0;
  bool is_star = false;
  ByteRange range;
  std::int64_t line = 0;
  std::int64_t statement_line = 0;
  bool is_from = false;
  FactIndex scope_definition = kNoFact;
  bool in_type_checking = false;
  bool is_conditional = false;
  std::int64_t ordinal = 0;
  std::optional<std::string_view> bound_name;
};

/// One `ast.Name` or the name token of one `ast.Attribute`.
struct RefFact {
  std::string_view name;
  RefKind kind = RefKind::Name;
  RefContext context = RefContext::Load;
  Resolution resolution = Resolution::Unresolved;
  bool ambiguous = false;  ///< Bound in several ways; the target is the last.
  std::optional<std::string_view> qualifier;
  ByteRange range;
  std::int64_t line = 0;
  FactIndex enclosing = kNoFact;
  FactIndex target_definition = kNoFact;
  FactIndex target_import = kNoFact;
  FactIndex object = kNoFact;  ///< Of an attribute without a target: the value that it is of.
  std::int64_t ordinal = 0;
};

/// The value of an expression, as far as the code's shape tells.
struct ValueFact {
  ValueKind kind = ValueKind::Definition;
  FactIndex base = kNoFact;   ///< In `FileFacts::values`.
  FactIndex other = kNoFact;  ///< In `FileFacts::values`.
  FactIndex definition = kNoFact;
  FactIndex import_index = kNoFact;
  std::optional<std::string_view> name = {};
};

/// A value that a definition has, returns, or is made from.
struct FlowFact {
  FlowRole role = FlowRole::Value;
  FactIndex definition = kNoFact;
  std::optional<std::string_view> name = {};  ///< Of a pick: its `name_pattern`.
  FactIndex value = kNoFact;
};

/// One argument of a call: its value, without stars, its keyword and parentheses around it.
struct ArgumentFact {
  ArgumentKind kind = ArgumentKind::Positional;
  std::optional<std::string_view> keyword;
  std::string_view text;
  ByteRange range;
};

/// One `ast.Call`.
struct CallFact {
  std::string_view callee_text;
  std::int64_t arg_count = 0;
  FactIndex first_argument = 0;  ///< In `FileFacts::arguments`, which has all of them in order.
  ByteRange range;
  std::int64_t line = 0;
  FactIndex caller = kNoFact;
  FactIndex callee_ref = kNoFact;
  std::int64_t ordinal = 0;
};

/// One annotation, value of a `type` statement, or bound of a type parameter.
struct TypeExprFact {
  TypeRole role = TypeRole::Variable;
  std::string_view target;  ///< What has the type, as written: a name, `self.x`.
  std::string_view text;
  ByteRange range;
  std::int64_t line = 0;
  /// What has the type: a parameter, a variable, of a returned value its function, of a bound what
  /// is generic. None for variables of functions, and what is no name.
  FactIndex definition = kNoFact;
  FactIndex enclosing = kNoFact;
  bool is_string = false;    ///< The type is in a string literal.
  std::int64_t ordinal = 0;  ///< Among those of the same owner, role and target.

  /// What it is told apart from its like in.
  [[nodiscard]] FactIndex owner() const { return definition == kNoFact ? enclosing : definition; }
};

/// A name that the file binds at module level.
struct ExportFact {
  std::string_view name;
  FactIndex definition = kNoFact;
  FactIndex import_index = kNoFact;
  std::optional<bool> in_all;
};

/// One table of `symtable`.
struct ScopeFact {
  SymbolScopeKind kind = SymbolScopeKind::Module;
  std::string_view name;
  FactIndex parent = kNoFact;
  FactIndex definition = kNoFact;  ///< The innermost that the scope's code belongs to.
  std::int64_t line = 0;           ///< 1-based; 0 for the module.
  std::int64_t ordinal = 0;        ///< Among those of the same parent, kind and name.
};

/// One symbol of `symtable`.
struct BindingFact {
  FactIndex scope = kNoFact;
  std::string_view name;  ///< As the compiler has it: private names of classes are mangled.
  NameScope name_scope = NameScope::Local;
  BindingFlags flags = 0;
};

struct DiagnosticFact {
  Severity severity = Severity::Error;
  std::string_view code;
  std::string_view message;
  ByteRange range;
};

/// What one file says by itself. It depends on the file's bytes alone.
///
/// The views point into the bytes that were given to the extractor or into `storage`.
/// Thread-safety: a plain value; moving it keeps the views valid.
struct FileFacts {
  std::string_view encoding = "utf-8";
  std::int64_t line_count = 0;
  ParseStatus parse_status = ParseStatus::Ok;
  std::optional<std::string_view> docstring;
  std::vector<DefinitionFact> definitions;
  std::vector<ImportFact> imports;
  std::vector<RefFact> refs;
  std::vector<CallFact> calls;
  std::vector<ArgumentFact> arguments;
  std::vector<TypeExprFact> type_exprs;
  std::vector<ValueFact> values;
  std::vector<FlowFact> flows;
  std::vector<ExportFact> exports;
  /// The names in `__all__`, or none without `__all__`.
  std::optional<std::vector<std::string_view>> all_names;
  /// The `other.__all__` that `__all__` is extended by.
  std::vector<std::string_view> all_from;
  std::vector<ScopeFact> scopes;
  std::vector<BindingFact> bindings;
  std::vector<DiagnosticFact> diagnostics;
  TextArena storage;
};

}  // namespace alluvium::code
