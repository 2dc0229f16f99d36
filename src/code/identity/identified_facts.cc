#include "code/identity/identified_facts.h"

#include <utility>
#include <vector>

namespace alluvium::code {
namespace {

DataType rows(std::vector<Field> fields) { return list(struct_(std::move(fields))); }

}  // namespace

DataType call_arguments_type() {
  return rows({{"kind", utf8()},
               {"keyword", utf8()},
               {"text", utf8()},
               {"bstart", int64()},
               {"bend", int64()}});
}

DataType identified_facts_type() {
  const DataType text = utf8();
  const DataType number = int64();
  const DataType flag = boolean();
  const DataType position = int32();
  return struct_({
      {"encoding", text},
      {"line_count", number},
      {"parse_status", text},
      {"docstring", text},
      {"definitions", rows({{"def_id", text},
                            {"kind", text},
                            {"name", text},
                            {"qualname", text},
                            {"qualified_name", text},
                            {"parent_def_id", text},
                            {"ordinal", number},
                            {"bstart", number},
                            {"bend", number},
                            {"line", number},
                            {"column", number},
                            {"name_bstart", number},
                            {"name_bend", number},
                            {"signature", text},
                            {"docstring", text},
                            {"decorators", list(text)},
                            {"is_async", flag},
                            {"body_hash", text}})},
      {"imports", rows({{"import_id", text},
                        {"module", text},
                        {"name", text},
                        {"alias", text},
                        {"level", number},
                        {"is_star", flag},
                        {"bstart", number},
                        {"bend", number},
                        {"line", number},
                        {"statement_line", number},
                        {"is_from", flag},
                        {"scope_def_id", text},
                        {"in_type_checking", flag},
                        {"is_conditional", flag},
                        {"ordinal", number},
                        {"bound_name", text}})},
      // target_def_id: the definition in the same file, where that is known. lookup_id: the
      // question to be answered from outside the file, if there is one.
      {"refs", rows({{"ref_id", text},
                     {"name", text},
                     {"kind", text},
                     {"context", text},
                     {"qualifier", text},
                     {"bstart", number},
                     {"bend", number},
                     {"line", number},
                     {"enclosing_def_id", text},
                     {"target_def_id", text},
                     {"lookup_id", text},
                     {"resolution", text},
                     {"ambiguous", flag}})},
      // The last four are those of the callee's reference.
      {"calls", rows({{"call_id", text},
                      {"callee_text", text},
                      {"arg_count", number},
                      {"arguments", call_arguments_type()},
                      {"bstart", number},
                      {"bend", number},
                      {"line", number},
                      {"caller_def_id", text},
                      {"callee_ref_id", text},
                      {"target_def_id", text},
                      {"lookup_id", text},
                      {"resolution", text},
                      {"ambiguous", flag}})},
      {"type_exprs", rows({{"type_expr_id", text},
                           {"role", text},
                           {"target", text},
                           {"text", text},
                           {"bstart", number},
                           {"bend", number},
                           {"line", number},
                           {"def_id", text},
                           {"enclosing_def_id", text},
                           {"is_string", flag}})},
      {"scopes", rows({{"scope_id", text},
                       {"kind", text},
                       {"name", text},
                       {"parent_scope_id", text},
                       {"line", number},
                       {"def_id", text},
                       {"ordinal", number}})},
      // flags: the bits of `binding_flag`.
      {"bindings", rows({{"scope_id", text}, {"name", text}, {"kind", text}, {"flags", number}})},
      {"diagnostics", rows({{"severity", text},
                            {"code", text},
                            {"message", text},
                            {"bstart", number},
                            {"bend", number}})},
      // What resolution needs of the file (`FileInterface`).
      {"interface", binary()},
  });
}

}  // namespace alluvium::code
