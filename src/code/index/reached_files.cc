#include "code/index/reached_files.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <list>
#include <set>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "code/identity/name_spread.h"
#include "code/index/added_modules.h"
#include "code/resolve/lookups.h"

namespace alluvium::code {
namespace {

/// Names of so many are resolved in no time.
constexpr std::size_t kManyFiles = 400;
/// In which files are found that use names of what is made of what differs.
constexpr int kMostRounds = 16;

std::size_t at(ProgramIndex index) { return static_cast<std::size_t>(index); }

bool uses(const FileLinks& links, const NameSet& names) {
  return links.has_star ||
         std::ranges::any_of(links.mentions, [&](NameHash name) { return names.contains(name); });
}

class Search {
 public:
  explicit Search(const ChangedFiles& files)
      : files_(files), graph_(files.before), readers_(graph_.none()), reached_{graph_.none(), {}} {}

  std::optional<ReachedFiles> find() {
    if (!compare() || !look_for_added()) return std::nullopt;
    if (LinkGraph::count(readers_) > 0) graph_.add_their_readers(readers_);
    // More rounds would be a long chain of files: then all of it is taken.
    for (int round = 0; !is_seen_by_all_ && add_who_uses(); ++round) {
      if (round == kMostRounds) is_seen_by_all_ = true;
    }
    if (is_seen_by_all_) LinkGraph::add(readers_, reached_.files);
    return std::move(reached_);
  }

 private:
  /// A reached file, as it is now.
  struct Reached {
    Reached(std::string_view packed, const std::set<StableId>& changed)
        : interface(unpacked(packed)), spread(interface, changed) {}
    static FileInterface unpacked(std::string_view packed) {
      FileInterface made;
      made.read(packed);
      return made;
    }

    const FileInterface interface;
    NameSpread spread;
  };

  /// Looks at how the files changed; false where what that reaches can't be told.
  bool compare() {
    const PackedInterfaces& before = keep(files_.states.filter(is_of("file_id", files_.changed)));
    const PackedInterfaces& now = keep(files_.interfaces);
    for (const std::string& id : united(files_.changed, files_.added)) {
      const ProgramIndex place = graph_.find(id);
      const bool is_added = std::ranges::binary_search(files_.added, id);
      if (place == kNowhere || before.of(id).empty() != is_added || now.of(id).empty()) {
        return false;
      }
      const FileInterface old = is_added ? FileInterface() : Reached::unpacked(before.of(id));
      std::optional<InterfaceChange> change = change_between(old, Reached::unpacked(now.of(id)));
      if (!change || (graph_.links(at(place)).is_plugin && change->any())) return false;
      read_.emplace_back(now.of(id), change->definitions);
      names_.insert(change->names.begin(), change->names.end());
      is_seen_by_all_ = is_seen_by_all_ || change->is_seen_by_all;
      reached_.files[at(place)] = true;
      readers_[at(place)] = change->any();
      reached_.changed.push_back({at(place), *std::move(change)});
    }
    return true;
  }

  /// Reaches the files that may find an added one; false where that can't be told.
  bool look_for_added() {
    if (files_.added.empty()) return true;
    const std::optional<AddedModules> added =
        added_modules(files_.session, files_.added, files_.interrupt);
    if (!added) return false;
    const auto is_one_of = [](const std::vector<NameHash>& names, const NameSet& set) {
      return std::ranges::any_of(names, [&](NameHash name) { return set.contains(name); });
    };
    FileIds more;
    for (std::size_t i = 0; i < graph_.size(); ++i) {
      const FileLinks& links = graph_.links(i);
      if (!is_one_of(links.sought, added->sought) && !is_one_of(links.mentions, added->mentioned)) {
        continue;
      }
      readers_[i] = true;
      if (reached_.files[i]) continue;
      reached_.files[i] = true;
      more.push_back(graph_.file_id(i));
    }
    read(more);
    // What they import may be something else, whatever that has.
    for (const Reached& each : read_) {
      for (const FileInterface::Import& import : each.interface.imports) {
        if (import.bound_name == kNoText) continue;
        names_.insert(name_hash(each.interface.texts[import.bound_name]));
      }
    }
    names_.insert(added->mentioned.begin(), added->mentioned.end());
    return true;
  }

