// What annotations tell of values, as nodes of the tree and as text.

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "code/extract/value_shapes.h"

namespace alluvium::code {
namespace {

/// What `name[A, ..., Z]` tells, beside that it is an instance of `name`.
enum class Generic : std::uint8_t {
  Nothing,
  IsFirst,     ///< It is an A instead.
  IsLast,      ///< It is, or will be once it is awaited, a Z instead.
  IsAny,       ///< It is one of them instead.
  IsClass,     ///< It is the class A, or one that is derived from it, instead.
  HoldsFirst,  ///< Its items are As.
  HoldsLast,   ///< Its items are Zs.
  GivesLast,   ///< Calling it gives a Z.
};

struct NamedGeneric {
  std::string_view name;
  Generic meaning;
};

Generic generic(std::string_view name) {
  using enum Generic;
  static constexpr auto kGenerics = std::to_array<NamedGeneric>({
      {"AbstractAsyncContextManager", HoldsFirst},
      {"AbstractContextManager", HoldsFirst},
      {"AbstractSet", HoldsFirst},
      {"Annotated", IsFirst},
      {"AsyncContextManager", HoldsFirst},
      {"AsyncGenerator", HoldsFirst},
      {"AsyncIterable", HoldsFirst},
      {"AsyncIterator", HoldsFirst},
      {"Awaitable", IsLast},
      {"Callable", GivesLast},
      {"ClassVar", IsFirst},
      {"Collection", HoldsFirst},
      {"ContextManager", HoldsFirst},
      {"Coroutine", IsLast},
      {"DefaultDict", HoldsLast},
      {"Deque", HoldsFirst},
      {"Dict", HoldsLast},
      {"Final", IsFirst},
      {"FrozenSet", HoldsFirst},
      {"Generator", HoldsFirst},
      {"Iterable", HoldsFirst},
      {"Iterator", HoldsFirst},
      {"List", HoldsFirst},
      {"Mapping", HoldsLast},
      {"MutableMapping", HoldsLast},
      {"MutableSequence", HoldsFirst},
      {"MutableSet", HoldsFirst},
      {"NotRequired", IsFirst},
      {"Optional", IsFirst},
      {"OrderedDict", HoldsLast},
      {"ReadOnly", IsFirst},
      {"Required", IsFirst},
      {"Sequence", HoldsFirst},
      {"Set", HoldsFirst},
      {"Tuple", HoldsFirst},
      {"Type", IsClass},
      {"Union", IsAny},
      {"defaultdict", HoldsLast},
      {"deque", HoldsFirst},
      {"dict", HoldsLast},
      {"frozenset", HoldsFirst},
      {"list", HoldsFirst},
      {"set", HoldsFirst},
      {"tuple", HoldsFirst},
      {"type", IsClass},
  });
  static_assert(std::ranges::is_sorted(kGenerics, {}, &NamedGeneric::name));
  const auto found = std::ranges::lower_bound(kGenerics, name, {}, &NamedGeneric::name);
  return found != kGenerics.end() && found->name == name ? found->meaning : Nothing;
}

/// Whether a type alone leaves it to the value what it is.
bool leaves_open(std::string_view name) {
  return name == "Any" || name == "ClassVar" || name == "Final" || name == "TypeAlias";
}

std::string_view last_part(std::string_view dotted) { return dotted.substr(dotted.rfind('.') + 1); }

bool is_in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_dotted_name(std::string_view text) {
  return !text.empty() && (text[0] < '0' || text[0] > '9') && std::ranges::all_of(text, is_in_name);
}

}  // namespace

ValueShapes::Shape ValueShapes::annotated(NodeIndex type, ScopeId scope) {
  return of_annotation(type, scope, 0);
}

ValueShapes::Shape ValueShapes::of_type(std::string_view name, Shape named) {
  return leaves_open(last_part(name)) ? kNone : instance(named);
}

ValueShapes::Shape ValueShapes::of_generic(std::string_view name, Shape named,
                                           std::span<const Shape> parameters) {
  const Generic meaning = generic(last_part(name));
  if (meaning == Generic::Nothing || parameters.empty()) return of_type(name, named);
  const Shape first = parameters.front();
  const Shape last = parameters.back();
  switch (meaning) {
    case Generic::Nothing:
      break;
    case Generic::IsFirst:
      return first;
    case Generic::IsLast:
      return last;
    case Generic::IsAny: {
      Shape either = kNone;
      for (const Shape parameter : parameters) either = either_of(either, parameter);
      return either;
    }
    case Generic::IsClass:
      return class_of(first);
    case Generic::HoldsFirst:
      return either_of(instance(named), add(ValueKind::Container, first));
    case Generic::HoldsLast:
      return either_of(instance(named), add(ValueKind::Container, last));
    case Generic::GivesLast:
      return either_of(instance(named), add(ValueKind::Callable, last));
  }
  return kNone;
}

ValueShapes::Shape ValueShapes::of_annotation(NodeIndex node, ScopeId scope, int depth) {
  const SyntaxTree& tree = extraction_.tree;
  if (node == kNoNode || depth > kDeepest) return kNone;
  const std::string_view text = tree.text(node);
  switch (tree[node].kind) {
    case SyntaxKind::type:
    case SyntaxKind::parenthesized_expression:
      return of_annotation(tree.first_named(node), scope, depth + 1);
    case SyntaxKind::identifier:
    case SyntaxKind::attribute:
      return of_type(text, of(node, scope, depth + 1));
    case SyntaxKind::member_type:
      return is_dotted_name(text) ? of_type(text, of_dotted(text, scope)) : kNone;
    case SyntaxKind::string: {
      const auto quote = text.find_first_of("'\"");
      return quote == text.npos ? kNone : of_text_annotation(text.substr(quote), scope);
    }
    case SyntaxKind::call:
      return instance(of(node, scope, depth + 1));
    case SyntaxKind::binary_operator:
    case SyntaxKind::union_type:
    case SyntaxKind::tuple: {
      Shape either = kNone;
      for (const NodeIndex child : tree.children(node)) {
        if (!tree[child].named || tree.is_extra(child)) continue;
        either = either_of(either, of_annotation(child, scope, depth + 1));
      }
      return either;
    }
    case SyntaxKind::subscript:
    case SyntaxKind::generic_type:
      return of_annotation_parts(node, scope, depth);
    default:
      return kNone;
  }
}

bool ValueShapes::is_union(NodeIndex head) const {
  if (head == kNoNode) return false;
  const std::string_view name = last_part(extraction_.tree.text(head));
  return name == "Optional" || name == "Union";
}

/// Of `head[A, B]`, however the grammar sees it.
ValueShapes::Shape ValueShapes::of_annotation_parts(NodeIndex node, ScopeId scope, int depth) {
  const SyntaxTree& tree = extraction_.tree;
  const NodeIndex head = tree.first_named(node);
  if (head == kNoNode) return kNone;
  const std::string_view name = tree.text(head);
  const Shape named = of(head, scope, depth + 1);
  if (generic(last_part(name)) == Generic::Nothing) return of_type(name, named);
  NodeIndex around = second_named(node);
  if (around == kNoNode || tree[around].kind != SyntaxKind::type_parameter) around = node;
  std::vector<Shape> parameters;
  for (const NodeIndex child : tree.children(around)) {
    if (child == head || !tree[child].named || tree.is_extra(child)) continue;
    parameters.push_back(of_annotation(child, scope, depth + 1));
  }
  return of_generic(name, named, parameters);
}

/// A type that is written as text, such as `Optional[A]` or `list[A | None]`. What doesn't look
/// like a type has no shape.
class ValueShapes::AnnotationText {
 public:
  AnnotationText(ValueShapes& shapes, ScopeId scope, std::string_view text)
      : shapes_(shapes), scope_(scope), left_(text) {}

