#include "alluvium/delta/write.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "alluvium/error.h"
#include "delta/backoff_internal.h"
#include "delta/request_internal.h"
#include "delta/type_check_internal.h"
#include "frame/arrow_schema_internal.h"
#include "frame/type_json_internal.h"
#include "session/session_internal.h"

namespace alluvium::delta {
namespace {

using nlohmann::json;

// A random (version 4) UUID: the name by which a commit of ours is found in the log.
std::string new_operation_id() {
  std::random_device random;
  std::uint32_t words[4];
  for (std::uint32_t& word : words) word = random();
  words[1] = (words[1] & 0xFFFF0FFFU) | 0x00004000U;
  words[2] = (words[2] & 0x3FFFFFFFU) | 0x80000000U;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:04x}{:08x}", words[0], words[1] >> 16,
                     words[1] & 0xFFFFU, words[2] >> 16, words[2] & 0xFFFFU, words[3]);
}

// Where the table stands before an attempt.
struct State {
  bool exists = false;
  std::int64_t version = -1;
  std::optional<std::int64_t> transaction_version;
};

State refresh(const Session& session, const std::string& document, const Interrupt& interrupt) {
  const auto parsed =
      json::parse(bridge::delta_state(*session.state()->session, document, interrupt));
  State state;
  parsed.at("exists").get_to(state.exists);
  if (state.exists) parsed.at("version").get_to(state.version);
  if (const auto& version = parsed.at("transaction_version"); !version.is_null()) {
    state.transaction_version = version.get<std::int64_t>();
  }
  return state;
}

CommitReport parse_commit(const std::string& document, const std::string& table_uri) {
  const auto parsed = json::parse(document);
  CommitReport report{.table_uri = table_uri};
  parsed.at("version").get_to(report.version);
  parsed.at("read_version").get_to(report.read_version);
  parsed.at("operation").get_to(report.operation);
  parsed.at("metrics").get_to(report.metrics);
  return report;
}

void refuse(std::string what) { throw Error(ErrorCode::InvalidArgument, std::move(what)); }

void check_request(const WriteRequest& request) {
  if (request.table_uri.empty()) refuse("table_uri is empty; give a path or a URL");
  if (request.max_attempts < 1) refuse("max_attempts must be 1 or more");
  if (request.replace_where && request.mode != SaveMode::Overwrite) {
    refuse("replace_where replaces rows: it goes with SaveMode::Overwrite");
  }
  if (request.schema_mode == SchemaMode::Overwrite && request.mode == SaveMode::Append) {
    refuse("SchemaMode::Overwrite can't keep the old rows: it goes with SaveMode::Overwrite");
  }
  if (request.transaction && request.transaction->app_id.empty()) {
    refuse("transaction.app_id is empty");
  }
  if (request.transaction && request.transaction->version < 0) {
    refuse("transaction.version is negative");
  }
  if (request.target_file_size && *request.target_file_size == 0) {
    refuse("target_file_size is zero");
  }
}

const char* mode_name(SaveMode mode) {
  // Where no table may be, there is nothing to overwrite.
  return mode == SaveMode::Overwrite ? "overwrite" : "append";
}

const char* schema_mode_name(SchemaMode mode) {
  switch (mode) {
    case SchemaMode::Strict:
      return "strict";
    case SchemaMode::Merge:
      return "merge";
    case SchemaMode::Overwrite:
      return "overwrite";
  }
  return "strict";
}

std::string write_document(const WriteRequest& request, std::int64_t read_version,
                           const std::string& operation_id) {
  json transaction = nullptr;
  if (request.transaction) {
    transaction = {{"app_id", request.transaction->app_id},
                   {"version", request.transaction->version}};
  }
  return to_document(
      {{"table_uri", request.table_uri},
       {"storage_options", json(request.storage_options)},
       {"mode", mode_name(request.mode)},
       {"schema_mode", schema_mode_name(request.schema_mode)},
       {"replace_where", request.replace_where ? json(*request.replace_where) : json(nullptr)},
       {"partition_by", json(request.partition_by)},
       {"configuration", json(request.configuration)},
       {"name", request.name},
       {"description", request.description},
       {"commit_metadata", json(request.commit_metadata)},
       {"transaction", std::move(transaction)},
       {"target_file_size",
        request.target_file_size ? json(*request.target_file_size) : json(nullptr)},
       {"read_version", read_version},
       {"operation_id", operation_id}});
}