  void read(const FileIds& files) {
    if (files.empty()) return;
    const PackedInterfaces& interfaces = keep(interfaces_now(files_, files));
    for (const std::string& id : files) {
      const std::string_view packed = interfaces.of(id);
      if (!packed.empty()) read_.emplace_back(packed, std::set<StableId>());
    }
  }

  /// Reaches the readers that use one of the names, and adds the names of what is made of one.
  /// Returns whether there were some.
  bool add_who_uses() {
    FileIds more;
    for (std::size_t i = 0; i < graph_.size(); ++i) {
      if (!readers_[i] || reached_.files[i] || !uses(graph_.links(i), names_)) continue;
      reached_.files[i] = true;
      more.push_back(graph_.file_id(i));
    }
    if (are_most_files(LinkGraph::count(reached_.files), graph_.size())) return false;
    read(more);
    bool has_grown = false;
    for (Reached& each : read_) {
      const NameSpread::Found found = each.spread.take(names_);
      is_seen_by_all_ = is_seen_by_all_ || found.is_seen_by_all;
      has_grown = has_grown || found.has_more;
    }
    return has_grown;
  }

  const PackedInterfaces& keep(const DataFrame& rows) {
    return kept_.emplace_back(rows, files_.interrupt);
  }

  const ChangedFiles& files_;
  const LinkGraph& graph_;
  LinkGraph::Files readers_;  // of files in which others can see that something differs
  ReachedFiles reached_;
  NameSet names_;
  bool is_seen_by_all_ = false;
  std::list<Reached> read_;
  std::list<PackedInterfaces> kept_;  // what is viewed
};

/// How many definitions there are of a name.
struct Counts {
  std::size_t before = 0;
  std::size_t now = 0;
};

/// The names that mean something else to who knows nothing else than the name.
std::unordered_set<std::uint64_t> other_meanings(const LinkGraph& before,
                                                 const ResolvedNames& names,
                                                 const ReachedFiles& reached) {
  std::unordered_map<std::uint64_t, Counts> counts;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!reached.files[i]) continue;
    std::vector<FileLinks::Named> differ;
    std::ranges::set_symmetric_difference(names.links()[i].named, before.links(i).named,
                                          std::back_inserter(differ));
    for (const FileLinks::Named& each : differ) counts[each.name];
  }
  if (counts.empty()) return {};
  for (std::size_t i = 0; i < before.size(); ++i) {
    const std::vector<FileLinks::Named>& old = before.links(i).named;
    for (const FileLinks::Named& each : old) {
      if (const auto found = counts.find(each.name); found != counts.end()) ++found->second.before;
    }
    for (const FileLinks::Named& each : reached.files[i] ? names.links()[i].named : old) {
      if (const auto found = counts.find(each.name); found != counts.end()) ++found->second.now;
    }
  }
  std::unordered_set<std::uint64_t> other;
  for (const auto& [name, count] : counts) {
    if (std::min(count.before, count.now) <= kMostCandidates) other.insert(name);
  }
  return other;
}

}  // namespace

std::optional<ReachedFiles> find_reached(const ChangedFiles& files) { return Search(files).find(); }

bool add_who_asks(const LinkGraph& before, const ResolvedNames& names, ReachedFiles& reached) {
  const std::unordered_set<std::uint64_t> other = other_meanings(before, names, reached);
  if (other.empty()) return false;
  bool is_asked = false;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const bool asks = !reached.files[i] &&
                      std::ranges::any_of(before.links(i).asked,
                                          [&](std::uint64_t name) { return other.contains(name); });
    if (asks) is_asked = reached.files[i] = true;
  }
  return is_asked;
}

bool are_most_files(std::size_t files, std::size_t all) {
  return files > kManyFiles && files > all / 2;
}

}  // namespace alluvium::code
