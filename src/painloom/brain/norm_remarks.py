"""What a reader must know beside a comparison with a norm."""

from collections.abc import Iterator

from painloom.brain.covariates import Scan
from painloom.intake.freesurfer import Morphometry
from painloom.knowledge.norms import CHOICE, CONTRAST, HEAD_SIZE, HOLES, NormCard

ALIKE = "what differs between programs looks like a difference of the brain"
NOT_DIAGNOSTIC = (
    "Not diagnostic: a norm tells how a region compares with people of the same age, sex and head size; "
    "it neither shows nor excludes that a person has pain, and never overrules what the person says."
)


def norm_warnings(card: NormCard, morphometry: Morphometry, scan: Scan, lost: tuple[str, ...]) -> tuple[str, ...]:
    """Sentences on software, scanner, and what was missing or filled in; `lost` are files that the norm asks for and that are not there."""
    return (*_software(card, morphometry), *_scanner(card, scan), *_missing(card, morphometry, lost))


def _software(card: NormCard, morphometry: Morphometry) -> Iterator[str]:
    name, version = card.built_on
    if not name:
        return
    if not morphometry.software:
        yield f"the files do not say which program made them; the norm holds for {name} {version}"
    elif morphometry.software != name or "synthseg" in morphometry.tables:
        yield f"measured with other software than the norm ({name} {version}), {ALIKE}"
    elif version and morphometry.version != version:
        said = f"version {morphometry.version}" if morphometry.version else "a version that is not told"
        yield f"measured with {name} {said}, the norm with version {version}; {ALIKE}"


def _scanner(card: NormCard, scan: Scan) -> Iterator[str]:
    used = {covariate.option for covariate in card.covariates if covariate.kind == CHOICE}
    unknown = [f"{id_} taken as {reference}" for id_, _, reference in card.choices if id_ in used and id_ not in scan.choices]
    if unknown:
        yield f"scanner not told: {', '.join(unknown)} (the norm's reference)"


def _missing(card: NormCard, morphometry: Morphometry, lost: tuple[str, ...]) -> Iterator[str]:
    kinds = {covariate.kind for covariate in card.covariates}
    if lost:
        yield f"not in the folder, so not compared: {', '.join(lost)}"
    if HEAD_SIZE in kinds and morphometry.head_size is None:
        yield "no head size (eTIV) in the files: regions whose norm needs it are withheld"
    if HOLES in kinds and not morphometry.holes:
        why = "0 surface holes have no logarithm" if morphometry.holes == 0 else "no number of surface holes in the files"
        yield f"{why}: the norm's mean is used, and z gets the span of plausible numbers"
    if CONTRAST in kinds:
        yield "z has a span only for what was filled in; measurement error is not known"
