"""Annotations that stay text: the names in them are in no scope."""
from __future__ import division, annotations

a: b = c
(d): e = f
g.h: i = j


def k(l: m = n, *o: p, q: r = s, **t: u) -> v:
    w: x
    y: (lambda: z) = aa
    return [ab for ac in ad]


class AE(AF):
    ag: ah
    ai: [aj for aj in ak] = al

    def am(self, an: AE) -> AE:
        self.ao: ap = 1


def generic[T: bound](a: T, b: other = T2) -> T:
    c: T
    type Alias = T


outside: [(am := an) for an in ao]


def binds_outside():
    ap: [(aq := ar) for ar in ao]
