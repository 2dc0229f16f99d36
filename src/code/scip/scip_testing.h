#pragma once

#include <cstdint>
#include <protozero/pbf_builder.hpp>
#include <string>
#include <utility>
#include <vector>

#include "code/scip/scip_schema.h"

namespace alluvium::code::testing {

// Writes SCIP indexes, field by field, as an indexer does.

struct TestRelationship {
  std::string symbol;
  std::vector<ScipRelationshipField> flags;
};

struct TestSymbol {
  std::string symbol;
  std::vector<std::string> documentation = {};
  std::int32_t kind = 0;
  std::string display_name = {};
  std::vector<TestRelationship> relationships = {};
};

struct TestOccurrence {
  std::vector<std::int32_t> range;
  std::string symbol;
  std::int32_t roles = 8;
  std::vector<std::int32_t> enclosing_range = {};
  std::string diagnostic = {};
};

struct TestDocument {
  std::string path;
  std::vector<TestOccurrence> occurrences = {};
  std::vector<TestSymbol> symbols = {};
  std::string language = {};
  std::int32_t position_encoding = 0;
};

inline std::string encode(const TestSymbol& symbol) {
  std::string bytes;
  protozero::pbf_builder<ScipSymbolField> out(bytes);
  out.add_string(ScipSymbolField::Symbol, symbol.symbol);
  for (const std::string& text : symbol.documentation) {
    out.add_string(ScipSymbolField::Documentation, text);
  }
  for (const TestRelationship& relationship : symbol.relationships) {
    protozero::pbf_builder<ScipRelationshipField> inner(out, ScipSymbolField::Relationship);
    inner.add_string(ScipRelationshipField::Symbol, relationship.symbol);
    for (const ScipRelationshipField flag : relationship.flags) inner.add_bool(flag, true);
  }
  if (symbol.kind != 0) out.add_int32(ScipSymbolField::Kind, symbol.kind);
  if (!symbol.display_name.empty()) {
    out.add_string(ScipSymbolField::DisplayName, symbol.display_name);
  }
  return bytes;
}

inline std::string encode(const TestOccurrence& occurrence) {
  std::string bytes;
  protozero::pbf_builder<ScipOccurrenceField> out(bytes);
  out.add_packed_int32(ScipOccurrenceField::Range, occurrence.range.begin(),
                       occurrence.range.end());
  out.add_string(ScipOccurrenceField::Symbol, occurrence.symbol);
  out.add_int32(ScipOccurrenceField::Roles, occurrence.roles);
  if (!occurrence.diagnostic.empty()) {
    protozero::pbf_builder<ScipDiagnosticField> inner(out, ScipOccurrenceField::Diagnostic);
    inner.add_int32(ScipDiagnosticField::Severity, 1);
    inner.add_string(ScipDiagnosticField::Message, occurrence.diagnostic);
  }
  if (!occurrence.enclosing_range.empty()) {
    out.add_packed_int32(ScipOccurrenceField::EnclosingRange, occurrence.enclosing_range.begin(),
                         occurrence.enclosing_range.end());
  }
  return bytes;
}

inline std::string encode(const TestDocument& document) {
  std::string bytes;
  protozero::pbf_builder<ScipDocumentField> out(bytes);
  out.add_string(ScipDocumentField::Path, document.path);
  for (const TestOccurrence& occurrence : document.occurrences) {
    out.add_message(ScipDocumentField::Occurrence, encode(occurrence));
  }
  for (const TestSymbol& symbol : document.symbols) {
    out.add_message(ScipDocumentField::Symbol, encode(symbol));
  }
  if (!document.language.empty()) {
    out.add_string(ScipDocumentField::Language, document.language);
  }
  if (document.position_encoding != 0) {
    out.add_int32(ScipDocumentField::PositionEncoding, document.position_encoding);
  }
  return bytes;
}

inline std::string encode_index(const std::vector<TestDocument>& documents,
                                const std::vector<TestSymbol>& external = {}) {
  std::string bytes;
  protozero::pbf_builder<ScipIndexField> out(bytes);
  std::string metadata;
  protozero::pbf_builder<ScipMetadataField>(metadata).add_string(ScipMetadataField::ProjectRoot,
                                                                 "file:///elsewhere");
  out.add_message(ScipIndexField::Metadata, metadata);
  for (const TestDocument& document : documents) {
    out.add_message(ScipIndexField::Document, encode(document));
  }
  for (const TestSymbol& symbol : external) {
    out.add_message(ScipIndexField::ExternalSymbol, encode(symbol));
  }
  return bytes;
}

}  // namespace alluvium::code::testing
