/** Where `g` and a letter lead. */
const pages = { t: '/', c: '/coverage', r: '/runs' };
/** A letter that comes later than that is none of the two. */
const togetherMs = 1_500;
let wasGo = -Infinity;

/** The links of the tables' rows, one a row, from the first on. */
function rows() {
  return [...document.querySelectorAll('main tbody tr')].flatMap((row) => row.querySelector('a[href]') ?? []);
}

function step(by) {
  const links = rows();
  const here = links.findIndex((link) => link.closest('tr').contains(document.activeElement));
  links[here === -1 ? 0 : Math.max(0, Math.min(links.length - 1, here + by))]?.focus();
}

addEventListener('keydown', (event) => {
  const isTyped = event.target.closest?.('input, select, textarea, canvas') != null;
  if (isTyped || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'j' || event.key === 'k') step(event.key === 'j' ? 1 : -1);
  else if (event.key === 'g') wasGo = event.timeStamp;
  else if (event.timeStamp - wasGo < togetherMs && pages[event.key] !== undefined)
    location.assign(pages[event.key]);
});
