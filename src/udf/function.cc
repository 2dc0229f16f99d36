#include "alluvium/udf/function.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "alluvium/error.h"
#include "alluvium/udf/function_set.h"

namespace alluvium {
namespace {

using Id = DataType::Id;

bool is_integer(Id id) {
  switch (id) {
    case Id::Int8:
    case Id::Int16:
    case Id::Int32:
    case Id::Int64:
    case Id::UInt8:
    case Id::UInt16:
    case Id::UInt32:
    case Id::UInt64:
      return true;
    default:
      return false;
  }
}

bool is_float(Id id) { return id == Id::Float16 || id == Id::Float32 || id == Id::Float64; }

bool is_decimal(const DataType& type) {
  return type.id() == Id::Decimal128 || type.id() == Id::Decimal256 ||
         type.format().starts_with("d:");
}

bool is_text(Id id) { return id == Id::Utf8 || id == Id::LargeUtf8 || id == Id::Utf8View; }

bool is_binary(Id id) {
  return id == Id::Binary || id == Id::LargeBinary || id == Id::BinaryView ||
         id == Id::FixedSizeBinary;
}

bool is_temporal(Id id) {
  switch (id) {
    case Id::Date32:
    case Id::Date64:
    case Id::Time32:
    case Id::Time64:
    case Id::Timestamp:
    case Id::Duration:
    case Id::IntervalYearMonth:
    case Id::IntervalDayTime:
    case Id::IntervalMonthDayNano:
      return true;
    default:
      return false;
  }
}

bool is_list(const DataType& type) {
  return type.id() == Id::List || type.id() == Id::LargeList || type.id() == Id::FixedSizeList ||
         type.format() == "+vl" || type.format() == "+vL";
}

bool is_member(TypeClass family, const DataType& type) {
  switch (family) {
    case TypeClass::Any:
      return true;
    case TypeClass::Integer:
      return is_integer(type.id());
    case TypeClass::Numeric:
      return is_integer(type.id()) || is_float(type.id()) || is_decimal(type);
    case TypeClass::Text:
      return is_text(type.id());
    case TypeClass::Binary:
      return is_binary(type.id());
    case TypeClass::Temporal:
      return is_temporal(type.id());
    case TypeClass::List:
      return is_list(type);
    case TypeClass::Map:
      return type.id() == Id::Map;
    case TypeClass::Struct:
      return type.id() == Id::Struct;
  }
  return false;
}

// The type that a null of no type becomes for a class.
DataType type_of_null(TypeClass family) {
  switch (family) {
    case TypeClass::Integer:
      return int64();
    case TypeClass::Numeric:
      return float64();
    case TypeClass::Text:
      return utf8();
    case TypeClass::Binary:
      return binary();
    case TypeClass::Temporal:
      return timestamp(TimeUnit::Micro);
    case TypeClass::List:
      return list(utf8());
    case TypeClass::Any:
    case TypeClass::Map:
    case TypeClass::Struct:
      break;
  }
  return null_type();
}

// Whether arguments of type `given` are converted to `wanted` without being asked to.
bool converts(const DataType& given, const DataType& wanted) {
  if (given == wanted || given.id() == Id::Null) return true;
  if (given.id() == Id::Dictionary) return converts(given.children().at(1).type, wanted);
  if (is_integer(wanted.id())) return is_integer(given.id());
  if (is_float(wanted.id()) || is_decimal(wanted)) return is_member(TypeClass::Numeric, given);
  if (is_text(wanted.id())) return is_text(given.id());
  if (is_binary(wanted.id())) return is_binary(given.id()) || is_text(given.id());
  if (wanted.id() == Id::Timestamp) {
    return given.id() == Id::Timestamp || given.id() == Id::Date32 || given.id() == Id::Date64;
  }
  if (is_list(wanted)) {
    return is_list(given) && converts(given.children().at(0).type, wanted.children().at(0).type);
  }
  if (wanted.id() == Id::Map || wanted.id() == Id::Struct) {
    const auto& from = given.children();
    const auto& to = wanted.children();
    return given.id() == wanted.id() &&
           std::equal(
               from.begin(), from.end(), to.begin(), to.end(), [&](const Field& a, const Field& b) {
                 return (wanted.id() == Id::Map || a.name == b.name) && converts(a.type, b.type);
               });
  }
  return false;
}

}  // namespace

std::optional<DataType> ParameterType::coerce(const DataType& given) const {
  if (given.id() == Id::Dictionary) return coerce(given.children().at(1).type);
  if (!exact_) {
    if (given.id() == Id::Null) return type_of_null(family_);
    return is_member(family_, given) ? std::optional(given) : std::nullopt;
  }
  // Kernels read every layout of strings and bytes.
  const bool readable =
      (exact_->id() == Id::Utf8 && is_text(given.id())) ||
      (exact_->id() == Id::Binary && (is_binary(given.id()) || is_text(given.id())));
  if (readable) return given;
  return converts(given, *exact_) ? exact_ : std::nullopt;
}

std::string ParameterType::to_string() const {
  if (exact_) return exact_->to_string();
  switch (family_) {
    case TypeClass::Any:
      return "any";
    case TypeClass::Integer:
      return "integer";
    case TypeClass::Numeric:
      return "numeric";
    case TypeClass::Text:
      return "text";
    case TypeClass::Binary:
      return "binary";
    case TypeClass::Temporal:
      return "temporal";
    case TypeClass::List:
      return "list";
    case TypeClass::Map:
      return "map";
    case TypeClass::Struct:
      return "struct";
  }
  return "any";
}

const ColumnView& FunctionCall::constant(std::size_t index) const {
  if (constants[index]) return *constants[index];
  throw Error(ErrorCode::InvalidQuery,
              fmt::format("argument {} must be a literal, because the type of the result depends "
                          "on it",
                          index + 1));
}

bool FunctionCall::nullable() const {
  return std::any_of(arguments.begin(), arguments.end(),
                     [](const Field& argument) { return argument.nullable; });
}

FunctionSet& FunctionSet::add(FunctionSet other) {
  const auto append = [](auto& to, auto& from) {
    std::move(from.begin(), from.end(), std::back_inserter(to));
  };
  append(scalars, other.scalars);
  append(aggregates, other.aggregates);
  append(windows, other.windows);
  append(tables, other.tables);
  append(aliases, other.aliases);
  append(operators, other.operators);
  return *this;
}

bool FunctionSet::empty() const {
  return scalars.empty() && aggregates.empty() && windows.empty() && tables.empty() &&
         aliases.empty() && operators.empty();
}

}  // namespace alluvium
