"""An invented person's brain stream, written by hand; nothing is computed here."""

import struct
import zlib
from dataclasses import replace

import invented
import invented_formulation
import invented_outlook
import invented_streams

from painloom.model.assessment import Assessment
from painloom.model.brain import (
    Asymmetry,
    BrainView,
    CohortPlace,
    Connection,
    ConnectionView,
    Gate,
    ImagingEntry,
    ImagingFinding,
    MarkerScore,
    Motion,
    NormRow,
    NormView,
    Picture,
    Prevalence,
)
from painloom.model.target import (
    SafetyReason,
    ScalpPoint,
    Stability,
    Target,
    TargetEvidence,
    TargetView,
)

RELEASE = "2026-11"
MNI = "MNI152NLin6Asym"
SOURCE = ("cpic-opioids-2021",)
BAD = invented_streams.BAD


def png(width: int = 96, height: int = 112) -> bytes:
    """A grey round shape."""
    rows = []
    for j in range(height):
        line = bytearray([0])
        for i in range(width):
            away = ((i - width / 2) / (width / 2.2)) ** 2 + ((j - height / 2) / (height / 2.2)) ** 2
            line.append(0 if away > 1 else int(210 - 130 * away))
        rows.append(bytes(line))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"".join(rows))) + chunk(b"IEND", b"")


def gates(motion: float, left: int) -> tuple[Gate, ...]:
    return (
        Gate("mean-fd", motion <= 0.3, motion, 0.3, "mm", f"Mean framewise displacement {motion} mm; at most 0.3 mm is allowed."),
        Gate("volumes-left", left >= 100, left, 100, "", f"{left} volumes left after scrubbing; at least 100 are needed."),
        Gate("coverage", True, 1.0, 0.95, "", "All regions of the atlas hold signal."),
    )


def place(percentile: float) -> CohortPlace:
    return CohortPlace("harbour", "harbour cohort", 37, percentile, "3 T, one vendor", "healthy young adults, no people with pain")


def marker(series: str, score: float | None, motion: float, left: int, **more: object) -> MarkerScore:
    held = score is None
    fields = {
        "label": "Pain sensitivity at rest",
        "unit": "model units",
        "place": None if held else place(72.4),
        "status": "withheld" if held else "scored",
        "reason": "mean framewise displacement 0.41 mm is above 0.3 mm" if held else "",
        "gates": gates(motion, left),
        "claim": "replicated",
        "details": () if held else (("dot", 0.4213), ("coverage", 1.0)),
        "sem": None if held else 0.31,
        "mdc": None if held else 0.86,
        "warnings": () if held else ("Trained on healthy people; what it says of chronic pain is not known.",),
        "card": ("markers/rest", RELEASE),
        "sources": SOURCE,
        **more,
    }
    return MarkerScore(id=series, model="rest", score=score, **fields)  # type: ignore[arg-type]


def panel() -> ConnectionView:
    def pair(name: str, r: float | None, z: float | None, reason: str = "", **more: object) -> Connection:
        fields = {
            "circuit": "pain circuits",
            "r_low": None if r is None else r - 0.15,
            "r_high": None if r is None else r + 0.15,
            "place": None if z is None else place(50 + 20 * z),
            "status": "withheld" if r is None else "ok",
            **more,
        }
        return Connection(id=name, label=name, r=r, z=z, reason=reason, **fields)  # type: ignore[arg-type]

    rows = (
        pair("default mode with salience", 0.31, 2.3),
        pair("sensorimotor with salience", 0.12, -0.2),
        pair("reward with medial prefrontal", 0.05, None),
        pair("brain stem with medial prefrontal", None, None, "the region is not in this atlas"),
    )
    return ConnectionView("rest_run-1", "Circuits of pain", rows, gates(0.12, 260), "research", (), ("panels/circuits", RELEASE), SOURCE)


