"""Arguments in all the shapes that calls can have them in."""

f()
f(a)
f(a, b=1)
f(*a, **k)
f(*a, *b, c, d=1, *e, **k, g=2, **m)
f((a))
f(((a)), (b, c), ())
f((yield_), *(a), **(k), k=(b))
f(* a, ** k, x = 1)
f(x for x in y)
f((x for x in y))
f((x for x in y), 1)
f([x for x in y], {x: y for x in y})
f(x := 1)
f((x := 1))
f(*a or b, **c if d else e)
f(*a.b, *a[0], *a(), *a(b)(c), *a + b, *not_, *-x, *a < b, *a and b)
f(**a.b, **a[0], **a(), **a(b)(c), **a | b, **a if b else c)
f(lambda: 1, lambda *a, **k: (a, k), key=lambda x: x)
f(*lambda: 1, **lambda: 2)
f(await_, not a, -a, ~a, a ** b, a * b, a**b, a*b)
f("text" "joined", f"{a}" "b", b"bytes", ...)
f(
    a,  # a comment
    # another
    b = (  # inside
        1
    ),
)
f(a,)
f(a \
  , b)
f(g(h(i(1), j=2), *k), **l(m=3))(n)(o=p)
f(print, print=print)
f(match=1, case=2, type=3, _=4, async_=5)
f("a very long text that is cut where it is longer than what is shown of an argument in the tables, which is this")
f(é="ü", ü=é)
f(ﬁ=1)
print(a, file=b)
print >> x, y
[*f(x), *g(y=1)]
{**f(x)}
print(*f(x), **g(y))
@decorate(a, b=1)
class C(Base(1), metaclass=Meta(x=2)):
    x = super().__init__(*args, **kwargs)


async def h():
    f(await g(1), await_=await h(*a))
    yield f((yield), (yield x))
    return f(*(await a), **(await b))
