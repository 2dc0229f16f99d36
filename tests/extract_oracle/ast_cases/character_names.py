'''A module, \N{MICRO SIGN}, \\N{MICRO SIGN} and \\\N{MICRO SIGN}.'''


class Prefix:
    """Short (\N{MICRO SIGN}) and (\N{GREEK SMALL LETTER MU}), \N{SNOWMAN}\N{SNOWMAN}\N{snowman}.

    \N{Latin Small Letter E With Acute}, \N{BELL}, \N{HYPHEN-MINUS}, \N{TIBETAN LETTER -A}
    """

    def aliases(self):
        "\N{NULL}\N{BEL}\N{ESCAPE}\N{LINE FEED}\N{nbsp}\N{ZWJ}\N{BYTE ORDER MARK}\N{VS16}"

    def corrected(self):
        "\N{LATIN CAPITAL LETTER OI} \N{LATIN CAPITAL LETTER GHA}"

    def beyond_the_first_plane(self):
        "\N{PILE OF POO} \N{NUSHU CHARACTER-1B170} \N{VARIATION SELECTOR-256}"

    def syllables(self):
        "\N{HANGUL SYLLABLE GA}\N{HANGUL SYLLABLE A}\N{HANGUL SYLLABLE SSYAELB}\N{HANGUL SYLLABLE HIH}"

    def ideographs(self):
        """\N{CJK UNIFIED IDEOGRAPH-3400}\N{CJK UNIFIED IDEOGRAPH-4E00}
        \N{CJK UNIFIED IDEOGRAPH-2EE5D}\N{CJK COMPATIBILITY IDEOGRAPH-F900}"""


def joined():
    ("one \N{MICRO SIGN}" r"two \N{MICRO SIGN}"
     u'three \N{MICRO SIGN}\
 four')


def raw():
    r"""\N{MICRO SIGN} \N{no name} \N"""


async def raw_capital():
    R'\N{MICRO SIGN}'


def bytes_are_none():
    b"\N{MICRO SIGN} \N{no name}"


def f_strings_are_none():
    f"\N{MICRO SIGN}"


def braces():
    "{\N{LEFT CURLY BRACKET}} \\N{} N{SNOWMAN}"
