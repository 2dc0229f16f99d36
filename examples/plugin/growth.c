/* A plug-in in plain C: a scalar function `compound` and an aggregate `geometric_mean`. */
#include <alluvium/udf/plugin_abi.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Arrow arrays of doubles: their two buffers in one block of memory ---- */

struct Doubles {
  const void* buffers[2]; /* which rows are valid, as bits; the values */
  double values[];
};

static void release_doubles(struct ArrowArray* array) {
  free(array->private_data);
  array->release = NULL;
}

/* Returns where the values go, or null without memory. Rows are null until `set` sets them. */
static struct Doubles* make_doubles(struct ArrowArray* out, int64_t rows) {
  const size_t count = (size_t)rows;
  struct Doubles* made = calloc(1, sizeof *made + count * sizeof(double) + (count + 7) / 8);
  if (made == NULL) return NULL;
  made->buffers[0] = made->values + count;
  made->buffers[1] = made->values;
  memset(out, 0, sizeof *out);
  out->length = rows;
  out->null_count = -1; /* not counted */
  out->n_buffers = 2;
  out->buffers = made->buffers;
  out->private_data = made;
  out->release = release_doubles;
  return made;
}

static void set(struct Doubles* doubles, size_t count, size_t row, double value) {
  ((uint8_t*)(doubles->values + count))[row / 8] |= (uint8_t)(1U << (row % 8));
  doubles->values[row] = value;
}

static int is_null(const struct ArrowArray* array, int64_t row) {
  const uint8_t* valid = array->null_count == 0 ? NULL : array->buffers[0];
  const int64_t at = array->offset + row;
  return valid != NULL && (valid[at / 8] >> (at % 8) & 1) == 0;
}

/* A column of doubles, whose one value stands for all rows when it is constant. */
struct Column {
  const double* values;
  int64_t step;
};

static struct Column column(const struct AlluviumColumns* columns, size_t index) {
  const struct ArrowArray* array = columns->arrays[index];
  struct Column read = {(const double*)array->buffers[1] + array->offset,
                        columns->is_constant[index] ? 0 : 1};
  return read;
}

/* ---- compound(amount, rate, years) ---- */

static int32_t compound(void* context, const struct AlluviumColumns* arguments,
                        struct ArrowArray* out, struct AlluviumCall* call) {
  const struct Column amount = column(arguments, 0);
  const struct Column rate = column(arguments, 1);
  const struct Column years = column(arguments, 2);
  const size_t rows = (size_t)arguments->rows;
  struct Doubles* results = make_doubles(out, arguments->rows);
  (void)context;
  if (results == NULL) return alluvium_fail(call, "no memory");
  for (size_t i = 0; i < rows; ++i) {
    const int64_t row = (int64_t)i;
    set(results, rows, i,
        amount.values[row * amount.step] *
            pow(1 + rate.values[row * rate.step], years.values[row * years.step]));
  }
  return 0;
}

#define PARAMETER(id, text)                                                       \
  static const struct AlluviumParameter id = {.struct_size = sizeof(id),          \
                                              .name = #id,                        \
                                              .type = {ALLUVIUM_TYPE_EXACT, "g"}, \
                                              .description = text}
PARAMETER(amount, "What there is at the start.");
PARAMETER(rate, "What a year adds, as a fraction.");
PARAMETER(years, "How long it grows.");
PARAMETER(factor, "A positive number.");

static const struct AlluviumParameter* const compound_parameters[] = {&amount, &rate, &years};
static const struct AlluviumDeclaration compound_declaration = {
    .struct_size = sizeof compound_declaration,
    .name = "compound",
    .parameters = compound_parameters,
    .parameter_count = 3,
    .returns = {ALLUVIUM_TYPE_EXACT, "g"},
    .returns_nullable = 1,
    .category = "growth",
    .description = "What an amount grows to at compound interest.",
    .example = "compound(100, 0.1, 2)",
    .example_result = "121.00000000000001"};
static const struct AlluviumScalarFunction compound_function = {
    .struct_size = sizeof compound_function,
    .declaration = &compound_declaration,
    .volatility = ALLUVIUM_IMMUTABLE,
    .null_propagating = 1, /* so that `compound` needn't look for nulls */
    .invoke = compound};

/* ---- geometric_mean(factor) ---- */

struct Group {
  double sum_of_logs;
  double count;
};
struct Means {
  struct Group* groups;
  size_t count;
};

static int32_t create(void* context, const struct ArrowSchema* arguments, int32_t ignore_nulls,
                      void** accumulator, struct AlluviumCall* call) {
  (void)context, (void)arguments, (void)ignore_nulls;
  *accumulator = calloc(1, sizeof(struct Means));
  return *accumulator == NULL ? alluvium_fail(call, "no memory") : 0;
}

static int32_t grow(void* accumulator, size_t groups, struct AlluviumCall* call) {
  struct Means* means = accumulator;
  if (groups <= means->count) return 0;
  struct Group* larger = realloc(means->groups, groups * sizeof *larger);
  if (larger == NULL) return alluvium_fail(call, "no memory");
  memset(larger + means->count, 0, (groups - means->count) * sizeof *larger);
  means->groups = larger;
  means->count = groups;
  return 0;
}

