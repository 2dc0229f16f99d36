"""The functions of a Python file, by the lines of their bodies."""

import ast


class Functions:
    """names: by the line of `def`.
    first_lines: of decorators, to the line of `def`.
    of_line: the innermost function whose body a line is in. Decorators and defaults run where a
    function is defined, so they are of the function around. So is a function on one line: that it
    ran can't be told from lines.
    """

    def __init__(self, source):
        self.names, self.first_lines, self.of_line = {}, {}, {}
        self._visit(ast.parse(source), "")

    def _visit(self, node, around):
        for child in ast.iter_child_nodes(node):
            inside = around
            if isinstance(child, ast.ClassDef):
                inside = f"{around}{child.name}."
            elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self._add(child, around)
                inside = f"{around}{child.name}.<locals>."
            self._visit(child, inside)

    def _add(self, function, around):
        line, body = function.lineno, function.body[0].lineno
        self.names[line] = around + function.name
        self.first_lines[min([line, *(each.lineno for each in function.decorator_list)])] = line
        if body > line:
            # What is around was added before.
            self.of_line.update(dict.fromkeys(range(body, function.end_lineno + 1), line))
