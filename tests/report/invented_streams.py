"""An invented person with answers, a judged drug list, criteria and red flags, written by hand; nothing is computed here."""

from dataclasses import replace

import invented
import numpy as np

from painloom.model.absence import NotCallable
from painloom.model.answers import UNANSWERED, Answers
from painloom.model.assessment import Assessment
from painloom.model.body import BodyRecord, Fact
from painloom.model.bodymap import MapRemark, Widespread
from painloom.model.criteria import Grade, GradeInput, PainCode, PainCoding, SensoryFinding, SeverityLevel
from painloom.model.finding import Finding
from painloom.model.medication import SafetyRow
from painloom.model.mind import AnswerFlag, BandEdge, ChangeView, ScoreView
from painloom.model.quantity import Estimate
from painloom.model.redflag import FlagFinding, RedFlag
from painloom.model.scores import SafetyAlert
from painloom.model.source import Provenance

RELEASE = "2026-11"
BAD = "<script>window.hacked=1</script>\"'></style><img src=x onerror=hacked=1>"
MOOD = (
    BandEdge("minimal", "minimal", 0, 4, "", "verified"),
    BandEdge("mild", "mild", 5, 9, "", "verified"),
    BandEdge("moderate", "moderate", 10, 14, "", "verified"),
    BandEdge("heavy", "moderately severe", 15, 19, "", "verified"),
    BandEdge("severe", "severe", 20, 27, "", "verified"),
)
T_BANDS = (
    BandEdge("severe", "severe", 22.5, 29.9, "general population", "verified"),
    BandEdge("moderate", "moderate", 30, 39.9, "general population", "verified"),
    BandEdge("mild", "mild", 40, 44.9, "general population", "verified"),
    BandEdge("normal", "within normal limits", 45, 57, "general population", "verified"),
)
FEAR = (BandEdge("low", "low", 11, 22, "", "to-verify"), BandEdge("high", "high", 23, 44, "", "to-verify"))


def score(instrument: str, scale: str, domain: str, estimate: Estimate | None, **more: object) -> ScoreView:
    fields = {
        "instrument_label": f"{instrument} questionnaire",
        "scale_label": f"{scale} scale",
        "date": "2026-03-02",
        "status": "scored" if estimate else "not_scored",
        "why": "" if estimate else "3 of 9 unanswered",
        "answered": 9 if estimate else 6,
        "count": 9,
        "bands": (),
        "judged": "verified",
        "notes": (),
        "card": (f"instruments/{instrument}", RELEASE),
        "sources": ("cpic-opioids-2021",),
        **more,
    }
    return ScoreView(instrument=instrument, scale=scale, domain=domain, estimate=estimate, **fields)  # type: ignore[arg-type]


def points(value: float, high: float, band: str = "", *, low: float = 0, se: float | None = None, higher_is: str = "worse") -> Estimate:
    return Estimate(value, "points", low, high, se, band, higher_is)


def scores() -> tuple[ScoreView, ...]:
    return (
        score("mood", "total", "mood", points(14, 27, "moderate"), bands=MOOD),
        score("mood", "total", "mood", points(17, 27, "heavy"), bands=MOOD, date="2026-04-13"),
        score("mood", "split", "mood", points(7, 12), judged="to-verify", notes=("House split, the total is never lowered.",)),
        score("profile", "function", "function", Estimate(35.6, "T", 22.5, 57, 2.3, "moderate", "better"), bands=T_BANDS),
        score("fear", "total", "fear-avoidance", points(29, 44, "high", low=11, se=2.54), bands=FEAR),
        score("sleep", "total", "sleep", None, bands=MOOD),
        score(
            "rule",
            "verdict",
            "widespread",
            points(1, 1, "met"),
            bands=(BandEdge("not", "not met", 0, 0, "", "verified"), BandEdge("met", "met", 1, 1, "", "verified")),
        ),
        *(
            score(
                "health",
                f"utility:{land}",
                "quality-of-life",
                Estimate(value, "utility", higher_is="better"),
                scale_label="utility by value set",
            )
            for land, value in (("Norland", 0.4489), ("Sudland", 0.389))
        ),
    )


def change(verdict: str = "of meaningful size but inside measurement error", direction: str = "inside error") -> ChangeView:
    return ChangeView(
        "mood questionnaire",
        "total scale",
        "2026-03-02",
        "2026-04-13",
        14,
        17,
        direction,
        None,
        "no",
        "yes",
        verdict,
        "5 points",
        "to-verify",
        "mic",
        (),
    )


