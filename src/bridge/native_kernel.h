#pragma once

#include <cstdint>

#include "alluvium/frame/arrow_c.h"
#include "alluvium/udf/scalar_function.h"
#include "rust/cxx.h"

namespace alluvium::bridge {

/// A native function's kernel, as the engine calls it.
class NativeKernel {
 public:
  explicit NativeKernel(ScalarFunction function) : function_(std::move(function)) {}

  /// Runs the kernel over `arguments`, which are taken over with their `schemas`; a scalar argument
  /// has length 1. Throws std::runtime_error whose text the Rust side decodes.
  void invoke(std::int64_t rows, ArrowArray* arguments, ArrowSchema* schemas,
              rust::Slice<const bool> scalars, ArrowArray* result) const;

 private:
  ScalarFunction function_;
};

}  // namespace alluvium::bridge
