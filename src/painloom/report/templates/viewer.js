const settings = JSON.parse(document.getElementById("view-settings").textContent);
const note = document.getElementById("still-note");

async function bytesOf(id) {
  const packed = Uint8Array.from(atob(document.getElementById(id).textContent.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/* the little of a Jupyter model that the widget asks for */
class Model {
  constructor(values, heard) { this.values = values; this.heard = heard; this.hands = new Map(); }
  get(name) { return this.values[name] ?? null; }
  set(name, value) { this.values[name] = value; }
  save_changes() {}
  on(event, hand) { this.hands.set(event, [...(this.hands.get(event) ?? []), hand]); }
  off(event, hand) { this.hands.set(event, hand ? (this.hands.get(event) ?? []).filter((h) => h !== hand) : []); }
  emit(event, ...rest) { for (const hand of this.hands.get(event) ?? []) hand(...rest); }
  send(content) { if (this.heard) this.heard(content); }
  send_sync_message() {}
}

function volume(id, name, data, more) {
  return new Model({
    id, name, data, path: { name: null, data: null }, url: null, paired_img_path: { name: null, data: null }, paired_img_url: null,
    paired_img_data: null, opacity: 1, colormap: "gray", colorbar_visible: false, cal_min: null, cal_max: null, cal_min_neg: null,
    cal_max_neg: null, frame_4d: 0, colormap_negative: "", colormap_label: null, colormap_type: 0, colormap_invert: false,
    modulation_image: null, modulate_alpha: 0, ...more,
  });
}

/* mm -> share of the volume, by the widget's own matrix (column by column) */
function share(model, mm) {
  const m = model.get("frac2mm_ortho") ?? model.get("frac2mm");
  const a = (r, c) => m[4 * c + r];
  const d = mm.map((v, r) => v - a(r, 3));
  const det = (x, y, z) => x[0] * (y[1] * z[2] - y[2] * z[1]) - y[0] * (x[1] * z[2] - x[2] * z[1]) + z[0] * (x[1] * y[2] - x[2] * y[1]);
  const col = (c) => [a(0, c), a(1, c), a(2, c)];
  const whole = det(col(0), col(1), col(2));
  return [det(d, col(1), col(2)) / whole, det(col(0), d, col(2)) / whole, det(col(0), col(1), d) / whole];
}

async function start() {
  const probe = document.createElement("canvas").getContext("webgl2");
  if (!probe) throw new Error("no WebGL2");
  probe.getExtension("WEBGL_lose_context")?.loseContext();
  console.log = () => {};
  const models = new Map([["image", volume("image", "image.nii", await bytesOf("image-data"), { cal_min: settings.low, cal_max: settings.high })]]);
  if (document.getElementById("overlay-data")) {
    const shown = { colormap: "warm", colormap_negative: "winter", opacity: 0.7, cal_min: settings.overlay_low, cal_max: settings.overlay_high };
    models.set("overlay", volume("overlay", "overlay.nii", await bytesOf("overlay-data"), shown));
  }
  if (document.getElementById("balls-data")) {
    models.set("balls", volume("balls", "targets.nii", await bytesOf("balls-data"), { colormap: "red", opacity: 0.9, cal_min: 0.5, cal_max: 1 }));
  }
  const readout = document.getElementById("readout");
  const tell = (mm) => {
    const [x, y, z] = mm.map((v) => v.toFixed(1));
    readout.textContent = readout.dataset.words.replace("[x]", x).replace("[y]", y).replace("[z]", z);
  };
  const view = new Model({
    height: settings.height, volumes: [...models.keys()].map((id) => "IPY_MODEL_" + id), meshes: [], this_model_id: "",
    opts: { show3Dcrosshair: true, multiplanarShowRender: 0, sliceType: 3, isOrientationTextVisible: true, showAllOrientationMarkers: true, fontColor: [1, 1, 1, 1], fontMinPx: 17, isRadiologicalConvention: false,
      sagittalNoseLeft: false, backColor: [0, 0, 0, 1], crosshairColor: [1, 0.83, 0.3, 0.9], isNearestInterpolation: false, isColorbar: false,
      dragAndDropEnabled: false, drawingEnabled: false, multiplanarForceRender: false, loadingText: "" },
    background_masks_overlays: 0, draw_lut: null, draw_opacity: 0.8, draw_fill_overwrites: true, graph: null, scene: null,
    overlay_outline_width: 0, overlay_alpha_shader: 1,
  }, (content) => {
    if (content.event !== "location_change") return;
    tell([...content.data.mm].slice(0, 3));
    window.viewerAt = [...content.data.mm];
  });
  view.widget_manager = { get_model: async (id) => models.get(id) };
  const place = document.getElementById("interactive");
  place.hidden = false;
  try {
    await viewerWidget.initialize({ model: view });
    await viewerWidget.render({ model: view, el: document.getElementById("viewer") });
  } catch (wrong) { place.hidden = true; throw wrong; }
  const canvas = document.querySelector("#viewer canvas");
  canvas.setAttribute("aria-label", document.getElementById("live-title").textContent);
  canvas.setAttribute("role", "img");
  const go = (mm) => {
    view.set("scene", { crosshairPos: share(models.get("image"), mm) });
    view.emit("change:scene");
    view.emit("msg:custom", { type: "draw_scene", data: [] }, []);
  };
  for (const button of document.querySelectorAll("[data-place]")) {
    button.addEventListener("click", () => {
      const mm = button.dataset.place.split(",").map(Number);
      go(mm);
      tell(mm);
    });
  }
  go(settings.at);
  tell(settings.at);
  document.documentElement.dataset.viewer = "ready";
}

start().catch(() => {
  note.textContent = note.dataset.failed;
  document.documentElement.dataset.viewer = "failed";
});
