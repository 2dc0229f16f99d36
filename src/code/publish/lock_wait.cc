#include "code/publish/lock_wait.h"

#include <chrono>
#include <thread>
#include <utility>

#include "code/repository/interruption.h"

namespace alluvium::code {

void LockWait::meet(const std::string& owner, std::string_view busy, std::string_view awaited,
                    Error::Details details) {
  if (!wait_) {
    details.emplace("owner", owner);
    throw Error(ErrorCode::CommitConflict,
                std::string(busy) + " in the lake `" + lake_.folder().string() + "` (" + owner +
                    "); wait for it, or use --wait to do that",
                /*retryable=*/true, std::move(details));
  }
  if (!told_ && on_wait_) on_wait_(owner);
  told_ = true;
  throw_if_interrupted(interrupt_, "waiting for " + std::string(awaited) + " (" + owner + ")");
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
}

}  // namespace alluvium::code
