"""Decodes SCIP indexes with nothing but protobuf's wire format, independently of the program."""


class Occurrence:
    def __init__(self):
        self.range = []
        self.symbol = ""
        self.roles = 0
        self.enclosing_range = []

    def four(self):
        """The range as start line, start column, end line, end column."""
        return four(self.range)


class Symbol:
    def __init__(self):
        self.symbol = ""
        self.documentation = []
        self.relationships = []


class Document:
    def __init__(self):
        self.path = ""
        self.occurrences = []
        self.symbols = []


def four(numbers):
    if len(numbers) == 3:
        return (numbers[0], numbers[1], numbers[0], numbers[2])
    return tuple(numbers)


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(data):
    """(number, value) of each field; a value is a number or bytes."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 2:
            size, at = varint(data, at)
            value = data[at : at + size]
            if len(value) < size:
                raise ValueError("cut off")
            at += size
        else:
            raise ValueError(f"a SCIP index has no fields of wire type {kind}")
        yield key >> 3, value


def packed(data):
    at, values = 0, []
    while at < len(data):
        value, at = varint(data, at)
        values.append(value)
    return values


def occurrence(data):
    result = Occurrence()
    for number, value in fields(data):
        if number == 1:
            result.range = packed(value)
        elif number == 2:
            result.symbol = value.decode()
        elif number == 3:
            result.roles = value
        elif number == 7:
            result.enclosing_range = packed(value)
    return result


def relationship(data):
    symbol, flags = "", [False] * 4
    for number, value in fields(data):
        if number == 1:
            symbol = value.decode()
        else:
            flags[number - 2] = bool(value)
    return (symbol, *flags)


def symbol(data):
    result = Symbol()
    for number, value in fields(data):
        if number == 1:
            result.symbol = value.decode()
        elif number == 3:
            result.documentation.append(value.decode())
        elif number == 4:
            result.relationships.append(relationship(value))
    return result


def document(data):
    result = Document()
    for number, value in fields(data):
        if number == 1:
            result.path = value.decode()
        elif number == 2:
            result.occurrences.append(occurrence(value))
        elif number == 3:
            result.symbols.append(symbol(value))
    return result


def index(data):
    """(documents, external symbols)"""
    documents, external = [], []
    for number, value in fields(data):
        if number == 2:
            documents.append(document(value))
        elif number == 3:
            external.append(symbol(value))
    return documents, external
