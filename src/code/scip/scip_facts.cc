#include "code/scip/scip_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <protozero/exception.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "code/identity/fact_columns.h"
#include "code/repository/source_path.h"
#include "code/scip/scip_document.h"
#include "code/scip/scip_kind.h"
#include "code/scip/scip_placement.h"
#include "code/scip/scip_position.h"
#include "code/scip/scip_schema.h"
#include "code/scip/scip_symbol.h"

namespace alluvium::code {
namespace {

DataType rows(std::vector<Field> fields) { return list(struct_(std::move(fields))); }

/// Where the fields of `scip_facts_type()` are.
struct Layout {
  DataType type = scip_facts_type();
  FieldPositions facts{type};
  FieldPositions occurrence{facts.type("occurrences").children().front().type};
  FieldPositions symbol{facts.type("symbols").children().front().type};
  FieldPositions relationship{facts.type("relationships").children().front().type};
  FieldPositions diagnostic{facts.type("diagnostics").children().front().type};
};

/// Appends text that may be no valid UTF-8: such bytes become U+FFFD.
void append_text(ColumnBuilder column, std::string_view text) {
  std::size_t valid = 0;
  const auto advance = [&text](std::size_t at) {
    while (at < text.size()) {
      const std::size_t length = utf8_sequence_length(text.substr(at));
      if (length == 0) break;
      at += length;
    }
    return at;
  };
  valid = advance(0);
  if (valid == text.size()) {
    column.append(text);
    return;
  }
  std::string repaired;
  std::size_t done = 0;
  while (done < text.size()) {
    repaired.append(text.substr(done, valid - done));
    if (valid < text.size()) repaired.append("\xEF\xBF\xBD");
    done = std::min(valid + 1, text.size());
    valid = advance(done);
  }
  column.append(repaired);
}

/// An empty text is one that the index doesn't give.
void append_optional(ColumnBuilder column, std::string_view text) {
  if (text.empty()) {
    column.append_null();
  } else {
    append_text(column, text);
  }
}

void append_texts(ColumnBuilder column, const std::vector<std::string_view>& texts) {
  for (const std::string_view text : texts) append_text(column.child(0), text);
  column.finish_element();
}

/// Source: `Severity` of scip.proto. What is unset is worth a look.
std::string_view severity_name(std::int64_t severity) {
  if (severity == 1) return "error";
  return severity == 3 || severity == 4 ? "info" : "warning";
}

/// Appends one part's facts.
class PartFacts {
 public:
  PartFacts(const Layout& layout, const ScipDocument& document, ColumnBuilder& result)
      : layout_(layout), document_(document), result_(result) {}

  void append(std::optional<std::string_view> content) {
    name_symbols();
    std::optional<std::string_view> fit;
    if (content) fit = add_occurrences(*content);
    child("occurrences").finish_element();
    add_symbols();
    child("diagnostics").finish_element();
    child("malformed").append(false);
    if (fit) {
      child("fit").append(*fit);
    } else {
      child("fit").append_null();
    }
    result_.finish_element();
  }

 private:
  struct Named {
    std::optional<ScipSymbol> parsed;
    const ScipSymbolInformation* information = nullptr;
    bool is_defined = false;  // by an occurrence
  };
  ColumnBuilder child(std::string_view name) { return result_.child(layout_.facts[name]); }

  /// Collects every symbol that the part mentions, in the order of its text's first place.
  void name_symbols() {
    const auto mention = [this](std::string_view symbol) -> Named& {
      const auto [found, added] = named_.try_emplace(symbol);
      if (added) {
        found->second.parsed = parse_scip_symbol(symbol);
        mentioned_.push_back(symbol);
      }
      return found->second;
    };
    for (const ScipSymbolInformation& symbol : document_.symbols) {
      if (symbol.symbol.empty()) continue;
      Named& named = mention(symbol.symbol);
      if (named.information == nullptr) named.information = &symbol;
      for (const ScipRelationship& relationship : symbol.relationships) {
        if (!relationship.symbol.empty()) mention(relationship.symbol);
      }
    }
    for (const ScipOccurrence& occurrence : document_.occurrences) {
      if (occurrence.symbol.empty()) continue;
      Named& named = mention(occurrence.symbol);
      if ((occurrence.roles & kScipDefinitionRole) != 0) named.is_defined = true;
    }
  }

