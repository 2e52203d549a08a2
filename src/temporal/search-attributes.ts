import type { Client } from '@temporalio/client';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { searchAttributes } from './names.ts';

/** The search attributes of the runs are not there, and the server does not let us add them. */
class SearchAttributesMissing extends Error {
  override readonly name = 'SearchAttributesMissing';
  readonly remedy: string;
  constructor(missing: readonly (keyof typeof searchAttributes)[], namespace: string, cause: unknown) {
    super(`the namespace ${namespace} lacks the search attributes ${missing.join(', ')}`, { cause });
    const flags = missing.map((name) => `--name ${name} --type ${searchAttributes[name]}`).join(' ');
    this.remedy = `have them added: temporal operator search-attribute create ${flags}`;
  }
}

const typeOf = {
  Keyword: encodeSearchAttributeIndexedValueType('KEYWORD'),
  KeywordList: encodeSearchAttributeIndexedValueType('KEYWORD_LIST'),
};

/** Adds the search attributes that a namespace lacks; throws `SearchAttributesMissing` where that is not allowed. */
export async function registerSearchAttributes(client: Client): Promise<void> {
  const { namespace } = client.options;
  const { operatorService } = client.connection;
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const names = Object.keys(searchAttributes) as (keyof typeof searchAttributes)[];
  const missing = names.filter((name) => !(name in customAttributes));
  if (missing.length === 0) return;
  try {
    const added = Object.fromEntries(missing.map((name) => [name, typeOf[searchAttributes[name]] ?? 0]));
    await operatorService.addSearchAttributes({ namespace, searchAttributes: added });
  } catch (error) {
    throw new SearchAttributesMissing(missing, namespace, error);
  }
}
