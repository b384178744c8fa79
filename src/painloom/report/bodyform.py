"""The body map to fill in: one HTML file with the picture and a list that mirror each other; no network, no server."""

import json
from collections.abc import Iterator

from markupsafe import Markup

from painloom.knowledge.bodymap import BodyMap
from painloom.model.bodymap import MIDLINE, BodyRegion
from painloom.report.bodyfigure import draw_body

ANCHOR = "map"
NEEDED = ("form_open", "form_count_one", "form_count_many", "form_copied", "form_copy_failed", "form_file")
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; form-action 'none'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{intro}</p>
<div class="sheet">
<section class="picture" aria-labelledby="sides"><p id="sides" class="small">{sides}</p><div aria-hidden="true">{picture}</div></section>
<section class="list"><h2>{list_title}</h2>
<label class="nothing"><input type="checkbox" value="none" id="nothing"><span>{nothing}</span></label>
{lists}
</section>
</div>
<section class="result"><h2>{result}</h2>
<p id="count" role="status">{open}</p>
<label for="answer">{answer}</label>
<textarea id="answer" rows="3" readonly></textarea>
<p class="buttons"><button type="button" id="copy">{copy}</button><button type="button" id="save">{save}</button>
<button type="button" id="clear">{clear}</button></p>
<p id="said" role="status"></p>
</section>
</main>
<script type="application/json" id="words">{words}</script>
<script>{script}</script>
</body>
</html>
"""
STYLE = """
:root{color-scheme:light dark;--ink:#1d2430;--soft:#555c67;--paper:#fcfbf8;--card:#fff;--rule:#d9d5cc;--accent:#2f5d8a;--avoid:#b3261e;
--avoid-ground:#fcefed;--line:#6d737c}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e9e6df;--soft:#b3b8c0;--paper:#14181f;--card:#1a1f28;--rule:#363d49;
--accent:#8fbbe4;--avoid:#ff9c92;--avoid-ground:#331d1c;--line:#8d949e}}
*{box-sizing:border-box}
html{font:17px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);overflow-wrap:anywhere}
main{max-width:1160px;margin:0 auto;padding:16px 16px 48px}
h1{font-size:28px;line-height:1.2;margin:0 0 8px}h2{font-size:21px;line-height:1.25;margin:0 0 8px}
p{margin:0 0 12px;max-width:70ch}.small{font-size:15px;color:var(--soft)}
.sheet{display:grid;grid-template-columns:minmax(0,1.25fr) minmax(0,1fr);gap:16px 32px;align-items:start}
.picture{position:sticky;top:8px}.bodymap{width:100%;max-height:86vh;display:block}
.bm-r{cursor:pointer}.bm-r:hover{stroke:var(--accent);stroke-width:2.2}.bm-r.at{stroke:var(--accent);stroke-width:3}
fieldset{border:0;border-top:1px solid var(--rule);margin:0;padding:8px 0 12px;min-width:0}
legend{font-weight:650;padding:0}
label{display:flex;gap:10px;align-items:center;min-height:32px;padding:2px 0;cursor:pointer}
.result label{display:block;cursor:default}
input[type=checkbox]{width:22px;height:22px;margin:0;flex:none;accent-color:var(--accent)}
label:has(:checked) span{font-weight:650}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.boxes{display:grid;grid-template-columns:repeat(auto-fill,minmax(215px,1fr));gap:0 20px}
.nothing{margin-bottom:8px}.result{border-top:2px solid var(--ink);margin-top:24px;padding-top:16px}
textarea{width:100%;font:15px/1.4 ui-monospace,"Liberation Mono",monospace;color:var(--ink);background:var(--card);
border:1px solid var(--line);padding:8px}
button{font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--line);
border-radius:4px;min-height:44px;padding:6px 18px;cursor:pointer}
.buttons{display:flex;flex-wrap:wrap;gap:8px;margin-top:12px}
.middle{grid-column:1/-1}
@media (max-width:760px){.sheet{grid-template-columns:minmax(0,1fr)}.picture{position:static}
.picture div{margin:0 -12px}.bodymap{max-height:none}}
@media print{:root{--soft:#000}.bm-r.at,.bm-r:hover{stroke:#000;stroke-width:.8}body{background:#fff;color:#000}
.buttons,#said,.nothing:not(:has(:checked)),fieldset label:not(:has(:checked)),fieldset:not(:has(:checked)){display:none}
.picture{position:static}.sheet{grid-template-columns:minmax(0,1fr)}.bodymap{max-height:150mm}}
"""
SCRIPT = """
(() => {
  const words = JSON.parse(document.getElementById('words').textContent);
  const by = id => document.getElementById(id);
  const boxes = [...document.querySelectorAll('fieldset input')];
  const paths = new Map([...document.querySelectorAll('[data-region]')].map(p => [p.dataset.region, p]));
  const box = new Map(boxes.map(b => [b.value, b]));
  const nothing = by('nothing'), answer = by('answer'), count = by('count'), said = by('said');
  const chosen = () => boxes.filter(b => b.checked).map(b => b.value);
  function show() {
    const ids = chosen();
    for (const [id, path] of paths) path.classList.toggle('bm-hurts', box.get(id).checked);
    answer.value = ids.length ? ids.join(',') : nothing.checked ? 'none' : '';
    count.textContent = ids.length === 1 ? words.form_count_one : ids.length ? words.form_count_many.replace('{n}', ids.length)
      : nothing.checked ? words.form_none : words.form_open;
    by('copy').disabled = by('save').disabled = !answer.value;
    said.textContent = '';
  }
  for (const b of boxes) {
    b.addEventListener('change', () => { if (b.checked) nothing.checked = false; show(); });
    b.addEventListener('focus', () => paths.get(b.value).classList.add('at'));
    b.addEventListener('blur', () => paths.get(b.value).classList.remove('at'));
  }
  for (const [id, path] of paths) path.addEventListener('click', () => {
    const b = box.get(id); b.checked = !b.checked; if (b.checked) nothing.checked = false; show();
  });
  nothing.addEventListener('change', () => { if (nothing.checked) boxes.forEach(b => { b.checked = false; }); show(); });
  by('clear').addEventListener('click', () => { nothing.checked = false; boxes.forEach(b => { b.checked = false; }); show(); });
  by('copy').addEventListener('click', async () => {
    try { await navigator.clipboard.writeText(answer.value); said.textContent = words.form_copied; }
    catch { answer.focus(); answer.select(); said.textContent = words.form_copy_failed; }
  });
  by('save').addEventListener('click', () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([answer.value.split(',').join('\\n') + '\\n'], {type: 'text/plain'}));
    link.download = words.form_file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  show();
})();
"""


def body_form(body_map: BodyMap) -> str:
    """The empty form as one HTML document; the same map gives the same bytes.

    The list of checkboxes carries everything; the picture is a second way to the same boxes and hidden from assistive technology.  What
    it puts out are region ids, or "none" when the person says that nothing hurts; nothing marked puts out nothing.
    """
    words = body_map.form
    script = Markup(json.dumps({name: words[name] for name in (*NEEDED, "form_none")}, ensure_ascii=True).replace("<", "\\u003c"))
    return str(
        Markup(PAGE).format(
            title=words["form_title"],
            intro=words["form_intro"],
            sides=words["form_sides"],
            nothing=words["form_none"],
            list_title=words["form_list"],
            result=words["form_result"],
            open=words["form_open"],
            answer=words["form_answer"],
            copy=words["form_copy"],
            save=words["form_save"],
            clear=words["form_clear"],
            picture=draw_body(body_map, (), anchor=ANCHOR),
            lists=Markup("\n").join(_lists(body_map)),
            style=Markup(STYLE),
            script=Markup(SCRIPT),
            words=script,
        )
    )


def _lists(body_map: BodyMap) -> Iterator[Markup]:
    """One group of checkboxes a part of the body; every region in exactly one of them."""
    for part, side, label in body_map.parts:
        boxes = Markup("").join(_box(r) for r in body_map.regions if r.part == part and side in ("", r.side))
        yield Markup('<fieldset><legend>{}</legend><div class="boxes">{}</div></fieldset>').format(label, boxes)


def _box(region: BodyRegion) -> Markup:
    place = "middle" if region.side == MIDLINE else region.side
    return Markup('<label class="{}"><input type="checkbox" value="{}"><span>{}</span></label>').format(place, region.id, region.label)
