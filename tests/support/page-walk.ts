/** A page that was come to, by its path. */
export interface WalkedPage {
  readonly path: string;
  readonly status: number;
  readonly body: string;
  /** Else a browser shows it as text. */
  readonly isMarkup: boolean;
}

const unescaped: Readonly<Record<string, string>> = { amp: '&', quot: '"', '#39': "'", lt: '<', gt: '>' };

/** Text as it was before it was written into a page. */
export function readText(markup: string): string {
  return markup.replaceAll(/&(amp|quot|#39|lt|gt);/g, (_, name: string) => unescaped[name] ?? '');
}

interface Walk {
  readonly from?: readonly string[];
  readonly most?: number;
}

/** Follows the links of a dashboard from its first page, or others, as far as they stay in it. */
export async function walkPages(
  url: string,
  { from = ['/'], most = 200 }: Walk = {},
): Promise<readonly WalkedPage[]> {
  const waiting = [...from];
  const known = new Set(waiting);
  const walked: WalkedPage[] = [];
  for (let path = waiting.shift(); path !== undefined && walked.length < most; path = waiting.shift()) {
    const answer = await fetch(url + path);
    const body = await answer.text();
    const isMarkup = answer.headers.get('content-type')?.startsWith('text/plain') !== true;
    walked.push({ path, status: answer.status, body, isMarkup });
    for (const [, link = ''] of body.matchAll(/<a\s[^>]*href="(\/[^"#]*)"/g)) {
      const next = readText(link);
      if (!known.has(next)) waiting.push(next);
      known.add(next);
    }
  }
  return walked;
}

/** What of a page might act: elements and attributes that no page of ours has, and links that lead to a program. */
export function actingMarkup(body: string): readonly string[] {
  const tags = body.match(/<[a-z][^>]*>/gi) ?? [];
  return tags.filter(
    (tag) =>
      /^<(img|iframe|object|embed|style|base|svg|math)\b/i.test(tag) ||
      (/^<script\b/i.test(tag) && !/^<script type="module" src="\/assets\/[\w-]+\.js">$/.test(tag)) ||
      /\s(on\w+|style|srcdoc|formaction)\s*=/i.test(tag.replaceAll(/"[^"]*"/g, '""')) ||
      /(href|src|action)="\s*(?!\/|#|https?:)/i.test(tag),
  );
}
