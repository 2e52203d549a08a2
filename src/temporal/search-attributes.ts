import type { Client } from '@temporalio/client';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { searchAttributes } from './names.ts';
import { grpcStatus, refusalOf } from './server-refusals.ts';
import { whileUnmapped, type Patience } from './unmapped-attributes.ts';

type AttributeName = keyof typeof searchAttributes;

const names = Object.keys(searchAttributes) as readonly AttributeName[];

/** The search attributes of the runs are not there, and the server does not let us add them. */
export class SearchAttributesMissing extends Error {
  override readonly name = 'SearchAttributesMissing';
  readonly remedy: string;
  constructor(missing: readonly AttributeName[], server: ServerOfNamespace, cause: unknown) {
    const { namespace } = server;
    const said = refusalOf(cause);
    const attributes = missing.join(', ');
    super(`the namespace ${namespace} lacks the search attributes ${attributes}: ${said}`, { cause });
    this.remedy = `have them added, then do this again: ${commandFor(missing, server)}`;
  }
}

interface ServerOfNamespace {
  readonly address: string;
  readonly namespace: string;
}

/** The command by which somebody who may adds attributes: on Temporal Cloud that is its own tool's. */
function commandFor(missing: readonly AttributeName[], { address, namespace }: ServerOfNamespace): string {
  if (isCloud(address)) {
    const attributes = missing.map((name) => `--search-attribute "${name}=${searchAttributes[name]}"`);
    return `tcld namespace search-attributes add --namespace ${namespace} ${attributes.join(' ')}`;
  }
  const attributes = missing.map((name) => `--name ${name} --type ${searchAttributes[name]}`);
  const where = `--namespace ${namespace} --address ${address}`;
  return `temporal operator search-attribute create ${attributes.join(' ')} ${where}`;
}

/** Whether an address is one of Temporal Cloud, which lets no client add search attributes. */
function isCloud(address: string): boolean {
  return /\.(tmprl\.cloud|api\.temporal\.io)(:\d+)?$/.test(address);
}

const typeOf = {
  Keyword: encodeSearchAttributeIndexedValueType('KEYWORD'),
  KeywordList: encodeSearchAttributeIndexedValueType('KEYWORD_LIST'),
};

/**
 * Adds the search attributes that a namespace lacks, and returns once the server knows them: some take a moment until
 * what was added can be used. Throws `SearchAttributesMissing` where adding is not allowed, or they do not come.
 */
export async function registerSearchAttributes(client: Client, patience: Patience = {}): Promise<void> {
  const missing = await missingAttributes(client);
  if (missing.length > 0) await add(client, missing);
  const uses = names.map((name) => `${name} = ''`).join(' or ');
  try {
    await whileUnmapped(() => client.workflow.count(uses), patience);
  } catch (error) {
    if (grpcStatus(error) !== 'INVALID_ARGUMENT') throw error;
    throw new SearchAttributesMissing(missing.length > 0 ? missing : names, serverOf(client), error);
  }
}

async function add(client: Client, missing: readonly AttributeName[]): Promise<void> {
  const { namespace } = client.options;
  const added = Object.fromEntries(missing.map((name) => [name, typeOf[searchAttributes[name]] ?? 0]));
  try {
    await client.connection.operatorService.addSearchAttributes({ namespace, searchAttributes: added });
  } catch (error) {
    // Another process may have been faster.
    const still = await missingAttributes(client);
    if (still.length > 0) throw new SearchAttributesMissing(still, serverOf(client), error);
  }
}

/** Those that the server does not list; where it tells nobody, those that no query may name. */
async function missingAttributes(client: Client): Promise<readonly AttributeName[]> {
  const { namespace } = client.options;
  try {
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
    return names.filter((name) => !(name in customAttributes));
  } catch (error) {
    if (!['PERMISSION_DENIED', 'UNIMPLEMENTED'].includes(grpcStatus(error) ?? '')) throw error;
  }
  const missing: AttributeName[] = [];
  for (const name of names) if (!(await isKnown(client, name))) missing.push(name);
  return missing;
}

async function isKnown(client: Client, name: AttributeName): Promise<boolean> {
  try {
    await client.workflow.count(`${name} = ''`);
    return true;
  } catch (error) {
    if (grpcStatus(error) === 'INVALID_ARGUMENT') return false;
    throw error;
  }
}

function serverOf({ connection, options: { namespace } }: Client): ServerOfNamespace {
  const { options } = connection as { readonly options?: { readonly address?: string } };
  return { address: options?.address ?? 'its address', namespace };
}
