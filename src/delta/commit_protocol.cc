#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "alluvium/error.h"
#include "delta/backoff_internal.h"
#include "delta/commit_lock_internal.h"
#include "delta/commit_protocol_internal.h"
#include "delta/follow_up_internal.h"
#include "delta/request_internal.h"
#include "frame/arrow_schema_internal.h"
#include "frame/hash_internal.h"
#include "frame/type_json_internal.h"
#include "session/random_uuid_internal.h"
#include "session/session_internal.h"

namespace alluvium::delta {
namespace {

using nlohmann::json;

// Whether a failure leaves open that the commit is in the log all the same.
bool may_have_committed(ErrorCode code) {
  return code == ErrorCode::Io || code == ErrorCode::CommitStateUnknown ||
         code == ErrorCode::Cancelled || code == ErrorCode::DeadlineExceeded ||
         code == ErrorCode::Internal;
}

void check_target(const Target& target) {
  if (target.table_uri.empty()) refuse("table_uri is empty; give a path or a URL");
  if (target.commit.mutation && target.commit.mutation->max_attempts < 1) {
    refuse("commit.mutation.max_attempts must be 1 or more");
  }
  if (const auto& transaction = target.commit.transaction) {
    if (transaction->app_id.empty()) refuse("commit.transaction.app_id is empty");
    if (transaction->version < 0) refuse("commit.transaction.version is negative");
  }
}

bool changes_rows(Effect effect) {
  return effect == Effect::ChangesRows || effect == Effect::Repairs;
}

std::function<void(int)> interleaving;

class Change {
 public:
  Change(const Session& session, const Target& target, const Interrupt& interrupt)
      : state_of_session_(*session.state()),
        session_(*state_of_session_.session),
        target_(target),
        policy_(target.commit.mutation.value_or(session.profile().delta_policies.mutation)),
        interrupt_(interrupt) {}

  CommitReport make(const std::function<Plan(const TableState&)>& plan,
                    const std::function<void(const Plan&, const Error&)>& lost) {
    check_target(target_);
    check_commit_lock(target_.table_uri, storage_options());
    if (policy_.append_only && changes_rows(target_.effect)) {
      throw forbidden("the mutation policy is append_only, and this would change or remove rows");
    }
    for (int attempt = 1;; ++attempt) {
      check_interrupt(interrupt_);
      if (std::optional<CommitReport> done = refresh(attempt)) return *std::move(done);
      check_place();
      check_owner();
      check_append_only();
      const Plan planned = plan(state_);
      if (interleaving) interleaving(attempt);
      try {
        CommitReport report = settled(planned);
        report.attempts = attempt;
        return report;
      } catch (const Error& error) {
        const bool changed_schema = error.code() == ErrorCode::SchemaMismatch && error.retryable();
        if (error.code() != ErrorCode::CommitConflict && !changed_schema) throw;
        // A new table that another writer made first is no longer nothing.
        if (target_.place == Place::Nothing) throw already_exists();
        lost(planned, error);
        if (attempt >= policy_.max_attempts) {
          throw Error(error.code(),
                      fmt::format("`{}`: another writer was first in each of {} attempts ({})",
                                  target_.table_uri, attempt, error.message()),
                      true, error.details());
        }
      }
      back_off(attempt, interrupt_);
    }
  }

 private:
  // Reads where the table stands. Returns a report when the transaction has been applied.
  std::optional<CommitReport> refresh(int attempt) {
    const auto parsed =
        json::parse(bridge::delta_state(session_,
                                        state_document(target_.table_uri, target_.storage_options,
                                                       target_.commit.transaction, target_.verify),
                                        interrupt_));
    state_ = {};
    parsed.at("exists").get_to(state_.exists);
    parsed.at("version").get_to(state_.version);
    parsed.at("configuration").get_to(state_.configuration);
    const auto& applied_at = parsed.at("applied_at");
    if (applied_at.is_null()) return std::nullopt;
    return CommitReport{.table_uri = target_.table_uri,
                        .version = applied_at.get<std::int64_t>(),
                        .read_version = state_.version,
                        .committed = false,
                        .already_committed = true,
                        .attempts = attempt};
  }

  void check_place() const {
    if (target_.place == Place::Nothing && state_.exists) throw already_exists();
    if (target_.place == Place::Table && !state_.exists) {
      throw Error(ErrorCode::NotFound,
                  fmt::format("there is no Delta table at `{}`", target_.table_uri), false,
                  {{"table", target_.table_uri}});
    }
  }

  // The request's options over the profile's.
  [[nodiscard]] StorageOptions storage_options() const {
    const StorePolicy& store = state_of_session_.profile.delta_policies.store;
    StorageOptions options = target_.storage_options;
    options.insert(store.log_options.begin(), store.log_options.end());
    options.insert(store.options.begin(), store.options.end());
    return options;
  }

