const main = document.getElementById('main');
const stale = document.getElementById('stale');
const live = document.getElementById('live');
/** What is said in times from now grows old by itself. */
const freshMs = 60_000;
/** What could not be read may be there by then. */
const againMs = 3_000;

let source = null;
let heardAt = new Date();
let timer = 0;
let isLoading = false;
let isAsked = false;

const hour = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  timeZone: document.documentElement.dataset.zone,
});

function say(text) {
  stale.textContent = text;
  stale.hidden = text === '';
}

/** Takes the new parts of the page; those that are as they were, or look after themselves, stay. */
function take(next) {
  const old = [...main.children];
  const kept = new Map(
    old.filter(({ dataset }) => dataset.keep !== undefined).map((part) => [part.dataset.keep, part]),
  );
  const heading = main.querySelector('h1')?.textContent;
  const parts = [...next.children].map((part, at) => {
    const same = kept.get(part.dataset.keep) ?? old[at];
    if (part.dataset.keep !== undefined && kept.has(part.dataset.keep)) return same;
    return same?.isEqualNode(part) ? same : document.adoptNode(part);
  });
  const focused = document.activeElement;
  const way = focused?.getAttribute('href') ?? focused?.id;
  if (parts.some((part, at) => part !== old[at]) || parts.length !== old.length)
    main.replaceChildren(...parts);
  if (way && !main.contains(focused) && focused !== document.body)
    [...main.querySelectorAll('a[href], [id]')]
      .find((one) => one.getAttribute('href') === way || one.id === way)
      ?.focus();
  const now = main.querySelector('h1')?.textContent ?? '';
  if (now !== heading) live.textContent = now;
}

async function load() {
  isAsked = true;
  if (isLoading) return;
  isLoading = true;
  while (isAsked) {
    isAsked = false;
    try {
      const answer = await fetch(location.href, { headers: { 'x-barwright-live': '1' } });
      // A part could not be read, whoever looks for all: it is asked for again.
      if (answer.status >= 500) setTimeout(load, againMs);
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const next = page.getElementById('main');
      if (next === null) throw new Error('no page came');
      document.title = page.title;
      take(next);
    } catch {
      // The stream says so, and the page is loaded once it is there again.
      say(`not updated since ${hour.format(heardAt)}`);
    }
  }
  isLoading = false;
  clearTimeout(timer);
  timer = setTimeout(() => source !== null && load(), freshMs);
}

function open() {
  if (source !== null) return;
  source = new EventSource('/live');
  let wasLost = false;
  source.addEventListener('open', () => {
    if (wasLost) load();
    wasLost = false;
  });
  source.addEventListener('error', () => {
    wasLost = true;
    say(`not updated since ${hour.format(heardAt)}`);
  });
  source.addEventListener('beat', () => (heardAt = new Date()));
  source.addEventListener('change', (event) => {
    const { matters, away } = JSON.parse(event.data);
    heardAt = new Date();
    const before = stale.textContent;
    say(away.length === 0 ? '' : `${away.join(' and ')} ${away.length === 1 ? 'is' : 'are'} away`);
    if (matters.length > 0 || stale.textContent !== before) load();
    document.dispatchEvent(new CustomEvent('changed', { detail: matters }));
  });
  timer = setTimeout(load, freshMs);
}

function close() {
  source?.close();
  source = null;
  clearTimeout(timer);
}

function follow() {
  if (document.visibilityState === 'hidden') close();
  else if (source === null) {
    open();
    // What has changed while nobody looked.
    if (heardAt.getTime() + freshMs < Date.now()) load();
  }
}

document.addEventListener('visibilitychange', follow);
addEventListener('pagehide', close);
addEventListener('pageshow', follow);
follow();
