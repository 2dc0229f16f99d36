#include "code/scip/scip_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <protozero/pbf_reader.hpp>
#include <string_view>

#include "alluvium/error.h"
#include "code/repository/file_bytes.h"
#include "code/repository/interruption.h"
#include "code/repository/system_error.h"
#include "code/scip/scip_schema.h"

namespace alluvium::code {
namespace {

/// A part is decoded in memory as a whole.
constexpr std::int64_t kMostPartBytes = std::int64_t{256} << 20;

/// External symbols come one a field: so many bytes of them are one part.
constexpr std::int64_t kExternalsBytes = std::int64_t{1} << 20;

constexpr std::size_t kReadAhead = std::size_t{1} << 20;

/// A field's key and length take at most two varints.
constexpr std::size_t kMostHeaderBytes = 20;

using protozero::pbf_wire_type;
using protozero::tag_and_type;

struct FreeHash {
  void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
};

/// As `read_at`. Errors: Io.
std::size_t read_index(const FileHandle& file, const std::string& path, char* out, std::size_t size,
                       std::int64_t offset) {
  const std::optional<std::size_t> count = read_at(file, out, size, offset);
  if (!count) throw system_error("read the SCIP index", path, errno);
  return *count;
}

}  // namespace

/// One pass over an index: finds its parts and hashes its bytes.
class ScipScan {
 public:
  ScipScan(ScipFile& file, std::int64_t size, const Interrupt& interrupt)
      : file_(file), name_(file.path_.string()), size_(size), interrupt_(interrupt) {
    XXH3_128bits_reset(hash_.get());
  }

  void run() {
    try {
      while (offset() < size_) {
        throw_if_interrupted(interrupt_, "reading the SCIP index");
        read_field();
      }
    } catch (const protozero::exception&) {
      throw corrupt("what follows is no field of a SCIP index");
    }
    const XXH128_hash_t hash = XXH3_128bits_digest(hash_.get());
    file_.content_hash_ = fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
    const bool has_document = std::any_of(file_.parts_.begin(), file_.parts_.end(),
                                          [](const ScipPart& part) { return part.is_document; });
    if (!has_document) {
      throw Error(ErrorCode::InvalidArgument, "the SCIP index `" + name_ + "` has no documents",
                  false, {{"path", name_}});
    }
  }

 private:
  [[nodiscard]] std::int64_t offset() const { return window_begin_ + consumed(); }
  [[nodiscard]] std::int64_t consumed() const { return static_cast<std::int64_t>(used_); }

  /// Has the next `count` bytes in the window; false when the file ends before.
  bool fill(std::size_t count) {
    if (window_.size() - used_ >= count) return true;
    window_.erase(0, used_);
    window_begin_ += consumed();
    used_ = 0;
    const std::size_t before = window_.size();
    window_.resize(std::max(count, before + kReadAhead));
    const std::size_t added =
        read_index(file_.file_, name_, window_.data() + before, window_.size() - before,
                   window_begin_ + static_cast<std::int64_t>(before));
    window_.resize(before + added);
    XXH3_128bits_update(hash_.get(), window_.data() + before, added);
    return window_.size() >= count;
  }

  void read_field() {
    fill(kMostHeaderBytes);
    field_ = offset();
    const char* at = window_.data() + used_;
    const char* const end = window_.data() + window_.size();
    const std::uint64_t key = protozero::decode_varint(&at, end);
    const auto type = static_cast<pbf_wire_type>(key & 7U);
    std::uint64_t length = 0;
    switch (type) {
      case pbf_wire_type::varint:
        protozero::decode_varint(&at, end);
        break;
      case pbf_wire_type::fixed64:
        length = 8;
        break;
      case pbf_wire_type::fixed32:
        length = 4;
        break;
      case pbf_wire_type::length_delimited:
        length = protozero::decode_varint(&at, end);
        break;
      default:
        throw protozero::unknown_pbf_wire_type_exception();
    }
    const auto header = static_cast<std::size_t>(at - (window_.data() + used_));
    const std::int64_t left = size_ - field_ - static_cast<std::int64_t>(header);
    if (length > static_cast<std::uint64_t>(left)) {
      throw corrupt(
          fmt::format("it is cut off: the field there has {} bytes and {} are left", length, left));
    }
    if (length > static_cast<std::uint64_t>(kMostPartBytes)) {
      throw Error(ErrorCode::ResourceExhausted,
                  fmt::format("the SCIP index `{}` has a document of {} bytes, over the limit of "
                              "{}; leave its file out when indexing",
                              name_, length, kMostPartBytes),
                  false, {{"path", name_}});
    }
    const std::size_t whole = header + static_cast<std::size_t>(length);
    if (!fill(whole)) throw corrupt("the file became shorter while it was read");
    const protozero::data_view payload(window_.data() + used_ + header,
                                       static_cast<std::size_t>(length));
    used_ += whole;
    const auto number = static_cast<protozero::pbf_tag_type>(key >> 3U);
    if (type == pbf_wire_type::length_delimited) add_field(number, payload);
  }

