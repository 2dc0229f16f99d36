"""Edits of one Python file. Each takes and returns text, or None where there is nothing to edit."""

import ast
import re

from generated_code import ATTRIBUTES, CLASSES, FUNCTIONS, METHODS, MODULES, VARIABLES

EDITS = []


def edit(function):
    EDITS.append(function)
    return function


def parsed(text):
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def found(code, text, *types, where=lambda node: True):
    """A random node of the text, or None."""
    tree = parsed(text)
    nodes = (
        [node for node in ast.walk(tree) if isinstance(node, types) and where(node)] if tree else []
    )
    return code.rng.choice(nodes) if nodes else None


def first_line(node):
    """Of a definition with its decorators; lines count from 0."""
    return min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))]) - 1


def in_block(node):
    """The body stands on lines of its own."""
    return node.body[0].lineno > node.lineno


def spliced(text, begin, end, lines):
    """With other lines in the place of lines begin to end."""
    all_lines = text.split("\n")
    all_lines[begin:end] = lines
    return "\n".join(all_lines)


def indented(lines, column):
    return [" " * column + line for line in lines]


FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITION = (*FUNCTION, ast.ClassDef)


def top_level_place(code, text):
    """Where a statement of the module may begin."""
    tree = parsed(text)
    if tree is None:
        return None
    return code.rng.choice([first_line(node) for node in tree.body] + [text.count("\n")])


@edit
def add_statement(code, text):
    place = top_level_place(code, text)
    return None if place is None else spliced(text, place, place, code.top_level())


@edit
def remove_statement(code, text):
    tree = parsed(text)
    if tree is None:
        return None
    blocks = [
        block
        for parent in ast.walk(tree)
        for name in ("body", "orelse", "finalbody")
        if isinstance(block := getattr(parent, name, None), list)
        and (len(block) > 1 or parent is tree)
        and block
    ]
    if not blocks:
        return None
    victim = code.rng.choice(code.rng.choice(blocks))
    return spliced(text, first_line(victim), victim.end_lineno, [])


@edit
def rename_definition(code, text):
    """Where it is defined only."""
    node = found(code, text, *DEFINITION)
    if node is None:
        return None
    old = text.split("\n")[node.lineno - 1]
    new = re.sub(rf"\b(def|class) {node.name}\b", rf"\1 {rename_target(code, node)}", old)
    return spliced(text, node.lineno - 1, node.lineno, [new])


def rename_target(code, node):
    return (
        code.any(CLASSES)
        if isinstance(node, ast.ClassDef)
        else code.any(FUNCTIONS, METHODS, ["only_run"])
    )


@edit
def edit_body(code, text):
    node = found(code, text, *FUNCTION, where=in_block)
    if node is None:
        return None
    place = code.rng.choice(node.body)
    begin, end = first_line(place), place.end_lineno
    if code.rng.random() < 0.5:
        end = begin
    return spliced(text, begin, end, indented([code.statement()], node.body[0].col_offset))


@edit
def change_signature(code, text):
    node = found(code, text, *FUNCTION)
    if node is None:
        return None
    old = text.split("\n")[node.lineno - 1]
    match = re.search(r"def \w+\((self|cls)?(, x[^,)]*)?", old)
    if not match:
        return None
    me = f"{match[1]}, " if match[1] else ""
    rest = old[match.end() :]
    comma = "" if rest[:1] in (")", ",") else ", "
    new = f"{old[: match.start()]}def {node.name}({me}{code.parameter()}{comma}{rest}"
    return spliced(text, node.lineno - 1, node.lineno, [new])


@edit
def change_return_annotation(code, text):
    node = found(code, text, *FUNCTION)
    if node is None:
        return None
    line = (node.returns.end_lineno if node.returns else node.lineno) - 1
    old = text.split("\n")[line]
    new = re.sub(r"\)\s*(->[^:]*)?:", f"){code.annotation()}:", old, count=1)
    return spliced(text, line, line + 1, [new])


@edit
def change_decorators(code, text):
    node = found(code, text, *DEFINITION)
    if node is None:
        return None
    if node.decorator_list and code.rng.random() < 0.6:
        gone = code.rng.choice(node.decorator_list)
        return spliced(text, gone.lineno - 1, gone.end_lineno, [])
    place = first_line(node)
    return spliced(text, place, place, indented([code.decorator()], node.col_offset))


@edit
def change_bases(code, text):
    node = found(code, text, ast.ClassDef)
    if node is None:
        return None
    old = text.split("\n")[node.lineno - 1]
    new = re.sub(rf"\bclass {node.name}\s*(\([^()]*\))?:", f"class {node.name}{code.bases()}:", old)
    return spliced(text, node.lineno - 1, node.lineno, [new])


@edit
def add_method(code, text):
    node = found(code, text, ast.ClassDef, where=in_block)
    if node is None:
        return None
    place = first_line(code.rng.choice(node.body))
    name = code.any(["only_run", "only_get"]) if code.rng.random() < 0.2 else None
    return spliced(
        text, place, place, indented(code.function(name, method=True), node.body[0].col_offset)
    )


@edit
def remove_method(code, text):
    node = found(code, text, ast.ClassDef, where=lambda n: in_block(n) and len(n.body) > 1)
    methods = [child for child in node.body if isinstance(child, FUNCTION)] if node else []
    if not methods:
        return None
    victim = code.rng.choice(methods)
    return spliced(text, first_line(victim), victim.end_lineno, [])