  /// The names that the source should have at the occurrences; null where that can't be told.
  [[nodiscard]] std::vector<const std::string*> spelled_names() const {
    std::vector<const std::string*> names;
    names.reserve(document_.occurrences.size());
    for (const ScipOccurrence& occurrence : document_.occurrences) {
      const auto found = named_.find(occurrence.symbol);
      const bool is_spelled = found != named_.end() && occurrence.range && found->second.parsed &&
                              found->second.parsed->is_spelled();
      names.push_back(is_spelled ? &found->second.parsed->name : nullptr);
    }
    return names;
  }

  /// Returns how well the document fits its file.
  std::optional<std::string_view> add_occurrences(std::string_view content) {
    ScipPositions positions(content);
    const ScipPlacement placement = place_occurrences(document_, spelled_names(), positions);
    const auto fit = placement.fit();
    add_fit(placement, fit);
    if (fit == "none") return fit;
    OccurrenceColumns columns = occurrence_columns();
    for (std::size_t i = 0; i < placement.places.size(); ++i) {
      const ScipPlacement::Place& place = placement.places[i];
      if (place.range) add_occurrence(document_.occurrences[i], place, positions, columns);
    }
    return fit;
  }

  /// Adds what is wrong about the places of the occurrences.
  void add_fit(const ScipPlacement& placement, std::optional<std::string_view> fit) {
    const ScipLanding& definitions = placement.definitions;
    const ScipLanding& references = placement.references;
    if (fit == "none") {
      add_diagnostic(
          "warning", "scip-stale-document",
          fmt::format("the file is not the one that was indexed: {} of {} symbols are "
                      "not where the SCIP index has them; its {} occurrences are left "
                      "out",
                      definitions.missed() + references.missed(),
                      definitions.looked + references.looked, document_.occurrences.size()));
      return;
    }
    if (fit == "partial") {
      add_diagnostic("warning", "scip-partly-stale-document",
                     fmt::format("{} of {} definitions are not where the SCIP index has them, the "
                                 "first in line {}: the file was changed, or its indexer names "
                                 "symbols otherwise than the source",
                                 definitions.missed(), definitions.looked,
                                 std::int64_t{placement.first_astray->range->start_line} + 1));
    }
    if (placement.outside > 0) {
      const std::optional<ScipRange>& range = placement.first_outside->range;
      const std::string where = range
                                    ? fmt::format("in line {}", std::int64_t{range->start_line} + 1)
                                    : "without a valid range";
      add_diagnostic("warning", "scip-range-outside-file",
                     fmt::format("{} of {} occurrences of the SCIP index are not in the file, the "
                                 "first {}; they are left out",
                                 placement.outside, document_.occurrences.size(), where));
    }
  }

  /// The fields of an occurrence: an index has millions.
  struct OccurrenceColumns {
    ColumnBuilder row;
    ColumnBuilder symbol;
    ColumnBuilder bstart;
    ColumnBuilder bend;
    ColumnBuilder roles;
    ColumnBuilder line;
    ColumnBuilder column;
    ColumnBuilder lands;
    ColumnBuilder enclosing_bstart;
    ColumnBuilder enclosing_bend;
    ColumnBuilder syntax_kind;
    ColumnBuilder override_documentation;
  };

  OccurrenceColumns occurrence_columns() {
    ColumnBuilder row = child("occurrences").child(0);
    const auto field = [&](std::string_view name) { return row.child(layout_.occurrence[name]); };
    return {.row = row,
            .symbol = field("symbol"),
            .bstart = field("bstart"),
            .bend = field("bend"),
            .roles = field("roles"),
            .line = field("line"),
            .column = field("column"),
            .lands = field("lands"),
            .enclosing_bstart = field("enclosing_bstart"),
            .enclosing_bend = field("enclosing_bend"),
            .syntax_kind = field("syntax_kind"),
            .override_documentation = field("override_documentation")};
  }

