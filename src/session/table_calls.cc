#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "alluvium/error.h"
#include "session/session_internal.h"
#include "session/table_calls_internal.h"

namespace alluvium {
namespace {

// Each costs the statement one more pass of planning.
constexpr int kMaxCalls = 256;
// A table function whose SQL calls table functions whose SQL calls ... uses up the thread's stack.
constexpr int kMaxNesting = 16;

class Nesting {
 public:
  Nesting() {
    if (depth_ >= kMaxNesting) {
      throw Error(ErrorCode::ResourceExhausted,
                  fmt::format("table functions call each other more than {} levels deep; one of "
                              "them may call itself",
                              kMaxNesting));
    }
    ++depth_;
  }
  ~Nesting() { --depth_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

 private:
  static thread_local int depth_;
};

thread_local int Nesting::depth_ = 0;

Interrupt within_profile(const Interrupt& interrupt, const RuntimeProfile& profile) {
  Interrupt bounded = interrupt;
  if (profile.query_timeout.count() > 0) {
    const auto end = std::chrono::steady_clock::now() + profile.query_timeout;
    bounded.deadline = std::min(bounded.deadline.value_or(end), end);
  }
  return bounded;
}

// A callback that doesn't look at its interrupt is told apart from one that was in time.
void require_time(const Interrupt& interrupt, const bridge::TableCall& call) {
  const auto what = [&](std::string_view happened) {
    return fmt::format("{} while the table function `{}` ran", happened,
                       bridge::table_call_function(call));
  };
  if (interrupt.stop.stop_requested()) {
    throw Error(ErrorCode::Cancelled, what("the call was cancelled"));
  }
  if (interrupt.deadline && *interrupt.deadline <= std::chrono::steady_clock::now()) {
    throw Error(ErrorCode::DeadlineExceeded, what("the deadline passed"));
  }
}

const TableFunction& function_of(const Session& session, const std::string& name) {
  const auto& tables = session.profile().functions.tables;
  const auto found = std::ranges::find(tables, name, &TableFunction::name);
  if (found == tables.end()) {
    throw Error(ErrorCode::Internal, fmt::format("no table function `{}` to call", name));
  }
  return *found;
}

Schema wanted_types(const TableFunction& function, const Schema& given) {
  Schema wanted;
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    const Parameter& parameter = function.parameters[i];
    const DataType& type = given.fields.at(i).type;
    const std::optional<DataType> coerced = parameter.type.coerce(type);
    if (!coerced) {
      throw Error(ErrorCode::InvalidQuery,
                  fmt::format("`{}`: the argument `{}` is of the type {}, not {}", function.name,
                              parameter.name, type.to_string(), parameter.type.to_string()),
                  false, {{"function", function.name}, {"parameter", parameter.name}});
    }
    wanted.fields.push_back({.name = parameter.name, .type = *coerced});
  }
  return wanted;
}

DataFrame run(const Session& session, const bridge::TableCall& call, const Interrupt& interrupt) {
  const TableFunction& function = function_of(session, bridge::table_call_function(call));
  const RecordBatch row =
      bridge::table_call_row(call, wanted_types(function, bridge::table_call_types(call)));
  std::vector<ColumnView> arguments;
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    arguments.push_back(row.column(static_cast<int>(i)));
  }
  const Nesting nesting;
  return function.plan(session, arguments, interrupt);
}

}  // namespace

bridge::PlannedStatement plan_with_table_functions(const Session& session, const PlanningPass& plan,
                                                   const Interrupt& interrupt) {
  const Interrupt bounded = within_profile(interrupt, session.profile());
  bridge::ResolvedCalls calls;
  for (int passes = 0; passes <= kMaxCalls; ++passes) {
    bridge::PlannedStatement planned = plan(calls, bounded);
    if (!planned.call) return planned;
    const DataFrame frame = run(session, *planned.call, bounded);
    require_time(bounded, *planned.call);
    calls.add(*planned.call, *frame.handle());
  }
  throw Error(ErrorCode::ResourceExhausted,
              fmt::format("the statement calls table functions with more than {} different "
                          "arguments",
                          kMaxCalls));
}

}  // namespace alluvium
