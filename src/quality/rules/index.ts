import type { SeriesRule } from '../rule.ts';
import { adjustedClose } from './adjusted-close.ts';
import { inconsistent } from './inconsistent.ts';
import { jump } from './jump.ts';
import { noPrice } from './no-price.ts';
import { duplicate, extraSession, missingSession } from './sessions.ts';
import { closeSpike, openSpike } from './spikes.ts';
import { splitMisplaced } from './split-misplaced.ts';
import { splitUnexplained } from './split-unexplained.ts';
import { stale } from './stale.ts';
import { wrongUnit } from './wrong-unit.ts';
import { volume } from './volume.ts';
import { wick } from './wick.ts';

/** Every rule over the bars of one series. */
export const seriesRules: readonly SeriesRule[] = [
  noPrice,
  duplicate,
  extraSession,
  missingSession,
  inconsistent,
  wick,
  openSpike,
  closeSpike,
  wrongUnit,
  jump,
  splitUnexplained,
  stale,
  volume,
];

/** Rules over what corporate actions make of prices. */
export const adjustmentRules: readonly Pick<SeriesRule, 'id' | 'says'>[] = [adjustedClose, splitMisplaced];
