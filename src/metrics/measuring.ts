import { AsyncLocalStorage } from 'node:async_hooks';
import type { LabelValues, MetricOf } from './declared.ts';

/** Where a process counts. */
export interface Meter {
  /** Adds to a counter. */
  count<Name extends MetricOf<'counter'>>(name: Name, by: number, labels: LabelValues<Name>): void;
  /** Adds an observation to a histogram, in its unit. */
  observe<Name extends MetricOf<'histogram'>>(name: Name, value: number, labels: LabelValues<Name>): void;
  /** Sets a gauge. */
  set<Name extends MetricOf<'gauge'>>(name: Name, value: number, labels: LabelValues<Name>): void;
}

const current = new AsyncLocalStorage<Meter>();

/** Does a piece of work; what is counted in it goes to that meter. */
export function measured<T>(meter: Meter, work: () => Promise<T>): Promise<T> {
  return current.run(meter, work);
}

/** Adds to a counter of whoever does this work; nothing where nobody counts. */
export const count: Meter['count'] = (name, by, labels) => {
  if (by > 0) current.getStore()?.count(name, by, labels);
};

/** Adds an observation to a histogram of whoever does this work. */
export const observe: Meter['observe'] = (name, value, labels) => {
  current.getStore()?.observe(name, value, labels);
};

/** Sets a gauge of whoever does this work. */
export const setGauge: Meter['set'] = (name, value, labels) => {
  current.getStore()?.set(name, value, labels);
};
