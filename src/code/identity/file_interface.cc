#include "code/identity/file_interface.h"

#include <array>
#include <cstddef>
#include <limits>

#include "alluvium/error.h"
#include "code/identity/packed_bytes.h"

namespace alluvium::code {
namespace {

[[noreturn]] void refuse() {
  throw Error(ErrorCode::Corruption, "a file's interface is not what was written");
}

/// In the order in which they are written.
constexpr std::array kSizes = {&FileInterface::Sizes::definitions, &FileInterface::Sizes::imports,
                               &FileInterface::Sizes::bindings,    &FileInterface::Sizes::values,
                               &FileInterface::Sizes::flows,       &FileInterface::Sizes::lookups};

/// Writes one interface.
class Writer {
 public:
  explicit Writer(std::string& bytes) : to_(bytes) {}

  void sizes(const FileInterface::Sizes& sizes) {
    for (const auto member : kSizes) to_.number(sizes.*member);
  }
  template <typename Item, typename Write>
  void list(const std::vector<Item>& items, Write&& write) {
    to_.number(items.size());
    each(items, write);
  }
  /// Of a list whose size was said before.
  template <typename Item, typename Write>
  void each(const std::vector<Item>& items, Write&& write) {
    std::int64_t index = 0;
    for (const Item& item : items) write(item, index++);
  }
  void text(std::string_view text) { to_.text(text); }
  void id(StableId id) { to_.id(id); }
  void number(std::int64_t number) { to_.signed_number(number); }
  void count(std::uint32_t count) { to_.number(count); }
  template <typename Enum>
  void kind(Enum value) {
    to_.number(static_cast<std::uint64_t>(value));
  }
  void flags(std::initializer_list<bool> flags) {
    std::uint64_t bits = 0;
    for (const bool flag : flags) bits = bits << 1 | (flag ? 1 : 0);
    to_.number(bits);
  }
  /// 0 for none. (One more than the largest text is 0 too.)
  void text_at(TextIndex index) { to_.number(static_cast<TextIndex>(index + 1)); }
  /// A position that is mostly near `here`.
  void position(FactIndex index, std::int64_t here) {
    if (index == kNoFact) {
      to_.number(0);
    } else {
      to_.number(1);
      to_.signed_number(here - index);
    }
  }

 private:
  PackedWriter to_;
};

/// Reads one interface, and checks that positions are in their lists.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : from_(bytes) {}

  FileInterface::Sizes sizes() {
    FileInterface::Sizes sizes;
    for (const auto member : kSizes) sizes.*member = from_.count();
    return sizes;
  }
  template <typename Item, typename Read>
  void list(std::vector<Item>& items, Read&& read) {
    each(items, from_.count(), read);
  }
  template <typename Item, typename Read>
  void each(std::vector<Item>& items, std::size_t size, Read&& read) {
    items.resize(size);
    std::int64_t index = 0;
    for (Item& item : items) read(item, index++);
  }
  std::string_view text() { return from_.text(); }
  StableId id() { return from_.id(); }
  std::int64_t number() { return from_.signed_number(); }
  std::uint32_t count() {
    const std::uint64_t count = from_.number();
    if (count > std::numeric_limits<std::uint32_t>::max()) refuse();
    return static_cast<std::uint32_t>(count);
  }
  template <typename Enum>
  Enum kind(Enum last) {
    const std::uint64_t value = from_.number();
    if (value > static_cast<std::uint64_t>(last)) refuse();
    return static_cast<Enum>(value);
  }
  std::uint64_t flags() { return from_.number(); }
  TextIndex text_at(std::size_t texts) {
    const std::uint64_t index = from_.number();
    if (index > texts) refuse();
    return static_cast<TextIndex>(index) - 1;
  }
  FactIndex position(std::int64_t here, std::size_t size) {
    if (from_.number() == 0) return kNoFact;
    const std::int64_t index = here - from_.signed_number();
    if (index < 0 || index >= static_cast<std::int64_t>(size)) refuse();
    return static_cast<FactIndex>(index);
  }
  void expect_end() const {
    if (!from_.is_at_end()) refuse();
  }

 private:
  PackedReader from_;
};

}  // namespace

FileInterface::Sizes& FileInterface::Sizes::operator+=(const Sizes& more) {
  for (const auto member : kSizes) this->*member += more.*member;
  return *this;
}

FileInterface::Sizes FileInterface::sizes(std::string_view bytes) { return Reader(bytes).sizes(); }

void FileInterface::clear() {
  texts.clear();
  definitions.clear();
  imports.clear();
  bindings.clear();
  has_all_names = false;
  all_names.clear();
  all_from.clear();
  values.clear();
  flows.clear();
  lookups.clear();
}

