xs = [x for x in range(3)]
ys = {y: z for y, z in pairs for w in y if w}
print(x_unbound, [x_unbound for _ in xs])
first, second = [used for used in xs if used], [1 for used in xs]
dictionary = {tuple(unused for unused in [1 for k in xs]): [k for k in xs], [k2 for k2 in xs][0]: [k2 + 1 for k2 in xs]}
condition = [1 for c in xs] if [c for c in xs] else [c + 1 for c in xs]
keyword = f(a=[1 for d in xs], *[d for d in xs])
nested = [[e for e in row] for row in [e + 1 for e in xs]]
order = {[1 for g in xs][0]: [g for g in xs] for h in [g + 2 for g in xs]}
closures = [lambda: i for i in xs]


def outer(p, free):
    n = [lambda: j for j in p]
    j = 1
    total = [t := v for v in p]
    lazy = (m for m in p if free)
    both = [free for _ in p]

    def inner():
        return [free + q for q in p], (lambda: [j for j in p])

    def only_lambda():
        return [(lambda: free)() for _ in p]

    return [a for a in p], [[a for a in b] for b in p], {a for a in p if (lambda: a)()}


def cells(k):
    def needs():
        return k

    [k for k in range(3)]
    [lambda: k for k in range(3)]
    return needs


def shadowed(free):
    def middle():
        one = lambda: free
        two = [lambda: free for free in one()]
        return two

    def later():
        [free for _ in ()]
        return lambda: free

    return middle, later


class C:
    a = [b for b in xs]
    c = 1
    d = [c for _ in xs]
    e = [__class__ for _ in xs]
    g = [lambda: __class__ for _ in xs]
    h = [(lambda: i) for i in xs]
    j = (k for k in xs if c)
    private = [__name for __name in xs]

    def method(self):
        return [super().method() for _ in xs], (super().x for _ in xs), [__class__ for _ in xs]


@decorate([1 for r in xs])
def defaults(p=[r for r in xs], *, q: [1 for s in xs] = [s for s in xs]):
    pass


async def asynchronous():
    return [await a async for a in b], (await a for a in b), [a async for a in (await c for c in b)]


def walrus(data):
    global declared
    [declared := x for x in data]
    (y := 1)
    return [z := x for x in data if (w := x)], [[deep := b for b in a] for a in data], lambda: [s := 1 for _ in data]


[module_walrus := x for x in xs]
genexpr = list(x for x in xs)
listcomp = [x for x in xs]
any(named := x for x in xs)


@decorate([t for t in xs])
def result() -> (lambda default=[1 for t in xs]: default):
    pass


@decorate([u for u in xs])
def annotation(p: (lambda default=[1 for u in xs]: default) = [2 for _ in xs]):
    pass
