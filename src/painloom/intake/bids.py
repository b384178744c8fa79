"""A brain folder -> what lies in it, by names only; no image and no table is opened."""

import os
import stat
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath

from painloom.errors import InputError
from painloom.intake.bidsnames import IMAGE_ENDINGS, ending_of, read_name, subject_of
from painloom.intake.bidsorigin import DESCRIPTION, read_generated_by
from painloom.model.brainfiles import BrainFile, BrainFiles

MOST_FILES = 20_000
MOST_DEPTH = 12
STATS, VOLUMES = "stats", "mri"  # the two folders of a reconstructed subject that are read
STATS_ENDING = ".stats"
HEAD = {STATS, VOLUMES, "surf", "label", "scripts", "touch"}  # folders of a reconstructed subject, full of names of their own
PASSED_OVER = {"participants.tsv", "participants.json", DESCRIPTION}  # tables of many people, and what is read elsewhere
TEMPLATES = ("fsaverage", "cvs_avg", "V1_average", "bert.template")  # heads of the program, nobody's
WORDS = {"anat", "func", "dwi", "fmap", "stats", "mri", "surf", "label", "transforms", "derivatives", "atlases", "freesurfer"}


def read_brain_folder(root: Path) -> BrainFiles:
    """Every file below `root` whose name says what it is, sorted by place.

    Hidden files and folders are passed over, links to folders are not followed, a link to a file only where it stays below `root`; sockets,
    pipes and devices are left alone.  Names that do not follow the scheme are counted in `warnings` by folder, and never printed: they may
    hold a person's name.

    Raises
    ------
    InputError : no such folder, more than `MOST_FILES` files and folders, or files of more than one person.
    """
    if not root.is_dir():
        raise InputError(f"{root.name}: no such brain folder; give a folder with derivatives of one person")
    found = _Walk(root.resolve())
    files = tuple(sorted(found.files, key=lambda f: f.place))
    _one_person(root, files)
    origin, doubts = read_generated_by(found.descriptions)
    return BrainFiles(root, files, origin, (*_doubts(found), *_heads(files), *doubts))


class _Walk:
    """One pass over the tree; what was passed over is counted by (folder, reason)."""

    def __init__(self, root: Path):
        self.root = root
        self.files: list[BrainFile] = []
        self.descriptions: list[Path] = []
        self.passed: Counter[tuple[str, str]] = Counter()
        self.left = MOST_FILES
        for entry, place in self._entries(root, PurePosixPath(), 0):
            self._take(entry, place)

    def _entries(self, folder: Path, place: PurePosixPath, depth: int) -> Iterator[tuple[Path, PurePosixPath]]:
        try:
            with os.scandir(folder) as listing:
                entries = sorted(islice(listing, self.left + 1), key=lambda e: e.name)
        except OSError:
            self.passed[_shown(place), "the folder cannot be opened"] += 1
            return
        self.left -= len(entries)
        if self.left < 0:
            raise InputError(f"{self.root.name}: holds more than {MOST_FILES:,} files and folders; keep the derivatives of one person")
        for entry in entries:
            here = place / entry.name
            if entry.name.startswith(".") or entry.name.startswith(TEMPLATES):
                continue
            if entry.is_dir(follow_symlinks=False):
                if depth + 1 > MOST_DEPTH:
                    self.passed[_shown(place), f"deeper than {MOST_DEPTH} folders"] += 1
                else:
                    yield from self._entries(Path(entry.path), here, depth + 1)
            else:
                yield Path(entry.path), here

    def _take(self, path: Path, place: PurePosixPath) -> None:
        folder = _shown(place.parent)
        reason = self._refusal(path)
        if reason:
            self.passed[folder, reason] += 1
        elif path.name == DESCRIPTION:
            self.descriptions.append(path)
        elif path.name not in PASSED_OVER and ending_of(path.name):
            file = _file(path, place)
            if file is not None:
                self.files.append(file)
            elif not path.name.endswith((".json", ".txt")) and not HEAD.intersection(place.parts[:-1]):
                self.passed[folder, "the name does not follow BIDS"] += 1

    def _refusal(self, path: Path) -> str:
        """Why this entry is not looked at, "" when it is an ordinary file (or a link to one below the root)."""
        try:
            if path.is_symlink() and not path.resolve(strict=True).is_relative_to(self.root):
                return "a link that leads out of the folder"
            mode = path.stat().st_mode
        except (OSError, RuntimeError):
            return "a link that leads nowhere"
        if stat.S_ISDIR(mode):
            return "a link to a folder"
        return "" if stat.S_ISREG(mode) else "no ordinary file"


