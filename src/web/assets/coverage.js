import { decode, dueCounts, inOrder, states } from './coverage-cells.js';
import { coloursOf, drawCells, drawStrip } from './coverage-draw.js';
import { byHand, byKeys } from './coverage-hands.js';
import { View } from './coverage-view.js';

const place = document.getElementById('map');
const closerPlace = document.getElementById('closer-place');
const said = document.getElementById('said');
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `23 Nov 2026` */
function sessionText(session) {
  const [year, month, day] = session.split('-').map(Number);
  return `${day} ${months[month - 1]} ${year}`;
}

async function fetched(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(await answer.text());
  return answer;
}

/** Shows a part of the map in words, below it. */
async function openCloser(symbol, session) {
  const address = new URL(place.dataset.closer, location.href);
  if (symbol !== null) address.searchParams.set('symbol', symbol);
  if (session !== null) address.searchParams.set('session', session);
  const text = await (await fetched(address)).text();
  closerPlace.replaceChildren(...new DOMParser().parseFromString(text, 'text/html').body.childNodes);
  history.replaceState(null, '', address.href.replace('/coverage/closer', '/coverage'));
  document.getElementById('closer')?.focus();
}

function closeCloser() {
  closerPlace.replaceChildren();
  const address = new URL(location.href);
  for (const name of ['symbol', 'session']) address.searchParams.delete(name);
  history.replaceState(null, '', address.pathname + address.search);
}

closerPlace?.addEventListener('click', (event) => {
  if (event.target.closest('[data-close]') === null) return;
  event.preventDefault();
  closeCloser();
  document.getElementById('cells')?.focus();
});

/** What is shown: read anew when it has changed, looked at as before. */
class ShownMap {
  read(buffer) {
    const decoded = decode(buffer);
    const { bySession, bySymbol } = dueCounts(decoded);
    const { head, cells } = decoded;
    Object.assign(this, { head, cells, bySession, columns: head.sessions.length });
    this.order = inOrder(head, bySymbol, place.dataset.order);
  }

  cellAt({ column, row }) {
    const symbol = this.head.symbols[this.order[row]];
    return {
      symbol,
      session: this.head.sessions[column],
      state: states[this.cells[this.order[row] * this.columns + column]],
    };
  }
}

function show(buffer) {
  const map = new ShownMap();
  map.read(buffer);
  const view = new View(map.columns, map.order.length);
  const [canvas, strip] = [document.getElementById('cells'), document.getElementById('strip')];
  const legend = place.parentElement.querySelector('.legend');
  let colours = coloursOf(legend);
  let cursor = null;
  let asked = false;

  const draw = () => {
    asked = false;
    const { color, backgroundColor } = getComputedStyle(canvas);
    drawCells(canvas, map, view, { colours, cursor, line: backgroundColor, accent: color });
    drawStrip(strip, map.bySession, view, colours[states.indexOf('due')]);
  };
  const changed = () => {
    if (!asked) requestAnimationFrame(draw);
    asked = true;
  };
  const failed = (error) => (said.textContent = error.message);
  const open = (at) => {
    const { symbol, session } = map.cellAt(at);
    openCloser(symbol, session).catch(failed);
  };
  const tell = (at) => {
    const { symbol, session, state } = map.cellAt(at);
    said.textContent = `${symbol}, ${sessionText(session)}: ${state === 'none' ? 'not expected' : state}`;
  };
  const moveTo = (at) => {
    cursor = at;
    tell(at);
  };

  byHand(canvas, view, {
    changed,
    hovered: (across, down) => tell(view.cellAt(across, down)),
    clicked(across, down) {
      moveTo(view.cellAt(across, down));
      changed();
      open(cursor);
    },
  });
  byHand(strip, view, {
    changed,
    hovered(across) {
      const { column } = view.cellAt(across, 0);
      said.textContent = `${sessionText(map.head.sessions[column])}: ${map.bySession[column].toLocaleString('en-US')} due`;
    },
    clicked: (across) => openCloser(null, map.head.sessions[view.cellAt(across, 0).column]).catch(failed),
  });
  const keys = { moved: moveTo, changed, opened: open, closed: closeCloser };
  byKeys(canvas, view, { ...keys, cursor: () => cursor ?? view.cellAt(0, 0) });
  canvas.addEventListener('focus', () => {
    if (cursor === null) moveTo(view.cellAt(0, 0));
    changed();
  });
  for (const button of document.querySelectorAll('[data-zoom]'))
    button.addEventListener('click', () => {
      if (button.dataset.zoom === 'fit') view.fit();
      else view.zoom(button.dataset.zoom === 'in' ? 2 : 0.5);
      changed();
    });
  document.querySelector('.zooms').hidden = false;
  new ResizeObserver(changed).observe(canvas.parentElement);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    colours = coloursOf(legend);
    changed();
  });
  document.addEventListener('changed', ({ detail }) => {
    if (!detail.some((matter) => matter === 'coverage' || matter === 'findings')) return;
    fetched(place.dataset.bytes)
      .then((answer) => answer.arrayBuffer())
      .then((bytes) => {
        map.read(bytes);
        view.resize(map.columns, map.order.length);
        cursor = null;
        changed();
      })
      .catch(failed);
  });
  said.textContent = 'Move over the cells to see which they are; click one to see why.';
  draw();
  performance.mark('map drawn');
}

if (place !== null) {
  fetched(place.dataset.bytes)
    .then((answer) => answer.arrayBuffer())
    .then(show)
    .catch((error) => {
      said.textContent = `The map could not be drawn: ${error.message}`;
    });
}
