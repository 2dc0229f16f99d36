/* Functions whose arguments and results the tests look at: some are wrong on purpose. */
#include <alluvium/udf/plugin_abi.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ---- Results: one block of memory, which must be released once ---- */

struct Block {
  const void* buffers[3];
  int32_t offsets[4];
  char bytes[16];
  uint8_t validity[8];
  int64_t numbers[1024];
};

static void release_block(struct ArrowArray* array) {
  free(array->private_data);
  array->release = NULL;
}

static struct Block* numbers(struct ArrowArray* out, int64_t rows) {
  struct Block* block = calloc(1, sizeof *block);
  block->buffers[1] = block->numbers;
  memset(out, 0, sizeof *out);
  out->length = rows;
  out->n_buffers = 2;
  out->buffers = block->buffers;
  out->private_data = block;
  out->release = release_block;
  return block;
}

static struct Block* text(struct ArrowArray* out, int64_t rows) {
  struct Block* block = numbers(out, rows);
  block->buffers[1] = block->offsets;
  block->buffers[2] = block->bytes;
  out->n_buffers = 3;
  return block;
}

#define FUNCTION(id)                                                            \
  static int32_t id(void* context, const struct AlluviumColumns* arguments,     \
                    struct ArrowArray* out, struct AlluviumCall* call)

FUNCTION(wrong_length) {
  (void)context, (void)call;
  numbers(out, arguments->rows + 1);
  return 0;
}
FUNCTION(no_array) {
  (void)context, (void)call, (void)arguments, (void)out;
  return 0;
}
FUNCTION(wrong_type) {
  (void)context, (void)call;
  text(out, arguments->rows);
  return 0;
}
FUNCTION(no_values) {
  (void)context, (void)call;
  numbers(out, arguments->rows)->buffers[1] = NULL;
  return 0;
}
FUNCTION(negative_offset) {
  (void)context, (void)call;
  numbers(out, arguments->rows);
  out->offset = -1;
  return 0;
}
FUNCTION(unpromised_null) {
  (void)context, (void)call;
  struct Block* block = numbers(out, arguments->rows);
  block->buffers[0] = block->validity;
  out->null_count = 0; /* a lie */
  return 0;
}
FUNCTION(wild_offsets) {
  (void)context, (void)call;
  text(out, arguments->rows)->offsets[1] = 5; /* all others are 0 */
  return 0;
}
FUNCTION(not_utf8) {
  (void)context, (void)call;
  struct Block* block = text(out, arguments->rows);
  block->offsets[1] = block->offsets[2] = block->offsets[3] = 1;
  block->bytes[0] = (char)0xff;
  return 0;
}
FUNCTION(failing) {
  (void)context, (void)arguments;
  numbers(out, 1); /* Alluvium releases it. */
  return alluvium_fail(call, "the moon is not \xff full");
}
FUNCTION(silent) {
  (void)context, (void)arguments, (void)out, (void)call;
  return 7;
}

/* ---- Arguments ---- */

/* The length of a string, which must come in the plain layout. */
FUNCTION(plain_length) {
  (void)context;
  const struct ArrowArray* array = arguments->arrays[0];
  if (strcmp(arguments->types[0]->format, "u") != 0) return alluvium_fail(call, "not plain");
  struct Block* block = numbers(out, arguments->rows);
  const int32_t* offsets = (const int32_t*)array->buffers[1] + array->offset;
  for (int64_t row = 0; row < arguments->rows; ++row) {
    const int64_t at = arguments->is_constant[0] ? 0 : row;
    block->numbers[row] = offsets[at + 1] - offsets[at];
  }
  return 0;
}
/* The type as it came. */
FUNCTION(format_of) {
  (void)context, (void)call;
  struct Block* block = text(out, arguments->rows);
  const char* format = arguments->types[0]->format;
  block->offsets[1] = (int32_t)strlen(format);
  memcpy(block->bytes, format, strlen(format));
  return 0;
}
/* What `context` leads to. */
FUNCTION(context_value) {
  (void)call;
  numbers(out, arguments->rows)->numbers[0] = *(const int64_t*)context;
  return 0;
}

static void never(struct ArrowSchema* schema) { (void)schema; }
static struct ArrowSchema item = {.format = "l", .name = "item", .flags = ARROW_FLAG_NULLABLE, .release = never};
static struct ArrowSchema* items[] = {&item};
static const struct ArrowSchema list_of_numbers = {
    .format = "+l", .n_children = 1, .children = items, .release = never};

