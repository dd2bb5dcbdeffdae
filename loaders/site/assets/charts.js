// Charts, in the colours that the page has in the reader's scheme.

const dark = matchMedia("(prefers-color-scheme: dark)");
const drawn = [];
// What a reader picked in a table, by the key of its column: a chart's parameter of that name follows.
const picked = new Map();

const colour = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

const NAMES = ["ink", "muted", "line", "paper", "accent", "second", "good", "warn", "bad"];

const theme = () => {
  const [ink, muted, line] = ["ink", "muted", "line"].map(colour);
  const font = getComputedStyle(document.body).fontFamily;
  const ramp = [1, 2, 3, 4, 5].map((step) => colour(`ramp-${step}`));
  const categories = ["accent", "second", "third", "fourth", "fifth", "sixth"].map(colour);
  return {
    background: "transparent",
    font,
    view: { stroke: null },
    axis: {
      domainColor: line, gridColor: line, tickColor: line,
      labelColor: muted, titleColor: muted, labelFontSize: 11, titleFontSize: 11,
      titleFontWeight: "normal", labelLimit: 220,
    },
    axisBand: { grid: false },
    legend: { labelColor: ink, titleColor: muted, titleFontWeight: "normal", orient: "top" },
    header: { labelColor: ink, titleColor: muted, labelFontSize: 12 },
    title: { color: ink, anchor: "start", fontSize: 13, fontWeight: 600 },
    text: { color: ink },
    rule: { color: muted },
    arc: { fill: categories[0] }, area: { fill: categories[0] }, bar: { fill: categories[0] },
    line: { stroke: categories[0] }, point: { color: categories[0] }, circle: { fill: categories[0] },
    rect: { fill: categories[0] }, tick: { color: categories[0] },
    range: {
      category: categories, ordinal: ramp, ramp, heatmap: ramp,
      diverging: [colour("bad"), colour("paper-2"), colour("good")],
    },
  };
};

const draw = async (figure) => {
  const spec = JSON.parse(figure.querySelector("script").textContent);
  const params = NAMES.map((name) => ({ name, value: colour(name) }));
  const own = (spec.params ?? []).map((param) =>
    picked.has(param.name) ? { ...param, value: picked.get(param.name) } : param);
  const { view } = await vegaEmbed(
    figure.querySelector(".drawing"),
    { ...spec, params: [...params, ...own] },
    // Without ast it would make functions of text, which the page forbids.
    { actions: false, renderer: "svg", ast: true, config: theme(), tooltip: { theme: dark.matches ? "dark" : "light" } },
  );
  return view;
};

const redraw = async () => {
  for (const view of drawn.splice(0)) view.finalize();
  for (const figure of document.querySelectorAll("figure.chart")) figure.classList.remove("ready");
  for (const figure of document.querySelectorAll("figure.chart")) {
    drawn.push(await draw(figure));
    const scroll = figure.querySelector(".scroll");
    if (figure.matches(".at-end:not(.ready)")) scroll.scrollLeft = scroll.scrollWidth;
    figure.classList.add("ready");
  }
};

await redraw();
document.addEventListener("picked", ({ detail: { key, value } }) => {
  picked.set(key, value);
  for (const view of drawn) {
    if (key in view.getState().signals) view.signal(key, value).runAsync();
  }
});
dark.addEventListener("change", redraw);
