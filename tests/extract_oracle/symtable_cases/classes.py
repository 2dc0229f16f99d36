class __:
    __private = 1
    __dunder__ = 2


class _Under:
    __private = 1
    def __method(self, __parameter): return __parameter, self.__private, __global
    import __package.module, other.__attribute
    from package import __imported, name as __alias
    class __Inner:
        __x = 1
        def f(self):
            __y = __x
            return lambda __z: __z
    try:
        pass
    except Error as __error:
        del __error
    for __i in (): pass
    def g(self):
        global __g
        __g = 1
        def h():
            nonlocal_ = 1
        __n = 1
        def k():
            nonlocal __n
            __n = 2
        return [__c for __c in ()]


class Meta(type, metaclass=other, **keywords):
    x: int
    y: str = "y"
    x = x

    def method(self):
        super().method()
        return lambda: super

    def plain(self):
        __class__ = 1
        return __class__

    class Nested:
        def method(self):
            return __class__, method, Nested

    @property
    def value(self): return self

    @value.setter
    def value(self, new): global x; x = new

    del y


def function():
    class Local:
        name = name
        def method(self): return Local, local, name
        global module_level
        module_level = 1
    local = name = 1
    class Free:
        local = local
        nonlocal name
        name = 2
        def method(self): return local
    return Local


def top():
    inner = 1
    def top(): return inner
    return top


lambda self, *args, key=default, **rest: (self, args, key, rest, free)
super
super()
def uses_super(): super
