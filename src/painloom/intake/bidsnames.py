"""One file name of a derivative tree -> entities, suffix, ending; old names of the pipelines are read as the new ones."""

import re
from dataclasses import dataclass

Pairs = tuple[tuple[str, str], ...]

SURFACE_ENDINGS = tuple(f".{kind}.nii" for kind in ("dtseries", "ptseries", "dscalar", "pscalar", "dlabel", "plabel", "dconn", "pconn"))
ENDINGS = (
    *SURFACE_ENDINGS,  # longer endings first: a surface file is no volume
    ".func.gii",
    ".shape.gii",
    ".surf.gii",
    ".label.gii",
    ".gii",
    ".nii.gz",
    ".nii",
    ".tsv.gz",
    ".tsv",
    ".csv",
    ".txt",
    ".stats",
    ".mgz",
    ".mgh",
    ".json",
    ".h5",
    ".lta",
    ".tfm",
    ".mat",
)
IMAGE_ENDINGS = (".nii.gz", ".nii", ".mgz", ".mgh")
LONGEST_NAME = 255
# suffixes that may stand alone; any other lone word may be a person's name
KEYLESS = {"T1w", "T2w", "FLAIR", "bold", "boldref", "mask", "dseg", "probseg", "xfm", "timeseries", "regressors", "motion", "volumes"}
_PAIR = re.compile(r"([A-Za-z]{2,24})-([A-Za-z0-9+.]{1,80})")
_SUFFIX = re.compile(r"[A-Za-z][A-Za-z0-9]{0,39}")
_OLD = {  # (word in the middle, word at the end) of releases before 1.1 -> entities added, suffix
    ("bold", "preproc"): ((("desc", "preproc"),), "bold"),
    ("bold", "brainmask"): ((("desc", "brain"),), "mask"),
    ("bold", "confounds"): ((("desc", "confounds"),), "regressors"),
    ("T1w", "preproc"): ((("desc", "preproc"),), "T1w"),
    ("T1w", "brainmask"): ((("desc", "brain"),), "mask"),
    ("T1w", "dtissue"): ((), "dseg"),
    ("T1w", "roi"): ((), "dseg"),
    ("T1w", "probtissue"): ((), "probseg"),
}


@dataclass(frozen=True, slots=True)
class Name:
    """What a name says: (key, value) pairs in the order written, the suffix, the ending with its dot."""

    entities: Pairs
    suffix: str
    ending: str

    def entity(self, key: str) -> str:
        """The value of one entity, "" when the name does not hold it."""
        return dict(self.entities).get(key, "")


def ending_of(name: str) -> str:
    """The longest known ending of a file name, "" for none; case counts, as in BIDS."""
    return next((ending for ending in ENDINGS if name.endswith(ending)), "")


def read_name(name: str) -> Name | None:
    """The parts of a BIDS name, None where the name does not follow the scheme.

    A name without any entity is read only where its suffix is a known one: a lone word may be somebody's name.  A key that stands twice
    makes a name unreadable.  `sub-01_task-rest_bold_space-X_preproc.nii.gz` of old releases is read as `.._desc-preproc_bold.nii.gz`.
    """
    ending = ending_of(name)
    parts = name[: len(name) - len(ending)].split("_") if ending and len(name) <= LONGEST_NAME else []
    if not parts or not _SUFFIX.fullmatch(parts[-1]):
        return None
    pairs: list[tuple[str, str]] = []
    words: list[str] = []
    for part in parts[:-1]:
        match = _PAIR.fullmatch(part)
        if match:
            pairs.append((match[1], match[2]))
        else:
            words.append(part)
    suffix = parts[-1]
    if words:
        old = _OLD.get((words[0], suffix)) if len(words) == 1 else None
        if old is None:
            return None
        pairs, suffix = [*pairs, *old[0]], old[1]
    if len({key for key, _ in pairs}) != len(pairs) or (not pairs and suffix not in KEYLESS):
        return None
    return Name(tuple(pairs), suffix, ending)


def subject_of(folder: str) -> str:
    """The subject label that the name of a folder holds: "01" of `sub-01`, `sub-01_ses-2` or `sub-01.long.base`, else ""."""
    match = re.match(r"sub-([A-Za-z0-9+]+)(?![A-Za-z0-9+-])", folder)
    return match[1] if match else ""