void FileInterface::write(std::string& bytes) const {
  Writer to(bytes);
  to.sizes({.definitions = definitions.size(),
            .imports = imports.size(),
            .bindings = bindings.size(),
            .values = values.size(),
            .flows = flows.size(),
            .lookups = lookups.size()});
  to.list(texts, [&](std::string_view text, std::int64_t) { to.text(text); });
  to.each(definitions, [&](const Definition& each, std::int64_t index) {
    to.kind(each.kind);
    to.flags({each.is_property, each.is_static, each.is_fixture, each.is_used_everywhere});
    to.text_at(each.name);
    to.position(each.parent, index);
    to.id(each.id);
  });
  to.each(imports, [&](const Import& each, std::int64_t) {
    to.flags({each.is_from, each.is_star, each.in_type_checking, each.is_conditional});
    to.text_at(each.module);
    to.text_at(each.name);
    to.text_at(each.alias);
    to.text_at(each.bound_name);
    to.number(each.level);
    to.number(each.bstart);
    to.number(each.statement_line);
    to.position(each.scope, 0);
    to.id(each.id);
  });
  to.each(bindings, [&](const Binding& each, std::int64_t) {
    to.text_at(each.name);
    to.position(each.definition, 0);
    to.position(each.import, 0);
  });
  to.flags({has_all_names});
  const auto text_list = [&](const std::vector<TextIndex>& list) {
    to.list(list, [&](TextIndex each, std::int64_t) { to.text_at(each); });
  };
  text_list(all_names);
  text_list(all_from);
  to.each(values, [&](const Value& each, std::int64_t index) {
    to.kind(each.kind);
    to.position(each.base, each.kind == ValueKind::Import ? 0 : index);
    to.position(each.other, index);
    to.position(each.definition, 0);
    to.text_at(each.name);
  });
  to.each(flows, [&](const Flow& each, std::int64_t index) {
    to.kind(each.role);
    to.position(each.definition, index);
    to.text_at(each.name);
    to.position(each.value, index);
  });
  to.each(lookups, [&](const Lookup& each, std::int64_t index) {
    to.kind(each.kind);
    to.position(each.index, index);
    to.text_at(each.name);
    to.count(each.uses);
  });
}

void FileInterface::read(std::string_view bytes) {
  clear();
  Reader from(bytes);
  const Sizes sizes = from.sizes();
  from.list(texts, [&](std::string_view& text, std::int64_t) { text = from.text(); });
  const auto text_at = [&] { return from.text_at(texts.size()); };
  from.each(definitions, sizes.definitions, [&](Definition& each, std::int64_t index) {
    each.kind = from.kind(DefinitionKind::Variable);
    const std::uint64_t flags = from.flags();
    each.is_property = (flags & 8) != 0;
    each.is_static = (flags & 4) != 0;
    each.is_fixture = (flags & 2) != 0;
    each.is_used_everywhere = (flags & 1) != 0;
    each.name = text_at();
    each.parent = from.position(index, static_cast<std::size_t>(index));
    each.id = from.id();
  });
  from.each(imports, sizes.imports, [&](Import& each, std::int64_t) {
    const std::uint64_t flags = from.flags();
    each.is_from = (flags & 8) != 0;
    each.is_star = (flags & 4) != 0;
    each.in_type_checking = (flags & 2) != 0;
    each.is_conditional = (flags & 1) != 0;
    each.module = text_at();
    each.name = text_at();
    each.alias = text_at();
    each.bound_name = text_at();
    each.level = from.number();
    each.bstart = from.number();
    each.statement_line = from.number();
    each.scope = from.position(0, definitions.size());
    each.id = from.id();
  });
  from.each(bindings, sizes.bindings, [&](Binding& each, std::int64_t) {
    each.name = text_at();
    each.definition = from.position(0, definitions.size());
    each.import = from.position(0, imports.size());
  });
  has_all_names = from.flags() != 0;
  const auto text_list = [&](std::vector<TextIndex>& list) {
    from.list(list, [&](TextIndex& each, std::int64_t) { each = text_at(); });
  };
  text_list(all_names);
  text_list(all_from);
  from.each(values, sizes.values, [&](Value& each, std::int64_t index) {
    each.kind = from.kind(ValueKind::Either);
    const bool is_import = each.kind == ValueKind::Import;
    each.base = from.position(is_import ? 0 : index, is_import ? imports.size() : values.size());
    each.other = from.position(index, values.size());
    each.definition = from.position(0, definitions.size());
    each.name = text_at();
  });
  from.each(flows, sizes.flows, [&](Flow& each, std::int64_t index) {
    each.role = from.kind(FlowRole::Pick);
    each.definition = from.position(index, definitions.size());
    each.name = text_at();
    each.value = from.position(index, values.size());
  });
  from.each(lookups, sizes.lookups, [&](Lookup& each, std::int64_t index) {
    each.kind = from.kind(LookupKind::Name);
    each.index =
        from.position(index, each.kind == LookupKind::Import ? imports.size() : values.size());
    each.name = text_at();
    each.uses = from.count();
  });
  from.expect_end();
}

}  // namespace alluvium::code
