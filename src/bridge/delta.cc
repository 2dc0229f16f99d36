#include "bridge/rust_call_internal.h"

namespace alluvium::bridge {

OpenedTable delta_open(const Session& session, const std::string& request,
                       const Interrupt& interrupt, ArrowSchema* schema) {
  const Interruption interruption(interrupt);
  return cross([&] {
    auto opened = rust_side::delta_open(*session.rust, text(request), interruption.token());
    OpenedTable table;
    table.metadata = static_cast<std::string>(rust_side::opened_metadata(*opened));
    rust_side::opened_schema(*opened, schema);
    if (rust_side::opened_has_provider(*opened)) {
      table.provider = std::make_shared<const Provider>(rust_side::opened_provider(*opened));
    }
    return table;
  });
}

bool delta_is_table(const Session& session, const std::string& request) {
  return cross([&] { return rust_side::delta_is_table(*session.rust, text(request)); });
}

std::string delta_create(const Session& session, const std::string& request, ArrowSchema* schema,
                         const Interrupt& interrupt) {
  const Interruption interruption(interrupt);
  return cross([&] {
    return static_cast<std::string>(
        rust_side::delta_create(*session.rust, text(request), schema, interruption.token()));
  });
}

std::string delta_state(const Session& session, const std::string& request,
                        const Interrupt& interrupt) {
  const Interruption interruption(interrupt);
  return cross([&] {
    return static_cast<std::string>(
        rust_side::delta_state(*session.rust, text(request), interruption.token()));
  });
}

std::string delta_write(const Session& session, const Frame& frame, const std::string& request,
                        const Interrupt& interrupt) {
  const Interruption interruption(interrupt);
  return cross([&] {
    return static_cast<std::string>(
        rust_side::delta_write(*session.rust, *frame.rust, text(request), interruption.token()));
  });
}

std::int64_t delta_find_commit(const Session& session, const std::string& request,
                               const std::string& operation_id, std::int64_t after_version,
                               const Interrupt& interrupt) {
  const Interruption interruption(interrupt);
  return cross([&] {
    return rust_side::delta_find_commit(*session.rust, text(request), text(operation_id),
                                        after_version, interruption.token());
  });
}

}  // namespace alluvium::bridge
