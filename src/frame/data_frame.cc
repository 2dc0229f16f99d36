#include "alluvium/frame/data_frame.h"

#include <utility>

#include "bridge/handles.h"
#include "frame/arrow_schema_internal.h"
#include "frame/arrow_stream_internal.h"
#include "frame/expr_internal.h"

namespace alluvium {
namespace {

using nlohmann::json;

const char* join_name(JoinType type) {
  switch (type) {
    case JoinType::Inner:
      return "inner";
    case JoinType::Left:
      return "left";
    case JoinType::Right:
      return "right";
    case JoinType::Full:
      return "full";
    case JoinType::LeftSemi:
      return "left_semi";
    case JoinType::LeftAnti:
      return "left_anti";
    case JoinType::RightSemi:
      return "right_semi";
    case JoinType::RightAnti:
      return "right_anti";
  }
  return "inner";
}

DataFrame transform(const bridge::FramePtr& frame, ExprEncoder encoder, const char* name,
                    json body) {
  return DataFrame(bridge::transform(*frame, std::move(encoder).operation(name, std::move(body))));
}

DataFrame combine(const bridge::FramePtr& left, const DataFrame& right, ExprEncoder encoder,
                  const char* name, json body) {
  return DataFrame(
      bridge::combine(*left, *right.handle(), std::move(encoder).operation(name, std::move(body))));
}

}  // namespace

Schema DataFrame::schema() const {
  SchemaExport place;
  bridge::schema(*frame_, place.get());
  return place.take();
}

DataFrame DataFrame::select(const std::vector<Expr>& expressions) const {
  ExprEncoder encoder;
  json exprs = encoder.add_all(expressions);
  return transform(frame_, std::move(encoder), "select", {{"exprs", std::move(exprs)}});
}

DataFrame DataFrame::select(std::initializer_list<std::string_view> columns) const {
  std::vector<Expr> expressions;
  for (const std::string_view column : columns) expressions.push_back(col(std::string(column)));
  return select(expressions);
}

DataFrame DataFrame::filter(const Expr& predicate) const {
  ExprEncoder encoder;
  const std::size_t index = encoder.add(predicate);
  return transform(frame_, std::move(encoder), "filter", {{"predicate", index}});
}

DataFrame DataFrame::aggregate(const std::vector<Expr>& group_by,
                               const std::vector<Expr>& aggregates) const {
  ExprEncoder encoder;
  json groups = encoder.add_all(group_by);
  json values = encoder.add_all(aggregates);
  return transform(frame_, std::move(encoder), "aggregate",
                   {{"group_by", std::move(groups)}, {"aggregates", std::move(values)}});
}

DataFrame DataFrame::window(const std::vector<Expr>& expressions) const {
  ExprEncoder encoder;
  json exprs = encoder.add_all(expressions);
  return transform(frame_, std::move(encoder), "window", {{"exprs", std::move(exprs)}});
}

DataFrame DataFrame::with_column(std::string name, const Expr& value) const {
  ExprEncoder encoder;
  const std::size_t index = encoder.add(value);
  return transform(frame_, std::move(encoder), "with_column",
                   {{"name", std::move(name)}, {"expr", index}});
}

DataFrame DataFrame::with_column_renamed(std::string from, std::string to) const {
  return transform(frame_, {}, "rename", {{"from", std::move(from)}, {"to", std::move(to)}});
}

DataFrame DataFrame::drop_columns(const std::vector<std::string>& columns) const {
  return transform(frame_, {}, "drop", {{"columns", columns}});
}

DataFrame DataFrame::sort(const std::vector<SortExpr>& by) const {
  ExprEncoder encoder;
  json order = json::array();
  for (const SortExpr& expression : by) order.push_back(encoder.add_sort(expression));
  return transform(frame_, std::move(encoder), "sort", {{"by", std::move(order)}});
}

DataFrame DataFrame::limit(std::uint64_t rows, std::uint64_t skip) const {
  return transform(frame_, {}, "limit", {{"skip", skip}, {"fetch", rows}});
}

DataFrame DataFrame::distinct() const { return transform(frame_, {}, "distinct", json::object()); }

DataFrame DataFrame::unnest(const std::vector<std::string>& columns, bool preserve_nulls) const {
  return transform(frame_, {}, "unnest",
                   {{"columns", columns}, {"preserve_nulls", preserve_nulls}});
}

DataFrame DataFrame::alias(std::string relation) const {
  return transform(frame_, {}, "alias", {{"relation", std::move(relation)}});
}

DataFrame DataFrame::join(const DataFrame& right, JoinType type,
                          const std::vector<std::string>& left_columns,
                          const std::vector<std::string>& right_columns) const {
  return combine(frame_, right, {}, "join",
                 {{"type", join_name(type)}, {"left", left_columns}, {"right", right_columns}});
}

DataFrame DataFrame::join_on(const DataFrame& right, JoinType type,
                             const std::vector<Expr>& conditions) const {
  ExprEncoder encoder;
  json indexes = encoder.add_all(conditions);
  return combine(frame_, right, std::move(encoder), "join_on",
                 {{"type", join_name(type)}, {"conditions", std::move(indexes)}});
}

DataFrame DataFrame::union_all(const DataFrame& other) const {
  return combine(frame_, other, {}, "union_all", json::object());
}

DataFrame DataFrame::union_distinct(const DataFrame& other) const {
  return combine(frame_, other, {}, "union_distinct", json::object());
}

DataFrame DataFrame::union_by_name(const DataFrame& other) const {
  return combine(frame_, other, {}, "union_by_name", json::object());
}

DataFrame DataFrame::intersect(const DataFrame& other) const {
  return combine(frame_, other, {}, "intersect", json::object());
}

DataFrame DataFrame::except(const DataFrame& other) const {
  return combine(frame_, other, {}, "except", json::object());
}

DataFrame DataFrame::with_params(const std::map<std::string, Expr>& values) const {
  ExprEncoder encoder;
  json indexes = json::object();
  for (const auto& [name, value] : values) indexes[name] = encoder.add(value);
  return transform(frame_, std::move(encoder), "params", {{"values", std::move(indexes)}});
}

DataFrame DataFrame::explain(Explain level) const {
  return transform(frame_, {}, "explain", {{"analyze", level == Explain::Analyze}});
}

RecordBatchReader DataFrame::stream(const Interrupt& interrupt) const {
  ArrowArrayStream stream;
  stream.release = nullptr;
  bridge::stream(*frame_, interrupt, &stream);
  return RecordBatchReader::import_from(&stream);
}

std::vector<RecordBatch> DataFrame::collect(const Interrupt& interrupt) const {
  return stream(interrupt).read_all();
}

std::uint64_t DataFrame::count(const Interrupt& interrupt) const {
  return bridge::count(*frame_, interrupt);
}

std::string DataFrame::to_string(const Interrupt& interrupt) const {
  return bridge::to_text(*frame_, interrupt);
}

DataFrame DataFrame::stage(std::uint64_t memory_bytes, const Interrupt& interrupt) const {
  return DataFrame(bridge::stage(*frame_, memory_bytes, interrupt));
}

std::uint64_t DataFrame::write_parquet(const std::filesystem::path& path,
                                       const Interrupt& interrupt) const {
  return bridge::write_parquet(*frame_, path.string(), interrupt);
}

}  // namespace alluvium
