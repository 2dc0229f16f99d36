#include "bridge/native_kernel.h"

#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "alluvium/error.h"
#include "udf/kernel_internal.h"

namespace alluvium::bridge {
namespace {

/// The arguments as one struct array, which is how they cross to the kernel. The children are moved
/// out of the engine's arrays.
class ArgumentStruct {
 public:
  ArgumentStruct(std::int64_t rows, std::size_t count, ArrowArray* arguments, ArrowSchema* schemas)
      : arrays_(arguments, arguments + count), schemas_(schemas, schemas + count) {
    for (std::size_t i = 0; i < count; ++i) {
      arguments[i].release = nullptr;
      schemas[i].release = nullptr;
      array_children_.push_back(&arrays_[i]);
      schema_children_.push_back(&schemas_[i]);
    }
    array = {.length = rows,
             .n_buffers = 1,
             .n_children = static_cast<std::int64_t>(count),
             .buffers = buffers_.data(),
             .children = array_children_.data(),
             .release = release_children<ArrowArray>};
    schema = {.format = "+s",
              .name = "",
              .n_children = static_cast<std::int64_t>(count),
              .children = schema_children_.data(),
              .release = release_children<ArrowSchema>};
  }

  ArrowArray array{};
  ArrowSchema schema{};

 private:
  template <typename Node>
  static void release_children(Node* parent) {
    for (std::int64_t i = 0; i < parent->n_children; ++i) {
      Node* child = parent->children[i];
      if (child->release != nullptr) child->release(child);
    }
    parent->release = nullptr;
  }

  std::vector<ArrowArray> arrays_;
  std::vector<ArrowSchema> schemas_;
  std::vector<ArrowArray*> array_children_;
  std::vector<ArrowSchema*> schema_children_;
  std::array<const void*, 1> buffers_{nullptr};
};

/// The text that the Rust side reads a failure from.
std::string encode(const Error& error) {
  const nlohmann::json document = {{"code", to_string(error.code())},
                                   {"retryable", error.retryable()},
                                   {"message", error.message()},
                                   {"details", error.details()}};
  return error.message() + '\x1e' +
         document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

void NativeKernel::invoke(std::int64_t rows, ArrowArray* arguments, ArrowSchema* schemas,
                          rust::Slice<const bool> scalars, ArrowArray* result) const {
  ArgumentStruct owned(rows, scalars.size(), arguments, schemas);
  try {
    invoke_kernel(function_, rows, &owned.array, &owned.schema,
                  std::vector<bool>(scalars.begin(), scalars.end()), result);
  } catch (const Error& error) {
    throw std::runtime_error(encode(error));
  } catch (const std::exception& error) {
    throw std::runtime_error(encode(Error(ErrorCode::FunctionFailed, error.what())));
  } catch (...) {
    throw std::runtime_error(
        encode(Error(ErrorCode::FunctionFailed, "an exception of an unknown type was thrown")));
  }
}

}  // namespace alluvium::bridge