  void add_field(protozero::pbf_tag_type number, protozero::data_view payload) {
    switch (static_cast<ScipIndexField>(number)) {
      case ScipIndexField::Metadata:
        read_metadata(payload);
        break;
      case ScipIndexField::Document:
        add_document(payload);
        break;
      case ScipIndexField::ExternalSymbol:
        add_external();
        break;
      default:
        break;
    }
  }

  void read_metadata(protozero::data_view payload) {
    protozero::pbf_message<ScipMetadataField> metadata(payload);
    while (metadata.next()) {
      if (metadata.tag_and_type() ==
          tag_and_type(ScipMetadataField::ProjectRoot, pbf_wire_type::length_delimited)) {
        file_.project_root_ = metadata.get_string();
      } else {
        metadata.skip();
      }
    }
  }

  void add_document(protozero::data_view payload) {
    ScipPart part{.offset = field_, .size = offset() - field_, .is_document = true};
    protozero::pbf_message<ScipDocumentField> document(payload);
    while (document.next()) {
      switch (document.tag_and_type()) {
        case tag_and_type(ScipDocumentField::Path, pbf_wire_type::length_delimited):
          part.path = document.get_string();
          break;
        case tag_and_type(ScipDocumentField::Language, pbf_wire_type::length_delimited):
          part.language = document.get_string();
          break;
        default:
          document.skip();
      }
    }
    file_.parts_.push_back(std::move(part));
  }

  void add_external() {
    if (!file_.parts_.empty()) {
      ScipPart& last = file_.parts_.back();
      if (!last.is_document && last.offset + last.size == field_ && last.size < kExternalsBytes) {
        last.size = offset() - last.offset;
        return;
      }
    }
    file_.parts_.push_back({.offset = field_, .size = offset() - field_});
  }

  [[nodiscard]] Error corrupt(const std::string& why) const {
    return {ErrorCode::Corruption,
            fmt::format("the SCIP index `{}` can't be read at byte {}: {}; make it again", name_,
                        field_, why),
            false,
            {{"path", name_}, {"offset", std::to_string(field_)}}};
  }

  ScipFile& file_;
  const std::string name_;
  const std::int64_t size_;
  const Interrupt& interrupt_;
  std::unique_ptr<XXH3_state_t, FreeHash> hash_{XXH3_createState()};
  std::string window_;             // bytes of the file
  std::int64_t window_begin_ = 0;  // where they are in it
  std::size_t used_ = 0;           // of window_
  std::int64_t field_ = 0;         // where the current field begins
};

ScipFile ScipFile::open(const std::filesystem::path& path, std::uint64_t max_bytes,
                        const Interrupt& interrupt) {
  ScipFile index;
  index.path_ = path;
  const std::string name = path.string();
  index.file_ = FileHandle(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status{};
  if (!index.file_ || ::fstat(index.file_.get(), &status) != 0) {
    throw system_error("open the SCIP index", name, errno);
  }
  if (!S_ISREG(status.st_mode)) {
    throw Error(ErrorCode::InvalidArgument, "the SCIP index `" + name + "` is not a regular file",
                false, {{"path", name}});
  }
  if (static_cast<std::uint64_t>(status.st_size) > max_bytes) {
    throw Error(ErrorCode::ResourceExhausted,
                fmt::format("the SCIP index `{}` has {} bytes, over the limit of {}", name,
                            status.st_size, max_bytes),
                false, {{"path", name}});
  }
  ScipScan(index, status.st_size, interrupt).run();
  return index;
}

std::string ScipFile::read(std::int64_t offset, std::int64_t size) const {
  std::string bytes(static_cast<std::size_t>(size), '\0');
  if (read_index(file_, path_.string(), bytes.data(), bytes.size(), offset) < bytes.size()) {
    throw Error(ErrorCode::Corruption,
                "the SCIP index `" + path_.string() + "` became shorter while it was read", false,
                {{"path", path_.string()}});
  }
  return bytes;
}

}  // namespace alluvium::code
