"""What an organisation's name says of its kind by how it ends: 某大学, 某研究院, 某有限公司."""

import re
from collections.abc import Sequence

_SUFFIXES = (
    ("College", r"大学.+学院|职业(?:技术)?学院|专科学校"),
    ("University", r"大学|学院|university|college|institute of technology|polytechnic|école.*"),
    ("KeyLaboratory", r"重点实验室|全国重点实验室|实验室|laboratory"),
    ("EngineeringResearchCentre", r"工程(?:技术)?研究中心|工程中心"),
    ("ProofOfConceptCentre", r"概念验证中心"),
    ("PilotTestPlatform", r"中试(?:基地|平台|中心|线)"),
    ("ComputingCentre", r"(?:智算|超算|算力|计算)中心"),
    ("TechTransferCentre", r"技术(?:转移|转化)中心"),
    ("ResearchInstitute", r"研究院|研究所|研究中心|科学院|设计院|research institute|institute"),
    ("Incubator", r"孵化器|孵化园|孵化基地|incubator"),
    ("Accelerator", r"加速器|accelerator"),
    ("Makerspace", r"众创空间|makerspace"),
    ("Nursery", r"苗圃"),
    ("SciencePark", r"大学科技园|science park"),
    ("IndustrialPark", r"产业园区?|工业园区?|园区|科技园|industrial park|park"),
    ("Fund", r"基金(?:[（(]有限合伙[)）])?|fund"),
    ("Investor", r"资本|资本管理.*公司|创投|投资(?:公司|集团|有限公司|管理.*)?|风投"
     r"|(?:基金|投资).*[（(]有限合伙[)）]|capital|ventures?|partners|investments?"),
    ("GovernmentBody", r"政府|委员会|管委会|局|厅|(?<!事业)(?<!总)部|办公室"
     r"|发改委|经信委|ministry|government"),
    ("Firm", r"公司|集团|厂|股份|企业|(?:ltd|inc|llc|corp|co|gmbh|plc|corporation|company"
     r"|limited|group)\.?"),
)  # fmt: skip
_PATTERNS = [(cls, re.compile(rf".*?(?:{words})", re.IGNORECASE)) for cls, words in _SUFFIXES]


def by_suffix(name: str, allowed: Sequence[str]) -> str | None:
    """The first of `allowed` (class names) that `name` ends like, None where it ends like none.

    >>> by_suffix("某市云台大学", ["Firm", "University"])
    'University'
    """
    bare = re.sub(r"[（(][^（）()]*[)）]$", "", name.strip())
    for cls, pattern in _PATTERNS:
        if cls in allowed and (pattern.fullmatch(bare) or pattern.fullmatch(name.strip())):
            return cls
    return None
