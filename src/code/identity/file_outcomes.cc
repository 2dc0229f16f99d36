#include "code/identity/file_outcomes.h"

#include "alluvium/error.h"
#include "code/identity/packed_bytes.h"

namespace alluvium::code {

void pack(const OutcomesOfFile& outcomes, std::string& bytes) {
  PackedWriter to(bytes);
  for (std::size_t place = 0; place < outcomes.size(); ++place) {
    if (outcomes[place] == Outcome()) continue;
    to.number(place);
    to.number(static_cast<std::uint64_t>(outcomes[place].rows));
    to.word(outcomes[place].digest);
  }
}

OutcomesOfFile unpack(std::string_view bytes) {
  OutcomesOfFile outcomes;
  PackedReader from(bytes);
  while (!from.is_at_end()) {
    const std::uint64_t place = from.number();
    if (place >= outcomes.size()) {
      throw Error(ErrorCode::Corruption, "a file's outcomes are not what was written");
    }
    outcomes[place].rows = static_cast<std::int64_t>(from.number());
    outcomes[place].digest = from.word();
  }
  return outcomes;
}

OutcomeDifferences differences(const FileOutcomes& a, const FileOutcomes& b) {
  static const OutcomesOfFile kNone;
  OutcomeDifferences differ;
  const auto compare = [&](const std::string& file, const OutcomesOfFile& x,
                           const OutcomesOfFile& y) {
    if (x == y) return;
    differ.any.push_back(file);
    for (std::size_t place = 0; place < x.size(); ++place) {
      if (x[place] != y[place]) differ.by_dataset[place].push_back(file);
    }
  };
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() || right != b.end()) {
    if (right == b.end() || (left != a.end() && left->first < right->first)) {
      compare(left->first, left->second, kNone);
      ++left;
    } else if (left == a.end() || right->first < left->first) {
      compare(right->first, kNone, right->second);
      ++right;
    } else {
      compare(left->first, left->second, right->second);
      ++left;
      ++right;
    }
  }
  return differ;
}

}  // namespace alluvium::code
