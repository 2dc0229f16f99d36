#include "code/index/early_lake.h"

#include <exception>
#include <utility>

namespace alluvium::code {
namespace {

void read(const LakeLayout& lake, const std::function<Session()>& open_session,
          const Interrupt& interrupt, ReadLake& into) {
  if (lake.state() != LakeState::Begun) return;
  into.session = open_session();
  into.repositories = read_repos(*into.session, lake, interrupt);
  into.runs = read_runs(*into.session, lake, interrupt);
}

}  // namespace

EarlyLake::EarlyLake(const LakeLayout& lake, std::function<Session()> open_session,
                     const Interrupt& interrupt)
    : thread_([this, &lake, open_session = std::move(open_session), &interrupt] {
        try {
          read(lake, open_session, interrupt, read_);
        } catch (const std::exception&) {
          return;  // It will be met again.
        }
      }) {}

ReadLake EarlyLake::take() {
  thread_.join();
  return std::move(read_);
}

}  // namespace alluvium::code
