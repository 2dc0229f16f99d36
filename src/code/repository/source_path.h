#pragma once

#include <string>
#include <string_view>

namespace alluvium::code {

/// The text form of a path inside a repository, as the lake stores it: relative, with `/`, exact
/// case, valid UTF-8.
///
/// A byte that is not part of a valid UTF-8 sequence is written as `%` and two upper-case hex
/// digits. A literal `%` that two upper-case hex digits follow is written `%25`, so that no two
/// paths share a text form; every other `%` stays as it is, so ordinary names are not touched.
std::string escape_source_path(std::string_view bytes);

/// The bytes of the path whose text form is `text`: the inverse of `escape_source_path`.
std::string unescape_source_path(std::string_view text);

/// Whether `bytes` can be a path inside a repository: not empty, relative, and without empty, `.`
/// or `..` components or a NUL.
bool is_inner_path(std::string_view bytes);

/// The length of the valid UTF-8 sequence at the start of `bytes`; 0 when there is none.
/// Source: The Unicode Standard, table 3-7.
std::size_t utf8_sequence_length(std::string_view bytes);

}  // namespace alluvium::code
