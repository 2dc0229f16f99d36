"""Writes the C++ source that defines what character_name_table.h declares.

Usage: embed_character_names.py UNICODE_DATA NAME_ALIASES OUTPUT

The two are files of the Unicode Character Database, whose format Unicode Standard Annex #44 tells.
"""

import sys
from pathlib import Path

# The Unicode Standard, section 4.8, table 4-8: what the names of these ranges begin with. Their
# code points follow. Other ranges have no names, or, as Hangul syllables, other rules.
PREFIXES = {
    "<CJK Ideograph": "CJK UNIFIED IDEOGRAPH-",
    "<Tangut Ideograph": "TANGUT IDEOGRAPH-",
}


def name_hash(name: str) -> int:
    """FNV-1a, as in character_name.cc."""
    value = 0x811C9DC5
    for byte in name.encode("ascii"):
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def fields(path: str) -> list[list[str]]:
    lines = (line.partition("#")[0].strip() for line in Path(path).read_text("utf-8").splitlines())
    return [line.split(";") for line in lines if line]


def main() -> None:
    data, aliases, output = sys.argv[1:]
    ranges, characters = [], {}

    def add(name: str, code: int) -> None:
        if name != name.upper():
            sys.exit(f"a name in small letters, which no question would find: {name}")
        if characters.setdefault(name_hash(name), code) != code:
            sys.exit(f"two names have one hash, which takes another function: {name}")

    first = 0
    for code, name, *_ in fields(data):
        if not name.startswith("<"):
            add(name, int(code, 16))
        elif name.endswith(", First>"):
            first = int(code, 16)
        elif name.endswith(", Last>"):
            for begin, prefix in PREFIXES.items():
                if name.startswith(begin):
                    ranges.append(f'    {{"{prefix}", 0x{first:X}, 0x{int(code, 16):X}}},\n')
    for code, name, *_ in fields(aliases):
        add(name, int(code, 16))

    rows = [f"    {{0x{key:X}, 0x{code:X}}},\n" for key, code in sorted(characters.items())]
    Path(output).write_text(
        f"""// Made from UnicodeData.txt and NameAliases.txt by embed_character_names.py.
#include "code/extract/character_name_table.h"

namespace alluvium::code {{
namespace {{

constexpr NamedRange kRanges[] = {{
{"".join(ranges)}}};

constexpr NamedCharacter kCharacters[] = {{
{"".join(rows)}}};

}}  // namespace

std::span<const NamedRange> named_ranges() {{ return kRanges; }}
std::span<const NamedCharacter> named_characters() {{ return kCharacters; }}

}}  // namespace alluvium::code
"""
    )


main()
