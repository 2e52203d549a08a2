import { machineLine, printFigures } from './figure.ts';
import { pageFigures } from './page-figures.ts';

/** The pages alone: `npm run bench:pages`, with `-- --memory` over 10,000 requests too. */

const runs = 5;
const machine = `${machineLine()}, minimum of ${runs} runs`;
printFigures(machine, await pageFigures({ runs, requests: process.argv.includes('--memory') ? 10_000 : 0 }));