static int32_t same_as_argument(void* context, const struct ArrowSchema* arguments,
                                struct ArrowSchema* out, struct AlluviumCall* call) {
  (void)context;
  if (arguments->n_children != 1) return alluvium_fail(call, "one argument, please");
  *out = (struct ArrowSchema){.format = strcmp(arguments->children[0]->format, "l") == 0 ? "l" : "tiM",
                              .name = "",
                              .flags = arguments->children[0]->flags,
                              .release = never};
  out->release = never;
  return 0;
}

static const struct AlluviumParameter any = {
    .struct_size = sizeof any, .name = "x", .type = {.type_class = ALLUVIUM_TYPE_ANY}};
static const struct AlluviumParameter string = {
    .struct_size = sizeof string, .name = "s", .type = {.format = "u"}, .description = "A string."};
static const struct AlluviumParameter times = {.struct_size = sizeof times,
                                               .name = "times",
                                               .type = {.format = "i"},
                                               .has_default = 1,
                                               .default_text = "-3"};
static const struct AlluviumParameter list = {.struct_size = sizeof list,
                                              .name = "list",
                                              .type = {.schema = &list_of_numbers},
                                              .has_default = 1};
static const struct AlluviumParameter* const one_any[] = {&any};
static const struct AlluviumParameter* const one_string[] = {&string};
static const struct AlluviumParameter* const with_defaults[] = {&string, &times, &list};
static const char* const aliases[] = {"context_alias"};
static int64_t answer = 42;

#define SCALAR(id, result, nullable, given, propagates, ...)                            \
  static const struct AlluviumDeclaration id##_declaration = {                          \
      .struct_size = sizeof(struct AlluviumDeclaration),                                \
      .name = #id,                                                                      \
      .parameters = given,                                                              \
      .parameter_count = COUNT(given),                                                  \
      .returns = {.format = result},                                                    \
      .returns_nullable = nullable,                                                     \
      __VA_ARGS__};                                                                     \
  static const struct AlluviumScalarFunction id##_function = {                          \
      .struct_size = sizeof(struct AlluviumScalarFunction),                             \
      .declaration = &id##_declaration,                                                 \
      .null_propagating = propagates,                                                   \
      .invoke = id};

SCALAR(wrong_length, "l", 1, one_any, 0, .category = "bad")
SCALAR(no_array, "l", 1, one_any, 0, .category = "bad")
SCALAR(wrong_type, "l", 1, one_any, 0, .category = "bad")
SCALAR(no_values, "l", 1, one_any, 0, .category = "bad")
SCALAR(negative_offset, "l", 1, one_any, 0, .category = "bad")
SCALAR(unpromised_null, "l", 0, one_any, 0, .category = "bad")
SCALAR(wild_offsets, "u", 1, one_any, 0, .category = "bad")
SCALAR(not_utf8, "u", 1, one_any, 0, .category = "bad")
SCALAR(failing, "l", 1, one_any, 0, .category = "bad")
SCALAR(silent, "l", 1, one_any, 0, .category = "bad")
SCALAR(plain_length, "l", 1, one_string, 1, .category = "good")
SCALAR(format_of, "u", 0, one_any, 0, .category = "good")
SCALAR(context_value, "l", 0, with_defaults, 0, .category = "good", .context = &answer,
       .aliases = aliases, .alias_count = 1, .variadic = 1, .example = "context_value('')")
static const struct AlluviumDeclaration derived_declaration = {
    .struct_size = sizeof derived_declaration,
    .name = "derived",
    .parameters = one_any,
    .parameter_count = 1,
    .variadic = 1,
    .return_field = same_as_argument,
    .context = &answer};
static const struct AlluviumScalarFunction derived_function = {
    .struct_size = sizeof derived_function,
    .declaration = &derived_declaration,
    .volatility = ALLUVIUM_VOLATILE,
    .invoke = context_value};

static const struct AlluviumScalarFunction* const scalars[] = {
    &wrong_length_function, &no_array_function,     &wrong_type_function,
    &no_values_function,    &negative_offset_function, &unpromised_null_function,
    &wild_offsets_function, &not_utf8_function,     &failing_function,
    &silent_function,       &plain_length_function, &format_of_function,
    &context_value_function, &derived_function};

static const struct AlluviumPlugin plugin = {.abi_version = ALLUVIUM_PLUGIN_ABI_VERSION,
                                             .struct_size = sizeof plugin,
                                             .name = "functions",
                                             .scalars = scalars,
                                             .scalar_count = COUNT(scalars)};

const struct AlluviumPlugin* alluvium_plugin(uint32_t host_abi_version) {
  (void)host_abi_version;
  return &plugin;
}
