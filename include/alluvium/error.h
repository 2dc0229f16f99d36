#pragma once

#include <exception>
#include <map>
#include <string>
#include <string_view>

namespace alluvium {

/// The kinds of failure that Alluvium tells apart. Every exception it throws is an `Error` with
/// one of these.
enum class ErrorCode {
  InvalidArgument,      ///< A value passed by the caller can't be used.
  InvalidQuery,         ///< SQL or an expression doesn't parse, resolve or type-check.
  PolicyViolation,      ///< The session's policy or its allowed roots refuse this.
  NotFound,             ///< A table, column, file, version or function doesn't exist.
  AlreadyExists,        ///< The name or place is taken.
  SchemaMismatch,       ///< Data or a table has another schema than expected.
  Unsupported,          ///< A type, feature or option that can't be served.
  ConstraintViolation,  ///< Rows break a constraint of their table.
  CommitConflict,       ///< Another writer committed first.
  CommitStateUnknown,   ///< A commit may or may not have happened.
  ResourceExhausted,    ///< A memory, spill or size cap was reached.
  Cancelled,            ///< The caller's stop token was triggered.
  DeadlineExceeded,     ///< The deadline passed.
  Io,                   ///< Storage failed.
  Corruption,           ///< Stored data contradicts itself.
  FunctionFailed,       ///< A native function failed.
  Internal,             ///< A fault of Alluvium or of an engine.
};

/// Returns the name of `code` as it is spelled above.
std::string_view to_string(ErrorCode code);

/// Returns the code spelled `name`; `Internal` when there is none.
ErrorCode error_code_from_name(std::string_view name);

/// The one exception type. A value: it may be copied and kept after the session is gone.
///
/// Thread-safety: immutable after construction.
class Error : public std::exception {
 public:
  /// Further facts as data, for programs: for instance `table`, `column`, `version`.
  using Details = std::map<std::string, std::string>;

  /// Makes an error. `retryable` says that the same call may succeed when repeated.
  Error(ErrorCode code, std::string message, bool retryable = false, Details details = {});

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }
  [[nodiscard]] bool retryable() const noexcept { return retryable_; }
  /// What failed, on what, why, and what to do.
  [[nodiscard]] const std::string& message() const noexcept { return message_; }
  [[nodiscard]] const Details& details() const noexcept { return details_; }
  /// `Code: message`.
  [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }

 private:
  ErrorCode code_;
  bool retryable_;
  std::string message_;
  Details details_;
  std::string what_;
};

}  // namespace alluvium
