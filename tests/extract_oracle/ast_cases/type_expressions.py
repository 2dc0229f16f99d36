"""Annotations and other types in all the places and shapes that the grammar has for them."""
from typing import Callable

plain: int
with_value: int = 1
(in_parentheses): int = 1
((twice)): (int)
text: "int"
joined: "int" " | " "str"
in_brackets: ("int")
raw: r"int"
bytes_are_none: b"int"
f_string: f"{plain}"
a_tuple: (int, str)
callable: Callable[[int, "str"], None] = print
lambda_: lambda x: x
conditional: int if plain else str
compared: int < str
dotted: a.b.c[int]
chosen: a[0].b
union: (int) | None
long: dict[  # a comment
    str,  # another
    list[ tuple[int,
                str]],
] = {}
continued: dict[str, \
                int]
very_long: tuple[int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int]
plain: str = ""

é: "ü" = 1
plain.attribute: int
plain . spaced: int = 2
plain[0]: int
plain[a : b].c()[1]: "int" = 3
f(x).y: int


def function(a: int, /, b: "str" = "", *args: int, c: (yield_), d: list[int] = [], **kwargs: "x") -> "None":
    local: int = a
    local: int
    self.x: int = 3

    def inner(a: int) -> (int): ...

    class Local:
        member: int


def function(a: str) -> str: ...


async def no_types(a, b=1, *c, **d): ...


def starred(*args: *Ts) -> tuple[*Ts]: ...


class Class:
    member: int
    other: "str" = ""

    def method(self: "Class", x: (int)=1) -> int:
        self.attribute: int = x
        self . spaced . chain [ 0 ] . end: int = x
        for i in x:
            item: int = i
        return lambda y: y

    if member:
        conditional: int = 1
    else:
        conditional: str = ""


def generic[T, U: int, V: (int, str), *Ts, **P](a: T) -> U:
    type Alias[W: "W"] = list[W]


class Generic[T: (int)](Base):
    type Member = T | None

    def method[U: T](self) -> U: ...


type Alias = int
type Text = "int"
type Recursive[T: Recursive] = (
    list[T]  # a comment
)
type(Alias).x = 1
type = 3
