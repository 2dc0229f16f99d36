#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "alluvium-bridge/src/lib.rs.h"
#include "alluvium/frame/interrupt.h"
#include "bridge/handles.h"
#include "error_internal.h"
#include "rust/cxx.h"

// What the files of this folder share: the handles' insides, and how a call crosses.
namespace alluvium::bridge {

class Frame {
 public:
  explicit Frame(rust::Box<rust_side::Frame> frame) : rust(std::move(frame)) {}
  rust::Box<rust_side::Frame> rust;
};

class Session {
 public:
  explicit Session(rust::Box<rust_side::Session> session) : rust(std::move(session)) {}
  rust::Box<rust_side::Session> rust;
};

class Provider {
 public:
  explicit Provider(rust::Box<rust_side::Provider> provider) : rust(std::move(provider)) {}
  rust::Box<rust_side::Provider> rust;
};

/// Text as Rust takes it. Errors: InvalidArgument when it is not UTF-8.
inline rust::Str text(std::string_view value) {
  try {
    return {value.data(), value.size()};
  } catch (const std::invalid_argument&) {
    throw Error(ErrorCode::InvalidArgument, "text for the engine must be valid UTF-8");
  }
}

/// Calls into Rust and turns its failures into `Error`.
template <typename Call>
auto cross(Call&& call) -> decltype(call()) {
  try {
    return std::forward<Call>(call)();
  } catch (const rust::Error& error) {
    throw decode_error(error.what(), ErrorCode::Internal);
  }
}

inline FramePtr wrap(rust::Box<rust_side::Frame> frame) {
  return std::make_shared<const Frame>(std::move(frame));
}

/// Connects an `Interrupt` to a token of the engine for as long as it lives.
class Interruption {
 public:
  explicit Interruption(const Interrupt& interrupt)
      : token_(rust_side::token_new(remaining_ms(interrupt))),
        on_stop_(interrupt.stop, Cancel{&*token_}) {}
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  [[nodiscard]] const rust_side::Token& token() const { return *token_; }

 private:
  struct Cancel {
    const rust_side::Token* token;
    void operator()() const { rust_side::token_cancel(*token); }
  };

  static std::int64_t remaining_ms(const Interrupt& interrupt) {
    if (!interrupt.deadline) return -1;
    const auto left = *interrupt.deadline - std::chrono::steady_clock::now();
    return std::max<std::int64_t>(
        0, std::chrono::duration_cast<std::chrono::milliseconds>(left).count());
  }

  rust::Box<rust_side::Token> token_;
  std::stop_callback<Cancel> on_stop_;
};

}  // namespace alluvium::bridge
