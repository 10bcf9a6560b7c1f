import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Script } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asInlineScript, foreignToMain } from '../../figma-plugin/build/check.mjs';
import { isAllowed, type Manifest, manifestFaults } from './manifest.ts';

const run = promisify(execFile);
let folder: string;
const built = (name: string, of = 'plain'): Promise<string> => readFile(join(folder, of, name), 'utf8');
let printed: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retake-figma-'));
  const build = (name: string, ...more: string[]) =>
    run(process.execPath, ['figma-plugin/build.mjs', '--out', join(folder, name), ...more]);
  const [plain] = await Promise.all([build('plain'), build('local', '--quiet', '--service', 'http://localhost:8787/base')]);
  printed = plain.stdout;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('what Figma imports', () => {
  test('is a manifest that it accepts, and the files that it names', async () => {
    const manifest = JSON.parse(await built('manifest.json'));
    expect(manifestFaults(manifest)).toEqual([]);
    await expect(built(manifest.main)).resolves.not.toBe('');
    await expect(built(manifest.ui)).resolves.toMatch(/^<!doctype html>/i);
    expect(manifest.networkAccess).not.toHaveProperty('devAllowedDomains');
  });

  test('has one classic script that stands alone, without anything its thread does not have', async () => {
    const code = await built('code.js');
    expect(await foreignToMain(code)).toEqual([]);
    expect(() => new Script(code)).not.toThrow();
  });

  test('has one page with everything inside', async () => {
    const page = await built('ui.html');
    expect(page.match(/<script/gi)).toHaveLength(1);
    expect(page.match(/<\/script/gi)).toHaveLength(1);
    const outside = page.replace(/<script>[\s\S]*<\/script>/, '');
    expect(outside).not.toMatch(/\b(?:src|href)\s*=/);
    expect(page).not.toContain('data:font');
  });

  test('reaches only hosts that the manifest allows', async () => {
    const { networkAccess } = JSON.parse(await built('manifest.json')) as Manifest;
    const page = await built('ui.html');
    const hosts = [...page.matchAll(/\b(?:https?|wss?):\/\/[a-z0-9.-]+\.[a-z]{2,}/gi)].map(([address]) => new URL(address).hostname);
    const foreign = [...new Set(hosts)].filter(
      (host) => !isAllowed(networkAccess.allowedDomains, `https://${host}/`) && !notFetched.has(host),
    );
    expect(foreign).toEqual([]);
    expect(hosts).toContain('generativelanguage.googleapis.com');
  });

  test('tells the size of both bundles, and what was measured of their start', () => {
    expect(printed).toMatch(/code\.js\s+\d+ kB,\s+\d+ kB gzip\s+starts in [\d.]+ ms \(evaluated by QuickJS/);
    expect(printed).toMatch(/ui\.html\s+\d+ kB,\s+\d+ kB gzip\s+script compiles in [\d.]+ ms \(V8/);
  });

  test('speaks to another address of the service, in development only', async () => {
    const manifest = JSON.parse(await built('manifest.json', 'local')) as Manifest;
    expect(manifestFaults(manifest)).toEqual([]);
    expect(manifest.networkAccess.devAllowedDomains).toEqual(['http://localhost:8787']);
    expect(await built('ui.html', 'local')).toContain('http://localhost:8787/base');
    expect(await built('ui.html')).not.toContain('localhost:8787');
  });
});

/** Hosts in the panel's text that nothing is asked of: they name, or are opened in the user's browser. */
const notFetched = new Set([
  // Names of vocabularies in a take's story.
  ...['www.w3.org', 'purl.org', 'iptc.org', 'cv.iptc.org', 'retake.design'],
  // Pages for the user.
  ...['aistudio.google.com', 'ai.google.dev', 'docs.cloud.google.com'],
  // In Google's library, for clouds that are not used; a base of addresses that are taken apart.
  ...['aiplatform.googleapis.com', 'dummy.com'],
]);

describe('a script for the main thread', () => {
  test.each([
    ['document.title', 'document'],
    ['typeof TextEncoder === "function"', 'TextEncoder'],
    ['globalThis.crypto.randomUUID()', 'crypto'],
    ['new Worker("a")', 'Worker'],
    ['fetch("https://example.com")', 'fetch'],
    ['window.x = 1', 'window'],
    ['process.env.HOME', 'process'],
    ['"import(x)"', 'import('],
    ['if (a --> 0) b()', 'an HTML comment'],
  ])('%s is refused', async (code, name) => {
    expect(await foreignToMain(code)).toContain(name);
  });

  test.each([
    'const document = { title: 1 }; document.title;',
    'node.parent.children; ({ Event: 1, fetch() {} }).fetch();',
    '(function (performance) { return performance.now(); })(clock);',
    'figma.showUI(__html__); setTimeout(() => console.log(new Uint8Array(4)), 10);',
  ])('%s is not', async (code) => {
    expect(await foreignToMain(code)).toEqual([]);
  });
});

describe('a script inside a page', () => {
  test('says the same without a tag that would end it', () => {
    const script = `out = ['</script>', \`<!-- \${1}\`, /<\\/script/.source, /<!--/u.test('<!--')]`;
    const safe = asInlineScript(script);
    expect(safe).not.toMatch(/<\/script|<!--/i);
    const said = (code: string): unknown => new Script(`(() => { let out; ${code}; return JSON.stringify(out); })()`).runInThisContext();
    expect(said(safe)).toBe(said(script));
  });
});

describe('a manifest', () => {
  const good = {
    name: 'A',
    id: '1',
    api: '1.0.0',
    main: 'code.js',
    editorType: ['figma'],
    documentAccess: 'dynamic-page',
    networkAccess: { allowedDomains: ['https://example.com'] },
  };
  test('may leave out what is optional', () => expect(manifestFaults(good)).toEqual([]));
  test.each<[string, Record<string, unknown>, string]>([
    ['without an id', { id: undefined }, 'id is missing'],
    ['of another version', { api: '2.0.0' }, 'api must be "1.0.0"'],
    ['with a field of ours', { icon: 'a.png' }, 'icon is not known'],
    ['without dynamic pages', { documentAccess: undefined }, 'documentAccess is missing'],
    ['for no editor', { editorType: [] }, 'editorType must not be empty'],
    ['for an unknown editor', { editorType: ['sketch'] }, 'editorType[0] must be one of figma, figjam, dev, slides, buzz'],
    ['for editors that exclude each other', { editorType: ['figjam', 'dev'] }, 'editorType: figjam and dev cannot go together'],
    ['with every host and no reason', { networkAccess: { allowedDomains: ['*'] } }, 'networkAccess.reasoning is missing, for *'],
    [
      'with a local host for everybody',
      { networkAccess: { allowedDomains: ['http://localhost:1'] } },
      'networkAccess.reasoning is missing, for http://localhost:1',
    ],
    [
      'with a pattern inside a name',
      { networkAccess: { allowedDomains: ['https://a.*.com'] } },
      'networkAccess.allowedDomains[0]: "https://a.*.com" is no domain',
    ],
    [
      'with none and one',
      { networkAccess: { allowedDomains: ['none', 'https://example.com'] } },
      'networkAccess.allowedDomains: "none" stands alone',
    ],
    ['with a menu item without a command', { menu: [{ name: 'Open' }] }, 'menu[0].command is missing'],
    ['with a shortcut', { menu: [{ name: 'Open', command: 'open', shortcut: 'X' }] }, 'menu[0].shortcut is not known'],
    [
      'with one command twice',
      { menu: [{ name: 'Open', command: 'open' }], relaunchButtons: [{ command: 'open', name: 'Open' }] },
      'the command open is there twice',
    ],
    ['with a parameter without a key', { parameters: [{ name: 'What' }] }, 'parameters[0].key is missing'],
    [
      'with an unknown permission',
      { permissions: ['camera'] },
      `permissions[0] must be one of ${'currentuser, activeusers, fileusers, payments, teamlibrary'}`,
    ],
    ['left in development', { enableProposedApi: true }, 'enableProposedApi is for development only'],
  ])('%s is refused', (_, change, fault) => {
    const changed = Object.fromEntries(Object.entries({ ...good, ...change }).filter(([, value]) => value !== undefined));
    expect(manifestFaults(changed)).toContain(fault);
  });

  test.each([
    [['none'], 'https://example.com/', false],
    [['*'], 'https://example.com/', true],
    [['example.com'], 'http://example.com/any/path', true],
    [['https://example.com'], 'http://example.com/', false],
    [['*.example.com'], 'https://a.example.com/', true],
    [['*.example.com'], 'https://example.com/', false],
    [['https://example.com/v1/'], 'https://example.com/v1/models', true],
    [['https://example.com/v1'], 'https://example.com/v1/models', false],
    [['https://example.com'], 'https://example.com.evil.net/', false],
  ])('with %j lets %s through: %s', (domains, address, isFine) => {
    expect(isAllowed(domains, address)).toBe(isFine);
  });
});
