#include <nanoarrow/nanoarrow.h>

#include <fmt/format.h>

#include <cerrno>
#include <string>
#include <utility>

#include "alluvium/error.h"
#include "frame/arrow_schema_internal.h"

namespace alluvium {
namespace {

// Deeper types than any engine makes, and far from where recursion over a type needs much stack.
constexpr int kMaxDepth = 200;

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorCode::InvalidArgument, "Arrow schema: " + what);
}

void check(ArrowErrorCode code, const char* what) {
  if (code == NANOARROW_OK) return;
  if (code == ENOMEM) {
    throw Error(ErrorCode::ResourceExhausted, fmt::format("no memory to {}", what));
  }
  refuse(fmt::format("can't {}", what));
}

std::map<std::string, std::string> import_metadata(const char* metadata) {
  std::map<std::string, std::string> out;
  if (metadata == nullptr) return out;
  ArrowMetadataReader reader;
  check(ArrowMetadataReaderInit(&reader, metadata), "read metadata");
  ArrowStringView key;
  ArrowStringView value;
  while (ArrowMetadataReaderRead(&reader, &key, &value) == NANOARROW_OK) {
    out.emplace(std::string(key.data, static_cast<std::size_t>(key.size_bytes)),
                std::string(value.data, static_cast<std::size_t>(value.size_bytes)));
  }
  return out;
}

Field read_field(const ArrowSchema& schema, int depth);

// How many children a format calls for; -1 for any number.
int expected_children(std::string_view format) {
  if (!format.starts_with('+')) return 0;
  if (format == "+s" || format.starts_with("+u")) return -1;
  return format == "+r" ? 2 : 1;
}

DataType read_type(const ArrowSchema& schema, int depth) {
  if (depth > kMaxDepth) refuse(fmt::format("nested deeper than {} levels", kMaxDepth));
  if (schema.release == nullptr) refuse("already released");
  if (schema.format == nullptr) refuse("without a format");
  const std::string format = schema.format;
  const int expected = expected_children(format);
  if (expected >= 0 && schema.n_children != expected) {
    refuse(fmt::format("`{}` with {} children instead of {}", format, schema.n_children, expected));
  }
  std::vector<Field> children;
  for (int64_t i = 0; i < schema.n_children; ++i) {
    children.push_back(read_field(*schema.children[i], depth + 1));
  }
  DataType type(format, std::move(children));
  if (schema.dictionary == nullptr) return type;
  return DataType("dictionary",
                  {Field{.name = "index", .type = std::move(type), .nullable = false},
                   Field{.name = "value", .type = read_type(*schema.dictionary, depth + 1)}});
}

Field read_field(const ArrowSchema& schema, int depth) {
  Field field;
  field.type = read_type(schema, depth);
  field.name = schema.name == nullptr ? "" : schema.name;
  field.nullable = (schema.flags & ARROW_FLAG_NULLABLE) != 0;
  field.metadata = import_metadata(schema.metadata);
  return field;
}

// Releases on every way out, as those who hand over a schema expect.
class Releaser {
 public:
  explicit Releaser(ArrowSchema* schema) : schema_(schema) {}
  ~Releaser() {
    if (schema_->release != nullptr) schema_->release(schema_);
  }
  Releaser(const Releaser&) = delete;
  Releaser& operator=(const Releaser&) = delete;
  void keep() { schema_ = &none_; }

 private:
  ArrowSchema none_{};
  ArrowSchema* schema_;
};

void write_metadata(const std::map<std::string, std::string>& metadata, ArrowSchema* out) {
  if (metadata.empty()) return;
  ArrowBuffer buffer;
  check(ArrowMetadataBuilderInit(&buffer, nullptr), "write metadata");
  ArrowErrorCode code = NANOARROW_OK;
  for (const auto& [key, value] : metadata) {
    if (code != NANOARROW_OK) break;
    code = ArrowMetadataBuilderAppend(&buffer, {key.data(), static_cast<int64_t>(key.size())},
                                      {value.data(), static_cast<int64_t>(value.size())});
  }
  if (code == NANOARROW_OK) {
    code = ArrowSchemaSetMetadata(out, reinterpret_cast<const char*>(buffer.data));
  }
  ArrowBufferReset(&buffer);
  check(code, "write metadata");
}

void write_field(const Field& field, ArrowSchema* out, int depth);

// `out` is initialised.
void write_type(const DataType& type, ArrowSchema* out, int depth) {
  if (depth > kMaxDepth) refuse(fmt::format("nested deeper than {} levels", kMaxDepth));
  const auto& children = type.children();
  if (type.id() == DataType::Id::Dictionary) {
    if (children.size() != 2) refuse("a dictionary without index and value");
    write_type(children[0].type, out, depth + 1);
    check(ArrowSchemaAllocateDictionary(out), "allocate a dictionary");
    ArrowSchemaInit(out->dictionary);
    write_type(children[1].type, out->dictionary, depth + 1);
    check(ArrowSchemaSetName(out->dictionary, ""), "set a name");
    return;
  }
  const int expected = expected_children(type.format());
  if (expected >= 0 && children.size() != static_cast<std::size_t>(expected)) {
    refuse(fmt::format("`{}` with {} children instead of {}", type.format(), children.size(),
                       expected));
  }
  check(ArrowSchemaSetFormat(out, type.format().c_str()), "set a format");
  check(ArrowSchemaAllocateChildren(out, static_cast<int64_t>(children.size())),
        "allocate children");
  for (std::size_t i = 0; i < children.size(); ++i) {
    ArrowSchemaInit(out->children[i]);
    write_field(children[i], out->children[i], depth + 1);
  }
}

// `out` is initialised.
void write_field(const Field& field, ArrowSchema* out, int depth) {
  if (field.name.find('\0') != std::string::npos) refuse("a name with a zero byte");
  write_type(field.type, out, depth);
  check(ArrowSchemaSetName(out, field.name.c_str()), "set a name");
  out->flags = field.nullable ? ARROW_FLAG_NULLABLE : 0;
  write_metadata(field.metadata, out);
}

}  // namespace

Field import_field(ArrowSchema* schema) {
  Releaser releaser(schema);
  return read_field(*schema, 0);
}

Schema import_schema(ArrowSchema* schema) {
  Releaser releaser(schema);
  DataType type = read_type(*schema, 0);
  if (type.id() != DataType::Id::Struct) {
    refuse(fmt::format("`{}` where a struct of columns is due", type.format()));
  }
  return Schema{.fields = type.children(), .metadata = import_metadata(schema->metadata)};
}

void export_field(const Field& field, ArrowSchema* out) {
  ArrowSchemaInit(out);
  Releaser releaser(out);
  write_field(field, out, 0);
  releaser.keep();
}

void export_schema(const Schema& schema, ArrowSchema* out) {
  ArrowSchemaInit(out);
  Releaser releaser(out);
  check(ArrowSchemaSetFormat(out, "+s"), "set a format");
  check(ArrowSchemaAllocateChildren(out, static_cast<int64_t>(schema.fields.size())),
        "allocate children");
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    ArrowSchemaInit(out->children[i]);
    write_field(schema.fields[i], out->children[i], 1);
  }
  check(ArrowSchemaSetName(out, ""), "set a name");
  write_metadata(schema.metadata, out);
  releaser.keep();
}

}  // namespace alluvium
