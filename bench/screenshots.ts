import { fileURLToPath } from 'node:url';
import { startBrowser } from '../tests/support/browser.ts';

/** The pictures of the README, of the dashboard of a running `npm start`: `npm run screenshots [URL]`. */

const [url = 'http://127.0.0.1:8088'] = process.argv.slice(2);
const shots = [
  { path: '/', name: 'today', height: 760 },
  { path: '/coverage', name: 'coverage', height: 760 },
] as const;

const browser = await startBrowser();
if (browser === null) throw new Error('neither chromium-headless-shell nor chromium is installed');
try {
  for (const { path, name, height } of shots) {
    const page = await browser.newPage({ viewport: { width: 1366, height }, colorScheme: 'light' });
    await page.goto(url + path);
    if (path === '/coverage')
      await page.waitForFunction(() => performance.getEntriesByName('map drawn').length > 0);
    await page.screenshot({ path: fileURLToPath(new URL(`../docs/${name}.png`, import.meta.url)) });
    await page.close();
  }
} finally {
  await browser.close();
}