  Shape whole() {
    const Shape shape = either(0);
    return is_type_ && next() == '\0' ? shape : kNone;
  }

 private:
  /// The next character that means something, or 0 at the end. (Quotes within quotes are of types
  /// that are named before they are defined.)
  char next() {
    left_.remove_prefix(std::min(left_.find_first_not_of(" \t\r\n\\'\""), left_.size()));
    return left_.empty() ? '\0' : left_.front();
  }

  bool take(char c) {
    if (next() != c) return false;
    left_.remove_prefix(1);
    return true;
  }

  Shape either(int depth) {
    Shape shape = one(depth);
    while (is_type_ && take('|')) shape = shapes_.either_of(shape, one(depth));
    return shape;
  }

  Shape one(int depth) {
    is_type_ = is_type_ && depth <= kDeepest;
    if (!is_type_) return kNone;
    if (take('[')) {  // what a Callable takes
      parameters(depth);
      return kNone;
    }
    next();
    const auto end = std::ranges::find_if_not(left_, is_in_name) - left_.begin();
    const std::string_view name = left_.substr(0, static_cast<std::size_t>(end));
    left_.remove_prefix(name.size());
    if (name == "..." || name == "None") return kNone;
    if (!is_dotted_name(name)) {
      is_type_ = false;
      return kNone;
    }
    const Shape named = shapes_.of_dotted(name, scope_);
    return take('[') ? shapes_.of_generic(name, named, parameters(depth))
                     : shapes_.of_type(name, named);
  }

  /// To the bracket that closes them.
  std::vector<Shape> parameters(int depth) {
    std::vector<Shape> found;
    while (is_type_ && !take(']')) {
      found.push_back(either(depth + 1));
      if (!take(',') && next() != ']') is_type_ = false;
    }
    return found;
  }

  ValueShapes& shapes_;
  const ScopeId scope_;
  std::string_view left_;
  bool is_type_ = true;
};

ValueShapes::Shape ValueShapes::of_text_annotation(std::string_view text, ScopeId scope) {
  return AnnotationText(*this, scope, text).whole();
}

}  // namespace alluvium::code
