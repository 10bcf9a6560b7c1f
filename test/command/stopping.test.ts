/** Ctrl-C at any moment: exit code 130, at once, the input unchanged and nothing half-written. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { patternPixels } from '../contracts/memoryHost.ts';
import { buildPsd } from '../documents/buildPsd.ts';
import { failures } from '../geminiServer/failures.ts';
import { type GeminiServer, startGeminiServer } from '../geminiServer/server.ts';
import {
  childrenOf,
  type Ended,
  ensureBuilt,
  entry,
  Folder,
  heldByAnother,
  inTime,
  type Running,
  seenWhile,
  start,
  statesInJournals,
  until,
} from './runRetake.ts';

/**
 * 200 ms are promised, and `bench/stopping.ts` measures them. Here it is only told apart from waiting for the work, on a machine
 * that may be busy with other tests.
 */
const atOnceMs = 10_000;

let photo: Uint8Array;
/** Takes about a second to decode and longer to edit. */
let large: Uint8Array;
const psd = buildPsd({ extent: { width: 200, height: 150 }, layers: [{ name: 'photo', pixels: patternPixels(200, 150, 3) }] });

vi.setConfig({ testTimeout: 180_000 });

beforeAll(async () => {
  await ensureBuilt();
  const coffee = sharp(join(import.meta.dirname, '../fixtures/photos/coffee.png'));
  photo = await coffee.clone().resize(96, 64).png().toBuffer();
  large = await coffee.clone().resize(3000, 2000).png({ compressionLevel: 1 }).toBuffer();
});

const isAlive = (pid: string) => existsSync(`/proc/${pid}/stat`) && !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

function expectCancelled(ended: Ended): void {
  expect.soft(ended.code, ended.stderr).toBe(130);
  expect.soft(ended.stdout).toBe('');
  expect.soft(ended.stderr).toMatch(/^retake: Cancelled\. Nothing was changed/);
  expect.soft(ended.tookMs).toBeLessThan(atOnceMs);
}

const darker = (input: string, ...more: string[]) => ['edit', input, '-i', 'make it darker', ...more];
const keyed = (server: GeminiServer) => ({ GEMINI_API_KEY: server.key, GOOGLE_GEMINI_BASE_URL: server.url });

/** A run whose model never answers: it does not end by itself. */
async function endless(folder: Folder, ...more: string[]): Promise<{ readonly running: Running; readonly server: GeminiServer }> {
  folder.put('in.png', photo);
  const server = await startGeminiServer();
  server.always(failures.hang);
  return { running: start(darker('in.png', ...more), folder.path, keyed(server)), server };
}

/** Makes the working process as deaf as it is in the middle of a native call. False when there is none. */
function deafen(running: Running): boolean {
  const [worker] = childrenOf(running);
  return worker !== undefined && process.kill(Number(worker), 'SIGSTOP');
}

/** Bytes that its worker has read so far. */
const readBy = (running: Running): number =>
  Number(/rchar: (\d+)/.exec(readFileSync(`/proc/${childrenOf(running)[0]}/io`, 'utf8'))?.[1] ?? 0);