  void add_occurrence(const ScipOccurrence& occurrence, const ScipPlacement::Place& place,
                      ScipPositions& positions, OccurrenceColumns& to) {
    const ByteRange bytes = positions.stored(*place.range);
    const std::int32_t line = occurrence.range->start_line;
    append_text(to.symbol, occurrence.symbol);
    to.bstart.append(bytes.begin);
    to.bend.append(bytes.end);
    to.roles.append(occurrence.roles);
    to.line.append(std::int64_t{line} + 1);
    to.column.append(positions.column(line, place.range->begin));
    if (place.lands) {
      to.lands.append(*place.lands);
    } else {
      to.lands.append_null();
    }
    std::optional<ScipPositions::TextRange> enclosing;
    if (occurrence.enclosing_range) enclosing = positions.find(*occurrence.enclosing_range);
    if (enclosing) {
      const ByteRange around = positions.stored(*enclosing);
      to.enclosing_bstart.append(around.begin);
      to.enclosing_bend.append(around.end);
    } else {
      to.enclosing_bstart.append_null();
      to.enclosing_bend.append_null();
    }
    if (occurrence.syntax_kind == 0) {
      to.syntax_kind.append_null();
    } else {
      to.syntax_kind.append(occurrence.syntax_kind);
    }
    append_texts(to.override_documentation, occurrence.override_documentation);
    to.row.finish_element();
    for (const ScipDiagnostic& diagnostic : occurrence.diagnostics) {
      add_diagnostic(severity_name(diagnostic.severity),
                     diagnostic.code.empty() ? "scip" : diagnostic.code, diagnostic.message,
                     diagnostic.source.empty() ? "scip" : diagnostic.source, bytes);
    }
  }

  void add_diagnostic(std::string_view severity, std::string_view code, std::string_view message,
                      std::string_view source = "scip", std::optional<ByteRange> range = {}) {
    ColumnBuilder row = child("diagnostics").child(0);
    const auto field = [&](std::string_view name) { return row.child(layout_.diagnostic[name]); };
    field("severity").append(severity);
    append_text(field("code"), code);
    append_text(field("message"), message);
    append_text(field("source"), source);
    if (range) {
      field("bstart").append(range->begin);
      field("bend").append(range->end);
    } else {
      field("bstart").append_null();
      field("bend").append_null();
    }
    row.finish_element();
  }

  void add_symbols() {
    std::int64_t place = 0;
    for (const std::string_view symbol : mentioned_) add_symbol(symbol, named_.at(symbol), place++);
    child("symbols").finish_element();
    for (const ScipSymbolInformation& symbol : document_.symbols) {
      if (symbol.symbol.empty()) continue;
      for (const ScipRelationship& relationship : symbol.relationships) {
        if (!relationship.symbol.empty()) add_relationship(symbol.symbol, relationship);
      }
    }
    child("relationships").finish_element();
  }

  void add_symbol(std::string_view symbol, const Named& named, std::int64_t place) {
    ColumnBuilder row = child("symbols").child(0);
    const auto field = [&](std::string_view name) { return row.child(layout_.symbol[name]); };
    const ScipSymbolInformation nothing;
    const ScipSymbolInformation& information =
        named.information == nullptr ? nothing : *named.information;
    const ScipSymbol unknown{.kind = "unknown"};
    const ScipSymbol& parsed = named.parsed ? *named.parsed : unknown;
    const std::string_view kind = scip_kind_name(information.kind);
    append_text(field("symbol"), symbol);
    field("kind").append(kind.empty() ? parsed.kind : kind);
    append_optional(field("display_name"), information.display_name.empty()
                                               ? std::string_view(parsed.name)
                                               : information.display_name);
    append_texts(field("documentation"), information.documentation);
    append_optional(field("signature"), information.signature);
    append_optional(field("enclosing_symbol"), information.enclosing_symbol);
    append_optional(field("package"), parsed.package);
    append_optional(field("package_version"), parsed.package_version);
    field("is_local").append(parsed.is_local);
    field("has_information").append(named.information != nullptr);
    field("is_defined").append(named.is_defined);
    field("place").append(place);
    row.finish_element();
  }

