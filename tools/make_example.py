"""Write the bundled example: an invented person, genotypes, answers and drugs chosen by us.

    make_example.py [FOLDER]        (default: examples/mara)

Run it again after the gene cards changed; the result is committed.
"""

import sys
from pathlib import Path

from make_example_brain import write_brain
from painloom.knowledge.load import load
from painloom.model.genotypes import Site

CARRIED = {  # gene -> the two alleles; the reference everywhere else
    "CYP2D6": ("*1", "*4"),
    "CYP2C9": ("*1", "*3"),
    "CYP2C19": ("*1", "*17"),
    "CYP2B6": ("*1", "*6"),
    "CYP3A5": ("*3", "*3"),
    "SLCO1B1": ("*1", "*37"),
    "UGT1A1": ("*1", "*80+*28"),
    "VKORC1": ("rs9923231 reference (C)", "rs9923231 variant (T)"),
    "NAT2": ("*4", "*5"),
    "COMT": ("HPS", "APS"),
}
CHOSEN = {"OPRM1": {154039662: ("A", "G")}}  # research genes without named alleles
NOT_COVERED = {"DPYD", "CACNA1S", "CFTR", "MT-RNR1", "TNF", "SCN9A"}
NO_CALL = {("TPMT", 18138969), ("G6PD", 154532269), ("NUDT15", 48037849)}
LENGTHS = {
    "chr1": 248956422,
    "chr2": 242193529,
    "chr4": 190214555,
    "chr6": 170805979,
    "chr7": 159345973,
    "chr8": 145138636,
    "chr10": 133797422,
    "chr12": 133275309,
    "chr13": 114364328,
    "chr16": 90338345,
    "chr19": 58617616,
    "chr22": 50818468,
    "chrX": 156040895,
}

CASE = """\
# An invented person.  Nothing here belongs to anybody.
schema = 1
wishes = ["sleep through the night", "carry the grandchild", "no drug that makes me foggy"]

[person]
label = "Mara K. (invented)"
age = 47
sex = "F"

[pain]
complaint = "Low back pain that has become widespread"
sites = ["low back", "both shoulders", "neck", "knees"]
months = 38
intensity = 7
diagnoses = ["chronic primary low back pain", "depressive episode, treated"]
map = [
  "low-back-l", "low-back-r", "buttock-l", "buttock-r", "neck-back-l", "neck-back-r", "trapezius-l", "trapezius-r",
  "shoulder-front-l", "shoulder-front-r", "upper-back-l", "upper-back-r", "hip-outer-l", "hip-outer-r", "knee-front-l", "knee-front-r",
]

[organs]
egfr = 78

[history]
pain-3-months = "yes"
nociplastic-regional = "yes"
nociplastic-sleep = "yes"
nociplastic-fatigue = "yes"
hypersensitivity-pressure = "yes"
neuropathic-lesion-history = "no"
overdose-history = "no"
substance-use-disorder = "no"
sleep-disordered-breathing = "no"

[redflags]
saddle-numbness = "no"
new-bladder-trouble = "no"
bowel-incontinence = "no"
both-legs-weak-or-numb = "no"
weakness-growing = "no"
weight-loss-unexplained = "no"
fever-with-pain = "no"

[[drugs]]
name = "tramadol"
text = "tramadol 100 mg slow release, 2 a day"
dose_mg = 100
per_day = 2
reason = "pain"

[[drugs]]
name = "duloxetine"
text = "duloxetine 60 mg, 1 a day"
dose_mg = 60
per_day = 1
reason = "pain and mood"

[[drugs]]
name = "celecoxib"
text = "celecoxib 200 mg, 2 a day"
dose_mg = 200
per_day = 2
reason = "pain"

[[drugs]]
name = "omeprazole"
text = "omeprazole 20 mg, 1 a day"
dose_mg = 20
per_day = 1
reason = "stomach protection"

[[imaging]]
scale = "pfirrmann"
grade = "IV"
level = "L4/5"
date = "2024-03"
text = "MRI lumbar spine, outside report"

[[imaging]]
scale = "modic"
grade = "2"
level = "L4/5"
date = "2024-03"
"""