  // A lake's tables are its runs' to change.
  void check_owner() const {
    const auto managed = state_.configuration.find("alluvium.managed");
    if (managed == state_.configuration.end() || managed->second != "true") return;
    if (policy_.allow_managed_tables || target_.effect == Effect::Nothing) return;
    throw forbidden("it belongs to a lake, whose runs alone may change it (`alluvium index`)");
  }

  // delta-rs would look at a merge only once its files are written.
  void check_append_only() const {
    const auto property = state_.configuration.find("delta.appendOnly");
    if (property == state_.configuration.end() || property->second != "true") return;
    if (target_.effect != Effect::ChangesRows) return;
    throw Error(ErrorCode::ConstraintViolation,
                fmt::format("`{}` is append-only (delta.appendOnly), and this would change or "
                            "remove rows",
                            target_.table_uri),
                false, {{"table", target_.table_uri}});
  }

  [[nodiscard]] Error forbidden(std::string_view why) const {
    return {ErrorCode::PolicyViolation,
            fmt::format("`{}`: {}", target_.table_uri, why),
            false,
            {{"table", target_.table_uri}}};
  }

  // What every commit says of itself, under the user's own keys.
  [[nodiscard]] json metadata(const Plan& plan) const {
    std::map<std::string, std::string> all = target_.commit.metadata;
    const std::string& run_id = target_.commit.run_id;
    all.emplace("alluvium.runId", run_id.empty() ? state_of_session_.run_id : run_id);
    all.emplace("alluvium.profileHash", state_of_session_.profile.hash());
    all.emplace("alluvium.planFingerprint", fingerprint(plan));
    return all;
  }

  static std::string fingerprint(const Plan& plan) {
    SequenceHash hash;
    hash.add(plan.operation.dump());
    hash.add(plan.nodes.dump());
    if (plan.source) hash.add(bridge::plan_text(*plan.source->handle()));
    return hash.digest();
  }

  [[nodiscard]] Error already_exists() const {
    return Error(ErrorCode::AlreadyExists,
                 fmt::format("there is a Delta table at `{}` already; write to it with "
                             "SaveMode::Append or Overwrite, or choose another place",
                             target_.table_uri),
                 false, {{"table", target_.table_uri}});
  }

  // The attempt's commit, also when only the log knows of it.
  CommitReport settled(const Plan& plan) {
    const std::string operation_id = random_uuid();
    try {
      return attempt(plan, operation_id);
    } catch (const Error& failure) {
      if (!may_have_committed(failure.code())) throw;
      const std::int64_t version = find_commit(operation_id, failure);
      if (version >= 0) {
        return CommitReport{
            .table_uri = target_.table_uri, .version = version, .read_version = state_.version};
      }
      if (failure.code() != ErrorCode::CommitStateUnknown) throw;
      if (failure.details().contains("in_flight")) throw unknown(failure, operation_id, "");
      // The log was read, and answers the question.
      throw Error(ErrorCode::Io,
                  fmt::format("the commit to `{}` did not happen: {}", target_.table_uri,
                              failure.message()),
                  true, failure.details());
    }
  }

  CommitReport attempt(const Plan& plan, const std::string& operation_id) {
    json transaction = nullptr;
    if (const auto& given = target_.commit.transaction) {
      transaction = {{"app_id", given->app_id}, {"version", given->version}};
    }
    const bool rebases = plan.blind && state_.exists;
    const std::string request = to_document(
        {{"table_uri", target_.table_uri},
         {"storage_options", json(target_.storage_options)},
         {"read_version", state_.version},
         {"on_conflict", rebases ? json{{"rebase", {{"attempts", kRebases}}}} : json("refuse")},
         {"operation_id", operation_id},
         {"commit_metadata", metadata(plan)},
         {"transaction", std::move(transaction)},
         {"nodes", plan.nodes},
         {"operation", plan.operation}});
    SchemaExport schema(plan.schema);
    const auto parsed = json::parse(
        bridge::delta_change(session_, request, plan.source ? plan.source->handle().get() : nullptr,
                             schema.get(), interrupt_));
    CommitReport report{.table_uri = target_.table_uri};
    parsed.at("read_version").get_to(report.read_version);
    report.committed = !parsed.at("version").is_null();
    report.version =
        report.committed ? parsed.at("version").get<std::int64_t>() : report.read_version;
    parsed.at("operation").get_to(report.operation);
    parsed.at("metrics").get_to(report.metrics);
    parsed.at("files").get_to(report.files);
    return report;
  }

