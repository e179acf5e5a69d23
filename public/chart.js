// Charts answer: the figures under a pointer, or of the period that the arrow keys have reached, are read out of the table
// that stands below each drawing. Without scripts there are the drawing and the table.

const SVG = "http://www.w3.org/2000/svg";
/** Marks that step back while another series is held up. */
const MARKS = ["line", "dot", "tie", "label", "band", "texture", "interval", "ghost", "marked"]
  .map((mark) => `.chart__${mark}`)
  .join(", ");
/** How far the figures stand from what they belong to, in pixels. */
const GAP = 12;

/** Cells of bounds and of earlier figures, which are no series. */
const isFigure = (cell) => !cell.classList.contains("chart__beside");

/** What the table of a chart says: the names of its series, and each row's period and figures. */
function told(table) {
  const names = [...table.tHead.rows[0].cells].slice(1).filter(isFigure).map((cell) => cell.textContent);
  const rows = [...table.tBodies[0].rows].map((row) => {
    const [period, ...cells] = row.cells;
    return { period: period.textContent, figures: cells.filter(isFigure).map((cell) => cell.dataset.exact ?? cell.textContent) };
  });
  return { names, rows };
}

/** The number that a figure begins with, before its marking and bounds; none where there is no value. */
const number = (figure) => Number.parseFloat(figure.replaceAll(",", "").replace("−", "-"));

/** Which series a mark belongs to, from 0. */
const seriesOf = (mark) => Number(/series-(\d+)/.exec(mark.getAttribute("class"))?.[1] ?? 0) - 1;

