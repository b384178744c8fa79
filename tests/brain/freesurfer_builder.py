"""Folders of FreeSurfer-style results with invented numbers, and mgz images of a few voxels."""

import gzip
import struct
from pathlib import Path

import numpy as np

SIDES = ("lh", "rh")
DEEP = {
    "Left-Lateral-Ventricle": 7000.0,
    "Left-Inf-Lat-Vent": 300.0,
    "Left-Cerebellum-White-Matter": 14000.0,
    "Left-Cerebellum-Cortex": 54000.0,
    "Left-Thalamus-Proper": 7800.0,
    "Left-Caudate": 3400.0,
    "Left-Putamen": 5000.0,
    "Left-Pallidum": 1900.0,
    "3rd-Ventricle": 1000.0,
    "4th-Ventricle": 1800.0,
    "Brain-Stem": 21000.0,
    "Left-Hippocampus": 4000.0,
    "Left-Amygdala": 1600.0,
    "Left-Accumbens-area": 560.0,
    "Left-VentralDC": 4000.0,
    "CC_Posterior": 900.0,
    "CC_Mid_Posterior": 450.0,
    "CC_Central": 470.0,
    "CC_Mid_Anterior": 480.0,
    "CC_Anterior": 850.0,
}
CORTEX = {
    "bankssts": (1000, 2400, 2.5),
    "insula": (2300, 6800, 3.0),
    "precentral": (4800, 13000, 2.5),
    "superiorfrontal": (7000, 21000, 2.7),
}
TYPES = {"u1": 0, "i4": 1, "f4": 3, "i2": 4}


def head(etiv=1_500_000.0, holes=40, subject="invented", program="mri_segstats", version="$Id: x.c,v 1.1 2016/05/31 a Exp $"):
    """Header lines; None leaves a measure out."""
    lines = ["# Title Segmentation Statistics ", f"# generating_program {program}", f"# cvs_version {version}", f"# subjectname {subject}"]
    if holes is not None:
        lines.append(f"# Measure SurfaceHoles, SurfaceHoles, Total number of defect holes, {holes}, unitless")
    if etiv is not None:
        lines.append(f"# Measure EstimatedTotalIntraCranialVol, eTIV, Estimated Total Intracranial Volume, {etiv}, mm^3")
    lines.append("# Measure Cortex, CortexVol Total cortical gray matter volume, 470000.5, mm^3")
    return lines


def aseg(changes=None, renames=None, **about):
    """Text of an aseg.stats; `changes` replace volumes by name, None leaves a structure out."""
    both = dict(DEEP) | {name.replace("Left-", "Right-"): value for name, value in DEEP.items() if name.startswith("Left-")}
    both |= changes or {}
    rows = []
    for at, (name, value) in enumerate(both.items(), start=1):
        if value is not None:
            rows.append(f"{at:3d} {at:3d}  {100:6d}  {value}  {(renames or {}).get(name, name)}  80.0 5.0 1 100 99")
    columns = "# ColHeaders  Index SegId NVoxels Volume_mm3 StructName normMean normStdDev normMin normMax normRange"
    return "\n".join([*head(**about), columns, *rows]) + "\n"


def aparc(side="lh", regions=None, etiv=1_500_000.0, subject="invented"):
    """Text of an aparc.stats."""
    rows = [f"{name}  1422  {area}  {volume}  {thick} 0.4 0.1 0.02 10 0.9" for name, (area, volume, thick) in (regions or CORTEX).items()]
    about = [
        "# Table of FreeSurfer cortical parcellation anatomical statistics ",
        f"# subjectname {subject}",
        f"# hemi {side}",
        "# Measure Cortex, WhiteSurfArea, White Surface Total Area, 84599, mm^2",
        "# Measure Cortex, MeanThickness, Mean Thickness, 2.53991, mm",
        f"# Measure EstimatedTotalIntraCranialVol, eTIV, Estimated Total Intracranial Volume, {etiv}, mm^3",
    ]
    columns = "# ColHeaders StructName NumVert SurfArea GrayVol ThickAvg ThickStd MeanCurv GausCurv FoldInd CurvInd"
    return "\n".join([*about, columns, *rows]) + "\n"


def subject_folder(root: Path, *, cortex=True, **about) -> Path:
    """A folder with stats/aseg.stats and, with `cortex`, both aparc.stats."""
    (root / "stats").mkdir(parents=True)
    (root / "stats" / "aseg.stats").write_text(aseg(**about))
    for side in SIDES if cortex else ():
        (root / "stats" / f"{side}.aparc.stats").write_text(aparc(side))
    return root


def mgz(path: Path, data, *, moved=0.0, good=1, version=1, frames=1, shape=None, packed=True, tail=b"\0" * 40) -> Path:
    """A small mgz; `shape` lets the header lie about the size, `moved` shifts the centre in mm."""
    data = np.asarray(data)
    kind = f"{data.dtype.kind}{data.dtype.itemsize}"
    geometry = (1, 1, 1, -1, 0, 0, 0, 0, -1, 0, 1, 0, moved, 0, 0)
    start = struct.pack(">7i h 15f", version, *(shape or data.shape), frames, TYPES[kind], 0, good, *geometry).ljust(284, b"\0")
    whole = start + data.astype(data.dtype.newbyteorder(">")).tobytes(order="F") + tail
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(whole, 1) if packed else whole)
    return path
