#include "code/publish/repository_rows.h"

namespace alluvium::code {

std::string rows_of(std::string_view repo) {
  std::string predicate = "repo = '";
  for (const char c : repo) {
    if (c == '\'') predicate += '\'';
    predicate += c;
  }
  return predicate + "'";
}

}  // namespace alluvium::code
