import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layout } from '../../../src/web/layout.ts';
import { html, plainText, quoted, type Html } from '../../../src/web/markup.ts';
import { empty, panel, scrolling, shownOr, table, tag, verdict } from '../../../src/web/parts.ts';
import { runPath, temporalLink } from '../../../src/web/runs/run-links.ts';
import { actingMarkup, readText } from '../../support/page-walk.ts';

const hostile = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  "' onmouseover='alert(1)",
  'javascript:alert(1)',
  '\u202eTXT.exe',
  '</title><script>alert(1)</script>',
  '&lt;b&gt;',
  'a\0b\u001bc',
  '\ud800',
];
const texts = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary', maxLength: 20 }));
const of = async (markup: Html) => String(await markup);

test('any text in any part of a page stays text', async () => {
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const body = await of(html`
        ${verdict('ok', text, text)} ${panel({ title: text }, empty(text))}
        ${scrolling(
          text,
          table(
            [{ text }],
            [
              html`<tr>
                <td>${quoted(text)} ${tag('bad', text)}</td>
              </tr>`,
            ],
          ),
        )}
        ${shownOr({ ok: false, trouble: { kind: 'broken', text } }, () => empty(''))}
      `);
      const frame = { market: 'simulated', zone: 'UTC', now: new Date('2026-11-25T12:00:00Z') } as const;
      const page = await of(
        layout(
          { ...frame, links: [], current: null, title: text, assetUrl: (name) => `/assets/${name}` },
          html`${body}`,
        ),
      );
      const whole = page.replace(/&lt;|&gt;/g, '');
      expect(actingMarkup(body)).toEqual([]);
      expect(whole.match(/<script/g)).toBeNull();
      expect(page.match(/<title>[^<]*<\/title>/)).not.toBeNull();
    }),
    { numRuns: 200 },
  );
});

describe('text that others wrote', () => {
  test.each(hostile)('%j is held together', async (text) => {
    const shown = await of(quoted(text));
    expect(shown).toMatch(/^<bdi>[^<]*<\/bdi>$/);
    expect(readText(shown)).not.toMatch(/\p{Cc}/u);
  });

  test('in an attribute no mark turns what stands beside it', () => {
    expect(plainText('a\u202eb\u2066c\u200fd')).toBe('a\ufffdb\ufffdc\ufffdd');
    expect(plainText('one\r\ntwo\tthree')).toBe('one two three');
    expect(plainText('Société Générale, 北京, 👍')).toBe('Société Générale, 北京, 👍');
  });
});

describe('the path of a run', () => {
  const runId = '01a21df4-ce7a-7518-a119-83f38f02e6cc';
  test.each([
    ['polygon-daily-ingestion/2026-11-25/1d/88a0', '/runs/polygon-daily-ingestion/2026-11-25/1d/88a0/'],
    ['backfill/2024-11-27..2026-11-24/1d', '/runs/backfill/2024-11-27..2026-11-24/1d/'],
    ['../../sign-out', '/runs/-/'],
    ['./x', '/runs/-/'],
    ['a//b', '/runs/-/'],
    ['', '/runs/-/'],
    ['javascript:alert(1)', '/runs/-/'],
    ['a b', '/runs/-/'],
    ['a%2fb', '/runs/-/'],
    ['a\\b', '/runs/-/'],
    ['a?b', '/runs/-/'],
    ['"><img>', '/runs/-/'],
    ['\u202ea', '/runs/-/'],
  ])('%j: %s', (workflowId, path) => {
    expect(runPath({ workflowId, runId })).toBe(path + runId);
  });

  test('stays below /runs/ and means that run, whatever its workflow is called', () => {
    fc.assert(
      fc.property(texts, (workflowId) => {
        const { pathname, search, hash } = new URL(runPath({ workflowId, runId }), 'http://localhost');
        expect([pathname.startsWith('/runs/'), pathname.endsWith(`/${runId}`), search, hash]).toEqual([
          true,
          true,
          '',
          '',
        ]);
      }),
    );
  });

  test('the link to its workflow leads to that server alone', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const run = { workflowId: text.toWellFormed(), namespace: text.toWellFormed(), runId };
        const link = await of(temporalLink({ temporalUi: () => 'http://127.0.0.1:8233' }, run));
        const href = readText(/href="([^"]*)"/.exec(link)?.[1] ?? '');
        expect(new URL(href).origin).toBe('http://127.0.0.1:8233');
        expect(actingMarkup(link)).toEqual([]);
      }),
    );
  });
});