  void add_relationship(std::string_view symbol, const ScipRelationship& relationship) {
    ColumnBuilder row = child("relationships").child(0);
    const auto field = [&](std::string_view name) { return row.child(layout_.relationship[name]); };
    append_text(field("symbol"), symbol);
    append_text(field("related_symbol"), relationship.symbol);
    field("is_reference").append(relationship.is_reference);
    field("is_implementation").append(relationship.is_implementation);
    field("is_type_definition").append(relationship.is_type_definition);
    field("is_definition").append(relationship.is_definition);
    row.finish_element();
  }

  const Layout& layout_;
  const ScipDocument& document_;
  ColumnBuilder& result_;
  std::unordered_map<std::string_view, Named> named_;
  std::vector<std::string_view> mentioned_;
};

void append_malformed(const Layout& layout, ColumnBuilder& result) {
  for (const std::string_view name : {"occurrences", "symbols", "relationships", "diagnostics"}) {
    result.child(layout.facts[name]).finish_element();
  }
  result.child(layout.facts["malformed"]).append(true);
  result.child(layout.facts["fit"]).append_null();
  result.finish_element();
}

}  // namespace

DataType scip_facts_type() {
  const DataType text = utf8();
  const DataType number = int64();
  const DataType flag = boolean();
  return struct_({
      {"malformed", flag},
      {"fit", text},
      {"occurrences", rows({{"symbol", text},
                            {"bstart", number},
                            {"bend", number},
                            {"roles", number},
                            {"line", number},
                            {"column", number},
                            {"lands", flag},
                            {"enclosing_bstart", number},
                            {"enclosing_bend", number},
                            {"syntax_kind", number},
                            {"override_documentation", list(text)}})},
      {"symbols", rows({{"symbol", text},
                        {"kind", text},
                        {"display_name", text},
                        {"documentation", list(text)},
                        {"signature", text},
                        {"enclosing_symbol", text},
                        {"package", text},
                        {"package_version", text},
                        {"is_local", flag},
                        {"has_information", flag},
                        {"is_defined", flag},
                        {"place", number}})},
      {"relationships", rows({{"symbol", text},
                              {"related_symbol", text},
                              {"is_reference", flag},
                              {"is_implementation", flag},
                              {"is_type_definition", flag},
                              {"is_definition", flag}})},
      {"diagnostics", rows({{"severity", text},
                            {"code", text},
                            {"message", text},
                            {"bstart", number},
                            {"bend", number},
                            {"source", text}})},
  });
}

ScalarFunction read_scip_function(std::shared_ptr<const ScipFile> index) {
  auto layout = std::make_shared<const Layout>();
  return {
      .name = "read_scip",
      .parameters = {{"offset", int64(), "Where the part begins in the index."},
                     {"size", int64(), "How many bytes it has."},
                     {"content", binary(), "The document's file as stored, or null."}},
      .returns = {"", layout->type},
      .kernel =
          [layout, index = std::move(index)](std::span<const ColumnView> arguments,
                                             std::int64_t rows, ColumnBuilder& result) {
            for (std::int64_t row = 0; row < rows; ++row) {
              const std::string bytes =
                  index->read(arguments[0].int64(row), arguments[1].int64(row));
              ScipDocument document;
              try {
                document = decode_scip_part(bytes);
              } catch (const protozero::exception&) {
                append_malformed(*layout, result);
                continue;
              }
              std::optional<std::string_view> content;
              if (!arguments[2].is_null(row)) content = arguments[2].bytes(row);
              PartFacts(*layout, document, result).append(content);
            }
          },
      .documentation = {.description = "Returns what a part of a SCIP index says, with positions "
                                       "in bytes of its file.",
                        .example = "read_scip(0, 0, arrow_cast('x', 'Binary'))"},
  };
}

}  // namespace alluvium::code
