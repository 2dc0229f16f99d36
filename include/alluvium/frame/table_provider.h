#pragma once

#include <memory>
#include <utility>

namespace alluvium {

namespace bridge {
class Provider;
}

/// Something that can be registered and queried as a table, whatever it is made of. Opaque.
///
/// Thread-safety: immutable; copies share.
class TableProvider {
 public:
  explicit TableProvider(std::shared_ptr<const bridge::Provider> provider)
      : provider_(std::move(provider)) {}
  [[nodiscard]] const std::shared_ptr<const bridge::Provider>& handle() const { return provider_; }

 private:
  std::shared_ptr<const bridge::Provider> provider_;
};

}  // namespace alluvium
