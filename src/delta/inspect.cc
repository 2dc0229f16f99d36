#include "alluvium/delta/inspect.h"

#include <nlohmann/json.hpp>

#include "delta/request_internal.h"
#include "session/session_internal.h"

namespace alluvium::delta {
namespace {

using nlohmann::json;

std::string as_text(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::map<std::string, std::string> as_texts(const json& object) {
  std::map<std::string, std::string> texts;
  for (const auto& [key, value] : object.items()) texts.emplace(key, as_text(value));
  return texts;
}

HistoryEntry parse_entry(json commit) {
  const auto take = [&commit](const char* key) {
    json value = commit.contains(key) ? commit[key] : json(nullptr);
    commit.erase(key);
    return value;
  };
  HistoryEntry entry{.version = take("version").get<std::int64_t>()};
  if (const json time = take("timestamp"); time.is_number()) time.get_to(entry.timestamp);
  if (const json operation = take("operation"); operation.is_string()) {
    operation.get_to(entry.operation);
  }
  if (const json engine = take("engineInfo"); engine.is_string()) engine.get_to(entry.engine);
  entry.parameters = as_texts(take("operationParameters"));
  entry.metrics = as_texts(take("operationMetrics"));
  entry.metadata = as_texts(commit);
  return entry;
}

}  // namespace

std::vector<HistoryEntry> history(const Session& session, const ProviderRequest& request,
                                  std::size_t limit, const Interrupt& interrupt) {
  const auto commits = json::parse(bridge::delta_history(
      *session.state()->session, open_document(request, true), limit, interrupt));
  std::vector<HistoryEntry> entries;
  entries.reserve(commits.size());
  for (const json& commit : commits) entries.push_back(parse_entry(commit));
  return entries;
}

DataFrame files(const Session& session, const ProviderRequest& request,
                const Interrupt& interrupt) {
  return DataFrame(
      bridge::delta_files(*session.state()->session, open_document(request, true), interrupt));
}

void verify_log(const Session& session, const ProviderRequest& request,
                const Interrupt& interrupt) {
  bridge::delta_verify(*session.state()->session, open_document(request, true), interrupt);
}

}  // namespace alluvium::delta
