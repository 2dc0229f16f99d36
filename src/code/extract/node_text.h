#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "code/extract/syntax_tree.h"
#include "code/extract/text_arena.h"

namespace alluvium::code {

/// Which white space between tokens `tokens_text` keeps.
enum class Spacing {
  One,   ///< One space where there was any, none just inside brackets.
  None,  ///< None.
};

/// For `tokens_text`: cut nothing (a file has at most 256 MiB).
inline constexpr std::size_t kNoLimit = 0x7FFFFFFF;

/// Returns the text of the nodes in [`begin`, `end`) without comments and with white space reduced,
/// cut at `limit` bytes (of whole characters). Strings stay as written.
std::string_view tokens_text(const SyntaxTree& tree, NodeIndex begin, NodeIndex end,
                             Spacing spacing, std::size_t limit, TextArena& storage);

/// The tokens of a file in a form in which layout and comments don't count, to hash parts of.
///
/// Thread-safety: immutable after construction.
class TokenStream {
 public:
  explicit TokenStream(const SyntaxTree& tree);
  /// Returns the XXH3-64 hash of the tokens of `node`.
  [[nodiscard]] std::uint64_t hash(const SyntaxTree& tree, NodeIndex node) const;

 private:
  struct Mark {
    NodeIndex node;
    std::uint32_t begin;
    std::uint32_t end;
  };
  std::string tokens_;
  std::vector<Mark> marks_;  // of blocks, by node
};

}  // namespace alluvium::code