ANSWERS = {  # <instrument>_<date> -> answers of an invented woman; None = left empty
    "phq-9_2026-09-07": (2, 1, 3, 3, 1, 1, 2, 1, 0),
    "phq-9_2026-11-16": (2, 2, 3, 3, 1, 1, 2, 1, 0),
    "gad-7_2026-11-16": (1, 2, 2, 1, 1, 1, 1),
    "isi_2026-09-07": (2, 3, 3, 3, 2, 3, 3),
    "isi_2026-11-16": (2, 3, 3, 3, 2, 3, 3),
    "pcs_2026-09-07": (3, 3, 3, 2, 3, 1, 2, 3, 3, 3, 3, 2, 2),
    "pcs_2026-11-16": (2, 2, 2, 1, 2, 1, 1, 2, 2, 2, 2, 1, 1),
    "pseq_2026-11-16": (2, 2, 1, 2, 2, 1, 2, 2, 1, 2),
    "tsk-11_2026-11-16": (3, 3, 2, 3, 2, 3, 2, 3, 2, 3, 3),
    "peg_2026-09-07": (7, 8, 8),
    "peg_2026-11-16": (7, 7, 8),
    "dn4_2026-11-16": (1, 0, 0, 1, 0, 0, 0, None, None, None),
    "fibromyalgia-2016_2026-11-16": (0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 0, 0, 2, 3, 2, 1, 0, 1, 1),
    "promis-29_2026-11-16": (3, 3, 2, 3, 2, 3, 2, 2, 3, 2, 2, 3, 4, 4, 4, 3, 4, 4, 4, 4, 2, 2, 2, 3, 4, 4, 4, 4, 7),
}


def answer_sheets(folder: Path) -> None:
    """One table a form: id, then the item numbers; empty where nothing was ticked."""
    folder.mkdir(exist_ok=True)
    for name, answers in ANSWERS.items():
        header = ",".join(["id", *(str(n) for n in range(1, len(answers) + 1))])
        row = ",".join(["mara", *("" if a is None else str(a) for a in answers)])
        (folder / f"{name}.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")


def alleles_at(site: Site) -> tuple[str, str]:
    """The two bases of the example at a site."""
    chosen = CHOSEN.get(site.gene, {}).get(site.position)
    if chosen:
        return chosen
    card = load().genes[site.gene]
    pair = CARRIED.get(site.gene)
    if pair is None:
        return site.alleles[0], site.alleles[0]
    definitions = [dict(card.by_name[name].definition) for name in pair]
    first, second = (d.get(site.position, (site.alleles[0],))[0] for d in definitions)
    return first, second


def record(site: Site) -> str:
    """One VCF line."""
    pair = alleles_at(site)
    alts = list(dict.fromkeys(a for a in pair if a != site.alleles[0]))
    if (site.gene, site.position) in NO_CALL:
        genotype = "./.:.:2"
    else:
        numbers = sorted(([site.alleles[0], *alts]).index(a) for a in pair)
        genotype = f"{numbers[0]}/{numbers[1]}:{99 if numbers[1] == 0 else 87}:{24 + site.position % 17}"
    cells = [
        site.chromosome,
        site.position,
        site.rsid or ".",
        site.alleles[0],
        ",".join(alts) or ".",
        ".",
        "PASS",
        ".",
        "GT:GQ:DP",
        genotype,
    ]
    return "\t".join(map(str, cells))


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "examples/mara")
    folder.mkdir(parents=True, exist_ok=True)
    order = {name: i for i, name in enumerate(LENGTHS)}
    sites = {
        (s.chromosome, s.position, s.alleles[0]): s for s in load().table.sites if s.gene not in NOT_COVERED and s.chromosome in LENGTHS
    }
    lines = [
        "##fileformat=VCFv4.2",
        "##source=invented for the painloom example; not a person",
        '##FILTER=<ID=PASS,Description="All filters passed">',
    ]
    lines += [f"##contig=<ID={name},length={length},assembly=GRCh38>" for name, length in LENGTHS.items()]
    lines += [
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Genotype quality">',
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Read depth">',
        "\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", "MARA"]),
    ]
    lines += [record(s) for s in sorted(sites.values(), key=lambda s: (order[s.chromosome], s.position))]
    (folder / "genome.vcf").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "case.toml").write_text(CASE, encoding="utf-8")
    answer_sheets(folder / "answers")
    write_brain(folder / "brain")
    print(f"{folder}: {len(sites)} sites")
    return 0


if __name__ == "__main__":
    sys.exit(main())