def alert(triage: str = "assess", **more: object) -> SafetyAlert:
    fields = {
        "code": "suicide",
        "source": "mood questionnaire",
        "signal": "item-present",
        "triage": triage,
        "owner": "treating clinician",
        "within": "before the person leaves",
        "action": f"Ask directly ({triage})",
        "means": ("tramadol",),
        "rule": "suicide 2026-11",
        "rule_state": "verified",
        "sources": ("cpic-opioids-2021",),
        **more,
    }
    return SafetyAlert(**fields)  # type: ignore[arg-type]


def safety_rows() -> tuple[SafetyRow, ...]:
    return (
        SafetyRow(
            "mme-current",
            "total",
            "90",
            "MME/day",
            "caution",
            "oxycodone 60 + tramadol 30. Not counted: methadone (no factor).",
            "CDC 2022",
        ),
        SafetyRow("mme-current", "oxycodone", "60", "MME/day", "info", "oxycodone: 60 MME/day.", "CDC 2022"),
        SafetyRow("mme-current", "tramadol", "30", "MME/day", "info", "tramadol: 30 MME/day.", "CDC 2022"),
        SafetyRow(
            "interaction",
            "oxycodone + alprazolam",
            "",
            "",
            "severe",
            "oxycodone with alprazolam: slow breathing. Avoid it where another way exists.",
            "FDA 2016",
            card="rules/sedative",
            drugs=("oxycodone", "alprazolam"),
        ),
        SafetyRow(
            "qt",
            "methadone",
            "",
            "",
            "contraindicated",
            "methadone with a long QT: do not use. Take another.",
            "label",
            drugs=("methadone",),
        ),
        SafetyRow("duplicate", "two", "", "", "major", "two NSAIDs: keep one.", "guide", state="to-verify", drugs=("a", "b")),
        SafetyRow("naloxone", "oxycodone", "", "", "caution", "oxycodone: offer naloxone.", "CDC 2022", drugs=("oxycodone",)),
        SafetyRow(
            "organ-dose", "clearance", "", "", "info", "creatinine clearance not measured; it would matter for tramadol.", "painloom"
        ),
        SafetyRow("gate", "not asked", "", "", "info", "Not asked, or not known. For tramadol: breastfeeding now.", "painloom"),
    )


def grades() -> tuple[Grade, ...]:
    neuropathic = Grade(
        "neuropathic",
        "Neuropathic pain, grading of 2016",
        "neuropathic",
        "possible",
        "possible neuropathic pain",
        ("definite", "probable"),
        (
            GradeInput("history", "history of a lesion", "yes", basis="fact: lesion"),
            GradeInput("signs", "sensory signs on examination", "unknown", changes=True),
            GradeInput("other", "another disease explains it", "no"),
        ),
        "guideline",
        "verified",
        ("neuropathic", RELEASE),
        ("cpic-opioids-2021",),
    )
    unclear = replace(
        neuropathic,
        criteria="crps",
        label="Budapest criteria",
        grade="not-gradable",
        grade_label="not gradable yet",
        could_become=("met", "not-met"),
        inputs=(GradeInput("a", "swelling", "yes"), *(GradeInput(str(n), f"sign {n}", "unknown", changes=True) for n in range(5))),
        state="to-verify",
    )
    return neuropathic, unclear


def flag(id_: str, label: str, state: str, *, found: tuple[FlagFinding, ...] = (), knowledge: str = "verified") -> RedFlag:
    asked = (FlagFinding(f"{id_}-x", f"question of {id_}", "unknown", "strong", "at once"),) if state != "not-present" else ()
    return RedFlag(
        id_, label, state, f"Act on {id_}.", "at once", found, asked, "guideline", knowledge, (id_, RELEASE), ("cpic-opioids-2021",)
    )


def flags() -> tuple[RedFlag, ...]:
    sign = FlagFinding("s", "numb where one sits", "yes", "strong", "at once", "fact: saddle-numbness")
    return (
        flag("cauda", "Pressure on nerves (back pain)", "present", found=(sign,), knowledge="to-verify"),
        flag("suicide", "Suicide", "present", found=(replace(sign, label="item above zero"),)),
        flag("cancer", "Cancer in the spine", "watch", found=(replace(sign, label="weight loss", strength="weak"),)),
        flag("aorta", "Aorta", "not-asked"),
        flag("infection", "Infection", "not-asked"),
        flag("fracture", "Fracture", "not-present"),
    )


def codes() -> PainCoding:
    return PainCoding(
        "coded",
        (PainCode("MG30.01", "MG30.0", "chronic widespread pain", "verified", "fact: widespread"),),
        (),
        (PainCode("MG30.5", "MG30", "chronic neuropathic pain", "to-verify", "fact: neuropathic"),),
        (SeverityLevel("intensity", 3, "severe", "verified"), SeverityLevel("distress", None, "", "", "not rated")),
    )


