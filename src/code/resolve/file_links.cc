#include "code/resolve/file_links.h"

#include <charconv>

#include <xxhash.h>

#include "alluvium/error.h"
#include "code/identity/packed_bytes.h"

namespace alluvium::code {
namespace {

constexpr std::uint64_t kHasFacts = 1;
constexpr std::uint64_t kIsPlugin = 2;
constexpr std::uint64_t kHasCircle = 4;
constexpr std::uint64_t kHasStar = 8;

void write_words(PackedWriter& to, const std::vector<std::uint64_t>& words) {
  to.number(words.size());
  for (const std::uint64_t word : words) to.word(word);
}

void read_words(PackedReader& from, std::vector<std::uint64_t>& words) {
  words.resize(from.count());
  for (std::uint64_t& word : words) word = from.word();
}

// They are in order, so that differences are small.
void write_names(PackedWriter& to, const std::vector<NameHash>& names) {
  to.number(names.size());
  NameHash last = 0;
  for (const NameHash each : names) {
    to.number(each - last);
    last = each;
  }
}

void read_names(PackedReader& from, std::vector<NameHash>& names) {
  names.resize(from.count());
  NameHash last = 0;
  for (NameHash& each : names) each = last += static_cast<NameHash>(from.number());
}

}  // namespace

FileKey file_key(std::string_view file_id) {
  constexpr std::size_t kDigits = 16;
  constexpr int kBase = 16;
  FileKey key = 0;
  const std::string_view half = file_id.substr(0, kDigits);
  std::from_chars(half.data(), half.data() + half.size(), key, kBase);
  return key;
}

void FileLinks::write(std::string& bytes) const {
  PackedWriter to(bytes);
  to.number((has_facts ? kHasFacts : 0) | (is_plugin ? kIsPlugin : 0) |
            (has_circle ? kHasCircle : 0) | (has_star ? kHasStar : 0));
  write_words(to, reads);
  write_names(to, mentions);
  write_names(to, sought);
  write_words(to, outside);
  write_words(to, asked);
  to.number(named.size());
  for (const Named& each : named) {
    to.word(each.name);
    to.id(each.definition);
  }
  write_words(to, questions_below);
  to.number(patterns_below.size());
  for (const Pattern& each : patterns_below) {
    to.word(each.class_key);
    to.text(each.pattern);
  }
  to.word(questions_digest);
  to.number(static_cast<std::uint64_t>(relations_below.rows));
  to.word(relations_below.digest);
  to.word(orders_digest);
}

FileLinks FileLinks::read(std::string_view bytes) {
  PackedReader from(bytes);
  FileLinks links;
  const std::uint64_t flags = from.number();
  links.has_facts = (flags & kHasFacts) != 0;
  links.is_plugin = (flags & kIsPlugin) != 0;
  links.has_circle = (flags & kHasCircle) != 0;
  links.has_star = (flags & kHasStar) != 0;
  read_words(from, links.reads);
  read_names(from, links.mentions);
  read_names(from, links.sought);
  read_words(from, links.outside);
  read_words(from, links.asked);
  links.named.resize(from.count());
  for (Named& each : links.named) {
    each.name = from.word();
    each.definition = from.id();
  }
  read_words(from, links.questions_below);
  links.patterns_below.resize(from.count());
  for (Pattern& each : links.patterns_below) {
    each.class_key = from.word();
    each.pattern = from.text();
  }
  links.questions_digest = from.word();
  links.relations_below.rows = static_cast<std::int64_t>(from.number());
  links.relations_below.digest = from.word();
  links.orders_digest = from.word();
  if (!from.is_at_end()) {
    throw Error(ErrorCode::Corruption, "a file's links are not what was written");
  }
  return links;
}

std::uint64_t question_key(StableId of_class, std::uint64_t name) {
  const std::uint64_t parts[] = {of_class.high, of_class.low, name};
  return XXH3_64bits(parts, sizeof parts);
}

std::uint64_t class_key(StableId of_class) {
  const std::uint64_t parts[] = {of_class.high, of_class.low};
  return XXH3_64bits(parts, sizeof parts);
}

}  // namespace alluvium::code
