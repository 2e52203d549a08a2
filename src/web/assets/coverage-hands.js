/** Where in a canvas something happened, in shares of it. */
function placeIn(canvas, { clientX, clientY }) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return [(clientX - left) / width, (clientY - top) / height];
}

const wheelStep = 1.0015;
/** Nearer than that, in pixels, a hand has not moved. */
const still = 4;

/** Zooms and pans a view by wheel, drag and pinch; a click that did not move tells where it was. */
export function byHand(canvas, view, { changed, clicked, hovered }) {
  const held = new Map();
  let moved = false;

  canvas.addEventListener(
    'wheel',
    (event) => {
      // Else the page scrolls: it is on its way to the table below.
      if (!event.ctrlKey && document.activeElement !== canvas) return;
      event.preventDefault();
      view.zoom(wheelStep ** -event.deltaY, ...placeIn(canvas, event));
      changed();
    },
    { passive: false },
  );
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    if (held.size === 0) moved = false;
    held.set(event.pointerId, { x: event.clientX, y: event.clientY, begin: [event.clientX, event.clientY] });
  });
  canvas.addEventListener('pointermove', (event) => {
    const one = held.get(event.pointerId);
    if (one === undefined) {
      hovered(...placeIn(canvas, event));
      return;
    }
    const { width, height } = canvas.getBoundingClientRect();
    if (Math.hypot(event.clientX - one.begin[0], event.clientY - one.begin[1]) > still) moved = true;
    const others = [...held].filter(([id]) => id !== event.pointerId).map(([, other]) => other);
    const [other] = others;
    if (other === undefined) view.pan((one.x - event.clientX) / width, (one.y - event.clientY) / height);
    else {
      const before = Math.hypot(one.x - other.x, one.y - other.y);
      const after = Math.hypot(event.clientX - other.x, event.clientY - other.y);
      if (before > 0 && after > 0) view.zoom(after / before, ...placeIn(canvas, event));
    }
    Object.assign(one, { x: event.clientX, y: event.clientY });
    if (moved) changed();
  });
  const release = (event) => {
    const wasLast = held.delete(event.pointerId) && held.size === 0;
    if (wasLast && !moved && event.type === 'pointerup') clicked(...placeIn(canvas, event));
  };
  canvas.addEventListener('pointerup', release);
  canvas.addEventListener('pointercancel', release);
}

const keyZoom = 1.6;
const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** With a key held beside, so many at once. */
const leap = 10;

/** Moves a cursor over the cells by keys, and zooms around it. */
export function byKeys(canvas, view, { cursor, moved, changed, opened, closed }) {
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = cursor();
    const step = steps[event.key];
    const around = [
      (at.column + 0.5 - view.x0) / (view.x1 - view.x0),
      (at.row + 0.5 - view.y0) / (view.y1 - view.y0),
    ];
    if (step !== undefined) {
      const by = event.shiftKey ? leap : 1;
      const within = (value, count) => Math.max(0, Math.min(count - 1, value));
      const next = {
        column: within(at.column + by * step[0], view.columns),
        row: within(at.row + by * step[1], view.rows),
      };
      view.show(next.column, next.row);
      moved(next);
    } else if (event.key === 'Enter') opened(at);
    else if (event.key === 'Escape') closed();
    else if (event.key === '+' || event.key === '=') view.zoom(keyZoom, ...around);
    else if (event.key === '-') view.zoom(1 / keyZoom, ...around);
    else if (event.key === '0') view.fit();
    else return;
    event.preventDefault();
    changed();
  });
}
