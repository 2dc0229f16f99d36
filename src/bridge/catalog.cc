#include "bridge/rust_call_internal.h"

namespace alluvium::bridge {

void register_batches(const Session& session, std::string_view name,
                      std::vector<ArrowArrayStream>& partitions) {
  cross([&] {
    rust_side::register_batches(*session.rust, text(name), partitions.data(), partitions.size());
  });
}

void register_stream(const Session& session, std::string_view name, ArrowArrayStream* stream) {
  cross([&] { rust_side::register_stream(*session.rust, text(name), stream); });
}

void register_listing(const Session& session, std::string_view name, const std::string& location,
                      std::string_view format) {
  cross([&] {
    rust_side::register_listing(*session.rust, text(name), text(location), text(format));
  });
}

void register_provider(const Session& session, std::string_view name, const Provider& provider) {
  cross([&] { rust_side::register_provider(*session.rust, text(name), *provider.rust); });
}

ProviderPtr view(const Frame& frame) {
  return cross([&] { return std::make_shared<const Provider>(rust_side::view(*frame.rust)); });
}

void register_view(const Session& session, std::string_view name, const Frame& frame) {
  cross([&] { rust_side::register_view(*session.rust, text(name), *frame.rust); });
}

void create_schema(const Session& session, std::string_view name) {
  cross([&] { rust_side::create_schema(*session.rust, text(name)); });
}

void deregister(const Session& session, std::string_view name) {
  cross([&] { rust_side::deregister(*session.rust, text(name)); });
}

}  // namespace alluvium::bridge
