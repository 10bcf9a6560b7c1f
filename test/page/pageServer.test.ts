import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type PageServer, type PageServerOptions, startPageServer } from '../../standalone/command/pageServer.ts';

/** What is served, in a folder of this test's own. */
let folder: string;
let outside: string;
let server: PageServer | null = null;

beforeEach(async () => {
  outside = await mkdtemp(join(tmpdir(), 'retake-page-'));
  folder = join(outside, 'page');
  await mkdir(folder);
  await writeFile(join(folder, 'index.html'), '<meta name="retake-token" content="{retake-token}">');
  await writeFile(join(folder, 'page.js'), 'export {};');
  await writeFile(join(folder, '.hidden.js'), 'no');
  await writeFile(join(folder, 'notes.key'), 'no');
});

afterEach(async () => {
  await server?.close();
  server = null;
  await rm(outside, { recursive: true, force: true });
});

const start = async (options: Partial<PageServerOptions> = {}): Promise<PageServer> =>
  (server = await startPageServer({ port: 0, distDir: folder, ...options }));

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

/** Paths go out exactly as given: `fetch` would tidy "..", an attacker does not. */
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server?.url ?? '');
    const asked = request({ hostname, port, path, method, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts).toString() }));
    });
    asked.on('error', reject);
    asked.end();
  });

const tokenOf = async (): Promise<string> => /content="([^"]+)"/.exec((await ask('/')).body)?.[1] ?? '';

describe('the server of the page', () => {
  test('serves the page on 127.0.0.1 with types and a policy that names only the service', async () => {
    const { url } = await start();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const page = await ask('/');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self' https://generativelanguage.googleapis.com;");
    expect(policy).not.toContain('unsafe');
    expect((await ask('/page.js')).headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  test('lets the page reach a service at another address, by its origin', async () => {
    await start({ baseUrl: 'http://127.0.0.1:9999/some/path' });
    expect(String((await ask('/')).headers['content-security-policy'])).toContain('googleapis.com http://127.0.0.1:9999;');
  });

  test('refuses a name that is not loopback, against DNS rebinding', async () => {
    await start({ apiKey: 'secret' });
    for (const host of ['evil.example', 'evil.example:4173', '127.0.0.1.evil.example', 'localhost.evil.example'])
      expect((await ask('/', { host })).status, host).toBe(403);
    for (const host of ['localhost', 'LOCALHOST:80', '127.0.0.1:1', '[::1]:5']) expect((await ask('/', { host })).status, host).toBe(200);
  });

  test('gives the key and the picture only to whoever holds the token of the page', async () => {
    await start({ apiKey: 'AIza-secret', baseUrl: 'http://127.0.0.1:1', document: { name: 'a.png', bytes: new Uint8Array([1, 2, 3]) } });
    expect((await ask('/config.json')).status).toBe(403);
    expect((await ask('/document', { 'x-retake-token': 'x'.repeat(32) })).status).toBe(403);
    const headers = { 'x-retake-token': await tokenOf() };
    expect(JSON.parse((await ask('/config.json', headers)).body)).toEqual({
      apiKey: 'AIza-secret',
      baseUrl: 'http://127.0.0.1:1',
      documentName: 'a.png',
    });
    expect((await ask('/document', headers)).body).toBe('\x01\x02\x03');
    for (const path of ['/', '/page.js']) expect((await ask(path)).body).not.toContain('AIza-secret');
  });

  test('makes a new token for each start', async () => {
    await start();
    const first = await tokenOf();
    await server?.close();
    await start();
    expect(await tokenOf()).not.toBe(first);
    expect(first.length).toBeGreaterThanOrEqual(32);
  });

  test('serves nothing outside its folder, no hidden file and no unknown type', async () => {
    await start();
    await writeFile(join(outside, 'retake-outside.js'), 'outside');
    for (const path of [
      '/../retake-outside.js',
      '/..%2fretake-outside.js',
      '/%2e%2e/retake-outside.js',
      '/..\\retake-outside.js',
      '//etc/passwd',
      '/.hidden.js',
      '/notes.key',
      '/page.js/',
      '/page.js%00.html',
      '/none.js',
    ]) {
      const answer = await ask(path);
      expect(answer.status, path).toBe(404);
      expect(answer.body).not.toContain('outside');
    }
    expect((await ask('/%')).status).toBe(400);
  });

  test('answers reading requests only', async () => {
    await start();
    expect((await ask('/', {}, 'POST')).status).toBe(405);
    expect(await ask('/', {}, 'HEAD')).toMatchObject({ status: 200, body: '' });
  });

  test('takes the next port when the wanted one is in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { url } = await start({ port });
    expect(Number(new URL(url).port)).toBeGreaterThan(port);
    await new Promise((resolve) => other.close(resolve));
  });

  test('says so when the page is not built', async () => {
    await rm(join(folder, 'index.html'));
    await expect(start()).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
