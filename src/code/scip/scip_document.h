#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "functions/position_unit.h"

namespace alluvium::code {

// What a part of a SCIP index says, as it says it. Texts are views of the decoded bytes, and may be
// no valid UTF-8.

/// A half-open range of positions, from 0; what columns count is the document's.
struct ScipRange {
  std::int32_t start_line = 0;
  std::int32_t start_column = 0;
  std::int32_t end_line = 0;
  std::int32_t end_column = 0;
};

struct ScipDiagnostic {
  std::int64_t severity = 0;
  std::string_view code;
  std::string_view message;
  std::string_view source;
};

struct ScipOccurrence {
  std::optional<ScipRange> range;  ///< None when it has not three or four numbers.
  std::string_view symbol;
  std::int64_t roles = 0;
  std::vector<std::string_view> override_documentation;
  std::int64_t syntax_kind = 0;
  std::vector<ScipDiagnostic> diagnostics;
  std::optional<ScipRange> enclosing_range;
};

struct ScipRelationship {
  std::string_view symbol;
  bool is_reference = false;
  bool is_implementation = false;
  bool is_type_definition = false;
  bool is_definition = false;
};

struct ScipSymbolInformation {
  std::string_view symbol;
  std::vector<std::string_view> documentation;
  std::vector<ScipRelationship> relationships;
  std::int64_t kind = 0;
  std::string_view display_name;
  std::string_view signature;
  std::string_view enclosing_symbol;
};

/// A document, or external symbols, which are like one without occurrences.
struct ScipDocument {
  std::optional<PositionUnit> position_unit;  ///< None when the document doesn't say.
  std::vector<ScipOccurrence> occurrences;
  std::vector<ScipSymbolInformation> symbols;
};

/// Decodes `bytes`, whole fields of an `Index` message (`ScipPart`), which must outlive the result.
/// Fields that are unknown or of another type than expected are skipped. Throws
/// protozero::exception when the bytes contradict themselves.
ScipDocument decode_scip_part(std::string_view bytes);

}  // namespace alluvium::code
