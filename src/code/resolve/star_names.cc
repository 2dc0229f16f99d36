#include "code/resolve/star_names.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "code/extract/flat_map.h"

namespace alluvium::code {
namespace {

class StarTravel {
 public:
  StarTravel(const NameFacts& facts, std::span<const ImportTarget> targets, const AllNames& all)
      : facts_(facts), all_(all), stars_of_(facts.files.size()) {
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const ProgramIndex source = targets[i].parent_file;
      const NameFacts::Import& import = facts.imports[i];
      if (!import.is_star || source == kNowhere || source == import.file) continue;
      stars_of_[static_cast<std::size_t>(source)].push_back(static_cast<ProgramIndex>(i));
    }
  }

  std::vector<StarName> run(std::span<const ModuleMember> bound) {
    // Origin by origin, in the order of their ids: of those that one star brings a name from, the
    // first to arrive is then the smallest, and nothing has to travel twice.
    for (const ModuleMember& member : leaving(bound)) {
      leave(member, member.file);
      while (!arrived_.empty()) {
        const ModuleMember arrived = arrived_.back();
        arrived_.pop_back();
        leave(arrived, member.file);
      }
    }
    return std::move(brought_);
  }

 private:
  [[nodiscard]] bool leaves(const ModuleMember& member) const {
    return !stars_of_[static_cast<std::size_t>(member.file)].empty() &&
           all_.is_public(member.file, member.name);
  }

  [[nodiscard]] std::vector<ModuleMember> leaving(std::span<const ModuleMember> bound) const {
    std::vector<ModuleMember> members;
    std::ranges::copy_if(bound, std::back_inserter(members),
                         [&](const ModuleMember& member) { return leaves(member); });
    std::ranges::stable_sort(members, {}, [&](const ModuleMember& member) {
      return facts_.files[static_cast<std::size_t>(member.file)].file_id;
    });
    return members;
  }

  void leave(const ModuleMember& member, ProgramIndex origin) {
    if (!leaves(member)) return;
    for (const ProgramIndex star : stars_of_[static_cast<std::size_t>(member.file)]) {
      arrive({import(star).file, member.name, star, origin});
    }
  }

  // Stars in a circle end it: a name that has arrived once doesn't leave again.
  void arrive(const StarName& brought) {
    std::uint32_t& place = places_[NameFacts::key(brought.file, brought.name)];
    if (place == 0) {
      brought_.push_back(brought);
      place = static_cast<std::uint32_t>(brought_.size());
      arrived_.push_back({brought.file, brought.name});
    } else if (import(brought.star).bstart > import(brought_[place - 1].star).bstart) {
      brought_[place - 1] = brought;
    }
  }

  [[nodiscard]] const NameFacts::Import& import(ProgramIndex index) const {
    return facts_.imports[static_cast<std::size_t>(index)];
  }

  const NameFacts& facts_;
  const AllNames& all_;
  std::vector<std::vector<ProgramIndex>> stars_of_;  // by the module that they take from
  std::vector<ModuleMember> arrived_;                // and has not left
  std::vector<StarName> brought_;
  FlatMap<std::uint32_t> places_;  // one more than that in brought_, by file and name
};

}  // namespace

std::vector<StarName> star_names(const NameFacts& facts, std::span<const ImportTarget> targets,
                                 const AllNames& all, std::span<const ModuleMember> bound) {
  return StarTravel(facts, targets, all).run(bound);
}

}  // namespace alluvium::code