/** Where a drawing has the rows of its table, in units of its view box; `first` is the first row that it shows. */
function plotOf(svg, rows) {
  const bars = [...svg.querySelectorAll(".chart__bar")];
  if (bars.length > 0) {
    const middles = bars.map((bar) => bar.y.baseVal.value + bar.height.baseVal.value / 2);
    const end = (row) => bars[row].x.baseVal.value + bars[row].width.baseVal.value;
    return { bars, first: 0, along: "y", place: (row) => middles[row], at: (row) => [end(row), middles[row]] };
  }
  const [left, right, top, bottom, low, high] = svg.dataset.plot.split(" ").map(Number);
  const periods = Number(svg.dataset.periods);
  const places = svg.dataset.places?.split(" ").map((part) => Number(part) / 1000);
  const place = (row) => {
    const back = rows.length - 1 - row;
    const even = periods > 1 ? 1 - back / (periods - 1) : 0;
    return left + (right - left) * (places?.[places.length - 1 - back] ?? even);
  };
  const height = (value) => bottom - ((value - low) / (high - low)) * (bottom - top);
  const shown = Math.min(periods, rows.length);
  return {
    first: rows.length - shown,
    along: "x",
    place,
    height,
    top,
    bottom,
    // Where the table leaves periods out that are drawn, their figures are not here.
    from: shown < periods ? place(rows.length - shown) : -Infinity,
    at: (row) => [place(row), top],
  };
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

function wake(chart) {
  const stage = chart.querySelector(".chart__stage");
  const table = chart.querySelector(".chart__table");
  const svgs = [...chart.querySelectorAll(".chart__stage svg")];
  if (stage === null || table === null || svgs.length === 0) return;
  const { names, rows } = told(table);
  const panels = svgs[0].classList.contains("chart__panel-svg");
  const stacked = chart.querySelector(".chart__band") !== null;
  const plots = new Map(svgs.map((svg) => [svg, plotOf(svg, rows)]));
  const upright = plots.get(svgs[0]).bars !== undefined;
  /** Where the keyboard begins: at the top of bars, otherwise with the latest period. */
  const start = upright ? 0 : rows.length - 1;
  /** The row that is read, the panel that it is read in, and the series that is held up. */
  let [read, panel, lit] = [null, 0, null];

  const readout = document.createElement("p");
  readout.className = "chart__readout";
  readout.setAttribute("aria-live", "polite");
  stage.append(readout);

  /** The drawing that is looked at: of panels the one of its turn, otherwise the one that fits the place. */
  const seen = () => (panels ? svgs[panel] : (svgs.find((svg) => svg.getBoundingClientRect().width > 0) ?? svgs[0]));

  function clear() {
    read = null;
    readout.replaceChildren();
    for (const mark of chart.querySelectorAll(".chart__cursor")) mark.remove();
    for (const bar of chart.querySelectorAll(".chart__bar.is-read")) bar.classList.remove("is-read");
  }

  function hold(series) {
    if (series === lit) return;
    lit = series;
    stage.toggleAttribute("data-lit", lit !== null);
    for (const mark of stage.querySelectorAll(MARKS)) mark.classList.toggle("is-lit", seriesOf(mark) === lit);
  }

  /** The series whose figures are told. */
  function wanted() {
    if (panels) return [panel];
    return lit === null ? names.map((_, series) => series) : [lit];
  }

  function line(words, className) {
    const span = document.createElement("span");
    span.textContent = words;
    if (className) span.className = className;
    return span;
  }

  /** Marks the period in the drawing: a line over the plot, and the points on the lines that have one. */
  function mark(svg, plot, row) {
    if (plot.bars !== undefined) {
      plot.bars[row].classList.add("is-read");
      return;
    }
    const cursor = element("g", { class: "chart__cursor", "aria-hidden": "true" });
    const x = plot.place(row);
    cursor.append(element("line", { x1: x, x2: x, y1: plot.top, y2: plot.bottom }));
    const points = stacked ? [] : wanted().filter((series) => !Number.isNaN(number(rows[row].figures[series])));
    for (const series of points) {
      const colour = panels ? 1 : series + 1;
      const cy = plot.height(number(rows[row].figures[series]));
      cursor.append(element("circle", { class: `series-${colour}`, cx: x, cy, r: panels ? 2.5 : 4 }));
    }
    svg.append(cursor);
  }

  /** Puts the figures beside their place, on the side with more room. */
  function place(svg, [x, y], below) {
    const [box, matrix] = [stage.getBoundingClientRect(), svg.getScreenCTM()];
    if (matrix === null) return;
    const point = new DOMPoint(x, y).matrixTransform(matrix);
    const [across, down] = [point.x - box.left, point.y - box.top];
    const before = across > box.width / 2;
    const left = below || !before ? across + GAP : across - GAP - readout.offsetWidth;
    readout.style.left = `${Math.max(0, Math.min(left, box.width - readout.offsetWidth))}px`;
    readout.style.top = `${down + (below ? GAP : 0)}px`;
  }

  /** Reads a row; said aloud where the keyboard asked for it. */
  function show(row, aloud) {
    const svg = seen();
    const plot = plots.get(svg);
    clear();
    read = Math.max(plot.first, Math.min(row, rows.length - 1));
    const { period, figures } = rows[read];
    mark(svg, plot, read);
    readout.setAttribute("aria-live", aloud ? "polite" : "off");
    const lines = wanted().map((series) => {
      const name = names.length > 1 ? `${names[series]}: ` : "";
      return line(`${name}${figures[series]}`, names.length > 1 && !panels ? `chart__key series-${series + 1}` : "");
    });
    const heading = document.createElement("strong");
    heading.textContent = `${period} `;
    readout.replaceChildren(heading, ...lines.flatMap((one) => [one, " "]));
    place(svg, plot.at(read), plot.bars !== undefined);
  }

  /** The row whose place is nearest to a pointer; none where its figures are not in the table. */
  function nearest(svg, event) {
    const matrix = svg.getScreenCTM();
    if (matrix === null) return null;
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    const plot = plots.get(svg);
    const pointed = point[plot.along];
    let best = plot.first;
    for (let row = plot.first; row < rows.length; row++) {
      if (Math.abs(plot.place(row) - pointed) < Math.abs(plot.place(best) - pointed)) best = row;
    }
    return pointed < (plot.from ?? -Infinity) - 1 ? null : best;
  }

  function point(event) {
    const svg = event.target.closest("svg");
    if (!plots.has(svg)) return;
    if (panels) panel = svgs.indexOf(svg);
    const label = names.length > 1 && !panels ? event.target.closest(".chart__label") : null;
    hold(label === null ? null : seriesOf(label));
    const row = nearest(svg, event);
    if (row !== null) {
      show(row, false);
      return;
    }
    clear();
    readout.setAttribute("aria-live", "off");
    readout.replaceChildren(stage.dataset.earlier);
    place(svg, [0, plots.get(svg).top], false);
  }

  function step(by) {
    show(read === null ? start : read + by, true);
  }

  /** Goes to the next panel or series; from the last of these to all of them. */
  function turn(by) {
    if (panels) panel = Math.max(0, Math.min(panel + by, svgs.length - 1));
    else if (names.length > 1) {
      const next = ((lit ?? -1) + 1 + by + names.length + 1) % (names.length + 1);
      hold(next === 0 ? null : next - 1);
    }
    show(read ?? start, true);
  }

  const keys = {
    ArrowLeft: () => step(-1),
    ArrowRight: () => step(1),
    ArrowUp: () => (upright ? step(-1) : turn(-1)),
    ArrowDown: () => (upright ? step(1) : turn(1)),
    Home: () => show(0, true),
    End: () => show(rows.length - 1, true),
    Escape: leave,
  };

  function leave() {
    hold(null);
    clear();
  }

  stage.setAttribute("role", panels ? "group" : "application");
  stage.setAttribute("aria-label", `${chart.querySelector(".chart__title").textContent}. ${stage.dataset.read}`);
  const about = panels ? null : svgs[0].querySelector("desc");
  if (about !== null) stage.setAttribute("aria-describedby", about.id);
  stage.tabIndex = 0;
  stage.toggleAttribute("data-awake", true);
  stage.addEventListener("pointermove", point);
  stage.addEventListener("pointerdown", point);
  stage.addEventListener("pointerleave", (event) => {
    // A finger is lifted at once: what it asked for stays until the next touch.
    if (event.pointerType !== "touch") leave();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!stage.contains(event.target)) leave();
  });
  stage.addEventListener("blur", leave);
  stage.addEventListener("focus", () => {
    if (stage.matches(":focus-visible")) show(start, true);
  });
  stage.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (act === undefined || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    act();
  });
}

document.querySelectorAll("figure.chart").forEach(wake);
