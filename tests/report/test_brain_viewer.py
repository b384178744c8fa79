"""The page of a head image: what it holds and does not hold, the command, and the view in a real browser."""

import gzip
import importlib.util
import re
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import invented_brain
import pytest
from browsers import of_the_system
from test_report_browser import faults

from painloom.errors import InputError
from painloom.report.viewer import HeadView, viewer_page

np = pytest.importorskip("numpy")
nib = pytest.importorskip("nibabel", reason="nibabel is not installed: tests of images skipped")
MODULE = "const seen = 1;\nvar thing = {initialize(){}, render(){}};\nexport{thing as default};\n"
GL = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
NO_GL = ("--no-sandbox", "--disable-gpu", "--disable-3d-apis")


def head(path, *, name=b"", n=40):
    """A ball of a head with a bright left half."""
    affine = np.diag([4.0, 4.0, 4.0, 1.0])
    affine[:3, 3] = -2.0 * (n - 1)
    index = np.stack(np.meshgrid(*(np.arange(n),) * 3, indexing="ij"), axis=-1)
    world = index @ affine[:3, :3].T + affine[:3, 3]
    data = np.where(np.linalg.norm(world, axis=-1) < 70, 100, 0) + np.where(
        (np.linalg.norm(world, axis=-1) < 70) & (world[..., 0] < 0), 80, 0
    )
    image = nib.Nifti1Image(data.astype(np.int16), affine)
    for field in ("descrip", "aux_file", "intent_name"):
        image.header[field] = name
    nib.save(image, path)
    return path


def view(**more):
    fields = {
        "name": "sub-1_T1w",
        "stamp": "painloom 0",
        "pictures": invented_brain.pictures(),
        "at_mm": (-35.2, -18.4, 20.0),
        "image": gzip.compress(b"nifti", mtime=0),
        "window": (1.0, 9.0),
        "targets": invented_brain.targets(),
        "space": "T1w",
        **more,
    }
    return HeadView(**fields)


def run(capsys, *words):
    from painloom.doors.cli.main import main

    status = main(["brain", "view", *(str(word) for word in words)])
    out, err = capsys.readouterr()
    return status, out, err


def test_the_page_allows_no_address_and_scripts_by_digest_only():
    page = viewer_page(view(), MODULE)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page).group(1)

    assert "default-src &#39;none&#39;" in policy
    assert "script-src &#39;sha256-" in policy
    assert "http" not in policy
    assert "unsafe-eval&#39;" not in policy.replace("wasm-unsafe-eval", "")
    assert re.findall(r'(?:src|href)="(?!#|data:)([^"]+)"', page) == []


def test_a_still_page_has_no_script_and_no_image_of_its_own():
    page = viewer_page(view(image=b""), "", "install it")

    assert "<script" not in page
    assert "install it" in page
    assert page.count("<image href=") == 3


def test_the_module_cannot_end_its_own_element():
    page = viewer_page(view(), 'const a = "</script><script>window.hacked=1</script><!--";\n' + MODULE)

    assert page.count("</script>") == 3
    assert "window.hacked" in page
    assert "<!--" not in page


@pytest.mark.parametrize("module", ["const a = 1;", "export default 3", "<html>not a module</html>", "export{a as default}; const b = 2;"])
def test_what_is_no_widget_module_is_refused(module):
    with pytest.raises(InputError, match=r"widget\.js"):
        viewer_page(view(), module)


def test_hostile_names_stay_texts():
    bad = invented_brain.BAD
    aims = invented_brain.targets()
    aims = replace(aims, targets=(replace(aims.targets[0], name=bad), *aims.targets[1:]))
    page = viewer_page(view(name=bad, stamp=bad, facts=(bad,), targets=aims, at_mm=(1.0, 2.0, 3.0)), MODULE)

    assert "<script>window" not in page
    assert "<img" not in page


def test_only_targets_that_may_be_aimed_at_in_this_space_have_a_button():
    page = viewer_page(view(), MODULE)

    assert re.findall(r'data-place="([^"]+)"', page) == ["-35.20,-18.40,61.00"]
    assert 'data-place="' not in viewer_page(view(space=""), MODULE)
    refused = replace(invented_brain.targets().targets[0], status="refused")
    assert 'data-place="' not in viewer_page(view(targets=replace(invented_brain.targets(), targets=(refused,))), MODULE)


