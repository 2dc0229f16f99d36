a: b = c
x: (lambda: y) = [z for z in b]


def k(l: m = n, *o: [p for p in q], q: (r for r in s) = s, **t: u) -> v:
    w: x
    z: [y for y in x]


class AE(AF):
    ag: ah
    ai: [aj for aj in ak] = al
    def am(self, an: ag) -> AE: pass
