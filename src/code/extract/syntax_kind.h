#pragma once

#include <cstdint>

// The node types and fields of tree-sitter's Python grammar that mean something to extraction.
// Each name is spelled as in the grammar.

#define ALLUVIUM_SYNTAX_KINDS(X) \
  X(aliased_import)              \
  X(argument_list)               \
  X(as_pattern)                  \
  X(as_pattern_target)           \
  X(assignment)                  \
  X(attribute)                   \
  X(augmented_assignment)        \
  X(await)                       \
  X(binary_operator)             \
  X(block)                       \
  X(boolean_operator)            \
  X(call)                        \
  X(case_clause)                 \
  X(case_pattern)                \
  X(chevron)                     \
  X(class_definition)            \
  X(class_pattern)               \
  X(comment)                     \
  X(concatenated_string)         \
  X(conditional_expression)      \
  X(constrained_type)            \
  X(decorated_definition)        \
  X(decorator)                   \
  X(default_parameter)           \
  X(delete_statement)            \
  X(dictionary)                  \
  X(dictionary_comprehension)    \
  X(dictionary_splat)            \
  X(dictionary_splat_pattern)    \
  X(dotted_name)                 \
  X(elif_clause)                 \
  X(else_clause)                 \
  X(except_clause)               \
  X(expression_list)             \
  X(expression_statement)        \
  X(finally_clause)              \
  X(float_)                      \
  X(for_in_clause)               \
  X(for_statement)               \
  X(function_definition)         \
  X(future_import_statement)     \
  X(generator_expression)        \
  X(generic_type)                \
  X(global_statement)            \
  X(identifier)                  \
  X(if_statement)                \
  X(import_from_statement)       \
  X(import_prefix)               \
  X(import_statement)            \
  X(integer)                     \
  X(interpolation)               \
  X(keyword_argument)            \
  X(keyword_pattern)             \
  X(keyword_separator)           \
  X(lambda)                      \
  X(lambda_parameters)           \
  X(line_continuation)           \
  X(list)                        \
  X(list_comprehension)          \
  X(list_pattern)                \
  X(list_splat)                  \
  X(list_splat_pattern)          \
  X(match_statement)             \
  X(member_type)                 \
  X(module)                      \
  X(named_expression)            \
  X(nonlocal_statement)          \
  X(pair)                        \
  X(parameters)                  \
  X(parenthesized_expression)    \
  X(parenthesized_list_splat)    \
  X(pattern_list)                \
  X(print_statement)             \
  X(relative_import)             \
  X(return_statement)            \
  X(set)                         \
  X(set_comprehension)           \
  X(splat_pattern)               \
  X(splat_type)                  \
  X(string)                      \
  X(string_content)              \
  X(string_end)                  \
  X(string_start)                \
  X(subscript)                   \
  X(try_statement)               \
  X(tuple)                       \
  X(tuple_pattern)               \
  X(type)                        \
  X(type_alias_statement)        \
  X(type_parameter)              \
  X(typed_default_parameter)     \
  X(typed_parameter)             \
  X(union_type)                  \
  X(while_statement)             \
  X(wildcard_import)             \
  X(with_statement)              \
  X(yield)

#define ALLUVIUM_SYNTAX_FIELDS(X) \
  X(alias)                        \
  X(alternative)                  \
  X(arguments)                    \
  X(attribute)                    \
  X(body)                         \
  X(condition)                    \
  X(consequence)                  \
  X(definition)                   \
  X(function)                     \
  X(left)                         \
  X(module_name)                  \
  X(name)                         \
  X(object)                       \
  X(operator_)                    \
  X(parameters)                   \
  X(return_type)                  \
  X(right)                        \
  X(superclasses)                 \
  X(type)                         \
  X(type_parameters)              \
  X(value)

namespace alluvium::code {

enum class SyntaxKind : std::uint8_t {
  other,  ///< Any other named node.
  token,  ///< A keyword, an operator or a bracket.
  async_keyword,
  plus_operator,
  print_keyword,
  error,  ///< Text that fits nowhere.
#define ALLUVIUM_DECLARE(name) name,
  ALLUVIUM_SYNTAX_KINDS(ALLUVIUM_DECLARE)
#undef ALLUVIUM_DECLARE
};

enum class SyntaxField : std::uint8_t {
  none,
#define ALLUVIUM_DECLARE(name) name,
  ALLUVIUM_SYNTAX_FIELDS(ALLUVIUM_DECLARE)
#undef ALLUVIUM_DECLARE
};

}  // namespace alluvium::code
