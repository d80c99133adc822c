"""Letters that look like an ASCII letter, by script.

Source: the Unicode security data `confusables.txt` (UTS 39, Unicode licence), kept to single letters that read as
one ASCII letter, without letters of living alphabets that only faintly resemble one (Cyrillic ghe, Turkish dotless i).
Full-width and mathematical letters are not listed: their compatibility decomposition says the same.
"""

from __future__ import annotations

_TABLE = (
    # Armenian
    ("\u054d\u054f\u0555\u0561\u0563\u0566\u0570\u0578\u057c\u057d\u0581\u0584\u0585", "USOwqqhnnugfo"),
    # Canadian syllabics
    (
        "\u142f\u144c\u146d\u146f\u1472\u148d\u14aa\u1541\u157c\u157d\u1587\u15af\u15b4\u15c5",
        "VUPdbJLxHxRbFA",
    ),
    ("\u15de\u15ea\u15f0\u15f7", "DDMB"),
    # Carian
    ("\U000102a0\U000102a1\U000102a2\U000102a5\U000102ab\U000102b0\U000102b1\U000102b2", "ABCFOMTY"),
    ("\U000102b4\U000102cf", "XH"),
    # Cherokee
    (
        "\u13a0\u13a1\u13a2\u13a5\u13a9\u13aa\u13ab\u13ac\u13b3\u13b7\u13bb\u13bd\u13c0\u13c2",
        "DRTiYAJEWMHYGh",
    ),
    (
        "\u13c3\u13cf\u13d2\u13d4\u13d5\u13d9\u13da\u13de\u13df\u13e2\u13e6\u13e7\u13f3\u13f4",
        "ZbRWSVSLCPKdGB",
    ),
    ("\uab75\uab81\uab83\uab93\uaba9\uabaa\uabaf", "irwzvsc"),
    # Coptic
    (
        "\u2c85\u2c8e\u2c92\u2c94\u2c98\u2c9a\u2c9e\u2c9f\u2ca2\u2ca3\u2ca4\u2ca5\u2ca6\u2ca8",
        "rHlKMNOoPpCcTY",
    ),
    ("\u2cac\u2cd0\U000102f5", "XLZ"),
    # Cyrillic
    (
        "\u0405\u0406\u0408\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423",
        "SlJABEKMHOPCTY",
    ),
    (
        "\u0425\u042c\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u0461\u0474",
        "XbaeopcyxsijwV",
    ),
    ("\u0475\u04bb\u04c0\u04cf\u0501\u050c\u051b\u051c\u051d", "vhlidGqWw"),
    # Deseret
    ("\U00010404\U00010415\U0001041b\U00010420\U0001042c\U0001043d\U00010448", "OCLSocs"),
    # Elbasan
    ("\U00010513\U00010516\U00010518\U0001051c\U0001051d\U00010525\U00010526\U00010527", "NOKCVFLX"),
    # Greek
    (
        "\u037a\u037f\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4",
        "iJABEZHlKMNOPT",
    ),
    (
        "\u03a5\u03a7\u03b1\u03b9\u03bd\u03bf\u03c1\u03c5\u03dc\u03f1\u03f2\u03f3\u03f9\u03fa",
        "YXaivopuFpcjCM",
    ),
    ("\u1d26\u1fbe", "ri"),
    # Latin beyond the usual alphabets
    (
        "\u01c0\u0251\u0261\u028f\u1d04\u1d0f\u1d11\u1d1c\u1d20\u1d21\u1d22\u1d83\u1d8c\u1eff",
        "lagycoouvwzgyy",
    ),
    (
        "\ua731\ua798\ua799\ua79f\ua7b2\ua7b3\ua7b4\uab32\uab35\uab3d\uab47\uab48\uab4e\uab52",
        "sFfuJXBeforruu",
    ),
    ("\uab5a", "y"),
    # Lisu
    (
        "\ua4d0\ua4d1\ua4d2\ua4d3\ua4d4\ua4d6\ua4d7\ua4d9\ua4da\ua4dc\ua4dd\ua4df\ua4e0\ua4e1",
        "BPdDTGKJCZFMNL",
    ),
    ("\ua4e2\ua4e3\ua4e6\ua4e7\ua4ea\ua4eb\ua4ec\ua4ee\ua4f0\ua4f2\ua4f3\ua4f4", "SRVHWXYAElOU"),
    # Lycian
    ("\U00010282\U00010286\U00010287\U0001028a\U00010290\U00010292\U00010295\U00010296", "BEFlXOPS"),
    ("\U00010297", "T"),
    # Old Italic
    ("\U00010301\U00010302\U00010309\U00010311\U00010315\U00010317\U00010320\U00010322", "BClMTXlX"),
    # Osage
    ("\U000104b4\U000104c2\U000104ce\U000104ea\U000104f6", "ROUou"),
    # Roman numerals
    ("\u2160\u2164\u2169\u216c\u216d\u216e\u216f\u2170\u2174\u2179\u217c\u217d\u217e", "lVXLCDMivxlcd"),
    # Runic
    ("\u16b7\u16c1\u16d5\u16d6", "XlKM"),
    # Tifinagh
    ("\u2d38\u2d39\u2d4f\u2d54\u2d55\u2d5d", "VElOQX"),
    # Warang Citi
    ("\U000118a0\U000118a2\U000118a3\U000118a4\U000118a6\U000118a9\U000118ae\U000118b2", "VFLYEZEL"),
    ("\U000118b5\U000118b8\U000118bc\U000118c0\U000118c1\U000118c2\U000118c3\U000118c4", "OUTvsFiz"),
    ("\U000118c8\U000118d7\U000118d8\U000118dc\U000118e0\U000118e5\U000118e6\U000118e9", "oouyOZWC"),
    ("\U000118ec\U000118ef\U000118f2", "XWC"),
)

LOOKALIKE: dict[str, str] = {
    char: latin for chars, letters in _TABLE for char, latin in zip(chars, letters, strict=True)
}
"""From a letter to the ASCII letter it is taken for."""