def norm() -> NormView:
    zs = (-0.2, 0.4, -2.41, 1.1, 0.3, -0.9, 2.2, 0.1, -1.2, 0.8, -0.4, 0.6, -3.1, 0.2, 1.4, -0.1, 0.5, -0.7, 0.9, 0.0)
    names = ("hippocampus", "thalamus", "amygdala", "insula", "cingulate")
    rows = tuple(
        NormRow(
            region=f"region-{k}",
            measure="volume" if k % 2 else "thickness",
            value=3456.7 + 10 * k,
            unit="mm3" if k % 2 else "mm",
            expected=3500.0,
            z=z,
            z_low=z - 0.4,
            z_high=z + 0.4,
            centile=50 + 12 * z if abs(z) < 4 else 50,
            status="ok" if k % 3 else "ok (contrast imputed)",
            label=f"{'left' if k % 2 else 'right'} {names[k % 5]}",
            group=("salience", "descending control", "")[k % 3],
        )
        for k, z in enumerate(zs)
    )
    held = NormRow("lh-x", "area", None, "mm2", None, None, None, None, None, "withheld: no label in the file", "left odd region", "")
    return NormView(
        "adults",
        "Adults 18 to 100, one software version",
        (*rows, held),
        (Asymmetry("hippocampus", "volume", -6.2, -1.4, "hippocampus"), Asymmetry("thalamus", "volume", 1.1, None, "thalamus")),
        20,
        3,
        1.0,
        1.96,
        "3 of 20 regions beyond the limits is not unusual after correction; none stands out alone but one",
        (("region-12", "thickness"),),
        ("Image contrast was not available and taken as average; intervals are wider.",),
        "replicated",
        ("norms/adults", RELEASE),
        SOURCE,
    )


def finding(label: str, grade: str, level: str, percent: float | None, **more: object) -> ImagingFinding:
    common = None if percent is None else Prevalence(percent, 50, 102, "verified", "Read between the ages given.", SOURCE)
    fields = {
        "meaning": "The disc has lost height and signal.",
        "urgent": "",
        "status": "ok",
        "reason": "",
        "claim": "replicated",
        "state": "verified",
        "notes": ("Goes together with pain in groups; it does not prove the cause in one person.",),
        "card": ("imaging/disc", RELEASE),
        "sources": SOURCE,
        **more,
    }
    entry = ImagingEntry("disc", grade, level, "left" if percent is None else "")
    return ImagingFinding(entry=entry, label=label, prevalence=common, **fields)  # type: ignore[arg-type]


def imaging() -> tuple[ImagingFinding, ...]:
    return (
        finding("Disc degeneration", "IV", "L4/5", 80.0),
        finding("Foramen narrowed", "2", "L5/S1", None, state="to-verify"),
        finding(
            "Red flag on a scan nerve-bundle L4/5",
            "nerve-bundle",
            "L4/5",
            None,
            meaning="Nerve bundle of the lower spine pressed.",
            urgent="Same day: surgical opinion; do not wait for anything else.",
        ),
    )


EVIDENCE = (
    TargetEvidence("European expert panel", 2020, "Level A", "Definite efficacy in neuropathic pain.", "verified", SOURCE[0]),
    TargetEvidence("Pain society, neuropathic group", 2025, "weak, third line", "Weak recommendation.", "verified", SOURCE[0]),
    TargetEvidence("Review of trials", 2018, "low certainty", "Small effect.", "to-verify", SOURCE[0]),
)


def target(order: int, name: str, place: tuple[float, float, float] | None, status: str = "open", **more: object) -> Target:
    fields = {
        "modality": "rtms",
        "side": "left",
        "space": MNI,
        "scalp": (ScalpPoint("C3", 21.6, "Caps alone differ by 9 mm."),) if place else (),
        "indication": "neuropathic pain",
        "evidence": EVIDENCE,
        "protocol": (
            ("frequency", "10 Hz"),
            ("intensity", "80 % of resting motor threshold"),
            ("pulses", "3,000 a session"),
            ("sessions", "5 to 10, then spaced"),
        ),
        "safety": (),
        "why": ("The pain is in the right hand: the opposite side is aimed at.",),
        "claim": "guideline",
        "notes": (),
        "card": ("targets/hand", RELEASE),
        "sources": SOURCE,
        **more,
    }
    return Target(id=f"t{order}", name=name, xyz_mm=place, status=status, order=order, **fields)  # type: ignore[arg-type]


CAUTION = SafetyReason("caution", "The drug lowers the seizure threshold.", "tramadol in the drug list", "verified", SOURCE)
REFUSAL = SafetyReason("refused", "An implant with electronics near the coil.", "cochlear implant in the case", "verified", SOURCE)