Error already_exists(const std::string& table_uri) {
  return Error(ErrorCode::AlreadyExists,
               fmt::format("there is a Delta table at `{}` already; write to it with "
                           "SaveMode::Append or Overwrite, or choose another place",
                           table_uri),
               false, {{"table", table_uri}});
}

// Whether a failure leaves open that the commit is in the log all the same.
bool may_have_committed(ErrorCode code) {
  return code == ErrorCode::Io || code == ErrorCode::CommitStateUnknown ||
         code == ErrorCode::Cancelled || code == ErrorCode::DeadlineExceeded ||
         code == ErrorCode::Internal;
}

// Asks the log whether the attempt `operation_id` committed, after `failure`. Returns the version,
// or -1 when it did not.
std::int64_t find_commit(const Session& session, const std::string& document,
                         const std::string& operation_id, std::int64_t read_version,
                         const Error& failure) {
  // The caller's own time may be up; the question is short, and the answer worth it.
  const Interrupt own = Interrupt::after(std::chrono::seconds(10));
  try {
    return bridge::delta_find_commit(*session.state()->session, document, operation_id,
                                     read_version, own);
  } catch (const Error& error) {
    if (failure.code() != ErrorCode::CommitStateUnknown && failure.code() != ErrorCode::Io) {
      // Nothing had reached the log for all that is known, and it can't be asked.
      return -1;
    }
    Error::Details details = failure.details();
    details.emplace("operation_id", operation_id);
    throw Error(ErrorCode::CommitStateUnknown,
                fmt::format("the commit may or may not have happened ({}), and the log can't be "
                            "read ({}); look for the operation id {} in the table's history "
                            "before writing again",
                            failure.message(), error.message(), operation_id),
                false, std::move(details));
  }
}

// One attempt's commit, or nothing when another writer was first.
template <typename Attempt>
CommitReport settle(const Session& session, const std::string& table_uri,
                    const std::string& state_document, std::int64_t read_version,
                    const std::string& operation_id, const Attempt& attempt) {
  try {
    return parse_commit(attempt(), table_uri);
  } catch (const Error& failure) {
    if (!may_have_committed(failure.code())) throw;
    const std::int64_t version =
        find_commit(session, state_document, operation_id, read_version, failure);
    if (version < 0) {
      if (failure.code() != ErrorCode::CommitStateUnknown) throw;
      // The log was read, and answers the question.
      throw Error(
          ErrorCode::Io,
          fmt::format("the commit to `{}` did not happen: {}", table_uri, failure.message()), true,
          failure.details());
    }
    return CommitReport{.table_uri = table_uri, .version = version, .read_version = read_version};
  }
}

// Throws when a source that lost against another writer can't be planned again.
void check_replannable(const WriteSource& source, const DataFrame& frame,
                       const WriteRequest& request, const Error& conflict) {
  if (std::holds_alternative<std::function<DataFrame(const Session&)>>(source)) return;
  const auto give_up = [&](std::string_view why) {
    throw Error(ErrorCode::CommitConflict,
                fmt::format("`{}` was changed by another writer: {} ({})", request.table_uri, why,
                            conflict.message()),
                false, conflict.details());
  };
  if (bridge::read_version(*frame.handle(), request.table_uri) >= 0) {
    give_up(
        "the frame reads the table that it is written to, as it was before that change; build "
        "it anew, or give a callable that does");
  }
  if (bridge::reads_once(*frame.handle())) {
    give_up(
        "the frame reads a stream, which can't be read again; stage() it, or give a callable "
        "that opens the stream anew");
  }
}

