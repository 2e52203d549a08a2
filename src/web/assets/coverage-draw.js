import { states } from './coverage-cells.js';

const [due, blocked] = [states.indexOf('due'), states.indexOf('blocked')];
/** From so many pixels on each cell is drawn by itself, with a line around it. */
const apart = 4;

/** The colour of each state as the style sheet has it, as red, green and blue. */
export function coloursOf(legend) {
  return states.map((state) => {
    const part = legend.querySelector(`[data-state="${state}"]`);
    return getComputedStyle(part, '::before')
      .backgroundColor.match(/[\d.]+/g)
      .slice(0, 3)
      .map(Number);
  });
}

/** Gives a canvas as many pixels as it has on the screen; false: it is not shown. */
export function measure(canvas) {
  const ratio = Math.min(2, devicePixelRatio || 1);
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  if (width === 0 || height === 0) return false;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  return true;
}

/** How many cells of each state there are in each point of a grid over a view. */
function countInGrid({ cells, order, columns }, view, across, down) {
  const [left, right] = [Math.floor(view.x0), Math.min(columns, Math.ceil(view.x1))];
  const [top, bottom] = [Math.floor(view.y0), Math.min(order.length, Math.ceil(view.y1))];
  const pointOf = new Uint32Array(right);
  for (let column = left; column < right; column += 1)
    pointOf[column] = states.length * Math.floor(((column - left) * across) / (right - left));
  const counts = new Uint32Array(states.length * across * down);
  for (let row = top; row < bottom; row += 1) {
    const line = states.length * across * Math.floor(((row - top) * down) / (bottom - top));
    const begin = order[row] * columns;
    for (let column = left; column < right; column += 1)
      counts[line + pointOf[column] + cells[begin + column]] += 1;
  }
  return { counts, left, right, top, bottom };
}

/** Fainter the fewer of the cells are so, but never gone. */
const weight = (share) => (share === 0 ? 0 : Math.max(0.12, Math.sqrt(share)));

function paint(pixels, counts, colours) {
  for (let at = 0, pixel = 0; at < counts.length; at += states.length, pixel += 4) {
    let [red, green, blue, plain, all] = [0, 0, 0, 0, 0];
    for (let state = 0; state < states.length; state += 1) {
      const count = counts[at + state];
      all += count;
      if (count === 0 || state === due || state === blocked) continue;
      const [r, g, b] = colours[state];
      red += count * r;
      green += count * g;
      blue += count * b;
      plain += count;
    }
    if (plain > 0) [red, green, blue] = [red / plain, green / plain, blue / plain];
    for (const state of [blocked, due]) {
      const share = plain === 0 && counts[at + state] === all ? 1 : weight(counts[at + state] / all);
      const [r, g, b] = colours[state];
      red += share * (r - red);
      green += share * (g - green);
      blue += share * (b - blue);
    }
    pixels[pixel] = red;
    pixels[pixel + 1] = green;
    pixels[pixel + 2] = blue;
    pixels[pixel + 3] = 255;
  }
}

/** Draws the cells of a view. */
export function drawCells(canvas, map, view, { colours, line, cursor, accent }) {
  if (!measure(canvas) || map.order.length === 0 || map.columns === 0) return;
  const { width, height } = canvas;
  const across = Math.min(width, Math.ceil(view.x1) - Math.floor(view.x0));
  const down = Math.min(height, Math.ceil(view.y1) - Math.floor(view.y0));
  const { counts, left, right, top, bottom } = countInGrid(map, view, across, down);
  const image = new ImageData(across, down);
  paint(image.data, counts, colours);
  const grid = new OffscreenCanvas(across, down);
  grid.getContext('2d').putImageData(image, 0, 0);
  const context = canvas.getContext('2d');
  const [wide, high] = [width / (view.x1 - view.x0), height / (view.y1 - view.y0)];
  context.imageSmoothingEnabled = false;
  context.clearRect(0, 0, width, height);
  context.drawImage(
    grid,
    (left - view.x0) * wide,
    (top - view.y0) * high,
    (right - left) * wide,
    (bottom - top) * high,
  );
  context.fillStyle = line;
  if (wide >= apart && high >= apart) {
    for (let column = left; column <= right; column += 1)
      context.fillRect(Math.round((column - view.x0) * wide) - 1, 0, 1, height);
    for (let row = top; row <= bottom; row += 1)
      context.fillRect(0, Math.round((row - view.y0) * high) - 1, width, 1);
  }
  if (cursor === null) return;
  context.strokeStyle = accent;
  context.lineWidth = 2;
  const [x, y] = [(cursor.column - view.x0) * wide, (cursor.row - view.y0) * high];
  context.strokeRect(x - 1, y - 1, Math.max(wide, 6) + 1, Math.max(high, 6) + 1);
}

/** Draws how many cells of each session in a view are due, of all symbols. */
export function drawStrip(canvas, bySession, view, colour) {
  if (!measure(canvas)) return;
  const { width, height } = canvas;
  const context = canvas.getContext('2d');
  const wide = width / (view.x1 - view.x0);
  const most = Math.max(1, ...bySession.subarray(Math.floor(view.x0), Math.ceil(view.x1)));
  context.clearRect(0, 0, width, height);
  context.fillStyle = `rgb(${colour.join(' ')})`;
  for (let column = Math.floor(view.x0); column < Math.min(bySession.length, view.x1); column += 1) {
    if (bySession[column] === 0) continue;
    const high = Math.max(2, (height * bySession[column]) / most);
    context.fillRect(
      (column - view.x0) * wide,
      height - high,
      Math.max(1, wide - (wide >= apart ? 1 : 0)),
      high,
    );
  }
}
