import a, b.c.d, e as f, g.h as i
from . import j
from .k import l as m
from n import *

o: int
p: int = 1
(q): int = 2
(r): int
s.t: int = 3
u[v]: w = x
y = z = aa
ab += 1
(ac, [ad, *ae]) = af
for ag, ah in ai: pass
else: aj
with ak as al, am as (an, ao): pass
with (ap as aq, ar as at): pass
try: pass
except au as av: pass
except (aw, ax): pass
try: pass
except* ay as az: del az
del ba, (bb, bc), bd.be, bf[bg]
match bh:
    case bi: pass
match bj:
    case bk.bl | {"m": bm, **bn} | [bo, *bp] | BQ(br, bs=bt) as bu if bv: pass
    case BW(): pass
    case {bx.by: _, "z": bz}: pass
    case [*_] | (ca, cb): pass
    case -1 | "text" | None: pass
    case (cc): pass
print(f"{cd!r:>{ce}} {(lambda cf: cf)} {cg=}")
assert ch, ci
raise cj from ck
global cl
cl = 1


def functions(a, /, b: ann_b, *c: ann_c, d: ann_d = dd, **e: ann_e) -> ann_r:
    global g1, g2
    g1 = 1
    n1 = 1
    import os.path
    from x import y as z
    annotated: n1 = 1
    only: annotation
    (parenthesised): annotation2 = 1
    self.attribute: annotation3 = 1

    def inner():
        nonlocal n1
        n1 += 1
        global g2
        print(g1, g2)
        yield a
    del n1
    return inner


async def coroutine():
    async with a as b, c: pass
    async for d in e: await f
    try: pass
    except E as caught: lambda: caught


def conditional():
    if never: bound = 1
    return bound, [bound for _ in ()]


def rebinds(parameter):
    def parameter(): return parameter
    class parameter: pass
    import parameter
    for parameter in (): pass


@decorator(lambda: decorated)
def decorated(default=lambda: defaulted, *, kw=(lambda k: k)): pass


if (walrus := 1): pass
while chunk := read(): lambda: chunk
print(*star, **stars)
x = y = lambda: (yield)