// Throws when a ready-made frame reads the target at an older version than the one that the write
// is about to follow: what it computed is out of date already. (A callable may read an old version
// on purpose.)
void check_current(const WriteSource& source, const DataFrame& frame, const WriteRequest& request,
                   std::int64_t version) {
  if (!std::holds_alternative<DataFrame>(source)) return;
  const std::int64_t read = bridge::read_version(*frame.handle(), request.table_uri);
  if (read < 0 || read == version) return;
  throw Error(ErrorCode::CommitConflict,
              fmt::format("`{}` is at version {}, but the frame reads it at version {}; build the "
                          "frame anew, or give a callable that does",
                          request.table_uri, version, read),
              false, {{"version", std::to_string(version)}});
}

DataFrame plan(const WriteSource& source, const Session& session) {
  if (const auto* frame = std::get_if<DataFrame>(&source)) return *frame;
  const auto& make = std::get<std::function<DataFrame(const Session&)>>(source);
  if (!make)
    throw Error(ErrorCode::InvalidArgument, "the source of the write is an empty function");
  return make(session);
}

}  // namespace

CommitReport write(const Session& session, const WriteSource& source, const WriteRequest& request,
                   const Interrupt& interrupt) {
  check_request(request);
  const auto app_id =
      request.transaction ? std::optional(request.transaction->app_id) : std::nullopt;
  const std::string state_request =
      state_document(request.table_uri, request.storage_options, app_id);
  for (int attempt = 1;; ++attempt) {
    check_interrupt(interrupt);
    const State state = refresh(session, state_request, interrupt);
    if (request.transaction && state.transaction_version &&
        *state.transaction_version >= request.transaction->version) {
      return CommitReport{.table_uri = request.table_uri,
                          .version = state.version,
                          .read_version = state.version,
                          .operation = "WRITE",
                          .already_committed = true,
                          .attempts = attempt};
    }
    if (request.mode == SaveMode::ErrorIfExists && state.exists) {
      throw already_exists(request.table_uri);
    }
    const DataFrame frame = plan(source, session);
    check_types(frame.schema());
    check_current(source, frame, request, state.version);
    const std::string operation_id = new_operation_id();
    try {
      CommitReport report =
          settle(session, request.table_uri, state_request, state.version, operation_id, [&] {
            return bridge::delta_write(*session.state()->session, *frame.handle(),
                                       write_document(request, state.version, operation_id),
                                       interrupt);
          });
      report.attempts = attempt;
      return report;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::CommitConflict) throw;
      check_replannable(source, frame, request, error);
      if (attempt >= request.max_attempts) {
        throw Error(ErrorCode::CommitConflict,
                    fmt::format("`{}`: another writer was first in each of {} attempts ({})",
                                request.table_uri, attempt, error.message()),
                    true, error.details());
      }
    }
    back_off(attempt, interrupt);
  }
}

CommitReport create(const Session& session, const CreateRequest& request,
                    const Interrupt& interrupt) {
  if (request.table_uri.empty()) refuse("table_uri is empty; give a path or a URL");
  if (request.schema.fields.empty()) refuse("a table needs at least one column");
  for (const std::string& column : request.partition_by) {
    if (request.schema.index_of(column) < 0) {
      refuse(fmt::format("partition_by names `{}`, which is no column of the schema", column));
    }
  }
  check_types(request.schema);
  check_interrupt(interrupt);
  const std::string state_request = state_document(request.table_uri, request.storage_options);
  if (refresh(session, state_request, interrupt).exists) throw already_exists(request.table_uri);
  const std::string operation_id = new_operation_id();
  const std::string document = to_document({{"table_uri", request.table_uri},
                                            {"storage_options", json(request.storage_options)},
                                            {"partition_by", json(request.partition_by)},
                                            {"configuration", json(request.configuration)},
                                            {"name", request.name},
                                            {"description", request.description},
                                            {"commit_metadata", json(request.commit_metadata)},
                                            {"operation_id", operation_id}});
  try {
    return settle(session, request.table_uri, state_request, -1, operation_id, [&] {
      SchemaExport schema(request.schema);
      return bridge::delta_create(*session.state()->session, document, schema.get(), interrupt);
    });
  } catch (const Error& error) {
    if (error.code() == ErrorCode::CommitConflict) throw already_exists(request.table_uri);
    throw;
  }
}

}  // namespace alluvium::delta
