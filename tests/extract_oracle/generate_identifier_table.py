"""Writes src/code/extract/identifier_table.inc: the NFKC forms of single identifier characters.

Usage: generate_identifier_table.py > src/code/extract/identifier_table.inc
"""

import unicodedata

HANGUL = range(0xAC00, 0xD7A4)
SURROGATES = range(0xD800, 0xE000)


def changed_characters():
    for code in range(0x80, 0x110000):
        if code in SURROGATES or code in HANGUL:
            continue
        form = unicodedata.normalize("NFKC", chr(code))
        if form != chr(code) and ("a" + form).isidentifier() and ("a" + chr(code)).isidentifier():
            yield code, form


def emit(cells):
    line = ""
    for cell in cells:
        if len(line) + len(cell) + 1 > 100:
            print(line.rstrip())
            line = ""
        line += cell + " "
    print(line.rstrip())


def main():
    runs, others = [], []
    for code, form in changed_characters():
        if len(form) > 1:
            others.append((code, form.encode()))
            continue
        target = ord(form)
        last = runs[-1] if runs else None
        if last and last[0] + last[2] == code and last[1] + last[2] == target:
            last[2] += 1
        else:
            runs.append([code, target, 1])
    print("// Made by tests/extract_oracle/generate_identifier_table.py from Unicode",
          unicodedata.unidata_version + ".")
    print("constexpr Run kRuns[] = {")
    emit(f"{{0x{code:X}, 0x{target:X}, {count}}}," for code, target, count in runs)
    print("};")
    print("constexpr Expansion kExpansions[] = {")
    emit("{0x%X, \"%s\"}," % (code, "".join(f"\\{byte:03o}" for byte in form))
         for code, form in others)
    print("};")


main()