/* Adds rows (a sign of 1) or takes them away (-1). */
static int32_t change(struct Means* means, const struct AlluviumColumns* arguments,
                      const size_t* groups, double sign, struct AlluviumCall* call) {
  const struct Column factors = column(arguments, 0);
  for (int64_t row = 0; row < arguments->rows; ++row) {
    if (is_null(arguments->arrays[0], row * factors.step)) continue;
    const double value = factors.values[row * factors.step];
    if (value <= 0) return alluvium_fail(call, "a factor isn't positive");
    means->groups[groups[row]].sum_of_logs += sign * log(value);
    means->groups[groups[row]].count += sign;
  }
  return 0;
}

static int32_t update(void* accumulator, const struct AlluviumColumns* arguments,
                      const size_t* groups, struct AlluviumCall* call) {
  return change(accumulator, arguments, groups, 1, call);
}

static int32_t retract(void* accumulator, const struct AlluviumColumns* arguments,
                       const size_t* groups, struct AlluviumCall* call) {
  return change(accumulator, arguments, groups, -1, call);
}

static int32_t merge(void* accumulator, const struct AlluviumColumns* states, const size_t* groups,
                     struct AlluviumCall* call) {
  struct Means* means = accumulator;
  const struct Column sums = column(states, 0);
  const struct Column counts = column(states, 1);
  (void)call;
  for (int64_t row = 0; row < states->rows; ++row) {
    means->groups[groups[row]].sum_of_logs += sums.values[row * sums.step];
    means->groups[groups[row]].count += counts.values[row * counts.step];
  }
  return 0;
}

static int32_t write_states(void* accumulator, size_t count, struct ArrowArray* out,
                            struct AlluviumCall* call) {
  const struct Means* means = accumulator;
  struct Doubles* sums = make_doubles(&out[0], (int64_t)count);
  struct Doubles* counts = make_doubles(&out[1], (int64_t)count);
  if (sums == NULL || counts == NULL) return alluvium_fail(call, "no memory");
  for (size_t i = 0; i < count; ++i) {
    set(sums, count, i, means->groups[i].sum_of_logs);
    set(counts, count, i, means->groups[i].count);
  }
  return 0;
}

static int32_t write_results(void* accumulator, size_t count, struct ArrowArray* out,
                             struct AlluviumCall* call) {
  const struct Means* means = accumulator;
  struct Doubles* results = make_doubles(out, (int64_t)count);
  if (results == NULL) return alluvium_fail(call, "no memory");
  for (size_t i = 0; i < count; ++i) {
    const struct Group group = means->groups[i];
    if (group.count > 0) set(results, count, i, exp(group.sum_of_logs / group.count));
  }
  return 0;
}

static int32_t drop_first(void* accumulator, size_t count, struct AlluviumCall* call) {
  struct Means* means = accumulator;
  (void)call;
  means->count -= count;
  memmove(means->groups, means->groups + count, means->count * sizeof *means->groups);
  return 0;
}

static size_t bytes(const void* accumulator) {
  return sizeof(struct Means) + ((const struct Means*)accumulator)->count * sizeof(struct Group);
}

static void destroy(void* accumulator) {
  free(((struct Means*)accumulator)->groups);
  free(accumulator);
}

static const struct AlluviumParameter* const mean_parameters[] = {&factor};
static const struct AlluviumDeclaration mean_declaration = {
    .struct_size = sizeof mean_declaration,
    .name = "geometric_mean",
    .parameters = mean_parameters,
    .parameter_count = 1,
    .returns = {ALLUVIUM_TYPE_EXACT, "g"},
    .returns_nullable = 1,
    .category = "growth",
    .description = "The n-th root of the product of n factors; null without any.",
    .example = "SELECT geometric_mean(x) FROM (VALUES (1.0), (4.0)) AS t(x)",
    .example_result = "2.0"};
static const struct AlluviumField sum_state = {
    .struct_size = sizeof sum_state, .name = "sum_of_logs", .type = {ALLUVIUM_TYPE_EXACT, "g"}};
static const struct AlluviumField count_state = {
    .struct_size = sizeof count_state, .name = "count", .type = {ALLUVIUM_TYPE_EXACT, "g"}};
static const struct AlluviumField* const mean_states[] = {&sum_state, &count_state};
static const struct AlluviumAggregateFunction mean_function = {
    .struct_size = sizeof mean_function,
    .declaration = &mean_declaration,
    .states = mean_states,
    .state_count = 2,
    .create = create,
    .grow = grow,
    .update = update,
    .merge = merge,
    .retract = retract,
    .write_states = write_states,
    .write_results = write_results,
    .drop_first = drop_first,
    .bytes = bytes,
    .destroy = destroy};

/* ---- The plug-in ---- */

static const struct AlluviumScalarFunction* const scalars[] = {&compound_function};
static const struct AlluviumAggregateFunction* const aggregates[] = {&mean_function};
static const struct AlluviumPlugin plugin = {.abi_version = ALLUVIUM_PLUGIN_ABI_VERSION,
                                             .struct_size = sizeof plugin,
                                             .name = "growth",
                                             .version = "1.0",
                                             .scalars = scalars,
                                             .scalar_count = 1,
                                             .aggregates = aggregates,
                                             .aggregate_count = 1};

const struct AlluviumPlugin* alluvium_plugin(uint32_t host_abi_version) {
  return host_abi_version >= ALLUVIUM_PLUGIN_ABI_VERSION ? &plugin : NULL;
}
