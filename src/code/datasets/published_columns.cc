#include "code/datasets/published_columns.h"

#include "code/identity/identified_facts.h"

namespace alluvium::code {
namespace {

Column text(std::string_view name, std::string_view comment) {
  return {name, utf8(), false, comment};
}
Column optional_text(std::string_view name, std::string_view comment) {
  return {name, utf8(), true, comment};
}
Column number(std::string_view name, std::string_view comment) {
  return {name, int64(), false, comment};
}
Column flag(std::string_view name, std::string_view comment) {
  return {name, boolean(), false, comment};
}

constexpr ColumnName kFile = {"files", "file_id"};
constexpr ColumnName kDefinition = {"definitions", "def_id"};
constexpr ColumnName kReference = {"refs", "ref_id"};
constexpr ColumnName kImport = {"imports", "import_id"};
constexpr ColumnName kScope = {"scopes", "scope_id"};
constexpr ColumnName kNode = {"nodes", "node_id"};
constexpr ColumnName kSymbol = {"symbols", "symbol"};

Column found_in(ColumnName target, Column column) {
  column.found_in = target;
  return column;
}
Column written_at(std::string_view start, Column column) {
  column.written_at = start;
  return column;
}
Column written_short_at(std::string_view start, Column column) {
  column.written_short_at = start;
  return column;
}
Column written_short(Column column) {
  column.items_are_written_short = true;
  return column;
}
Column span_to(std::string_view end, Column column) {
  column.span_end = end;
  return column;
}

Column repo() { return text("repo", "Name of the repository in this lake."); }
Column file_id() { return found_in(kFile, text("file_id", "The file: files.file_id.")); }
Column bstart() {
  return span_to("bend", number("bstart",
                                "First byte in the file as stored, from 0, byte-order mark "
                                "included."));
}
Column bend() { return number("bend", "The byte after the last."); }
Column line() { return number("line", "Line of bstart, from 1."); }

constexpr std::string_view kResolution =
    "How the target was found: definition (same file), self (member of the class around it or its "
    "bases), super, import, star (through a star import), member (of a known class), annotated, "
    "inferred (of an instance whose class is annotated, or follows from the code), name_only (the "
    "only one of that name), scip (named by the SCIP index). Without a target: local (a "
    "function's variable), attribute (an instance's), module, builtin, external, ambiguous "
    "(several "
    "have the name, and nothing else is known: candidates), unresolved.";
constexpr std::string_view kConfidence =
    "From 0 to 1: 1 by the rules of the language or by SCIP, 0.9 for members (a subclass may have "
    "another), "
    "0.8 for inferred, shared where an object may be several things, 0.5 or 0.3 for name_only, 0 "
    "for "
    "unresolved; half of it when the file binds the name in several ways.";

}  // namespace

std::vector<Column> files_columns() {
  return {
      repo(),
      text("file_id", "Id of the file: of repository and path."),
      text("path", "Path from the top of the repository, with /."),
      optional_text("module", "Dotted module name; null where no such name can be."),
      text("language", "python, or what the SCIP index says of a file in another language."),
      text("content_hash", "Hash of the bytes."),
      number("size_bytes", "Size in bytes."),
      {"line_count", int64(), true, "Lines, ended by LF, CRLF or CR; null without facts."},
      {"parse_status", utf8(), true,
       "ok, recovered (has errors), skipped (over a limit) or failed; null without facts."},
      optional_text("encoding", "Encoding that Python reads the file with."),
      optional_text("docstring", "The module's docstring."),
  };
}

std::vector<Column> modules_columns() {
  return {
      repo(),
      text("module", "Dotted name, from the source root."),
      file_id(),
      optional_text("package", "Package it is in (itself, for a package); null at a root's top."),
      flag("is_package", "Whether it is an __init__.py."),
      text("source_root", "Folder that the name starts from; . for the top of the repository."),
      flag("is_regular", "Whether every folder from the root down to it has an __init__.py."),
      optional_text("short_name",
                    "Dotted name from the top of its unbroken run of packages, where that differs: "
                    "what it is called by programs that have that folder on their path."),
  };
}

std::vector<Column> definitions_columns() {
  return {
      repo(),
      text("def_id", "Id of the definition: of path, qualified name, kind and ordinal."),
      file_id(),
      optional_text("module", "Dotted name of the module."),
      text("qualified_name", "Module and __qualname__."),
      written_at("name_bstart", text("name", "Name.")),
      text("kind", "class, function, method, parameter or variable."),
      found_in(kDefinition,
               optional_text("parent_def_id", "Definition around it; null at module level.")),
      bstart(),
      number("bend",
             "The byte after the last: of a variable, of the statement that assigns it first."),
      line(),
      optional_text("signature", "Parameters and return annotation as written."),
      optional_text("docstring", "Docstring of a class, function or method."),
      text("qualname", "Python's __qualname__."),
      number("ordinal", "Place among the file's definitions of one qualified name and kind."),
      number("column", "UTF-8 bytes before bstart in its line."),
      span_to("name_bend", number("name_bstart", "First byte of the name.")),
      number("name_bend", "The byte after the name."),
      {"decorators", list(utf8()), true, "Decorators as written, outermost first."},
      flag("is_async", "Whether it is declared async."),
      optional_text("body_hash", "Hash of the body's tokens: layout and comments don't count."),
  };
}

std::vector<Column> refs_columns() {
  return {
      repo(),
      text("ref_id", "Id of the reference: of the definition around it, its name and ordinal."),
      file_id(),
      written_at("bstart",
                 text("name", "Name that is used; of an attribute, the part after the last dot.")),
      text("context", "load, store or del."),
      bstart(),
      bend(),
      line(),
      found_in(kDefinition,
               optional_text("enclosing_def_id", "Definition around it; null at module level.")),
      found_in(
          kDefinition,
          optional_text("def_id", "Definition that it means, if there is one in the repository.")),
      text("resolution", kResolution),
      {"confidence", float64(), false, kConfidence},
      text("kind", "name or attribute."),
      optional_text("qualifier", "What is before an attribute, when it is a dotted name."),
      flag("is_ambiguous", "Whether the file binds the name in several ways; the last is taken."),
  };
}

std::vector<Column> calls_columns() {
  return {
      repo(),
      text("call_id", "Id of the call: of the definition around it, callee text and ordinal."),
      file_id(),
      found_in(kDefinition,
               optional_text("caller_def_id", "Definition around it; null at module level.")),
      text("callee_text", "What is called, as written (long texts are cut)."),
      number("arg_count", "Arguments at the call, positional and named."),
      bstart(),
      bend(),
      line(),
      found_in(kDefinition,
               optional_text("callee_def_id", "Definition that is called, if there is one.")),
      text("resolution", kResolution),
      {"confidence", float64(), false, kConfidence},
      found_in(kReference,
               optional_text("callee_ref_id", "Reference that names the callee: refs.ref_id.")),
      written_short({"arguments", call_arguments_type(), true,
                     "Its arguments in order: kind (positional, keyword, star or double_star), "
                     "keyword (null but for that kind), text (the value as written, without stars "
                     "and parentheses around it; long ones are cut), and the value's bstart and "
                     "bend."}),
  };
}

std::vector<Column> candidates_columns() {
  return {
      repo(),
      found_in(kReference, text("ref_id", "The reference: refs.ref_id.")),
      file_id(),
      found_in(kDefinition, text("def_id", "Definition that it may mean.")),
      number("rank", "Place among the reference's candidates: 1 for the likeliest."),
      flag("is_chosen", "Whether it is refs.def_id."),
      text("resolution", "How it was found: as in refs."),
      {"confidence", float64(), false, "From 0 to 1: shared among the candidates."},
      number("bstart", "First byte of the reference, as in refs."),
      line(),
      found_in(kDefinition,
               optional_text("enclosing_def_id", "Definition around it; null at module level.")),
  };
}

std::vector<Column> imports_columns() {
  return {
      repo(),
      text("import_id", "Id of the import: of where and what is imported, and its ordinal."),
      file_id(),
      optional_text("module", "Module as written; null in `from . import x`."),
      text("name", "Name as written; * for a star import."),
      optional_text("alias", "Name after `as`."),
      number("level", "Leading dots of a relative import."),
      flag("is_star", "Whether it is a star import."),
      bstart(),
      bend(),
      line(),
      number("statement_line", "Line of the statement, from 1."),
      flag("is_from", "Whether it is a `from` import."),
      optional_text("bound_name", "Name that it binds; null for a star import."),
      found_in(
          kDefinition,
          optional_text("scope_def_id", "Class or function that it is in; null at module level.")),
      flag("in_type_checking", "Whether it is under `if TYPE_CHECKING`."),
      flag("is_conditional", "Whether it is under a condition, or in a try or a function."),
  };
}

std::vector<Column> imports_resolved_columns() {
  return {
      repo(),
      found_in(kImport, text("import_id", "The import: imports.import_id.")),
      optional_text("importer_module", "Module that imports."),
      optional_text("imported_module", "Module that is imported, or imported from."),
      optional_text("imported_name", "What is taken from it; null where the module itself is."),
      found_in(kFile, text("importer_file_id", "File that imports.")),
      found_in(kFile,
               optional_text("imported_file_id", "File of the imported module, if internal.")),
      number("line", "Line of the statement, from 1."),
      text("resolution", "internal, stdlib, external or unresolved."),
      flag("is_from", "Whether it is a `from` import."),
      flag("in_type_checking", "Whether it is under `if TYPE_CHECKING`."),
      flag("is_conditional", "Whether it is under a condition, or in a try or a function."),
      found_in(
          kDefinition,
          optional_text("scope_def_id", "Class or function that it is in; null at module level.")),
  };
}

std::vector<Column> external_modules_columns() {
  return {
      repo(),
      text("module", "Dotted name that is imported, or imported from."),
      text("top_level_module", "Its first part."),
      text("origin",
           "stdlib, distribution (installed in the environment), or unknown: in no distribution of "
           "the environment, or no environment was given."),
      optional_text("distribution",
                    "Distribution that has it; null also where several have a part of the package "
                    "and none is nearer."),
      optional_text("version", "Installed version of that distribution."),
      {"offered_by", list(utf8()), true,
       "All installed distributions that offer the top-level module, by name."},
  };
}

std::vector<Column> exports_columns() {
  return {
      repo(),
      text("module", "Module that offers the name."),
      text("name", "Name."),
      found_in(kDefinition,
               optional_text("def_id",
                             "Definition at the end of all re-exports, if in the repository.")),
      text("via", "all (listed in __all__), else definition (made here), else reexport."),
      file_id(),
      flag("is_public", "Whether `from module import *` takes it."),
      text("target_kind", "definition, module, external or unresolved."),
      optional_text("target_module",
                    "Module that it stands for; outside the repository with name."),
      found_in(kImport, optional_text("import_id", "Import that binds it: imports.import_id.")),
  };
}

std::vector<Column> type_exprs_columns() {
  return {
      repo(),
      text("type_expr_id",
           "Id of the type expression: of what has the type, its role and ordinal."),
      file_id(),
      found_in(kDefinition,
               optional_text("def_id",
                             "Definition that has the type: a parameter, a variable of a module or "
                             "class; of a return, the function; of a bound, the class, function or "
                             "alias that has the type parameter.")),
      found_in(kDefinition, optional_text("enclosing_def_id",
                                          "Definition around it, in which it is evaluated; null at "
                                          "module level.")),
      text("role",
           "parameter, return, variable, attribute (`x.y: T`), subscription (`x[0]: T`), alias "
           "(`type A = T`) or bound (`[X: T]`)."),
      text("target",
           "What has the type, as written: the name of the parameter, variable, alias or type "
           "parameter; of a return, the function's; else the expression, such as self.x."),
      written_short_at("bstart", text("text",
                                      "The type as written, white space reduced and without "
                                      "comments (long texts are cut).")),
      bstart(),
      bend(),
      line(),
      flag("is_string", "Whether the whole type is in a string literal."),
  };
}

std::vector<Column> scopes_columns() {
  return {
      repo(),
      text("scope_id", "Id of the scope: of the scope around it, its kind, name and ordinal."),
      file_id(),
      text("kind",
           "module, class, function (also of a lambda, a generator expression), type alias, type "
           "parameters or type variable."),
      text("name", "Class, function or type that it is of; lambda, genexpr, or top for a module."),
      found_in(kScope, optional_text("parent_scope_id", "Scope around it; null for a module.")),
      number("line", "Line of what makes the scope, from 1; 0 for a module."),
      found_in(
          kDefinition,
          optional_text("def_id", "Class or function whose code it is; null at module level.")),
      number("ordinal", "Place among the scopes of one kind and name in the same scope."),
  };
}

std::vector<Column> bindings_columns() {
  return {
      repo(),
      found_in(kScope, text("scope_id", "Scope in which the name is used: scopes.scope_id.")),
      text("name", "Name; private names of a class C as _C__name; with a dot, the compiler's own."),
      text("kind",
           "Where it is bound: local, cell (local, and used by scopes in it), free (in a scope "
           "around), global_implicit (in the module or built in) or global_explicit (declared)."),
      flag("is_parameter", "Whether it is a parameter."),
      flag("is_local", "Whether it is bound in the scope itself."),
      flag("is_global", "Whether it is a name of the module, or built in."),
      flag("is_declared_global", "Whether `global` says so; of a module's name, anywhere."),
      flag("is_nonlocal", "Whether it is declared by `nonlocal`."),
      flag("is_free", "Whether it is a variable of a function around."),
      flag("is_imported", "Whether an import binds it here."),
      flag("is_assigned", "Whether it is assigned, defined or deleted here."),
      flag("is_referenced", "Whether its value is used here."),
      flag("is_annotated", "Whether it has an annotation here."),
      flag("is_namespace", "Whether a scope in this one has the name."),
      file_id(),
  };
}

std::vector<Column> relations_columns() {
  return {
      repo(),
      found_in(kDefinition, text("def_id", "The definition that depends.")),
      text("kind",
           "base, override, decorator, decorator_argument, construct, set_up, fixture, "
           "pick or hook."),
      found_in(kDefinition,
               text("related_def_id",
                    "What it depends on: its base class, the method of a subclass that may be "
                    "called in its place, what decorates it or is given to that, the method that "
                    "calling the class calls, what is run around the test or the class that it is "
                    "run as, the pytest fixture that it takes, a member that it may take by a name "
                    "that it makes, what of subclasses it calls.")),
      number("ordinal", "Place among those of the kind: of bases and decorators."),
      {"confidence", float64(), false,
       "1 by the rules of the language, else 0.9; 0.6 of a pick or hook."},
      found_in(kFile, text("file_id",
                           "The file that says so: of def_id, of an override that of "
                           "related_def_id.")),
  };
}

std::vector<Column> diagnostics_columns() {
  return {
      repo(),
      // Not `file_id()`: what is listed and not read has no row in `files`.
      text("file_id", "The file: files.file_id."),
      text("severity", "error, warning or info."),
      text("code", "What kind of problem."),
      text("message", "The problem in words."),
      span_to("bend", {"bstart", int64(), true, "First byte that it is about."}),
      {"bend", int64(), true, "The byte after the last."},
      text("source", "Step that found it."),
  };
}

std::vector<Column> symbols_columns() {
  return {
      repo(),
      text("symbol", "Name of the symbol in SCIP's grammar; a local one is its file's alone."),
      text("kind",
           "Kind, such as class or type_alias; where the index gives none, what the symbol's "
           "last descriptor tells: namespace, type, term, method, type_parameter, "
           "parameter, meta, macro, local, else unknown."),
      optional_text("display_name", "Name for people; null for a local symbol without one."),
      found_in(
          kDefinition,
          optional_text("def_id", "Definition that it is, if there is one: definitions.def_id.")),
      optional_text("file_id", "File that defines it; of a local symbol, the one that has it."),
      {"documentation", list(utf8()), true, "Documentation, as Markdown."},
      optional_text("signature", "Signature, if the index has it by itself."),
      optional_text("enclosing_symbol", "Symbol around it, if the index says it."),
      optional_text("package", "Package that it is of."),
      optional_text("package_version", "That package's version, as the indexer has it."),
      flag("is_local", "Whether it is visible in its file only."),
      flag("is_external", "Whether it comes from outside the repository."),
      flag("has_information", "Whether the index describes it, and does not only mention it."),
  };
}

std::vector<Column> occurrences_columns() {
  return {
      repo(),
      file_id(),
      found_in(kSymbol,
               text("symbol", "The symbol: symbols.symbol; with file_id, where it is local.")),
      bstart(),
      bend(),
      number("roles",
             "Sum of 1 definition, 2 import, 4 write, 8 read, 16 generated, 32 test, 64 "
             "forward definition."),
      line(),
      number("column", "UTF-8 bytes before bstart in its line."),
      span_to("enclosing_bend", {"enclosing_bstart", int64(), true,
                                 "First byte of what is around it, if the index says it."}),
      {"enclosing_bend", int64(), true, "The byte after the last of that."},
      {"syntax_kind", int64(), true, "Number of SCIP's SyntaxKind, if the index has it."},
      {"override_documentation", list(utf8()), true, "Documentation of this place, as Markdown."},
  };
}

std::vector<Column> symbol_relationships_columns() {
  return {
      repo(),
      found_in(kSymbol, text("symbol", "The symbol.")),
      found_in(kSymbol, text("related_symbol", "What it is related to.")),
      flag("is_reference", "Whether references to the other are references to it."),
      flag("is_implementation", "Whether it implements or overrides the other."),
      flag("is_type_definition", "Whether the other is its type."),
      flag("is_definition", "Whether the other is where it is defined."),
      optional_text("file_id", "File, where one of the two is local to it."),
  };
}

std::vector<Column> nodes_columns() {
  return {
      repo(),
      text("node_id", "Id of the node: definitions.def_id, or files.file_id."),
      text("kind", "file, or the definition's: class, function, method, parameter or variable."),
      text("name", "Qualified name of the definition; path of the file."),
      file_id(),
      bstart(),
      bend(),
  };
}

std::vector<Column> edges_columns() {
  return {
      repo(),
      text("edge_id", "Id of the edge: of its kind and its ends."),
      text("kind",
           "calls, references, inherits, decorated_by, constructs, overridden_by, contains, "
           "protocol, fixture, set_up_by, same_name, picks or imports."),
      found_in(kNode, text("src", "What depends: nodes.node_id.")),
      found_in(kNode, text("dst", "What it depends on: nodes.node_id.")),
      {"confidence", float64(), false, "From 0 to 1: that of the surest evidence."},
      text("origin", "scip where the SCIP index says so, else code."),
      number("evidence", "How many references, calls or the like say so."),
      {"line", int64(), true,
       "First line that shows it, in the file of src; null where none does."},
  };
}

std::vector<Column> props_columns() {
  return {
      repo(),
      text("owner_id", "What has the property: nodes.node_id or edges.edge_id."),
      text("owner_kind", "node or edge."),
      text("key", "Name of the property."),
      text("value", "Value as text."),
      text("value_type",
           "How to read it: string, int64, bool (true, false) or list (an item a line)."),
  };
}

std::vector<Column> imports_across_columns() {
  return {
      repo(),
      found_in(kImport, text("import_id", "The import: imports.import_id.")),
      found_in(kFile, text("importer_file_id", "File that imports.")),
      number("line", "Line of the statement, from 1."),
      optional_text("imported_module", "Module that is imported, or imported from."),
      optional_text("imported_name", "What is taken from it; null where the module itself is."),
      text("other_repo", "Repository that has it."),
      text("other_module", "Module there that the import leads to."),
      text("other_file_id", "Its file: files.file_id of other_repo."),
      optional_text("def_id",
                    "Definition there that the name stands for, if it is one: of other_repo."),
  };
}

}  // namespace alluvium::code
