"""Individual points beside the published ones, for the targets whose card knows how to look for one."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from painloom.brain.scalp import nearest_scalp
from painloom.brain.seedtarget import individual_point
from painloom.intake.motion import read_motion
from painloom.intake.nifti import open_image
from painloom.knowledge.scalp import CapPoint
from painloom.knowledge.target_cards import TargetBook
from painloom.model.target import Target, TargetView


def add_individual(view: TargetView, book: TargetBook, image: Path, motion: Path | None, positions: Sequence[CapPoint] = ()) -> TargetView:
    """The view with one more target behind each that has a search region; what is withheld is said in the warnings.

    The new target keeps gate, evidence and protocol of the published one: it is another place, not another treatment.

    Raises
    ------
    InputError : image or motion file that is refused.
    """
    displacement = read_motion(motion) if motion is not None else None
    targets: list[Target] = []
    warnings = list(view.warnings)
    done: set[str] = set()
    for target in view.targets:
        targets.append(target)
        card = book.targets.get(target.card[0])
        if card is None or card.individual is None or card.id in done:
            continue
        done.add(card.id)
        found = individual_point(image, card.individual, displacement)
        if found.xyz_mm is None:
            warnings.append(f"{target.name}: individual point withheld: {found.reason}")
            continue
        told = f"correlation with the seed {found.correlation:+.2f}; {found.stability.text if found.stability else ''}"
        targets.append(
            replace(
                target,
                id=f"{target.id}-individual",
                name=f"{target.name}, individual point",
                space=open_image(image).space,
                xyz_mm=found.xyz_mm,
                scalp=nearest_scalp(found.xyz_mm, positions, target.side),
                stability=found.stability,
                why=(*target.why, told),
                notes=(card.individual.text, *target.notes),
                claim="research",
            )
        )
    ordered = tuple(replace(target, order=order) for order, target in enumerate(targets, start=1))
    return TargetView(ordered, view.missing, tuple(dict.fromkeys(warnings)))
