"""Which file belongs to which: the confounds, motion or mask of an image or series, by equal entities."""

from painloom.errors import InputError
from painloom.model.brainfiles import BrainFile, BrainFiles

RUN = ("sub", "ses", "task", "acq", "ce", "trc", "stain", "rec", "dir", "run", "recording")  # what makes two files one run
GRID = ("space", "cohort", "res", "den", "hemi")  # must not contradict
CONFOUNDS = (("timeseries", "confounds"), ("regressors", "confounds"))  # since 2021, before
TABLES = (".tsv", ".tsv.gz", ".txt")


def partner(files: BrainFiles, file: BrainFile, suffix: str, desc: str | None = None, endings: tuple[str, ...] = ()) -> BrainFile | None:
    """The one file of `suffix` (and `desc`, "" = none; None = any) that belongs to the run of `file`; None when there is none.

    Subject, session, task, acquisition, direction, run are equal; space, resolution, density and hemisphere are equal or not said by
    the partner.  Of several the one in the same grid is taken.

    Raises
    ------
    InputError : several files fit equally; none is picked silently.
    """
    fits = [
        other
        for other in files.files
        if other.suffix == suffix
        and other is not file
        and (desc is None or other.entity("desc") == desc)
        and (not endings or other.ending in endings)
        and all(other.entity(key) == file.entity(key) for key in RUN)
        and all(other.entity(key) in ("", file.entity(key)) for key in GRID)
    ]
    nearest = max((_shared(file, other) for other in fits), default=0)
    fits = [other for other in fits if _shared(file, other) == nearest]
    if len(fits) > 1:
        raise InputError(
            f"{file.place}: {len(fits)} files of kind '{suffix}' fit it equally; keep one of {', '.join(f.place for f in fits)}"
        )
    return fits[0] if fits else None


def _shared(file: BrainFile, other: BrainFile) -> int:
    return sum(bool(other.entity(key)) and other.entity(key) == file.entity(key) for key in GRID)


def confounds_of(files: BrainFiles, file: BrainFile) -> BrainFile | None:
    """The table of confounds of a run, by its new or its old name."""
    return next((found for suffix, desc in CONFOUNDS if (found := partner(files, file, suffix, desc, TABLES)) is not None), None)


def motion_of(files: BrainFiles, file: BrainFile) -> BrainFile | None:
    """The file of displacement alone (`_motion.tsv` or `.txt`) of a run; of several the one without description."""
    return partner(files, file, "motion", "", TABLES) or partner(files, file, "motion", None, TABLES)


def mask_of(files: BrainFiles, file: BrainFile) -> BrainFile | None:
    """The brain mask in the grid of an image: equal space and resolution, both said or both not."""
    mask = partner(files, file, "mask", "brain")
    return mask if mask is not None and all(mask.entity(key) == file.entity(key) for key in ("space", "res")) else None


def regional_series(files: BrainFiles) -> tuple[BrainFile, ...]:
    """Tables of regional time series: suffix `timeseries`, no table of confounds, and a mean where the name says a statistic."""
    return tuple(
        f
        for f in files.files
        if f.suffix == "timeseries"
        and f.ending in TABLES
        and f.entity("desc") != "confounds"
        and f.entity("stat") in ("", "mean")
        and not f.entity("hemi")
    )


def atlas_of(file: BrainFile) -> str:
    """The atlas that a series says it was taken with (`atlas-`, or `seg-` of older releases), "" when it does not say."""
    return file.entity("atlas") or file.entity("seg")
