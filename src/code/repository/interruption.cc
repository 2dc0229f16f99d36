#include "code/repository/interruption.h"

#include <chrono>
#include <string>

#include "alluvium/error.h"

namespace alluvium::code {

void throw_if_interrupted(const Interrupt& interrupt, std::string_view doing) {
  if (interrupt.stop.stop_requested()) {
    throw Error(ErrorCode::Cancelled, "cancelled while " + std::string(doing));
  }
  if (interrupt.deadline && std::chrono::steady_clock::now() >= *interrupt.deadline) {
    throw Error(ErrorCode::DeadlineExceeded, "the deadline passed while " + std::string(doing),
                true);
  }
}

}  // namespace alluvium::code
