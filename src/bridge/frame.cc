#include <memory>

#include "bridge/rust_call_internal.h"

namespace alluvium::bridge {
namespace {

/// An engine stream together with the interrupt that may end it, which must live as long.
struct InterruptibleStream {
  explicit InterruptibleStream(const Interrupt& interrupt) : interruption(interrupt) {}
  ~InterruptibleStream() {
    if (inner.release != nullptr) inner.release(&inner);
  }
  InterruptibleStream(const InterruptibleStream&) = delete;
  InterruptibleStream& operator=(const InterruptibleStream&) = delete;

  Interruption interruption;
  ArrowArrayStream inner{};
};

InterruptibleStream& of(ArrowArrayStream* stream) {
  return *static_cast<InterruptibleStream*>(stream->private_data);
}

void export_stream(std::unique_ptr<InterruptibleStream> stream, ArrowArrayStream* out) {
  *out = {
      .get_schema =
          [](ArrowArrayStream* self, ArrowSchema* schema) {
            return of(self).inner.get_schema(&of(self).inner, schema);
          },
      .get_next = [](ArrowArrayStream* self,
                     ArrowArray* array) { return of(self).inner.get_next(&of(self).inner, array); },
      .get_last_error =
          [](ArrowArrayStream* self) { return of(self).inner.get_last_error(&of(self).inner); },
      .release =
          [](ArrowArrayStream* self) {
            const std::unique_ptr<InterruptibleStream> owned(&of(self));
            self->release = nullptr;
            self->private_data = nullptr;
          },
      .private_data = stream.release(),
  };
}

}  // namespace

FramePtr transform(const Frame& frame, const std::string& operation) {
  return cross([&] { return wrap(rust_side::transform(*frame.rust, text(operation))); });
}

FramePtr combine(const Frame& left, const Frame& right, const std::string& operation) {
  return cross([&] { return wrap(rust_side::combine(*left.rust, *right.rust, text(operation))); });
}

void schema(const Frame& frame, ArrowSchema* out) {
  cross([&] { rust_side::schema(*frame.rust, out); });
}

void stream(const Frame& frame, const Interrupt& interrupt, ArrowArrayStream* out) {
  auto result = std::make_unique<InterruptibleStream>(interrupt);
  cross([&] { rust_side::stream(*frame.rust, result->interruption.token(), &result->inner); });
  export_stream(std::move(result), out);
}

std::uint64_t count(const Frame& frame, const Interrupt& interrupt) {
  const Interruption interruption(interrupt);
  return cross([&] { return rust_side::count(*frame.rust, interruption.token()); });
}

std::string plan_text(const Frame& frame) {
  return cross([&] { return static_cast<std::string>(rust_side::plan_text(*frame.rust)); });
}

std::vector<std::string> plan_functions(const Frame& frame) {
  return cross([&] {
    std::vector<std::string> names;
    for (const rust::String& name : rust_side::plan_functions(*frame.rust)) {
      names.emplace_back(name);
    }
    return names;
  });
}

std::string to_text(const Frame& frame, const Interrupt& interrupt) {
  const Interruption interruption(interrupt);
  return cross([&] {
    return static_cast<std::string>(rust_side::to_text(*frame.rust, interruption.token()));
  });
}

FramePtr stage(const Frame& frame, std::uint64_t memory_bytes, const Interrupt& interrupt) {
  const Interruption interruption(interrupt);
  return cross(
      [&] { return wrap(rust_side::stage(*frame.rust, memory_bytes, interruption.token())); });
}

std::uint64_t write_parquet(const Frame& frame, const std::string& path,
                            const Interrupt& interrupt) {
  const Interruption interruption(interrupt);
  return cross(
      [&] { return rust_side::write_parquet(*frame.rust, text(path), interruption.token()); });
}

std::int64_t read_version(const Frame& frame, const std::string& table_uri) {
  return cross([&] { return rust_side::read_version(*frame.rust, text(table_uri)); });
}

bool reads_once(const Frame& frame) {
  return cross([&] { return rust_side::reads_once(*frame.rust); });
}

}  // namespace alluvium::bridge
