"""Tables of the normative card from the coefficients that its authors published.

    derive_norms.py COEFFICIENTS.json.gz [--to FOLDER]

COEFFICIENTS holds `models[table][region] = {intercept, coef, mse, cnr_mean}` and `log10`, the regions that are modelled on a logarithm.
One file a family of tables is written beside the card (`<card>.<family>.tsv`, one row a model); `<card>.toml` itself is written by hand.
The numbers are the published ones, in the shortest spelling that reads back to the same 64-bit number.
"""

import argparse
import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from painloom.knowledge.load import DATA


def words(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


CARD = "nomis-v1"
FOLDER = DATA / "norms"
TERMS = words(
    """
    age age2 age3 etiv etiv2 etiv3 surfaceholes surfaceholes2 surfaceholes3 voxel sex_m age_x_etiv age_x_sex_m etiv_x_sex_m mfs_15
    manufacturer_philips manufacturer_ge etiv_x_mfs_15 mfs_15_x_manufacturer_philips mfs_15_x_manufacturer_ge cnr cnr2 cnr3
    """
)
HEAD = ("table", "file", "part", "name", "region", "measure", "scale", "contrast")
MEASURES = {"grayvol": "volume", "surfarea": "area", "thickavg": "thickness"}
GLOBAL_MEASURES = {"meanthickness": "thickness", "pialsurfarea": "area", "whitesurfarea": "area"}
SIDES = {"left": "lh", "right": "rh"}
DK_IMAGE, DKT_IMAGE, FINE_IMAGE = "aparc+aseg", "aparc.DKTatlas+aseg", "aparc.a2009s+aseg"
# Label numbers follow the published colour tables: 1000 + place (left), 2000 + place (right), 11100 / 12100 + place for the fine atlas.
DK = words(
    """
    bankssts caudalanteriorcingulate caudalmiddlefrontal - cuneus entorhinal fusiform inferiorparietal inferiortemporal
    isthmuscingulate lateraloccipital lateralorbitofrontal lingual medialorbitofrontal middletemporal parahippocampal paracentral
    parsopercularis parsorbitalis parstriangularis pericalcarine postcentral posteriorcingulate precentral precuneus
    rostralanteriorcingulate rostralmiddlefrontal superiorfrontal superiorparietal superiortemporal supramarginal frontalpole
    temporalpole transversetemporal insula
    """
)
FINE = words(
    """
    g&s_frontomargin g&s_occipital_inf g&s_paracentral g&s_subcentral g&s_transv_frontopol g&s_cingul-ant g&s_cingul-mid-ant
    g&s_cingul-mid-post g_cingul-post-dorsal g_cingul-post-ventral g_cuneus g_front_inf-opercular g_front_inf-orbital
    g_front_inf-triangul g_front_middle g_front_sup g_ins_lg&s_cent_ins g_insular_short g_occipital_middle g_occipital_sup
    g_oc-temp_lat-fusifor g_oc-temp_med-lingual g_oc-temp_med-parahip g_orbital g_pariet_inf-angular g_pariet_inf-supramar
    g_parietal_sup g_postcentral g_precentral g_precuneus g_rectus g_subcallosal g_temp_sup-g_t_transv g_temp_sup-lateral
    g_temp_sup-plan_polar g_temp_sup-plan_tempo g_temporal_inf g_temporal_middle lat_fis-ant-horizont lat_fis-ant-vertical
    lat_fis-post - pole_occipital pole_temporal s_calcarine s_central s_cingul-marginalis s_circular_insula_ant s_circular_insula_inf
    s_circular_insula_sup s_collat_transv_ant s_collat_transv_post s_front_inf s_front_middle s_front_sup s_interm_prim-jensen
    s_intrapariet&p_trans s_oc_middle&lunatus s_oc_sup&transversal s_occipital_ant s_oc-temp_lat s_oc-temp_med&lingual
    s_orbital_lateral s_orbital_med-olfact s_orbital-h_shaped s_parieto_occipital s_pericallosal s_postcentral s_precentral-inf-part
    s_precentral-sup-part s_suborbital s_subparietal s_temporal_inf s_temporal_sup s_temporal_transverse
    """
)
HIPPOCAMPUS = {"lh": 17, "rh": 53}
Row = list[str]


def family(table: str) -> str:
    """The file a table's rows go to: both hemispheres share one."""
    if table in ("lhpcsub", "rhpcsub"):
        return "hpcsub"
    return re.sub(r"^[lr]h\.", "", table)


def cortical(table: str, name: str) -> Row:
    """Place and contrast of one row of a cortical table such as `lh.aparc`; `name` is `<region>_<measure>`."""
    side, atlas = table.split(".", 1)
    region, _, kind = name.rpartition("_")
    left = side == "lh"
    if "BA_exvivo" in atlas:
        contrast = "total-grey"
    elif "a2009s" in atlas:
        contrast = f"{FINE_IMAGE}:{(11100 if left else 12100) + FINE.index(region) + 1}"
    else:
        image = DKT_IMAGE if "DKT" in atlas else DK_IMAGE
        contrast = f"{image}:{(1000 if left else 2000) + DK.index(region) + 1}"
    return [table, table, "rows", region, f"{side}-{region}", MEASURES[kind], "plain", contrast]


def whole(name: str) -> Row:
    """Place and contrast of one whole-brain measure; those of a hemisphere's surface stand in the cortical files' headers."""
    side, _, rest = name.partition("_")
    if side in SIDES:
        hemi = SIDES[side]
        file = f"{hemi}.aparc.pial" if rest == "pialsurfarea" else f"{hemi}.aparc"
        return ["aseg_bigregions", file, "header", rest, f"{hemi}-{rest}", GLOBAL_MEASURES[rest], "plain", f"{hemi}-cortex"]
    return ["aseg_bigregions", "aseg", "header", name, name, "volume", "plain", "total-grey"]


def place(table: str, name: str, log10: Sequence[str]) -> Row:
    """The first eight cells of one row."""
    if table == "aseg_bigregions":
        return whole(name)
    if table in ("lhpcsub", "rhpcsub"):
        hemi = table[:2]
        return [table, f"{hemi}.hipposubfields", "rows", name, f"{hemi}-{name}", "volume", "plain", f"{DKT_IMAGE}:{HIPPOCAMPUS[hemi]}"]
    if table == "brainstem":
        return [table, "brainstem", "rows", name, name, "volume", "plain", "total-grey"]
    if table.startswith(("lh.", "rh.")):
        return cortical(table, name)
    return [table, table, "rows", name, name, "volume", "log10" if name in log10 else "plain", "total-grey"]


def rows(published: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    """(family, cells) of every model."""
    for table, models in published["models"].items():
        for name, model in models.items():
            unknown = set(model["coef"]) - set(TERMS)
            if unknown:
                raise KeyError(f"{table} {name}: terms that this tool does not know: {sorted(unknown)}")
            numbers = [model["intercept"], *(model["coef"].get(term) for term in TERMS), model["mse"], model["cnr_mean"]]
            cells = ["." if x is None else repr(float(x)) for x in numbers]
            yield family(table), [*place(table, name, published["log10"]), *cells]


def write(published: Mapping[str, Any], folder: Path) -> dict[str, int]:
    """Write the tables; how many rows each family got."""
    found: dict[str, list[Row]] = {}
    for name, row in rows(published):
        found.setdefault(name, []).append(row)
    header = [*HEAD, "intercept", *TERMS, "mse", "contrast_mean"]
    for name, lines in found.items():
        text = "".join("\t".join(cells) + "\n" for cells in [header, *lines])
        (folder / f"{CARD}.{name}.tsv").write_text(text, encoding="utf-8", newline="\n")
    return {name: len(lines) for name, lines in found.items()}


def main() -> None:
    """Write the tables and say how many rows each has."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("coefficients", type=Path)
    parser.add_argument("--to", type=Path, default=FOLDER)
    args = parser.parse_args()
    with gzip.open(args.coefficients, "rt", encoding="utf-8") as file:
        published = json.load(file)
    for name, count in write(published, args.to).items():
        print(f"{name}\t{count}")


if __name__ == "__main__":
    main()
