// A libFuzzer target: whatever the bytes, extraction ends, throws nothing and stays in the file.
// It also checks that facts depend on the bytes alone, by extracting twice.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "code/extract/python_extractor.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using alluvium::code::ByteRange;
  using alluvium::code::FactIndex;
  using alluvium::code::FileFacts;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const FileFacts facts = alluvium::code::extract_python(bytes, {});
  const FileFacts again = alluvium::code::extract_python(bytes, {});

  const auto inside = [&](const ByteRange& range) {
    require(range.begin >= 0 && range.begin <= range.end &&
            range.end <= static_cast<std::int64_t>(size));
  };
  const auto refers = [](FactIndex index, std::size_t count) {
    require(index >= -1 && index < static_cast<FactIndex>(count));
  };
  require(facts.definitions.size() == again.definitions.size());
  require(facts.refs.size() == again.refs.size());
  for (std::size_t i = 0; i < facts.definitions.size(); ++i) {
    const auto& fact = facts.definitions[i];
    inside(fact.range);
    inside(fact.name_range);
    refers(fact.parent, i);
    require(fact.qualname == again.definitions[i].qualname);
    require(fact.body_hash == again.definitions[i].body_hash);
  }
  for (const auto& fact : facts.imports) {
    inside(fact.range);
    refers(fact.scope_definition, facts.definitions.size());
  }
  for (std::size_t i = 0; i < facts.refs.size(); ++i) {
    const auto& fact = facts.refs[i];
    inside(fact.range);
    refers(fact.enclosing, facts.definitions.size());
    refers(fact.target_definition, facts.definitions.size());
    refers(fact.target_import, facts.imports.size());
    require(fact.resolution == again.refs[i].resolution);
  }
  for (const auto& fact : facts.calls) {
    inside(fact.range);
    refers(fact.caller, facts.definitions.size());
    refers(fact.callee_ref, facts.refs.size());
  }
  for (const auto& fact : facts.diagnostics) inside(fact.range);
  return 0;
}
