import * as installed from 'technicalindicators';
import { extrasBy } from './compute-extras.ts';
import type { Library } from './extra.ts';

/** The library that is installed. */
export const library = installed as unknown as Library;

/** To be imported only where extras are asked for: the library takes its time to load. */
export const computeExtras = extrasBy(library);
