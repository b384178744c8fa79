"""Small cards of a plan, written into a clinic's folder: a sound one, or one with a change that makes it wrong."""

from painloom.knowledge.check_plan import check_plan
from painloom.knowledge.load import DATA, load

SHIPPED = load()
HEAD = """schema = 1
release = "2026-11"
id = "{id}"
label = "A card"
licence = "Apache-2.0"
claim = "research"
sources = ["painloom-own-choice"]
"""
DOSE = {"route": '"oral"', "unit": '"mg"', "times": "3", "start": "300", "step": "300", "every_days": "3"}
DOSE |= {"target_low": "900", "target_high": "1800", "most": "3600", "text": '"Begin low."', "state": '"verified"'}
LIMIT = {"measure": '"crcl"', "below": "15", "start": "100", "text": '"Weak kidney."', "state": '"verified"', "sources": "[]"}
PACE = {"share": "0.25", "of": '"first"', "every_days": "7", "text": '"A quarter a week."', "state": '"verified"', "sources": "[]"}
GABA = "gabapentin"  # the rule of its kidney: 3600 from 60, 1400 from 30, 700 from 15, 300 below


def table(values):
    """Lines of a TOML table; None leaves a field out."""
    return "".join(f"{name} = {value}\n" for name, value in values.items() if value is not None)


def dose(limits=(), **changes):
    return table(DOSE | changes) + "".join(f"[[limit]]\n{table(LIMIT | limit)}" for limit in limits)


def taper(paces=({},), kind="taper", classes='["opioid"]', drugs="[]"):
    own = {"kind": f'"{kind}"', "classes": classes, "drugs": drugs, "text": '"Slowly."', "state": '"verified"'}
    return table(own) + "".join(f"[[pace]]\n{table(PACE | pace)}" for pace in paces)


def card(folder, kind, id_, body):
    """A card in a clinic's folder."""
    path = folder / kind / f"{id_}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD.format(id=id_) + body, encoding="utf-8")
    return path


def copied(folder, name, *changes, more=""):
    """One of our files in a clinic's folder, with changes."""
    text = (DATA / name).read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"{name} no longer says {old!r} once"
        text = text.replace(old, new)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + more, encoding="utf-8")


def wrong(folder):
    return list(check_plan(load(folder)))


PRICED = table({"currency": '"EUR"', "year": "2026"})
COLUMNS = "treatment\tlow\thigh\tper\tbasis\tstate\tsource\n"


def prices(folder, rows, id_="prices"):
    path = card(folder, "prices", id_, PRICED)
    path.with_suffix(".tsv").write_text(COLUMNS + rows, encoding="utf-8")
    return path


WISHED = "wished = 1\nhours = 20\nmoney = 1000\nharm = 0.5\ncontrol = 0.3\n"
PAIN = {"id": '"pain"', "label": '"less pain"', "weight": "1.0"}
OTHERS = sorted({d.id for d in SHIPPED.wishes.domains} - {"pain"})
REST = "".join(f'[[domain]]\nid = "{id_}"\nlabel = "{id_}"\nweight = 0.2\n' for id_ in OTHERS)
WORDS = "domain\tlanguage\tword\n" + "".join(f"{d.id}\t{lang}\t{d.id}\n" for d in SHIPPED.wishes.domains for lang in ("en", "de"))


def wishes(folder, pain=None, words=WORDS, more="", declared=WISHED):
    path = card(folder, "wishes", "wishes", f"{declared}[[domain]]\n{table(PAIN | (pain or {}))}{REST}{more}")
    path.with_name("wishes.words.tsv").write_text(words, encoding="utf-8")
    return path