def test_a_target_that_is_shown_says_its_state_and_that_it_is_a_proposal():
    page = viewer_page(view(), MODULE)
    labels = re.findall(r"<button[^>]*>([^<]+)</button>", page)

    assert labels
    assert all(label.endswith((": open", ": caution")) for label in labels)
    assert "a clinician confirms place, protocol and safety" in page
    assert "a clinician confirms place, protocol and safety" not in viewer_page(view(targets=None), MODULE)
    assert "Not for diagnosis." in page


def test_the_command_writes_a_page_without_the_headers_texts(tmp_path, capsys):
    module = tmp_path / "widget.js"
    module.write_text(MODULE)
    image = head(tmp_path / "MEIER_ANNA.nii.gz", name=b"MEIER ANNA 70")
    status, out, err = run(capsys, image, "--niivue", module, "-o", tmp_path / "view.html")
    page = (tmp_path / "view.html").read_text()
    packed = b64decode(re.search(r'id="image-data">([^<]+)<', page).group(1))

    assert (status, out) == (0, "")
    assert "MEIER" not in page
    assert b"MEIER" not in gzip.decompress(packed)
    assert "can identify a person" in err
    assert "A head scan can identify a person." in page
    assert "Head image image" in page


def test_a_mask_takes_the_warning_and_the_head_away(tmp_path, capsys):
    image = head(tmp_path / "sub-1_T1w.nii.gz")
    mask = nib.load(image)
    nib.save(nib.Nifti1Image(np.zeros(mask.shape, dtype=np.uint8), mask.affine), tmp_path / "sub-1_mask.nii.gz")
    module = tmp_path / "widget.js"
    module.write_text(MODULE)
    status, _, err = run(capsys, image, "--brain-mask", tmp_path / "sub-1_mask.nii.gz", "--niivue", module, "-o", tmp_path / "view.html")
    page = (tmp_path / "view.html").read_text()
    packed = nib.Nifti1Image.from_bytes(gzip.decompress(b64decode(re.search(r'id="image-data">([^<]+)<', page).group(1))))

    assert (status, err) == (0, "")
    assert "A head scan can identify" not in page
    assert np.abs(packed.get_fdata()).max() < 1e-6


