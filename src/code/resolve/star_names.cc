#include "code/resolve/star_names.h"

#include <cstddef>
#include <cstdint>

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
    for (const ModuleMember& member : bound) leave(member.file, member.name, member.file);
    // Stars in a circle end it: what has arrived once from an origin doesn't leave again.
    while (!arrived_.empty()) {
      const Arrival arrival = arrived_.back();
      arrived_.pop_back();
      leave(arrival.file, arrival.name, arrival.origin);
    }
    return std::move(brought_);
  }

 private:
  struct Arrival {
    ProgramIndex file;
    NameId name;
    ProgramIndex origin;
  };

  void leave(ProgramIndex file, NameId name, ProgramIndex origin) {
    const std::vector<ProgramIndex>& stars = stars_of_[static_cast<std::size_t>(file)];
    if (stars.empty() || !all_.is_public(file, name)) return;
    for (const ProgramIndex star : stars) arrive(star, name, origin);
  }

  void arrive(ProgramIndex star, NameId name, ProgramIndex origin) {
    const ProgramIndex file = import(star).file;
    bind({file, name, star, origin});
    std::uint32_t& way = ways_[NameFacts::key(file, static_cast<NameId>(origin))];
    if (way == 0) way = ++way_count_;
    bool& is_known = known_[NameFacts::key(static_cast<ProgramIndex>(way), name)];
    if (is_known) return;
    is_known = true;
    arrived_.push_back({file, name, origin});
  }

  void bind(const StarName& brought) {
    std::uint32_t& place = places_[NameFacts::key(brought.file, brought.name)];
    if (place == 0) {
      brought_.push_back(brought);
      place = static_cast<std::uint32_t>(brought_.size());
    } else if (goes_before(brought, brought_[place - 1])) {
      brought_[place - 1] = brought;
    }
  }

  [[nodiscard]] bool goes_before(const StarName& a, const StarName& b) const {
    const std::int64_t place = import(a.star).bstart;
    const std::int64_t other = import(b.star).bstart;
    return place != other ? place > other : file_id(a.origin) < file_id(b.origin);
  }

  [[nodiscard]] const NameFacts::Import& import(ProgramIndex index) const {
    return facts_.imports[static_cast<std::size_t>(index)];
  }
  [[nodiscard]] std::string_view file_id(ProgramIndex file) const {
    return facts_.files[static_cast<std::size_t>(file)].file_id;
  }

  const NameFacts& facts_;
  const AllNames& all_;
  std::vector<std::vector<ProgramIndex>> stars_of_;  // by the module that they take from
  std::vector<Arrival> arrived_;                     // and has not left
  FlatMap<std::uint32_t> ways_;                      // numbers, by file and origin
  std::uint32_t way_count_ = 0;
  FlatMap<bool> known_;  // by way and name
  std::vector<StarName> brought_;
  FlatMap<std::uint32_t> places_;  // one more than that in brought_, by file and name
};

}  // namespace

std::vector<StarName> star_names(const NameFacts& facts, std::span<const ImportTarget> targets,
                                 const AllNames& all, std::span<const ModuleMember> bound) {
  return StarTravel(facts, targets, all).run(bound);
}

}  // namespace alluvium::code
