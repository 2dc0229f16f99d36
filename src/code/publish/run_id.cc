#include "code/publish/run_id.h"

#include <array>
#include <cstdio>
#include <random>

namespace alluvium::code {

std::string new_run_id(UtcMicros now) {
  std::random_device random;
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%012llx%08x%08x%04x",
                static_cast<unsigned long long>(now / 1000), random(), random(),
                random() & 0xFFFFU);
  return text.data();
}

}  // namespace alluvium::code
