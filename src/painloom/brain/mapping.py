"""Steps of a map of points: a matrix or a field of displacements, forwards and turned round, with what no head allows refused."""

from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from painloom.errors import InputError

Floats = npt.NDArray[np.float64]
LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
SMALLEST, LARGEST = 0.25, 4.0  # volume of a head against another head
TOLD = "transform"  # what an error begins with; whoever applies the map knows the file
FARTHEST_MM = 80.0  # no field bends one head into another by more
STEP_MM, LEAST_SLOPE = 1.0, 0.05  # a fold is looked for within a millimetre
ROUNDS, NEAR_MM = 200, 1e-3  # of turning a field round
EDGE = 1e-6  # voxels that rounding may take a point beyond the last centre


class Step(Protocol):
    """One part of a map."""

    def move(self, points: Floats) -> Floats:
        """Points (N, 3) in mm, RAS, moved."""

    def turned(self) -> "Step":
        """The way back."""


@dataclass(frozen=True, eq=False)
class Linear:
    """A matrix (4, 4) on points in mm, RAS."""

    matrix: Floats

    def move(self, points: Floats) -> Floats:
        """Points (N, 3) moved."""
        found: Floats = points @ self.matrix[:3, :3].T + self.matrix[:3, 3]
        return found

    def turned(self) -> Step:
        """The inverse matrix."""
        return Linear(np.asarray(np.linalg.inv(self.matrix), np.float64))


def linear(matrix: Floats, name: str) -> Linear:
    """A matrix that can be a map between two heads.

    Raises
    ------
    InputError : not finite, a last row other than 0 0 0 1, no inverse, a mirror image, or a scale that no head has.
    """
    if matrix.shape != (4, 4) or not np.isfinite(matrix).all():
        raise InputError(f"{name}: the matrix is not 4 x 4 finite numbers; write it again from its program")
    if np.abs(matrix[3] - [0.0, 0.0, 0.0, 1.0]).max() > 1e-9:
        raise InputError(f"{name}: the last row of the matrix is not 0 0 0 1; a matrix of points in mm is asked for")
    size = float(np.linalg.det(matrix[:3, :3]))
    if abs(size) < 1e-6 or np.linalg.cond(matrix[:3, :3]) > 1e3:
        raise InputError(f"{name}: the matrix has no usable inverse; it is damaged")
    if size < 0:
        raise InputError(f"{name}: the matrix is a mirror image (determinant below 0), which would exchange left and right")
    if not SMALLEST <= size <= LARGEST:
        raise InputError(f"{name}: the matrix changes volumes {size:.3g}-fold; heads differ by {SMALLEST:g} to {LARGEST:g}, check for mm")
    return Linear(matrix)


@dataclass(frozen=True, eq=False)
class Field:
    """Displacements `values` (x, y, z, 3) in mm, RAS, on the grid of `affine` (4, 4); a point moves by the displacement where it lies.

    Turned, the point is sought whose moved place is the one given.
    """

    values: npt.NDArray[np.float32] = field(repr=False)
    affine: Floats
    is_turned: bool = False

    def move(self, points: Floats) -> Floats:
        """Points (N, 3) moved; InputError where one lies outside the field."""
        if self.is_turned:
            return self._back(points)
        found = points + self._at(self._inside(points))
        self._check_fold(points)
        return found

    def turned(self) -> Step:
        """The same field, used the other way."""
        return replace(self, is_turned=not self.is_turned)

    def _inside(self, points: Floats) -> Floats:
        """Voxel coordinates (N, 3), none outside the grid."""
        voxels = self._voxels(points)
        far = (voxels < -EDGE) | (voxels > np.array(self.values.shape[:3]) - 1.0 + EDGE)
        if far.any():
            raise InputError(f"{TOLD}: a target lies outside the field; it is not made for this space, or is cut to a part of the head")
        return voxels

    def _voxels(self, points: Floats) -> Floats:
        back = np.linalg.inv(self.affine)
        found: Floats = points @ back[:3, :3].T + back[:3, 3]
        return found

    def _at(self, voxels: Floats) -> Floats:
        """Displacements by trilinear interpolation; voxels beyond the edge take the edge's."""
        top = np.array(self.values.shape[:3]) - 1
        held = np.clip(voxels, 0.0, top)
        low = np.minimum(held.astype(np.int64), np.maximum(top - 1, 0))
        part = held - low
        found = np.zeros((len(voxels), 3))
        for corner in np.ndindex(2, 2, 2):
            at = np.minimum(low + corner, top)
            weight = np.where(np.array(corner) == 1, part, 1.0 - part).prod(axis=1)
            found += weight[:, None] * np.where(weight[:, None] > 0, self.values[at[:, 0], at[:, 1], at[:, 2]], 0.0)
        if not np.isfinite(found).all():
            raise InputError(f"{TOLD}: the field holds no finite displacement at a target; it is damaged or masked there")
        farthest = float(np.linalg.norm(found, axis=1).max(initial=0.0))
        if farthest > FARTHEST_MM:
            raise InputError(f"{TOLD}: the field moves a target by {farthest:.0f} mm, more than {FARTHEST_MM:g}; check that it is in mm")
        return found

    def _check_fold(self, points: Floats) -> None:
        """Refuse a place where the field turns tissue inside out or onto itself: the determinant of its slope must stay above zero."""
        slope = np.empty((len(points), 3, 3))
        for axis in range(3):
            step = np.zeros(3)
            step[axis] = STEP_MM
            ahead, behind = self._at(self._voxels(points + step)), self._at(self._voxels(points - step))
            slope[:, :, axis] = (ahead - behind) / (2 * STEP_MM)
        slope += np.eye(3)
        if len(points) and np.linalg.det(slope).min() < LEAST_SLOPE:
            raise InputError(f"{TOLD}: the field folds at a target, which no tissue does; make the transform again and look at it")

    def _back(self, points: Floats) -> Floats:
        """Fixed-point search: the place that the field takes to the point."""
        found = points - self._at(self._voxels(points))
        for _ in range(ROUNDS):
            wrong = points - found - self._at(self._voxels(found))
            if np.abs(wrong).max(initial=0.0) < NEAR_MM:
                self._inside(found)
                self._check_fold(found)
                return found
            found = found + 0.7 * wrong  # damped: a field may bend sharply and still have one way back
        raise InputError(f"{TOLD}: the field cannot be turned round at a target; give the transform made for the other direction")
