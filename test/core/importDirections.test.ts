/**
 * The arrows of the house, checked as a reader would break them: each wrong line is put into a room for a moment, in a
 * folder with its libraries and types, and must not compile.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Lines that must not compile in a room. */
const node = 'import { readFileSync } from "node:fs";\nreadFileSync;';
const wrong: Record<string, readonly string[]> = {
  'shared/core': [
    'document.title;',
    'setTimeout(() => {}, 1);',
    'fetch("x");',
    'process.exit();',
    'new AbortController();',
    'figma.currentPage;',
    node,
  ],
  'shared/models': ['document.title;', 'process.exit();', node],
  'shared/codecs': ['window.open("x");', node],
  'shared/panel': ['process.exit();', node],
  'shared/line': ['setTimeout(() => {}, 1);', 'new AbortController();', node],
  'shared/threads': ['document.title;', node],
  'shared/takeFiles': ['document.title;', 'setTimeout(() => {}, 1);', node],
  'shared/browser': ['process.exit();', node],
  'figma-plugin/wire': ['document.title;', 'figma.currentPage;', node],
  'figma-plugin/sandbox': ['document.title;', 'new Worker("x");', node],
  'figma-plugin/ui': ['figma.currentPage;', 'process.exit();', node],
  'figma-plugin/worker': ['document.title;', 'figma.currentPage;', node],
  'photoshop-uxp/runtime': ['document.title;', 'setTimeout(() => {}, 1);', node],
  'photoshop-uxp/types': ['document.title;', node],
  'photoshop-uxp/host': ['document.title;', 'setTimeout(() => {}, 1);', 'new AbortController();', "require('photoshop');", node],
  'photoshop-uxp/store': ['document.title;', 'setTimeout(() => {}, 1);', node],
  'photoshop-uxp/panel': ['process.exit();', node],
  'standalone/documents': ['document.title;', 'setTimeout(() => {}, 1);', node],
  'standalone/worker': ['document.title;', 'window.open("x");', node],
  'standalone/page': ['process.exit();', node],
  'standalone/command': ['document.title;', 'window.open("x");'],
};

/** Type-checks sources under the libraries and types of `room`; answers those that do not compile. */
function refused(room: string, lines: readonly string[]): string[] {
  const cache = join('node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'retake-arrows-'));
  try {
    const { compilerOptions } = JSON.parse(readFileSync(join(room, 'tsconfig.json'), 'utf8'));
    const { lib, types } = compilerOptions;
    lines.forEach((line, i) => {
      writeFileSync(join(folder, `line${i}.ts`), `${line}\n`);
    });
    const config = {
      extends: '../../../tsconfig.json',
      compilerOptions: { lib, types, composite: false, emitDeclarationOnly: false, noEmit: true, rootDir: '../../..' },
      files: lines.map((_, i) => `line${i}.ts`),
      references: [],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const { stdout } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', folder, '--pretty', 'false'], {
      encoding: 'utf8',
    });
    return lines.filter((_, i) => stdout.includes(`line${i}.ts(`));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('what a room must not know does not compile there', () => {
  test.each(Object.entries(wrong))('%s', (room, lines) => {
    expect(refused(room, ['export const fine = [1].map((n) => n + 1);', ...lines])).toEqual(lines);
  });
});

/** Rooms that a room may import from, besides itself. */
const allowed: Record<string, readonly string[]> = {
  'shared/core': [],
  'shared/models': ['shared/core'],
  'shared/codecs': ['shared/core'],
  'shared/panel': ['shared/core'],
  'shared/line': ['shared/core'],
  'shared/threads': ['shared/core', 'shared/line'],
  'shared/takeFiles': ['shared/core'],
  'shared/browser': ['shared/core', 'shared/threads'],
  'figma-plugin/wire': ['shared/core'],
  'figma-plugin/sandbox': ['shared/core', 'shared/line', 'figma-plugin/wire'],
  'figma-plugin/worker': ['shared/core', 'shared/codecs', 'shared/line', 'shared/threads'],
  'figma-plugin/ui': [
    'shared/core',
    'shared/models',
    'shared/codecs',
    'shared/panel',
    'shared/line',
    'shared/threads',
    'shared/takeFiles',
    'shared/browser',
    'figma-plugin/wire',
  ],
  'photoshop-uxp/runtime': ['shared/core', 'shared/threads'],
  'photoshop-uxp/types': [],
  'photoshop-uxp/host': ['shared/core', 'photoshop-uxp/types'],
  'photoshop-uxp/store': ['shared/core', 'shared/takeFiles', 'photoshop-uxp/types', 'photoshop-uxp/host'],
  'photoshop-uxp/panel': [
    'shared/core',
    'shared/models',
    'shared/codecs',
    'shared/panel',
    'shared/takeFiles',
    'photoshop-uxp/types',
    'photoshop-uxp/host',
    'photoshop-uxp/store',
    'photoshop-uxp/runtime',
  ],
  'standalone/documents': ['shared/codecs', 'shared/core', 'shared/takeFiles'],
  'standalone/worker': ['shared/codecs', 'shared/core', 'shared/line', 'shared/threads', 'standalone/documents'],
  'standalone/page': [
    'shared/core',
    'shared/models',
    'shared/codecs',
    'shared/panel',
    'shared/line',
    'shared/threads',
    'shared/takeFiles',
    'shared/browser',
    'standalone/documents',
    'standalone/worker',
  ],
  'standalone/command': ['shared/core', 'shared/models', 'shared/codecs', 'shared/takeFiles', 'standalone/documents'],
};

const sources = (room: string): string[] =>
  readdirSync(room, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes('dist/'))
    .map((name) => join(room, name));

describe('every import', () => {
  test.each(Object.keys(allowed))('of %s points the right way', (room) => {
    const against: string[] = [];
    for (const file of sources(room)) {
      for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
        const target = relative('.', join(file, '..', specifier)).replaceAll('\\', '/');
        if (![room, ...allowed[room]].some((ok) => target.startsWith(`${ok}/`))) against.push(`${file} → ${target}`);
      }
    }
    expect(against).toEqual([]);
  });

  test('agrees with the project references that the compiler follows', () => {
    for (const [room, ok] of Object.entries(allowed)) {
      const { references = [] } = JSON.parse(readFileSync(join(room, 'tsconfig.json'), 'utf8'));
      const named = references.map((one: { path: string }) => relative('.', join(room, one.path)).replaceAll('\\', '/'));
      expect([room, named.sort()]).toEqual([room, [...ok].sort()]);
    }
  });
});

describe('prompt text', () => {
  test('is written in shared/core/prompts and nowhere else', () => {
    const phrases = /Keep framing|final image only|Change only what/;
    const elsewhere = Object.keys(allowed)
      .flatMap(sources)
      .filter((file) => !file.replaceAll('\\', '/').startsWith('shared/core/prompts/'))
      .filter((file) => phrases.test(readFileSync(file, 'utf8')));
    expect(elsewhere).toEqual([]);
    expect(sources('shared/core/prompts').some((file) => phrases.test(readFileSync(file, 'utf8')))).toBe(true);
  });
});
