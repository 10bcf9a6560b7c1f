import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { forbiddenUses } from './forbiddenApis.ts';

const folder = 'figma-plugin/sandbox';
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));

test('there is something to look at', () => {
  expect(sources.length).toBeGreaterThan(3);
});

test.each(sources)('%s uses nothing that Figma refuses', (name) => {
  expect(forbiddenUses(readFileSync(join(folder, name), 'utf8'))).toEqual([]);
});

describe('what Figma refuses is found', () => {
  const uses: readonly [string, string][] = [
    ['const node = figma.getNodeById(id);', '.getNodeById('],
    ['figma.currentPage = page;', '.currentPage ='],
    ['if (instance.mainComponent === null) return;', '.mainComponent'],
    ['for (const one of component.instances) use(one);', '.instances'],
    ["node.fillStyleId = '';", '.fillStyleId ='],
    ['node.reactions = [];', '.reactions ='],
    ['const styles = figma.getLocalPaintStyles();', '.getLocalPaintStyles('],
    ['const bytes = new TextEncoder().encode(text);', 'TextEncoder'],
    ['const link = new URL(text);', 'URL'],
    ['const id = crypto.randomUUID();', 'crypto'],
    ['localStorage.clear();', 'localStorage'],
    ["const module = await import('./late.ts');", 'import('],
    ['const answer = await fetch(url);', 'fetch('],
    [`const text = \`\${atob(data)}\`;`, 'atob'],
    ['const text = when.toLocaleDateString();', '.toLocaleDateString('],
  ];
  test.each(uses)('%s', (source, use) => {
    expect(forbiddenUses(`\n${source}\n`)).toMatchObject([{ line: 2, use }]);
  });

  test.each([
    'const node = await figma.getNodeByIdAsync(id);',
    'if (figma.currentPage === page) return;',
    'const main = await instance.getMainComponentAsync();',
    '// a URL, atob and figma.getNodeById(id) in words',
    "notify('no fetch(…) and no crypto here');",
    'const link = { URL: 1 }; use(link.URL);',
    "import type { AbortSignal } from '../core/abort.ts';\nconst ask = (signal: AbortSignal): void => {};",
    "if (node.fillStyleId !== '') await node.setFillStyleIdAsync('');",
  ])('and nothing else: %s', (source) => {
    expect(forbiddenUses(source)).toEqual([]);
  });
});
