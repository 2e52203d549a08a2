import * as library from 'technicalindicators';
import { extrasBy } from './compute-extras.ts';

/** To be imported only where extras are asked for: the library takes its time to load. */
export const computeExtras = extrasBy(library);