@edit
def change_class_attribute(code, text):
    node = found(code, text, ast.ClassDef, where=in_block)
    if node is None:
        return None
    place = first_line(code.rng.choice(node.body))
    line = code.rng.choice(
        [
            f"{code.any(ATTRIBUTES)} = {code.expression()}",
            f"{code.any(ATTRIBUTES)}: {code.any(CLASSES)}",
        ]
    )
    return spliced(text, place, place, indented([line], node.body[0].col_offset))


@edit
def set_attribute(code, text):
    node = found(
        code,
        text,
        *FUNCTION,
        where=lambda n: in_block(n) and n.args.args and n.args.args[0].arg == "self",
    )
    if node is None:
        return None
    place = first_line(node.body[0])
    line = f"self.{code.any(ATTRIBUTES)} = {code.any(CLASSES)}()"
    return spliced(text, place, place, indented([line], node.body[0].col_offset))


@edit
def duplicate_definition(code, text):
    """The same name again, before or after: ordinals shift."""
    node = found(code, text, *DEFINITION)
    if node is None:
        return None
    lines = text.split("\n")[first_line(node) : node.end_lineno]
    place = code.rng.choice([first_line(node), node.end_lineno])
    if code.rng.random() < 0.5:
        lines = lines + indented(["    pass"], node.col_offset)
    return spliced(text, place, place, lines)


@edit
def move_statement(code, text):
    tree = parsed(text)
    if tree is None or len(tree.body) < 2:
        return None
    number = code.rng.randrange(len(tree.body) - 1)
    first, second = tree.body[number], tree.body[number + 1]
    if first_line(second) < first.end_lineno:
        return None
    lines = text.split("\n")
    return spliced(
        text,
        first_line(first),
        second.end_lineno,
        lines[first_line(second) : second.end_lineno]
        + lines[first.end_lineno : first_line(second)]
        + lines[first_line(first) : first.end_lineno],
    )


@edit
def add_import(code, text):
    place = top_level_place(code, text)
    return None if place is None else spliced(text, place, place, [code.import_statement()])


@edit
def add_star_import(code, text):
    place = top_level_place(code, text)
    return (
        None
        if place is None
        else spliced(text, place, place, [f"from {code.any(MODULES)} import *"])
    )


@edit
def remove_import(code, text):
    tree = parsed(text)
    nodes = (
        [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        if tree
        else []
    )
    if not nodes:
        return None
    node = code.rng.choice(nodes)
    return spliced(text, node.lineno - 1, node.end_lineno, [])


@edit
def change_all(code, text):
    """Sets, extends or drops __all__."""
    lines = text.split("\n")
    places = [n for n, line in enumerate(lines) if re.match(r"__all__\s*(\+?=).*[\])]$", line)]
    if places and code.rng.random() < 0.4:
        place = code.rng.choice(places)
        return spliced(text, place, place + 1, [])
    new = code.dunder_all()
    if code.rng.random() < 0.3:
        new = new.replace("=", "+=", 1)
    if places and code.rng.random() < 0.7:
        return spliced(text, places[0], places[0] + 1, [new])
    return text + ("" if text.endswith("\n") or not text else "\n") + new + "\n"


@edit
def add_comment(code, text):
    place = top_level_place(code, text)
    return None if place is None else spliced(text, place, place, ["# A remark: é."])


@edit
def add_blank_lines(code, text):
    place = top_level_place(code, text)
    return None if place is None else spliced(text, place, place, [""] * code.rng.choice([1, 20]))


@edit
def change_line_ends(_code, text):
    return text.replace("\r\n", "\n") if "\r\n" in text else text.replace("\n", "\r\n")


@edit
def reindent(code, text):
    """A space where it means nothing."""
    node = found(code, text, ast.Call, where=lambda n: n.lineno == n.end_lineno)
    if node is None:
        return None
    line = text.split("\n")[node.lineno - 1]
    if not line.isascii():
        return None
    return spliced(
        text,
        node.lineno - 1,
        node.lineno,
        [f"{line[: node.end_col_offset - 1]} {line[node.end_col_offset - 1 :]}"],
    )


@edit
def break_syntax(code, text):
    place = top_level_place(code, text)
    return (
        None
        if place is None
        else spliced(
            text,
            place,
            place,
            [code.rng.choice(["def broken(:", "class (", "x = = 1", "'''", ")", "    y = 1"])],
        )
    )


@edit
def change_docstring(_code, text):
    tree = parsed(text)
    if tree is None:
        return None
    if ast.get_docstring(tree, clean=False) is None:
        return '"""What it is for."""\n' + text
    return spliced(text, tree.body[0].lineno - 1, tree.body[0].end_lineno, [])


@edit
def declare_global(code, text):
    node = found(code, text, *FUNCTION, where=in_block)
    if node is None:
        return None
    name = code.any(VARIABLES)
    place = first_line(node.body[0])
    return spliced(
        text,
        place,
        place,
        indented([f"global {name}", f"{name} = {code.expression()}"], node.body[0].col_offset),
    )


@edit
def guard_statement(code, text):
    """A definition of the module becomes one of two."""
    tree = parsed(text)
    nodes = [node for node in tree.body if isinstance(node, DEFINITION)] if tree else []
    if not nodes:
        return None
    node = code.rng.choice(nodes)
    lines = indented(text.split("\n")[first_line(node) : node.end_lineno], 4)
    return spliced(
        text,
        first_line(node),
        node.end_lineno,
        [
            f"if {code.any(['TYPE_CHECKING', 'LIMIT'])}:",
            *lines,
            "else:",
            *indented(
                code.function(node.name) if isinstance(node, FUNCTION) else code.class_(node.name),
                4,
            ),
        ],
    )
