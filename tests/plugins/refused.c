/* A plug-in with one fault, which the macro REFUSED_<fault> chooses; without one, it is right. */
#include <alluvium/udf/plugin_abi.h>
#include <stdlib.h>

#if !defined(REFUSED_no_invoke)
static int32_t invoke(void* context, const struct AlluviumColumns* arguments,
                      struct ArrowArray* out, struct AlluviumCall* call) {
  (void)context, (void)arguments, (void)out;
  return alluvium_fail(call, "never called");
}
#endif

static const struct AlluviumParameter first = {
    .struct_size = sizeof first,
    .name = "a",
#if defined(REFUSED_bad_type)
    .type = {.format = "zz?"},
#elif defined(REFUSED_type_twice)
    .type = {.type_class = ALLUVIUM_TYPE_EXACT},
#elif defined(REFUSED_unknown_class)
    .type = {.type_class = 99},
#else
    .type = {.format = "l"},
#endif
#if defined(REFUSED_bad_default)
    .has_default = 1,
    .default_text = "many",
#elif defined(REFUSED_default_order)
    .has_default = 1,
    .default_text = "1",
#endif
};
static const struct AlluviumParameter second = {
    .struct_size = sizeof second,
#if defined(REFUSED_same_parameter)
    .name = "a",
#else
    .name = "b",
#endif
#if defined(REFUSED_default_of_class)
    .type = {.type_class = ALLUVIUM_TYPE_LIST},
    .has_default = 1,
    .default_text = "1",
#else
    .type = {.format = "g"},
#if defined(REFUSED_bad_default)
    .has_default = 1,
#endif
#endif
};
static const struct AlluviumParameter* const parameters[] = {
    &first,
#if defined(REFUSED_null_parameter)
    NULL,
#else
    &second,
#endif
};

static const struct AlluviumDeclaration declaration = {
    .struct_size = sizeof declaration,
#if defined(REFUSED_null_name)
    .name = NULL,
#elif defined(REFUSED_bad_name)
    .name = "Drop Table",
#elif defined(REFUSED_engine_name)
    .name = "abs",
#else
    .name = "refused",
#endif
#if !defined(REFUSED_no_parameters)
    .parameters = parameters,
#endif
#if defined(REFUSED_variadic_nothing)
    .variadic = 1,
#else
    .parameter_count = 2,
#endif
#if defined(REFUSED_class_result)
    .returns = {.type_class = ALLUVIUM_TYPE_ANY},
#elif defined(REFUSED_view_result)
    .returns = {.format = "vu"},
#else
    .returns = {.format = "l"},
#endif
};

static const struct AlluviumScalarFunction function = {
#if defined(REFUSED_short_function)
    .struct_size = 8,
#else
    .struct_size = sizeof function,
#endif
#if !defined(REFUSED_no_declaration)
    .declaration = &declaration,
#endif
#if defined(REFUSED_bad_volatility)
    .volatility = 9,
#endif
#if !defined(REFUSED_no_invoke)
    .invoke = invoke,
#endif
};

static const struct AlluviumScalarFunction* const scalars[] = {&function, &function};

#if defined(REFUSED_half_aggregate)
static const struct AlluviumAggregateFunction half = {.struct_size = sizeof half,
                                                      .declaration = &declaration};
static const struct AlluviumAggregateFunction* const halves[] = {&half};
#endif

static const struct AlluviumPlugin plugin = {
#if defined(REFUSED_other_abi)
    .abi_version = 99,
#else
    .abi_version = ALLUVIUM_PLUGIN_ABI_VERSION,
#endif
    .struct_size = sizeof plugin,
#if !defined(REFUSED_no_plugin_name)
    .name = "refused",
#endif
#if defined(REFUSED_no_functions)
    .scalar_count = 0,
#elif defined(REFUSED_same_name)
    .scalars = scalars,
    .scalar_count = 2,
#elif defined(REFUSED_half_aggregate)
    .aggregates = halves,
    .aggregate_count = 1,
#else
    .scalars = scalars,
    .scalar_count = 1,
#endif
};

#if defined(REFUSED_no_entry)
const struct AlluviumPlugin* somewhere_else(void);
const struct AlluviumPlugin* somewhere_else(void) { (void)scalars; return &plugin; }
#else
const struct AlluviumPlugin* alluvium_plugin(uint32_t host_abi_version) {
  (void)host_abi_version, (void)scalars, (void)parameters;
#if defined(REFUSED_null_plugin)
  return NULL;
#else
  return &plugin;
#endif
}
#endif
