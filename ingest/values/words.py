"""Words that stand for a value: yes, no, not known, not ended. All are folded (`numerals.fold`)."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split("|"))


TRUE = _words("是|有|对|真|yes|y|true|t|1|√|✓|✔|☑|v")
FALSE = _words("否|无|没有|非|不是|错|假|no|n|false|f|0|×|✗|✘|☒|x")

UNKNOWN = _words(
    "-|--|—|——|–|/|\\|n/a|na|nan|null|none|nil|unknown|undisclosed|not disclosed|confidential|tbd"
    "|tba|?|无|暂无|未知|未披露|未透露|未公开|未公布|非公开|不公开|不详|不明|保密|待定|待公布|待披露|未填"
    "|金额未知|金额不详|金额未披露|暂未披露|未披露金额|#n/a|#value!|#ref!|#div/0!"
)
"""Texts that say that a value is not known: no error, and no value."""

OPEN = _words("至今|今|长期|长期有效|永久|无固定期限|持续|present|now|ongoing|open")
"""Words for an end that has not come: no date."""
