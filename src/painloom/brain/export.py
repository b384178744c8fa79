"""Which targets a navigator's file may hold: those that the safety gate did not refuse and that have coordinates."""

from collections.abc import Sequence

from painloom.errors import InputError
from painloom.model.target import REFUSED, Pose, Target


def exportable(targets: Sequence[Target]) -> tuple[Target, ...]:
    """The targets that may be written, in order."""
    return tuple(target for target in targets if target.status != REFUSED and target.xyz_mm is not None)


def poses(targets: Sequence[Target]) -> tuple[tuple[Pose, ...], str]:
    """Poses of the targets that may be written and the one space of their coordinates; native ones where every target has them.

    Raises
    ------
    InputError : nothing may be written, or the coordinates are of more than one space.
    """
    kept = exportable(targets)
    if not kept:
        raise InputError("targets: none may be written: each is refused by the safety gate or has no coordinates")
    native = all(target.native_xyz_mm is not None for target in kept)
    spaces = {target.native_space if native else target.space for target in kept}
    if len(spaces) != 1:
        raise InputError("targets: the coordinates are of more than one space; choose one target")
    found = []
    for target in kept:
        xyz = target.native_xyz_mm if native else target.xyz_mm
        assert xyz is not None
        found.append(Pose(target.name, xyz))
    return tuple(found), spaces.pop()
