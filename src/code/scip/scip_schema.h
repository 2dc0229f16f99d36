#pragma once

#include <protozero/pbf_message.hpp>

namespace alluvium::code {

// The fields of a SCIP index that are read, by their numbers.
// Source: scip.proto of github.com/sourcegraph/scip, v0.8.1.

enum class ScipIndexField : protozero::pbf_tag_type {
  Metadata = 1,
  Document = 2,
  ExternalSymbol = 3,
};

enum class ScipMetadataField : protozero::pbf_tag_type {
  ProjectRoot = 3,
};

enum class ScipDocumentField : protozero::pbf_tag_type {
  Path = 1,
  Occurrence = 2,
  Symbol = 3,
  Language = 4,
  PositionEncoding = 6,
};

enum class ScipOccurrenceField : protozero::pbf_tag_type {
  Range = 1,
  Symbol = 2,
  Roles = 3,
  OverrideDocumentation = 4,
  SyntaxKind = 5,
  Diagnostic = 6,
  EnclosingRange = 7,
};

enum class ScipDiagnosticField : protozero::pbf_tag_type {
  Severity = 1,
  Code = 2,
  Message = 3,
  Source = 4,
};

enum class ScipSymbolField : protozero::pbf_tag_type {
  Symbol = 1,
  Documentation = 3,
  Relationship = 4,
  Kind = 5,
  DisplayName = 6,
  Signature = 7,
  EnclosingSymbol = 8,
};

enum class ScipSignatureField : protozero::pbf_tag_type {
  Text = 5,
};

enum class ScipRelationshipField : protozero::pbf_tag_type {
  Symbol = 1,
  IsReference = 2,
  IsImplementation = 3,
  IsTypeDefinition = 4,
  IsDefinition = 5,
};

/// The bit of a definition in an occurrence's roles.
inline constexpr int kScipDefinitionRole = 1;

}  // namespace alluvium::code
