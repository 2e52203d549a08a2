import { referenceLists, type ReferenceList } from '../../domain/instrument.ts';
import { sources } from '../../domain/source.ts';
import type { IngestionRequest } from '../../runs/ingestion-request.ts';
import type { Database } from '../../store/database.ts';
import { resolveSymbols } from '../../store/instruments.ts';
import { lastSync } from '../../store/reference-syncs.ts';

const dayMs = 86_400_000;
/** Reading the whole list is about a dozen requests: cheaper than so many look-ups. */
const lookUpsWorthAList = 12;

/** The lists of its source that a request needs and that are older than a day, or were not believed when last read. */
export async function listsDue(db: Database, request: IngestionRequest): Promise<readonly ReferenceList[]> {
  const { source, nominalTime } = request;
  if (!sources[source].reference) return [];
  const due: ReferenceList[] = [];
  for (const list of await listsNeeded(db, request)) {
    const last = await lastSync(db, { source, list });
    const isOld = last === null || Date.parse(nominalTime) - last.completedAt.getTime() > dayMs;
    if (isOld || last.doubtedAt !== null) due.push(list);
  }
  return due;
}

/** The lists of its source that a request needs and that nobody has ever read. */
export async function listsNeverRead(
  db: Database,
  request: IngestionRequest,
): Promise<readonly ReferenceList[]> {
  const { source } = request;
  const never: ReferenceList[] = [];
  for (const list of await listsDue(db, request))
    if ((await lastSync(db, { source, list })) === null) never.push(list);
  return never;
}

const namesOnAPage = 1_000;

/** Pages of lists that a request needs first, as many as they had when they were last read. */
export async function listPagesDue(db: Database, request: IngestionRequest): Promise<number> {
  let pages = 0;
  for (const list of await listsDue(db, request)) {
    const last = await lastSync(db, { source: request.source, list });
    pages += 1 + Math.floor((last?.instruments ?? 0) / namesOnAPage);
  }
  return pages;
}

async function listsNeeded(
  db: Database,
  { symbols, sessions }: IngestionRequest,
): Promise<readonly ReferenceList[]> {
  if (symbols === undefined) return 'range' in sessions ? referenceLists : ['active'];
  const resolved = await resolveSymbols(db, symbols);
  const unknown = [...resolved.values()].filter(({ kind }) => kind === 'unknown').length;
  return unknown > lookUpsWorthAList ? ['active'] : [];
}