def widespread() -> tuple[Widespread, ...]:
    return (
        Widespread("regions", "regions that hurt", "own", 2, 112, 0, "", ("low-back-l",), (), (), "", (), "own-choice", "verified"),
        Widespread(
            "aapt",
            "six of nine sites",
            "AAPT 2019",
            6,
            9,
            6,
            "yes",
            (),
            (),
            ("leg-left",),
            "no",
            (),
            "cpic-opioids-2021",
            "to-verify",
            ("A note",),
        ),
        Widespread(
            "core", "six sites and sleep", "AAPT 2019", None, 9, 6, "unknown", (), (), (), "unknown", ("fm-sleep",), "x", "verified"
        ),
    )


def ilse() -> Assessment:
    """Everything at once: an alert, red flags, dangers in the drug list, scores on two dates, criteria, a body map."""
    base = invented.mara()
    values = np.array([[3, UNANSWERED, 1]], dtype=np.int16)
    case = replace(
        base.case,
        body=BodyRecord(facts=(Fact("saddle-numbness", "yes", text="redflags"),), regions=("low-back-l", "knee-front-r", "tentacle")),
        answers=(Answers("mood", ("p",), ("q1", "q2", "q3"), values, "2026-03-02", "mood_2026-03-02.csv"),),
    )
    provenance = Provenance((), (("instruments/mood", RELEASE),))
    return replace(
        base,
        case=case,
        streams=(base.streams[0], base.streams[1], ("mind", None), ("body", None)),
        findings=(
            *base.findings,
            Finding("mind.mood.total", points(17, 27, "heavy"), "replicated", provenance),
            Finding("mind.sleep.total", NotCallable("3 of 9 unanswered"), "replicated", provenance),
        ),
        scores=scores(),
        changes=(change(),),
        answer_flags=(AnswerFlag("mood questionnaire", "2026-03-02", "the same answer throughout"),),
        alerts=(alert(),),
        safety=safety_rows(),
        grades=grades(),
        pain_codes=codes(),
        red_flags=flags(),
        sensory=(SensoryFinding("pressure", "trapezius", "left", 130, None, "not-judged", "no reference table"),),
        widespread=widespread(),
        map_remarks=(MapRemark("suspected-swap", "left knee", "left", ("knee-front-r",), "words say left knee, the map shows the right"),),
    )


def calm() -> Assessment:
    """Mind and body read, and nothing raised: no alert, no red flag, no danger."""
    whole = ilse()
    return replace(
        whole,
        alerts=(),
        safety=tuple(row for row in whole.safety if not row.is_warning),
        red_flags=tuple(f for f in whole.red_flags if f.state in ("not-asked", "not-present")),
        scores=tuple(s for s in whole.scores if s.instrument == "fear"),
        changes=(),
        answer_flags=(),
    )


def stranger() -> Assessment:
    """Every text of the mind and body streams tries to break out of the page, and is long."""
    whole, long = ilse(), BAD + "x" * 300
    return replace(
        whole,
        scores=tuple(
            replace(
                s,
                instrument_label=long,
                scale_label=BAD,
                why=BAD,
                notes=(BAD,),
                domain=BAD,
                sources=(BAD,),
                bands=tuple(replace(b, label=long) for b in s.bands),
            )
            for s in whole.scores
        ),
        changes=(),
        answer_flags=(AnswerFlag(BAD, BAD, long),),
        alerts=(alert(BAD, code=BAD, source=BAD, signal=BAD, owner=long, within=BAD, action=BAD, means=(BAD,), rule=BAD, sources=(BAD,)),),
        safety=tuple(replace(r, message=f"{BAD}. {long}", source=BAD, card=BAD, severity=r.severity) for r in whole.safety),
        grades=tuple(replace(g, label=long, grade_label=BAD, could_become=(BAD,), notes=(BAD,), sources=(BAD,)) for g in whole.grades),
        pain_codes=replace(codes(), notes=(BAD,), codes=(PainCode(BAD, BAD, long, BAD, BAD),)),
        red_flags=tuple(replace(f, label=long, act=BAD, notes=(BAD,), sources=(BAD,)) for f in whole.red_flags),
        widespread=tuple(
            replace(w, label=long, version=BAD, source=BAD, notes=(BAD,), by_convention=(BAD,), open=(BAD,)) for w in widespread()
        ),
        map_remarks=(MapRemark(BAD, BAD, BAD, (BAD,), long),),
        sensory=(SensoryFinding(BAD, BAD, BAD, 1, 2.5, BAD, long),),
        case=replace(whole.case, body=replace(whole.case.body, regions=(BAD, "low-back-l"))),
    )
