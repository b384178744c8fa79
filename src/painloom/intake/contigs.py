"""Chromosomes under all their names, and what names and lengths say about the reference build."""

import re
from functools import lru_cache

CHROMOSOMES = (*(f"chr{n}" for n in range(1, 23)), "chrX", "chrY", "chrM")
AUTOSOMES = frozenset(CHROMOSOMES[:22])
HAPLOID = frozenset(("chrY", "chrM"))
OLD_MITOCHONDRION = 16571  # UCSC's hg19 carries another mitochondrial sequence than the revised Cambridge one (16569)

# fmt: off
_LENGTHS = {
    "GRCh38": (
        248956422, 242193529, 198295559, 190214555, 181538259, 170805979, 159345973, 145138636, 138394717, 133797422, 135086622,
        133275309, 114364328, 107043718, 101991189, 90338345, 83257441, 80373285, 58617616, 64444167, 46709983, 50818468,
        156040895, 57227415,
    ),
    "GRCh37": (
        249250621, 243199373, 198022430, 191154276, 180915260, 171115067, 159138663, 146364022, 141213431, 135534747, 135006516,
        133851895, 115169878, 107349540, 102531392, 90354753, 81195210, 78077248, 59128983, 63025520, 48129895, 51304566,
        155270560, 59373566,
    ),
}
_REFSEQ_38 = (11, 12, 12, 12, 10, 12, 14, 11, 12, 11, 10, 12, 11, 9, 10, 10, 11, 10, 10, 11, 9, 11, 11, 10)
# fmt: on
_BUILD_WORDS = {
    "GRCh38": re.compile(r"GRCh?38|hg38|hs38|[^a-z0-9]b38(?![0-9])", re.IGNORECASE),
    "GRCh37": re.compile(r"GRCh?37|hg19|hs37|[^a-z0-9]b37(?![0-9])|g1k_v37", re.IGNORECASE),
}
_OTHER_WORDS = re.compile(
    r"hg1[678](?![0-9])|NCBI3[456]|(?:GRCh|[^a-z0-9]b)36(?![0-9])|T2T|CHM13|GRCm|[^a-z]mm(?:9|10|39)(?![0-9])", re.IGNORECASE
)
_REFSEQ = re.compile(r"NC_0000(\d\d)\.(\d+)")
_NUMBERED = {"23": "chrX", "24": "chrY", "26": "chrM", "X": "chrX", "Y": "chrY", "M": "chrM", "MT": "chrM"}


@lru_cache(maxsize=100_000)
def canonical(name: str) -> str:
    """`chr10` for `chr10`, `10`, `NC_000010.11`; chrX also for 23, chrM for MT; "" for every other sequence."""
    if name == "NC_012920.1":
        return "chrM"
    refseq = _REFSEQ.fullmatch(name)
    bare = refseq[1].lstrip("0") if refseq else name[3:] if name[:3].lower() == "chr" else name
    bare = bare.upper()
    if bare.isdecimal() and bare.isascii() and 1 <= int(bare) <= 22:
        return f"chr{int(bare)}"
    return _NUMBERED.get(bare, "")


def build_of_length(chromosome: str, length: int) -> str:
    """The build whose chromosome has this length, or ""."""
    if chromosome in CHROMOSOMES[:24]:
        at = CHROMOSOMES.index(chromosome)
        for build, lengths in _LENGTHS.items():
            if lengths[at] == length:
                return build
    return ""


def build_of_name(name: str) -> str:
    """The build that a RefSeq accession with its version belongs to, or "" (also for other names)."""
    refseq = _REFSEQ.fullmatch(name)
    if not refseq or not 1 <= int(refseq[1]) <= 24:
        return ""
    steps = _REFSEQ_38[int(refseq[1]) - 1] - int(refseq[2])  # every chromosome went up by one version
    return {0: "GRCh38", 1: "GRCh37"}.get(steps, "")


def builds_in_words(text: str) -> set[str]:
    """Builds that a header value such as a file name of the reference speaks of; "other" for a build that no card knows."""
    found = {build for build, words in _BUILD_WORDS.items() if words.search(f" {text}")}
    return found | {"other"} if _OTHER_WORDS.search(f" {text}") else found
