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

void delta_refresh(const Session& session, std::string_view name, const Interrupt& interrupt) {
  const Interruption interruption(interrupt);
  cross([&] { rust_side::delta_refresh(*session.rust, text(name), interruption.token()); });
}

std::string delta_state(const Session& session, const std::string& request,
                        const Interrupt& interrupt) {
  const Interruption interruption(interrupt);
  return cross([&] {
    return static_cast<std::string>(
        rust_side::delta_state(*session.rust, text(request), interruption.token()));
  });
}

std::string delta_change(const Session& session, const std::string& request, const Frame* source,
                         ArrowSchema* schema, const Interrupt& interrupt) {
  const Interruption interruption(interrupt);
  return cross([&] {
    return static_cast<std::string>(
        source == nullptr
            ? rust_side::delta_change(*session.rust, text(request), schema, interruption.token())
            : rust_side::delta_change_from(*session.rust, *source->rust, text(request),
                                           interruption.token()));
  });
}

std::string delta_history(const Session& session, const std::string& request, std::size_t limit,
                          const Interrupt& interrupt) {
  const Interruption interruption(interrupt);
  return cross([&] {
    return static_cast<std::string>(
        rust_side::delta_history(*session.rust, text(request), limit, interruption.token()));
  });
}

FramePtr delta_files(const Session& session, const std::string& request,
                     const Interrupt& interrupt) {
  const Interruption interruption(interrupt);
  return cross([&] {
    return wrap(rust_side::delta_files(*session.rust, text(request), interruption.token()));
  });
}

std::string delta_pruning(const Frame& frame, const Interrupt& interrupt) {
  const Interruption interruption(interrupt);
  return cross([&] {
    return static_cast<std::string>(rust_side::delta_pruning(*frame.rust, interruption.token()));
  });
}

void delta_verify(const Session& session, const std::string& request, const Interrupt& interrupt) {
  const Interruption interruption(interrupt);
  cross([&] { rust_side::delta_verify(*session.rust, text(request), interruption.token()); });
}

std::string delta_truncate(const Session& session, const std::string& request, bool dry_run,
                           const Interrupt& interrupt) {
  const Interruption interruption(interrupt);
  return cross([&] {
    return static_cast<std::string>(
        rust_side::delta_truncate(*session.rust, text(request), dry_run, interruption.token()));
  });
}

std::uint64_t delta_arm_fault(const std::string& document) {
  return cross([&] { return rust_side::delta_arm_fault(text(document)); });
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