describe('Ctrl-C', () => {
  const moments: readonly [string, (running: Running, folder: Folder) => boolean | Promise<boolean>][] = [
    ['when the work begins', (running) => childrenOf(running).length > 0],
    ['while a large picture is decoded', (running) => readBy(running) > large.length],
    ['while the answer is fitted to it', async (_, folder) => (await statesInJournals(folder)).includes('answered')],
  ];

  test.each(moments)('%s', async (_, isThen) => {
    await inTime(async () => {
      using folder = new Folder();
      folder.put('large.png', large);
      const before = folder.contents();
      const running = start(darker('large.png', '-m', 'offline'), folder.path);
      if (!(await seenWhile(running, () => isThen(running, folder)))) return null;
      const [worker] = running.child.exitCode === null ? childrenOf(running) : [];
      const ended = await running.stop();
      // It came to its end before the signal did.
      if (ended.code === 0) return null;
      expectCancelled(ended);
      expect(folder.contents()).toEqual(before);
      expect(worker !== undefined && isAlive(worker), 'no process is left').toBe(false);
      return true;
    });
  });

  test('as soon as it listens', async () => {
    using folder = new Folder();
    const { running, server } = await endless(folder);
    // bin/retake.js listens from its first line on, to SIGHUP last; the bundle is read after it. Signal 1 is the lowest bit.
    await until(() => /\bSigCgt:\t\S*[13579bdf]$/m.test(readFileSync(`/proc/${running.child.pid}/status`, 'utf8')), 'it listens');
    const ended = await running.stop();
    await server.close();
    expect(ended.code).toBe(130);
    // The work itself, where it has begun, says that it was cancelled.
    expect(ended.stderr).toMatch(/^$|^retake: Cancelled/);
    expect(folder.names()).toEqual(['in.png']);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('(%s) while the command is still being loaded', async (signal) => {
    using folder = new Folder();
    folder.put('package.json', '{"type":"module"}');
    for (const name of ['bin', 'dist']) mkdirSync(folder.at(name));
    copyFileSync(entry, folder.at('bin/retake.js'));
    folder.put('dist/retake.js', "process.stdout.write('loading'); setInterval(() => {}, 1000); await new Promise(() => {});");
    const running = start(darker('in.png'), folder.path, {}, folder.at('bin/retake.js'));
    await new Promise((resolve) => running.child.stdout?.once('data', resolve));
    expect(await running.stop(signal)).toMatchObject({ code: 130, stdout: 'loading', stderr: '' });
  });

  test('while the work cannot hear it', async () => {
    using folder = new Folder();
    const { running, server } = await endless(folder);
    await until(() => server.asked.length > 0, 'the model is asked');
    const [worker] = childrenOf(running);
    expect(deafen(running)).toBe(true);
    expectCancelled(await running.stop());
    await server.close();
    expect(isAlive(worker)).toBe(false);
    expect(folder.names()).toEqual(['in.png']);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('(%s) while the model thinks closes the connection', async (signal) => {
    using folder = new Folder();
    const { running, server } = await endless(folder, '--report', 'run.json');
    await until(() => server.asked.length > 0, 'the model is asked');
    expectCancelled(await running.stop(signal));
    await until(() => server.asked[0].gaveUp, 'the server sees it');
    await server.close();
    expect(folder.names()).toEqual(['in.png', 'run.json']);
    expect(JSON.parse(folder.read('run.json').toString())).toMatchObject({ failure: { kind: 'cancelled' }, exitCode: 130 });
  });

  test('while it waits before it asks again', async () => {
    using folder = new Folder();
    const { running, server } = await endless(folder);
    server.always(failures['quota-minute']);
    await until(() => server.asked.length > 0 && server.asked[0].isAnswered, 'the model has said to wait');
    expectCancelled(await running.stop());
    await server.close();
    expect(server.asked).toHaveLength(1);
  });

  test('while the output is written leaves it whole or not there', async () => {
    using folder = new Folder();
    folder.put('large.png', large);
    const { 'large.png': hash } = folder.contents();
    const running = start(darker('large.png', '-m', 'offline', '--region', '0,0,300,300'), folder.path);
    const appearing = () => folder.names().filter((name) => name !== 'large.png' && !name.startsWith('.retake-journal-'));
    await until(() => appearing().length > 0, 'a file appears');
    const appeared = appearing();
    const ended = await running.stop();
    expect(appeared.some((name) => /^\.retake-.*\.tmp$/.test(name) || name === 'large-retake.psd')).toBe(true);
    expect(ended.tookMs).toBeLessThan(atOnceMs);
    if (ended.code === 0) {
      expect(folder.names()).toEqual(['large-retake.psd', 'large.png']);
      execFileSync('identify', [folder.at('large-retake.psd')]);
    } else {
      expectCancelled(ended);
      expect(folder.names()).toEqual(['large.png']);
    }
    expect(folder.contents()['large.png']).toBe(hash);
  });
});

describe('the process at the terminal', () => {
  test('removes what is half-written when the working one cannot', async () => {
    using folder = new Folder();
    folder.put('doc.psd', psd);
    // So that it writes, and waits before its last rename; for some seconds only, then it gives up.
    const letGo = await heldByAnother(folder.at('doc.psd'));
    const theirs = folder.names();
    const ours = () => folder.names().filter((name) => !theirs.includes(name));
    const halfWay = await inTime(async () => {
      const running = start(darker('doc.psd', '-m', 'offline', '--in-place'), folder.path);
      if (!(await seenWhile(running, () => ours().some((name) => name.endsWith('.tmp'))))) return null;
      const isDeaf = await seenWhile(running, () => deafen(running));
      const written = ours();
      const ended = await running.stop();
      if (!isDeaf || ended.stderr.includes('another run')) return null;
      expectCancelled(ended);
      return written;
    });
    expect(halfWay, 'stopped in time').toEqual([expect.stringMatching(/^\.retake-.*\.tmp$/), expect.stringMatching(/^\.retake-journal-/)]);
    expect(ours()).toEqual([]);
    await letGo();
    expect(folder.names()).toEqual(['doc.psd']);
  });

  test('takes the working one along when it is killed itself', async () => {
    using folder = new Folder();
    const { running, server } = await endless(folder);
    await until(() => server.asked.length > 0, 'the model is asked');
    const [worker] = childrenOf(running);
    expect(isAlive(worker)).toBe(true);
    await running.stop('SIGKILL');
    await until(() => !isAlive(worker), 'the worker ends');
    await server.close();
    expect(folder.names()).toEqual(['in.png']);
  });

  test.each([
    ['at once', () => true],
    ['while the model is asked', (server: GeminiServer) => server.asked.length > 0],
  ] as const)('says so when the working one dies %s, and leaves nothing behind', async (_, isThen) => {
    using folder = new Folder();
    const { running, server } = await endless(folder);
    await until(() => childrenOf(running).length > 0 && isThen(server), 'the work is that far');
    process.kill(Number(childrenOf(running)[0]), 'SIGKILL');
    const ended = await running.ended;
    await server.close();
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/Retake itself failed.*ended early \(SIGKILL\)/s);
    expect(folder.names()).toEqual(['in.png']);
  });
});
