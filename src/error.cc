#include "alluvium/error.h"

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "error_internal.h"

namespace alluvium {
namespace {

constexpr std::array<std::pair<ErrorCode, std::string_view>, 17> kNames = {{
    {ErrorCode::InvalidArgument, "InvalidArgument"},
    {ErrorCode::InvalidQuery, "InvalidQuery"},
    {ErrorCode::PolicyViolation, "PolicyViolation"},
    {ErrorCode::NotFound, "NotFound"},
    {ErrorCode::AlreadyExists, "AlreadyExists"},
    {ErrorCode::SchemaMismatch, "SchemaMismatch"},
    {ErrorCode::Unsupported, "Unsupported"},
    {ErrorCode::ConstraintViolation, "ConstraintViolation"},
    {ErrorCode::CommitConflict, "CommitConflict"},
    {ErrorCode::CommitStateUnknown, "CommitStateUnknown"},
    {ErrorCode::ResourceExhausted, "ResourceExhausted"},
    {ErrorCode::Cancelled, "Cancelled"},
    {ErrorCode::DeadlineExceeded, "DeadlineExceeded"},
    {ErrorCode::Io, "Io"},
    {ErrorCode::Corruption, "Corruption"},
    {ErrorCode::FunctionFailed, "FunctionFailed"},
    {ErrorCode::Internal, "Internal"},
}};

constexpr char kTailMark = '\x1e';

}  // namespace

std::string_view to_string(ErrorCode code) {
  for (const auto& [known, name] : kNames) {
    if (known == code) return name;
  }
  return "Internal";
}

ErrorCode error_code_from_name(std::string_view name) {
  for (const auto& [code, known] : kNames) {
    if (known == name) return code;
  }
  return ErrorCode::Internal;
}

Error::Error(ErrorCode code, std::string message, bool retryable, Details details)
    : code_(code),
      retryable_(retryable),
      message_(std::move(message)),
      details_(std::move(details)),
      what_(std::string(to_string(code)) + ": " + message_) {}

Error decode_error(std::string_view text, ErrorCode fallback) {
  // The tail is looked for from the end: a message may quote data that holds the mark.
  const std::size_t mark = text.rfind(kTailMark);
  if (mark == std::string_view::npos) return Error(fallback, std::string(text));
  const auto tail = nlohmann::json::parse(text.substr(mark + 1), nullptr, false);
  if (!tail.is_object()) return Error(fallback, std::string(text));
  const auto text_of = [&](const char* key, std::string otherwise) {
    const auto found = tail.find(key);
    return found != tail.end() && found->is_string() ? found->get<std::string>() : otherwise;
  };
  Error::Details details;
  if (const auto found = tail.find("details"); found != tail.end() && found->is_object()) {
    for (const auto& [key, value] : found->items()) {
      details.emplace(key, value.is_string() ? value.get<std::string>() : value.dump());
    }
  }
  const auto retryable = tail.find("retryable");
  return Error(error_code_from_name(text_of("code", "Internal")),
               text_of("message", std::string(text.substr(0, mark))),
               retryable != tail.end() && retryable->is_boolean() && retryable->get<bool>(),
               std::move(details));
}

}  // namespace alluvium