def _file(path: Path, place: PurePosixPath) -> BrainFile | None:
    """The file with what its name says; None where the name says nothing."""
    name, inside = path.name, place.parent.name
    ending = ending_of(name)
    owner = next((label for part in reversed(place.parts[:-1]) if (label := subject_of(part))), "")
    own = (("sub", owner),) if owner else ()
    if ending == STATS_ENDING and inside == STATS:
        return BrainFile(path, place.as_posix(), own, STATS, ending)
    if inside == VOLUMES and ending in (".mgz", ".mgh", ".txt"):
        return BrainFile(path, place.as_posix(), own, name.removesuffix(ending), ending)
    parts = read_name(name)
    if parts is None:
        return None
    entities = parts.entities if parts.entity("sub") or not owner else (*own, *parts.entities)
    return BrainFile(path, place.as_posix(), entities, parts.suffix, ending, parts.entity("space"), parts.entity("res"))


def _shown(folder: PurePosixPath) -> str:
    """A folder's place with every part hidden that is neither a BIDS label nor a word of the programs: it may be a name."""
    parts = [p if p in WORDS or subject_of(p) or _is_session(p) else "(folder)" for p in folder.parts]
    return "/".join(parts) or "the folder itself"


def _is_session(part: str) -> bool:
    key, dash, label = part.partition("-")
    return key == "ses" and bool(dash) and label.isalnum()


def _one_person(root: Path, files: tuple[BrainFile, ...]) -> None:
    """Refuse files of two people.  A folder `sub-A` that holds files of `sub-B` counts as two."""
    people = {file.entity("sub") for file in files}
    people |= {subject_of(part) for file in files for part in PurePosixPath(file.place).parts[:-1]}
    people.discard("")
    if len(people) > 1:
        raise InputError(f"{root.name}: holds files of {len(people)} subjects; a case is one person: keep that person's files only")
    heads = _unnamed_heads(files)
    if len(heads) > 1:
        raise InputError(
            f"{root.name}: holds {len(heads)} reconstructed subjects without a sub- label; a case is one person: "
            "keep one, or name the folders sub-<label>"
        )


def _unnamed_heads(files: tuple[BrainFile, ...]) -> set[str]:
    """Folders that hold stats/ or mri/ and whose own name carries no subject label; the root itself is "."."""
    parents = {PurePosixPath(f.place).parent.parent for f in files if PurePosixPath(f.place).parent.name in (STATS, VOLUMES)}
    return {p.as_posix() for p in parents if not any(subject_of(part) for part in p.parts)}


def _heads(files: tuple[BrainFile, ...]) -> Iterator[str]:
    heads = _unnamed_heads(files)
    if any(head != "." and PurePosixPath(head).name not in WORDS for head in heads):
        yield (
            "a reconstructed subject lies in a folder without a sub- label; the folder's name stands in results: "
            "make sure that it is no person's name"
        )
    if heads and any(f.entity("sub") for f in files):
        yield "nothing in the names says that the reconstructed subject and the other files are of the same person; check it"


def _doubts(found: _Walk) -> Iterator[str]:
    for (folder, reason), count in sorted(found.passed.items()):
        yield f"{folder}: {count} {'entry' if count == 1 else 'entries'} not used: {reason}"


def reconstructed(files: BrainFiles) -> tuple[Path, ...]:
    """The folders above stats/ that hold at least one table of regions, sorted; what `norms` reads."""
    return tuple(sorted({f.path.parent.parent for f in files.files if f.suffix == STATS and f.ending == STATS_ENDING}))


def images(files: BrainFiles, suffix: str, desc: str = "") -> tuple[BrainFile, ...]:
    """Volume images of one suffix ("bold", "T1w", "dseg"), with one description where `desc` is given; surfaces are none."""
    return tuple(f for f in files.files if f.suffix == suffix and f.ending in IMAGE_ENDINGS and (not desc or f.entity("desc") == desc))
