#pragma once

#include <chrono>
#include <optional>

#include "alluvium/frame/interrupt.h"

namespace alluvium::cli {

/// Makes Ctrl-C (and SIGTERM) cancel what runs, cleanly. While an `InterruptibleWork` lives, the
/// first one requests its stop; a second one while that takes effect ends the program at once,
/// which is safe at any moment: nothing is visible before its commit. Call once, before other
/// threads start.
void handle_interruption();

/// The signal that asked for a stop since the last `InterruptibleWork` began; 0 if none did.
int interruption_signal();

/// Whether any work was told to stop or passed its deadline. What the engine does for it may not
/// have ended yet: an operator is stopped where it next gives way.
bool work_was_cut_short();

/// The time during which Ctrl-C cancels. One at a time.
class InterruptibleWork {
 public:
  explicit InterruptibleWork(std::optional<std::chrono::milliseconds> timeout = std::nullopt);
  ~InterruptibleWork();
  InterruptibleWork(const InterruptibleWork&) = delete;
  InterruptibleWork& operator=(const InterruptibleWork&) = delete;

  [[nodiscard]] const Interrupt& interrupt() const { return interrupt_; }

 private:
  Interrupt interrupt_;
};

/// The time during which Ctrl-C makes `descriptor()` readable instead: while a prompt waits.
class InterruptiblePrompt {
 public:
  InterruptiblePrompt();
  ~InterruptiblePrompt();
  InterruptiblePrompt(const InterruptiblePrompt&) = delete;
  InterruptiblePrompt& operator=(const InterruptiblePrompt&) = delete;

  [[nodiscard]] static int descriptor();
  /// Forgets the Ctrl-C that was reported.
  static void acknowledge();
};

}  // namespace alluvium::cli
