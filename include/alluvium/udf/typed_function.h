#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "alluvium/error.h"
#include "alluvium/frame/column.h"
#include "alluvium/frame/data_type.h"
#include "alluvium/udf/scalar_function.h"

/// Kernels of plain C++ functions of values.
///
///     ScalarFunction twice = typed_function(
///         {.name = "twice", .parameters = {{"x", int64()}}},
///         [](std::int64_t x) { return 2 * x; });
///
/// A function takes and returns bool, the integers, float, double, std::string_view (of string or
/// binary columns), std::string as a result, and std::optional of these. A null argument gives null
/// without a call, but where the function takes an optional; it gives null by an empty optional.
/// What it throws becomes FunctionFailed with the function's name and the row.
namespace alluvium {

namespace detail {

template <typename T>
struct OptionalOf {
  using Value = T;
  static constexpr bool kOptional = false;
};
template <typename T>
struct OptionalOf<std::optional<T>> {
  using Value = T;
  static constexpr bool kOptional = true;
};
template <typename T>
using ValueOf = typename OptionalOf<std::remove_cvref_t<T>>::Value;
template <typename T>
constexpr bool kIsOptional = OptionalOf<std::remove_cvref_t<T>>::kOptional;
template <typename T>
constexpr bool kIsText = std::is_same_v<T, std::string_view> || std::is_same_v<T, std::string>;
template <typename T>
constexpr bool kIsNumber = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;

/// The Arrow type of a C++ value.
template <typename T>
DataType arrow_type() {
  if constexpr (std::is_same_v<T, bool>) {
    return boolean();
  } else if constexpr (std::is_same_v<T, float>) {
    return float32();
  } else if constexpr (std::is_same_v<T, double>) {
    return float64();
  } else if constexpr (kIsText<T>) {
    return utf8();
  } else {
    return integer_type<T>();
  }
}

/// Reads a value of a column; optional ones with their null.
template <typename Argument>
Argument read(const ColumnView& column, std::int64_t row) {
  using T = ValueOf<Argument>;
  if constexpr (kIsOptional<Argument>) {
    if (column.is_null(row)) return std::nullopt;
  }
  if constexpr (std::is_same_v<T, bool>) {
    return column.boolean(row);
  } else if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(column.float64(row));
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(column.int64(row));
  } else {
    return column.bytes(row);
  }
}

template <typename T>
void append(ColumnBuilder& result, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    result.append(value);
  } else if constexpr (std::is_floating_point_v<T>) {
    result.append(static_cast<double>(value));
  } else if constexpr (std::is_integral_v<T>) {
    result.append(static_cast<std::int64_t>(value));
  } else {
    result.append(std::string_view(value));
  }
}

/// Says which row an exception belongs to.
[[noreturn]] inline void fail_at(std::int64_t row) {
  const std::string where = "row " + std::to_string(row) + ": ";
  try {
    throw;
  } catch (const Error& error) {
    throw Error(error.code(), where + error.message(), error.retryable(), error.details());
  } catch (const std::exception& error) {
    throw Error(ErrorCode::FunctionFailed, where + error.what());
  }
}

/// A column's values where they lie side by side in memory, a constant, or what the view reads.
template <typename Argument>
class Reader {
 public:
  explicit Reader(const ColumnView& column) : column_(column) {
    if constexpr (kIsNumber<Argument>) data_ = column.data<Argument>();
    if constexpr (kIsText<Argument>) {
      if (const auto text = column.text_data()) data_ = text->bytes, offsets_ = text->offsets;
    }
    if constexpr (!kIsOptional<Argument>) {
      if (column.is_scalar() && column.length() > 0 && !column.is_null(0)) {
        constant_ = read<Argument>(column, 0);
      }
    }
  }
  [[nodiscard]] bool is_array() const { return data_ != nullptr || offsets_ != nullptr; }
  [[nodiscard]] bool is_constant() const { return constant_.has_value(); }
  [[nodiscard]] Argument at(std::int64_t row) const { return read<Argument>(column_, row); }
  [[nodiscard]] Argument constant() const { return *constant_; }
  [[nodiscard]] Argument from_array(std::int64_t row) const {
    if constexpr (kIsNumber<Argument>) {
      return data_[row];
    } else if constexpr (kIsText<Argument>) {
      return {data_ + offsets_[row], static_cast<std::size_t>(offsets_[row + 1] - offsets_[row])};
    } else {
      return at(row);
    }
  }

 private:
  using Stored = std::conditional_t<kIsNumber<Argument>, Argument, char>;
  const ColumnView& column_;
  const Stored* data_ = nullptr;
  const std::int32_t* offsets_ = nullptr;
  std::optional<Argument> constant_;
};

template <typename Function, typename Result, typename... Arguments>
class TypedKernel {
 public:
  explicit TypedKernel(Function function) : function_(std::move(function)) {}

  void operator()(std::span<const ColumnView> arguments, std::int64_t rows,
                  ColumnBuilder& result) const {
    run(arguments, rows, result, std::index_sequence_for<Arguments...>());
  }

 private:
  using Value = ValueOf<Result>;