  static Error unknown(const Error& failure, const std::string& operation_id,
                       const std::string& more) {
    Error::Details details = failure.details();
    details.emplace("operation_id", operation_id);
    return {
        ErrorCode::CommitStateUnknown,
        fmt::format("the commit may or may not have happened ({}){}; look for the operation id {} "
                    "in the table's history before making the change again",
                    failure.message(), more, operation_id),
        false, std::move(details)};
  }

  // Asks the log whether the attempt `operation_id` committed, after `failure`. Returns the
  // version, or -1 when it did not.
  [[nodiscard]] std::int64_t find_commit(const std::string& operation_id,
                                         const Error& failure) const {
    // The caller's own time may be up; the question is short, and the answer worth it.
    const Interrupt own = Interrupt::after(std::chrono::seconds(10));
    try {
      return bridge::delta_find_commit(session_,
                                       state_document(target_.table_uri, target_.storage_options),
                                       operation_id, state_.version, own);
    } catch (const Error& error) {
      if (failure.code() != ErrorCode::CommitStateUnknown && failure.code() != ErrorCode::Io) {
        // Nothing had reached the log for all that is known, and it can't be asked.
        return -1;
      }
      throw unknown(failure, operation_id,
                    fmt::format(", and the log can't be read ({})", error.message()));
    }
  }

  // How often one attempt's files are committed after those of other writers.
  static constexpr int kRebases = 64;

  const Session::State& state_of_session_;
  const bridge::Session& session_;
  const Target& target_;
  const MutationPolicy policy_;
  const Interrupt& interrupt_;
  TableState state_;
};

}  // namespace

CommitReport commit_change(const Session& session, const Target& target,
                           const std::function<Plan(const TableState&)>& plan,
                           const std::function<void(const Plan&, const Error&)>& lost,
                           const Interrupt& interrupt) {
  CommitReport report = Change(session, target, interrupt).make(plan, lost);
  const bool changed = target.effect == Effect::AddsRows || changes_rows(target.effect);
  if (report.committed && changed) follow_up(session, target, report, interrupt);
  return report;
}

CommitReport commit_change(const Session& session, const Target& target,
                           const std::function<Plan(const TableState&)>& plan,
                           const Interrupt& interrupt) {
  return commit_change(session, target, plan, [](const Plan&, const Error&) {}, interrupt);
}

void check_assigned_columns(const Session& session, const std::string& table_uri,
                            const StorageOptions& storage_options, const TableState& state,
                            const std::vector<Assignment>& set, const Schema& added) {
  if (set.empty()) return;
  const Schema table = snapshot(session, {.table_uri = table_uri,
                                          .storage_options = storage_options,
                                          .version = state.version})
                           .schema;
  for (const Assignment& assignment : set) {
    if (table.index_of(assignment.column) >= 0 || added.index_of(assignment.column) >= 0) continue;
    throw Error(ErrorCode::InvalidQuery,
                fmt::format("`{}` has no column `{}` to set", table_uri, assignment.column), false,
                {{"column", assignment.column}, {"table", table_uri}});
  }
}

void set_interleaving(std::function<void(int)> between) { interleaving = std::move(between); }

json ConditionEncoder::add(const Condition& condition) {
  if (const auto* sql = std::get_if<std::string>(&condition)) return *sql;
  return encoder_.add(std::get<Expr>(condition));
}

json ConditionEncoder::add(const std::optional<Condition>& condition) {
  return condition ? add(*condition) : json(nullptr);
}

json ConditionEncoder::add(const std::vector<Assignment>& assignments) {
  json out = json::array();
  for (const Assignment& assignment : assignments) {
    out.push_back({{"column", assignment.column}, {"value", add(assignment.value)}});
  }
  return out;
}

json writer_to_json(const WriterPolicy& writer) {
  const auto or_null = [](const auto& value) { return value ? json(*value) : json(nullptr); };
  const auto pairs = [](const auto& map) {
    json out = json::array();
    for (const auto& [key, value] : map) out.push_back(json::array({key, value}));
    return out;
  };
  return {{"compression", or_null(writer.compression)},
          {"compression_level", or_null(writer.compression_level)},
          {"max_row_group_rows", or_null(writer.max_row_group_rows)},
          {"rows_at_a_time", or_null(writer.rows_at_a_time)},
          {"bloom_filter_columns", writer.bloom_filter_columns},
          {"bloom_filter_fpp", or_null(writer.bloom_filter_fpp)},
          {"dictionary", pairs(writer.dictionary)},
          {"encodings", pairs(writer.encodings)},
          {"without_statistics", writer.without_statistics}};
}

void refuse(std::string what) { throw Error(ErrorCode::InvalidArgument, std::move(what)); }

}  // namespace alluvium::delta
