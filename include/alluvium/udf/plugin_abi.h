#pragma once

/* What a plug-in and Alluvium say to each other: a stable C interface, with the Arrow C data
 * interface for values. A plug-in is a shared library that exports `alluvium_plugin`. It needs this
 * header and `arrow_c.h`, and neither Alluvium's library nor C++. `docs/plugins.md` shows one.
 *
 * Rules for everything below:
 *
 * - Structs that begin with `struct_size` can grow at their end: whoever fills one sets it to the
 *   `sizeof` that it was compiled with. The reader takes what lies beyond for zero, and zero always
 *   means what there was before the field. Within one ABI version nothing else changes.
 * - Declarations (all that `alluvium_plugin` leads to) belong to the plug-in, don't change, and
 * live as long as the process: a loaded plug-in is never unloaded.
 * - Text is UTF-8 that ends with a zero byte. Optional pointers are null, optional counts 0.
 * - Flags are 0 or 1.
 * - Callbacks return 0, or anything else after a failure, which they may describe with
 *   `alluvium_fail`. The query then fails with FunctionFailed, the function's name and that text.
 *   No exception, longjmp or signal may leave a callback.
 * - Callbacks don't call into Alluvium but through the `AlluviumCall` they got.
 * - What a callback is given belongs to Alluvium and is valid, unchanged, until it returns. What it
 *   gives back (`out`) belongs to Alluvium from then on, which calls its `release`, on any thread.
 *   Alluvium checks it: its shape, type, length, offsets, UTF-8 and nulls. (That a pointer leads
 *   where it should can't be checked: a plug-in is code in the process, trusted by its hash.)
 */

#include "alluvium/frame/arrow_c.h"

