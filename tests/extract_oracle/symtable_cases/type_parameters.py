def generic[T, *Ts, **P](a: T, *args: *Ts, b: P = T_default, **kwargs: T) -> T:
    local: T
    return T, lambda: Ts


def bounded[T: int, S: (int, T), _: [x for x in T]](a: S = default): pass


def keyword_only[T](*, a=1): pass
def positional[T](a, b=1, *, c): pass
async def coroutine[T](*args, a: T = 1): pass


class Generic[T](Base[T], metaclass=Meta[T]):
    x: T
    def method(self) -> T: return super().method(), T
    def generic_method[U: T](self, u: U = x) -> [y for y in T]: return T, U, x, __class__
    class Inner[V](T): pass
    type Alias = T | Inner | x
    type GenericAlias[W: Alias] = list[W] | [z for z in x] | (lambda: x) | (g for g in x)


class Plain:
    name = 1
    __private = 2
    type Alias = name
    type __Alias = __private
    def method[name, T: __private](self) -> name: return name
    class Nested[__T: __private](__private): a: __T; b: __private
    def outer_name[S: outer](self): pass


class _Private[__T, __S: __T](__T, __private, key=[__T for __x in __T]):
    a: __T
    def m(self): return __T
    def g[__U](self): return __U


type Simple = int
type Generic2[T, *Ts, **P] = T | Ts | P | Simple
type Multi[
    A: (
        int
    ),
    B:
        str,
] = (
    A
)


def function():
    class Local[T]:
        type X = T | outer_local | __class__
        outer_local = 1
        def m[U](self): return outer_local
        def n[U: outer_local](self): return outer_local
    outer_local = 2
    type Rec = Rec | outer_local
    def generic[T: outer_local](a=outer_local) -> Rec: return a
    def one_global[T](): global T2; T2 = T
    return Local


def comprehension_in_a_class(left, unused):
    class C:
        type Before = left
        [left for left in ()]
        type After = left
        def generic[T: left, S: unused](a=[unused for unused in ()]): pass


type = 1
type (x).y = 2
type(x)
def type_(type): type = type; return type