def targets() -> TargetView:
    steady = Stability(3.4, (140, 138), 11.6, "Below 5 mm is steady.")
    return TargetView(
        (
            target(1, "Motor cortex, hand", (-37.0, -21.0, 58.0), native_xyz_mm=(-35.2, -18.4, 61.0), native_space="T1w"),
            target(2, "Motor cortex, face", (-50.0, -8.0, 40.0), indication="facial pain"),
            target(3, "Prefrontal, from own data", (-41.0, 16.0, 54.0), "caution", safety=(CAUTION,), stability=steady),
            target(4, "Posterior insula", (-40.0, -8.0, 10.0), "caution", safety=(CAUTION,), claim="research"),
            target(5, "Motor cortex, direct current", (-37.0, -21.0, 58.0), "refused", safety=(REFUSAL, CAUTION), modality="tdcs"),
            target(6, "Spinal cord stimulation", None, "caution", side="", space="", modality="implant", safety=(CAUTION,)),
        ),
        ("no image of this person: template coordinates, off by a centimetre or more", "side of the worst pain not given"),
        ("Find the motor hotspot first; the map is a start, not a place to shoot at.",),
    )


def pictures() -> tuple[Picture, ...]:
    return (
        Picture("T1w", "sagittal", -35.2, (-110.0, -70.0), (80.0, 90.0), png(190, 160), "T1w"),
        Picture("T1w", "coronal", -18.4, (-80.0, -70.0), (80.0, 90.0), png(160, 160), "T1w"),
        Picture("T1w", "axial", 20.0, (-80.0, -110.0), (80.0, 80.0), png(160, 190), "T1w"),
    )


def brain() -> BrainView:
    wave = tuple(0.08 + 0.05 * ((k * 7919) % 11) / 11 + (0.6 if k in (40, 41, 42, 130) else 0) for k in range(290))
    shaky = tuple(0.3 + 0.4 * ((k * 104729) % 13) / 13 for k in range(200))
    return BrainView(
        (("rest_run-1_timeseries.tsv", "9f2c" * 16), ("T1w.nii.gz", "77ab" * 16)),
        (marker("rest_run-1", 0.4213, 0.12, 260), marker("rest_run-2", None, 0.41, 88)),
        (panel(),),
        (norm(),),
        (Motion("rest_run-1", wave, 0.5, 8), Motion("rest_run-2", shaky, 0.5, 112)),
        imaging(),
        pictures(),
        ("The image's space was taken from its file name.",),
    )


def _with(base: Assessment, view: BrainView | None, aims: TargetView | None) -> Assessment:
    streams = tuple((name, None if name == "brain" else absence) for name, absence in base.streams)
    return replace(base, streams=streams, brain=view, targets=aims)


def rich() -> Assessment:
    """Everything at once."""
    return replace(
        _with(invented_streams.ilse(), brain(), targets()), outlook=invented_outlook.view(), formulation=invented_formulation.formulation()
    )


def sparse() -> Assessment:
    """One entry, nothing else."""
    return _with(invented.mara(), BrainView(imaging=(finding("Disc bulge", "", "L4/5", 60.0),)), None)


def withheld() -> Assessment:
    """All scores withheld, all regions withheld, all targets refused."""
    view = BrainView(
        markers=(marker("rest", None, 0.41, 88),),
        connections=(replace(panel(), connections=panel().connections[3:], gates=gates(0.41, 88)),),
        norms=(replace(norm(), rows=norm().rows[-1:], count=0, observed=0, expected=0.0, verdict="Nothing could be compared", kept=()),),
    )
    refused = tuple(replace(t, status="refused", safety=(REFUSAL,)) for t in targets().targets)
    return _with(invented.mara(), view, TargetView(refused, ()))


def rogue() -> Assessment:
    """Texts that try to break out of the page, numbers at the ends of their ranges."""
    aims = targets()
    bad = replace(
        aims.targets[0], name=BAD, side=BAD, why=(BAD,), notes=(BAD,), protocol=((BAD, BAD),), xyz_mm=(-200.0, 400.0, -300.0), space=BAD
    )
    view = replace(
        brain(),
        warnings=(BAD,),
        files=((BAD, BAD),),
        markers=(marker(BAD, 1e9, 0.1, 200, label=BAD, place=CohortPlace(BAD, BAD, 0, 100.0, BAD, BAD), warnings=(BAD,)),),
        motion=(Motion(BAD, (0.0,), 0.0, 0), Motion("long", tuple(0.01 * (k % 90) for k in range(5000)), 0.5, 9)),
        imaging=(replace(finding(BAD, BAD, BAD, 0.2), meaning=BAD, notes=(BAD,)),),
    )
    return _with(invented.mara(), view, TargetView((bad, bad, *aims.targets), (BAD,), (BAD,)))