  template <std::size_t... I>
  void run(std::span<const ColumnView> arguments, std::int64_t rows, ColumnBuilder& result,
           std::index_sequence<I...> indexes) const {
    const Validity validity = strict_rows(arguments, rows, indexes);
    const std::tuple<Reader<Arguments>...> readers(arguments[I]...);
    if constexpr (kIsNumber<Result>) {
      fill(result.template extend<Value>(validity), validity, readers, indexes);
    } else if constexpr (std::is_same_v<Result, bool>) {
      std::vector<std::uint8_t> truths(static_cast<std::size_t>(rows));
      fill(truths.data(), validity, readers, indexes);
      result.extend_booleans(truths, validity);
    } else {
      for (std::int64_t row = 0; row < rows; ++row) {
        if (validity.is_null(row)) {
          result.append_null();
          continue;
        }
        try {
          give(result, function_(std::get<I>(readers).at(row)...));
        } catch (...) {
          fail_at(row);
        }
      }
    }
  }

  // The rows that the function is called for.
  template <std::size_t... I>
  static Validity strict_rows(std::span<const ColumnView> arguments, std::int64_t rows,
                              std::index_sequence<I...> /*indexes*/) {
    if constexpr ((!kIsOptional<Arguments> && ...)) return Validity::of_all(arguments, rows);
    std::vector<ColumnView> strict;
    ((kIsOptional<Arguments> ? void() : strict.push_back(arguments[I])), ...);
    return Validity::of_all(strict, rows);
  }

  // Writes the values of all rows. Where no row is null and the arguments lie side by side in
  // memory it is a loop that the compiler can vectorize. (Values under nulls are unspecified: the
  // function must not see them.)
  template <typename Out, typename Readers, std::size_t... I>
  void fill(Out* out, const Validity& validity, const Readers& readers,
            std::index_sequence<I...> /*indexes*/) const {
    const std::int64_t rows = validity.rows();
    std::int64_t row = 0;
    try {
      if (validity.null_count() != 0) {
        for (; row < rows; ++row) {
          out[row] = validity.is_null(row)
                         ? Out{}
                         : static_cast<Out>(function_(std::get<I>(readers).at(row)...));
        }
      } else if ((std::get<I>(readers).is_array() && ...)) {
#pragma GCC unroll 4
        for (; row < rows; ++row) {
          out[row] = static_cast<Out>(function_(std::get<I>(readers).from_array(row)...));
        }
      } else if (((std::get<I>(readers).is_array() || std::get<I>(readers).is_constant()) && ...)) {
        for (; row < rows; ++row) {
          out[row] = static_cast<Out>(function_((std::get<I>(readers).is_constant()
                                                     ? std::get<I>(readers).constant()
                                                     : std::get<I>(readers).from_array(row))...));
        }
      } else {
        for (; row < rows; ++row) {
          out[row] = static_cast<Out>(function_(std::get<I>(readers).at(row)...));
        }
      }
    } catch (...) {
      fail_at(row);
    }
  }

  static void give(ColumnBuilder& result, const Result& value) {
    if constexpr (kIsOptional<Result>) {
      if (value) {
        append(result, *value);
      } else {
        result.append_null();
      }
    } else {
      append(result, value);
    }
  }

  Function function_;
};

template <typename Function, typename Result, typename... Arguments>
ScalarFunction make_typed(ScalarFunction declaration, Function function) {
  if (declaration.parameters.size() != sizeof...(Arguments)) {
    throw Error(ErrorCode::InvalidArgument, "function `" + declaration.name + "` takes " +
                                                std::to_string(sizeof...(Arguments)) +
                                                " values, its declaration names " +
                                                std::to_string(declaration.parameters.size()));
  }
  if (declaration.returns.type == null_type()) {
    declaration.returns.type = arrow_type<ValueOf<Result>>();
  }
  constexpr bool kStrict = (!kIsOptional<Arguments> && ...);
  declaration.returns.nullable =
      kIsOptional<Result> || (!kStrict && !(kIsOptional<Arguments> && ...));
  declaration.null_propagating = kStrict;
  declaration.kernel =
      TypedKernel<Function, std::remove_cvref_t<Result>, std::remove_cvref_t<Arguments>...>(
          std::move(function));
  return declaration;
}

template <typename Function>
struct Signature : Signature<decltype(&Function::operator())> {};
template <typename Result, typename... Arguments>
struct Signature<Result (*)(Arguments...)> {
  template <typename Function>
  static ScalarFunction make(ScalarFunction declaration, Function function) {
    return make_typed<Function, Result, Arguments...>(std::move(declaration), std::move(function));
  }
};
template <typename Object, typename Result, typename... Arguments>
struct Signature<Result (Object::*)(Arguments...) const> : Signature<Result (*)(Arguments...)> {};

}  // namespace detail

/// The function that `declaration` describes, with a kernel that calls `function` for each row and
/// handles nulls. Where `declaration.returns` has no type, it is that of the C++ result;
/// nullability follows from the optionals. `function` is const and called from many threads.
/// Errors: InvalidArgument when the numbers of parameters differ.
template <typename Function>
ScalarFunction typed_function(ScalarFunction declaration, Function function) {
  return detail::Signature<Function>::make(std::move(declaration), std::move(function));
}

}  // namespace alluvium