def test_the_same_image_gives_the_same_page(tmp_path, capsys):
    image = head(tmp_path / "sub-1_T1w.nii.gz")
    for name in ("a", "b"):
        run(capsys, image, "--still", "-o", tmp_path / f"{name}.html")

    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_without_the_viewer_the_page_is_still_and_says_how_to_get_more(tmp_path, capsys, monkeypatch):
    known = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name, *more: None if name == "ipyniivue" else known(name, *more))
    status, out, err = run(capsys, head(tmp_path / "sub-1_T1w.nii.gz"))

    assert status == 0
    assert "<script" not in out
    assert "pip install &#39;painloom[viewer]&#39;" in out
    assert "painloom[viewer]" in err


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["nowhere.nii.gz"], 3, "not found"),
        (["HEAD", "--at", "1,2"], 2, "no place"),
        (["HEAD", "--at=0,0,900"], 3, "outside the image"),
        (["HEAD", "--overlay", "nowhere.nii"], 3, "not found"),
        (["CASE"], 3, "no T1w image"),
        (["HEAD", "--niivue", "NOTE"], 3, "widget.js"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_one_line_and_leaves_no_file(tmp_path, capsys, words, status, said):
    (tmp_path / "case").mkdir()
    (tmp_path / "note.txt").write_text("no module")
    places = {"HEAD": head(tmp_path / "sub-1_T1w.nii.gz"), "CASE": tmp_path / "case", "NOTE": tmp_path / "note.txt"}
    got, out, err = run(capsys, *(places.get(word, word) for word in words), "-o", tmp_path / "out.html")

    assert (got, out) == (status, "")
    assert said in err
    assert len(err.strip().splitlines()) == 1 + ("can identify" in err)
    assert not (tmp_path / "out.html").exists()


def test_a_case_folder_gives_its_first_head_image(tmp_path, capsys, monkeypatch):
    folder = tmp_path / "case" / "brain" / "sub-1" / "anat"
    folder.mkdir(parents=True)
    (tmp_path / "case" / "case.toml").write_text('[person]\nlabel = "X"\n')
    head(folder / "sub-1_T1w.nii.gz")
    monkeypatch.setattr("painloom.doors.cli.brain_view._targets", lambda case, args: invented_brain.targets())
    status, out, _ = run(capsys, tmp_path / "case", "--still")

    assert status == 0
    assert "Head image sub-1_T1w" in out
    assert "1 Motor cortex, hand at -35.2, -18.4, +61 mm" in out
    assert "sl-cross" in out
    assert "Posterior insula" in out.split("Not drawn")[1]
    assert "direct current" not in out


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    """A page with the real viewer, an overlay and targets, written by the command's own parts."""
    from painloom.brain.slices import balls, pack, read_volume, three_planes

    spec = importlib.util.find_spec("ipyniivue")
    if spec is None:
        pytest.skip("ipyniivue is not installed: tests of the interactive view skipped")
    folder = tmp_path_factory.mktemp("viewer")
    volume = read_volume(head(folder / "sub-1_T1w.nii.gz"))
    at, aims = (-35.2, -18.4, 61.0), invented_brain.targets()
    packed = pack(volume)
    shown = HeadView(
        name=volume.name,
        stamp="painloom",
        pictures=three_planes(volume, at),
        at_mm=at,
        image=packed.data,
        window=(packed.low, packed.high),
        balls=balls(volume, (at,), packed.step),
        targets=aims,
        space=volume.space,
    )
    path = folder / "view.html"
    path.write_text(viewer_page(shown, Path(spec.origin).parent.joinpath("static", "widget.js").read_text()), encoding="utf-8")
    return path


def open_page(browser, path, arguments, **context):
    found = of_the_system()
    chromium = browser.browser_type.launch(executable_path=found, args=list(arguments))
    page = chromium.new_context(viewport={"width": context.pop("width", 900), "height": 700}, **context).new_page()
    page.asked, page.faults = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.goto(path.as_uri())
    return chromium, page


@pytest.mark.browser
@pytest.mark.slow
def test_the_interactive_view_draws_the_head_and_goes_to_the_target(browser, page_file):
    chromium, page = open_page(browser, page_file, GL)
    page.wait_for_selector("html[data-viewer]", state="attached", timeout=240_000)
    if page.evaluate("document.documentElement.dataset.viewer") == "failed":
        chromium.close()
        pytest.skip("this browser has no WebGL 2: the interactive view cannot be drawn here")
    lit = page.evaluate("""() => new Promise(done => requestAnimationFrame(() => {
      document.querySelector('[data-place]').click();
      const c = document.querySelector('#viewer canvas'), d = document.createElement('canvas');
      d.width = 300; d.height = 150;
      const x = d.getContext('2d'); x.drawImage(c, 0, 0, 300, 150);
      const p = x.getImageData(0, 0, 300, 150).data; let n = 0, colours = new Set();
      for (let i = 0; i < p.length; i += 4) { if (p[i] + p[i+1] + p[i+2] > 60) n++; colours.add(p[i] >> 4); }
      const column = x => { let s = 0; for (let y = 0; y < 150; y++) s += p[4 * (y * 300 + x) + 2]; return s; };
      const total = (from, to) => { let s = 0; for (let x = from; x < to; x++) s += column(x); return s; };
      done([n, colours.size, total(0, 50), total(50, 100)]);
    }))""")

    assert lit[0] > 2000
    assert lit[1] > 3
    assert lit[2] > 3 * lit[3]  # the first third is the view from above: the bright half, the person's left, is on the left
    assert page.evaluate("document.getElementById('interactive').checkVisibility()")
    assert "x -35.2, y -18.4, z 61.0 mm" == page.inner_text("#readout")
    assert page.faults == []
    assert [url for url in page.asked if not url.startswith(("data:", "blob:"))] == [page_file.as_uri()]
    chromium.close()


@pytest.mark.browser
def test_without_webgl_the_slices_stay_and_the_page_says_why(browser, page_file):
    chromium, page = open_page(browser, page_file, NO_GL)
    page.wait_for_selector("html[data-viewer]", state="attached", timeout=120_000)

    assert page.evaluate("document.documentElement.dataset.viewer") == "failed"
    assert not page.evaluate("document.getElementById('interactive').checkVisibility()")
    assert "needs WebGL 2" in page.inner_text("#still-note")
    assert page.locator(".slice").count() == 3
    assert page.locator(".slice").first.is_visible()
    chromium.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_script_the_page_is_complete_accessible_and_fits_a_phone(browser, page_file, scheme):
    chromium, page = open_page(browser, page_file, NO_GL, java_script_enabled=False, width=390, color_scheme=scheme)

    assert page.locator("noscript p").is_visible()
    assert page.locator(".slice").first.is_visible()
    chromium.close()
    chromium, page = open_page(browser, page_file, NO_GL, width=390, color_scheme=scheme, bypass_csp=True)
    page.wait_for_selector("html[data-viewer]", state="attached", timeout=120_000)
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    chromium.close()
