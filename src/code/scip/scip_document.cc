#include "code/scip/scip_document.h"

#include <array>
#include <cstddef>

#include "code/scip/scip_schema.h"

namespace alluvium::code {
namespace {

using protozero::pbf_message;
using protozero::pbf_wire_type;
using protozero::tag_and_type;

template <typename Field>
constexpr std::uint32_t text_field(Field field) {
  return tag_and_type(field, pbf_wire_type::length_delimited);
}
template <typename Field>
constexpr std::uint32_t number_field(Field field) {
  return tag_and_type(field, pbf_wire_type::varint);
}

template <typename Message>
std::string_view text(Message& message) {
  const protozero::data_view view = message.get_view();
  return {view.data(), view.size()};
}

/// Collects the numbers of a range, which may be packed or not.
class RangeNumbers {
 public:
  void add(std::int32_t number) {
    if (count_ < numbers_.size()) numbers_[count_] = number;
    ++count_;
  }
  template <typename Message>
  void add_packed(Message& message) {
    for (const std::int32_t number : message.get_packed_int32()) add(number);
  }
  [[nodiscard]] std::optional<ScipRange> range() const {
    if (count_ == 3) return ScipRange{numbers_[0], numbers_[1], numbers_[0], numbers_[2]};
    if (count_ == 4) return ScipRange{numbers_[0], numbers_[1], numbers_[2], numbers_[3]};
    return std::nullopt;
  }

 private:
  std::array<std::int32_t, 4> numbers_{};
  std::size_t count_ = 0;
};

ScipDiagnostic decode_diagnostic(protozero::data_view bytes) {
  using Field = ScipDiagnosticField;
  ScipDiagnostic diagnostic;
  pbf_message<Field> message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case number_field(Field::Severity):
        diagnostic.severity = message.get_int32();
        break;
      case text_field(Field::Code):
        diagnostic.code = text(message);
        break;
      case text_field(Field::Message):
        diagnostic.message = text(message);
        break;
      case text_field(Field::Source):
        diagnostic.source = text(message);
        break;
      default:
        message.skip();
    }
  }
  return diagnostic;
}

ScipOccurrence decode_occurrence(protozero::data_view bytes) {
  using Field = ScipOccurrenceField;
  ScipOccurrence occurrence;
  RangeNumbers range;
  RangeNumbers enclosing;
  pbf_message<Field> message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case text_field(Field::Range):
        range.add_packed(message);
        break;
      case number_field(Field::Range):
        range.add(message.get_int32());
        break;
      case text_field(Field::Symbol):
        occurrence.symbol = text(message);
        break;
      case number_field(Field::Roles):
        occurrence.roles = message.get_int32();
        break;
      case text_field(Field::OverrideDocumentation):
        occurrence.override_documentation.push_back(text(message));
        break;
      case number_field(Field::SyntaxKind):
        occurrence.syntax_kind = message.get_int32();
        break;
      case text_field(Field::Diagnostic):
        occurrence.diagnostics.push_back(decode_diagnostic(message.get_view()));
        break;
      case text_field(Field::EnclosingRange):
        enclosing.add_packed(message);
        break;
      case number_field(Field::EnclosingRange):
        enclosing.add(message.get_int32());
        break;
      default:
        message.skip();
    }
  }
  occurrence.range = range.range();
  occurrence.enclosing_range = enclosing.range();
  return occurrence;
}

ScipRelationship decode_relationship(protozero::data_view bytes) {
  using Field = ScipRelationshipField;
  ScipRelationship relationship;
  pbf_message<Field> message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case text_field(Field::Symbol):
        relationship.symbol = text(message);
        break;
      case number_field(Field::IsReference):
        relationship.is_reference = message.get_uint64() != 0;
        break;
      case number_field(Field::IsImplementation):
        relationship.is_implementation = message.get_uint64() != 0;
        break;
      case number_field(Field::IsTypeDefinition):
        relationship.is_type_definition = message.get_uint64() != 0;
        break;
      case number_field(Field::IsDefinition):
        relationship.is_definition = message.get_uint64() != 0;
        break;
      default:
        message.skip();
    }
  }
  return relationship;
}

std::string_view decode_signature(protozero::data_view bytes) {
  std::string_view signature;
  pbf_message<ScipSignatureField> message(bytes);
  while (message.next()) {
    if (message.tag_and_type() == text_field(ScipSignatureField::Text)) {
      signature = text(message);
    } else {
      message.skip();
    }
  }
  return signature;
}

ScipSymbolInformation decode_symbol(protozero::data_view bytes) {
  using Field = ScipSymbolField;
  ScipSymbolInformation symbol;
  pbf_message<Field> message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case text_field(Field::Symbol):
        symbol.symbol = text(message);
        break;
      case text_field(Field::Documentation):
        symbol.documentation.push_back(text(message));
        break;
      case text_field(Field::Relationship):
        symbol.relationships.push_back(decode_relationship(message.get_view()));
        break;
      case number_field(Field::Kind):
        symbol.kind = message.get_int32();
        break;
      case text_field(Field::DisplayName):
        symbol.display_name = text(message);
        break;
      case text_field(Field::Signature):
        symbol.signature = decode_signature(message.get_view());
        break;
      case text_field(Field::EnclosingSymbol):
        symbol.enclosing_symbol = text(message);
        break;
      default:
        message.skip();
    }
  }
  return symbol;
}

/// Source: `PositionEncoding` of scip.proto.
std::optional<PositionUnit> unit_of_encoding(std::int64_t encoding) {
  switch (encoding) {
    case 1:
      return PositionUnit::Utf8;
    case 2:
      return PositionUnit::Utf16;
    case 3:
      return PositionUnit::Utf32;
    default:
      return std::nullopt;
  }
}

void decode_document(protozero::data_view bytes, ScipDocument& document) {
  using Field = ScipDocumentField;
  pbf_message<Field> message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case text_field(Field::Occurrence):
        document.occurrences.push_back(decode_occurrence(message.get_view()));
        break;
      case text_field(Field::Symbol):
        document.symbols.push_back(decode_symbol(message.get_view()));
        break;
      case number_field(Field::PositionEncoding):
        document.position_unit = unit_of_encoding(message.get_int32());
        break;
      default:
        message.skip();
    }
  }
}

}  // namespace

ScipDocument decode_scip_part(std::string_view bytes) {
  ScipDocument document;
  pbf_message<ScipIndexField> message(bytes.data(), bytes.size());
  while (message.next()) {
    switch (message.tag_and_type()) {
      case text_field(ScipIndexField::Document):
        decode_document(message.get_view(), document);
        break;
      case text_field(ScipIndexField::ExternalSymbol):
        document.symbols.push_back(decode_symbol(message.get_view()));
        break;
      default:
        message.skip();
    }
  }
  return document;
}

}  // namespace alluvium::code