#ifdef __cplusplus
#include <cstddef>
#include <cstdint>
extern "C" {
#else
#include <stddef.h>
#include <stdint.h>
#endif

/* The version of this interface. It changes when something else than the end of a struct does; a
 * plug-in of another version is refused. */
#define ALLUVIUM_PLUGIN_ABI_VERSION 1

#if defined(_WIN32)
#define ALLUVIUM_PLUGIN_EXPORT __declspec(dllexport)
#else
#define ALLUVIUM_PLUGIN_EXPORT __attribute__((visibility("default")))
#endif

/* ---- Calls ---- */

/* One call of a callback: made by Alluvium, for the thread that runs the callback. */
struct AlluviumCall {
  size_t struct_size;
  /* Where a failure is described, in at most `message_size` bytes with the zero at the end. */
  char* message;
  size_t message_size;
  /* Whether the query was cancelled or is past its deadline: what loops for long asks, and returns
   * any failure. Null where Alluvium can't tell. */
  int32_t (*stop_requested)(const struct AlluviumCall* call);
};

/* Describes a failure; longer text is cut. Returns 1, for `return alluvium_fail(call, "...")`. */
static inline int32_t alluvium_fail(struct AlluviumCall* call, const char* message) {
  size_t at = 0;
  if (call->message_size == 0) return 1;
  for (; message[at] != 0 && at + 1 < call->message_size; ++at) call->message[at] = message[at];
  call->message[at] = 0;
  return 1;
}

/* The arguments of a call, one column for each; made by Alluvium. (Columns can be slices: mind
 * Arrow's `offset`.) */
struct AlluviumColumns {
  size_t struct_size;
  /* Rows that the call is about. */
  int64_t rows;
  size_t count;
  /* `count` arrays: of `rows` values, or of one value where `is_constant` says so. */
  const struct ArrowArray* const* arrays;
  /* `count` types. */
  const struct ArrowSchema* const* types;
  /* `count` flags: the array's one value holds for all rows. */
  const uint8_t* is_constant;
};

/* ---- Declarations ---- */

/* Classes of types. `EXACT` is the one type that is named beside it. */
enum {
  ALLUVIUM_TYPE_EXACT = 0,
  ALLUVIUM_TYPE_ANY = 1,
  ALLUVIUM_TYPE_INTEGER = 2,  /* signed and unsigned, of any width */
  ALLUVIUM_TYPE_NUMERIC = 3,  /* integers, floating point numbers, decimals */
  ALLUVIUM_TYPE_TEXT = 4,     /* strings in any layout */
  ALLUVIUM_TYPE_BINARY = 5,   /* bytes in any layout */
  ALLUVIUM_TYPE_TEMPORAL = 6, /* dates, times, timestamps, durations, intervals */
  ALLUVIUM_TYPE_LIST = 7,     /* lists in any layout */
  ALLUVIUM_TYPE_MAP = 8,
  ALLUVIUM_TYPE_STRUCT = 9
};

/* A type, or of a parameter a class of types. Never grows.
 *
 * A parameter of an exact type gets exactly that type and layout: Alluvium converts, which for text
 * in another layout is a copy. With a class, arrays come as they are: look at `types`. */
struct AlluviumType {
  int32_t type_class;
  /* Of an exact type: its format string in the Arrow C data interface (`l` int64, `g` float64, `u`
   * string, ...), for types without parts. */
  const char* format;
  /* Of an exact type with parts: its schema. Its `release`, and those of its parts, must not be
   * null; they aren't called. Its name, flags and metadata count for nothing. */
  const struct ArrowSchema* schema;
};

struct AlluviumParameter {
  size_t struct_size;
  /* Lower-case letters, digits and `_`. SQL can give an argument by it: `f(x => 1)`. */
  const char* name;
  struct AlluviumType type;
  /* Optional. */
  const char* description;
  /* The argument may be left out; then those of all later parameters may too. */
  int32_t has_default;
  /* What then stands for it, as text that is read by the type: `true`, `-1`, `2.5`, `2020-01-01`.
   * Null is the null. Not for types with parts; of classes, for INTEGER, NUMERIC and TEXT. */
  const char* default_text;
};

/* A column of an aggregate's partial state. */
struct AlluviumField {
  size_t struct_size;
  const char* name;
  struct AlluviumType type;
  int32_t nullable;
};

/* What scalar and aggregate functions have in common. */
struct AlluviumDeclaration {
  size_t struct_size;
  /* As for parameters. No other function of the session may have it. */
  const char* name;
  const char* const* aliases;
  size_t alias_count;
  const struct AlluviumParameter* const* parameters;
  size_t parameter_count;
  /* The last parameter may be repeated. */
  int32_t variadic;
  /* The result's type, which is exact and one of: booleans, integers, floating point numbers,
   * strings and bytes (but views), dates, times, timestamps, durations, and lists, structs and maps
   * of these. Not read where `return_field` is given. */
  struct AlluviumType returns;
  /* Results can be null (where `null_propagating` doesn't already say so). */
  int32_t returns_nullable;
  /* Optional: the result's field, where it depends on the arguments: a struct of their fields.
   * `out` is released; what is written to it is type, nullability and metadata, with names ignored.
   * A failure makes the query invalid. Called from many threads. */
  int32_t (*return_field)(void* context, const struct ArrowSchema* arguments,
                          struct ArrowSchema* out, struct AlluviumCall* call);
  /* Documentation, optional: where references list it; what it does; a runnable SQL expression (of
   * aggregates, a query) and what that gives, as text. */
  const char* category;
  const char* description;
  const char* example;
  const char* example_result;
  /* Handed to each callback as it is. Many threads use it at once. */
  void* context;
};

enum {
  ALLUVIUM_IMMUTABLE = 0, /* Equal arguments always give equal results. */
  ALLUVIUM_STABLE = 1,    /* Within one query. */
  ALLUVIUM_VOLATILE = 2   /* Never. */
};

struct AlluviumScalarFunction {
  size_t struct_size;
  const struct AlluviumDeclaration* declaration;
  int32_t volatility;
  /* Null where one of the arguments is null. Alluvium sets these nulls: `invoke` needn't look for
   * nulls in the arguments, and its values for such rows are ignored. (What arguments hold in null
   * rows is unspecified: don't fail on it.) */
  int32_t null_propagating;
  /* Writes an array of `arguments->rows` values, of the declared type, to `out`, which is released
   * (`release` is null). Called from many threads at once, also with no rows. */
  int32_t (*invoke)(void* context, const struct AlluviumColumns* arguments, struct ArrowArray* out,
                    struct AlluviumCall* call);
};

/* An aggregate works through accumulators: each holds the states of some groups, which are numbered
 * from 0. One thread uses an accumulator at a time, but not always the same; different ones are
 * used at once. After a failure only `destroy` is called. */
struct AlluviumAggregateFunction {
  size_t struct_size;
  const struct AlluviumDeclaration* declaration;
  /* The columns of a partial state: the same for all calls, or ... */
  const struct AlluviumField* const* states;
  size_t state_count;
  /* ... as they follow from the arguments (a struct of their fields): writes a struct to `out`. */
  int32_t (*state_fields)(void* context, const struct ArrowSchema* arguments,
                          struct ArrowSchema* out, struct AlluviumCall* call);
  /* With ORDER BY in the call, rows come in that order, and it matters. */
  int32_t order_sensitive;
  /* The call may say IGNORE NULLS, which `create` gets to know. */
  int32_t null_treatment;

  /* Makes an accumulator without groups, for arguments of these fields (a struct). */
  int32_t (*create)(void* context, const struct ArrowSchema* arguments, int32_t ignore_nulls,
                    void** accumulator, struct AlluviumCall* call);
  /* Appends empty groups until there are `groups`. */
  int32_t (*grow)(void* accumulator, size_t groups, struct AlluviumCall* call);
  /* Adds rows: row i to group `groups[i]`, which is there. */
  int32_t (*update)(void* accumulator, const struct AlluviumColumns* arguments,
                    const size_t* groups, struct AlluviumCall* call);
  /* Adds partial states as `write_states` wrote them, perhaps of another accumulator: state i to
   * group `groups[i]`. */
  int32_t (*merge)(void* accumulator, const struct AlluviumColumns* states, const size_t* groups,
                   struct AlluviumCall* call);
  /* Optional, makes sliding windows fast: takes away rows that were added, the oldest first. */
  int32_t (*retract)(void* accumulator, const struct AlluviumColumns* arguments,
                     const size_t* groups, struct AlluviumCall* call);
  /* Writes the states of the first `count` groups: an array for each state field, to `out[0]`,
   * `out[1]`, ..., which are released. (On failure, what was written is released by Alluvium.) */
  int32_t (*write_states)(void* accumulator, size_t count, struct ArrowArray* out,
                          struct AlluviumCall* call);
  /* Writes the results of the first `count` groups. */
  int32_t (*write_results)(void* accumulator, size_t count, struct ArrowArray* out,
                           struct AlluviumCall* call);
  /* Forgets the first `count` groups; the others move up. */
  int32_t (*drop_first)(void* accumulator, size_t count, struct AlluviumCall* call);
  /* Bytes held, for the session's memory limit. */
  size_t (*bytes)(const void* accumulator);
  /* Called once for what `create` made. */
  void (*destroy)(void* accumulator);
};

/* ---- The plug-in ---- */

struct AlluviumPlugin {
  /* ALLUVIUM_PLUGIN_ABI_VERSION: the first field in every version. */
  uint32_t abi_version;
  size_t struct_size;
  /* Shown to users. The version is optional. */
  const char* name;
  const char* version;
  const struct AlluviumScalarFunction* const* scalars;
  size_t scalar_count;
  const struct AlluviumAggregateFunction* const* aggregates;
  size_t aggregate_count;
};

/* The one symbol that a plug-in exports. `host_abi_version` is the newest that Alluvium serves.
 * Returns null when the plug-in can't work with it. Called once in a process, before any other
 * callback. */
ALLUVIUM_PLUGIN_EXPORT const struct AlluviumPlugin* alluvium_plugin(uint32_t host_abi_version);

#ifdef __cplusplus
} /* extern "C" */
#endif
