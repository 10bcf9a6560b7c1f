/** Ctrl-C at any moment: exit code 130, at once, the input unchanged and nothing half-written. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { failures } from '../geminiServer/failures.ts';
import { type GeminiServer, startGeminiServer } from '../geminiServer/server.ts';
import { type Ended, ensureBuilt, Folder, type Running, start } from './runRetake.ts';

/** 200 ms are promised; the rest is for a machine that is busy with other tests. */
const atOnceMs = 200 + 300;

let photo: Uint8Array;
/** Takes about a second to decode and longer to edit. */
let large: Uint8Array;

// A command takes a second; a machine that is busy with other tests takes many.
vi.setConfig({ testTimeout: 90_000 });

beforeAll(async () => {
  await ensureBuilt();
  const coffee = sharp(join(import.meta.dirname, '../fixtures/photos/coffee.png'));
  photo = await coffee.clone().resize(96, 64).png().toBuffer();
  large = await coffee.clone().resize(3000, 2000).png({ compressionLevel: 1 }).toBuffer();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(isTrue: () => boolean, what: string): Promise<void> {
  for (let waited = 0; !isTrue(); waited += 1) {
    if (waited > 15_000) throw new Error(`waited in vain until ${what}`);
    await pause(1);
  }
}

/** Process ids of its children, from Linux. */
const childrenOf = ({ child }: Running): string[] =>
  readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').split(' ').filter(Boolean);

const isAlive = (pid: string) => existsSync(`/proc/${pid}/stat`) && !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

function expectCancelled(ended: Ended): void {
  expect.soft(ended.code, ended.stderr).toBe(130);
  expect.soft(ended.stdout).toBe('');
  expect.soft(ended.stderr).toMatch(/^retake: Cancelled\. Nothing was changed/);
  expect.soft(ended.tookMs).toBeLessThan(atOnceMs);
}

describe('Ctrl-C', () => {
  test.each([0, 300, 900])('%i ms after the work began on a large picture', async (afterMs) => {
    using folder = new Folder();
    folder.put('large.png', large);
    const before = folder.contents();
    const running = start(['edit', 'large.png', '-i', 'make it darker', '-m', 'offline'], folder.path);
    await until(() => childrenOf(running).length > 0, 'the work begins');
    const [worker] = childrenOf(running);
    await pause(afterMs);
    expectCancelled(await running.stop());
    expect(folder.contents()).toEqual(before);
    expect(isAlive(worker), 'no process is left').toBe(false);
  });

  test('before anything has begun', async () => {
    using folder = new Folder();
    folder.put('in.png', photo);
    // On a busy machine the work may have begun before this test sees that the command listens; then once more.
    for (let tries = 1; ; tries++) {
      const running = start(['edit', 'in.png', '-i', 'make it darker', '-m', 'offline'], folder.path);
      // bin/retake.js listens from its first line on, to SIGHUP last; the bundle is read after it. Signal 1 is the lowest bit.
      await until(() => /\bSigCgt:\t\S*[13579bdf]$/m.test(readFileSync(`/proc/${running.child.pid}/status`, 'utf8')), 'it listens');
      const ended = await running.stop();
      expect(ended.code).toBe(130);
      expect(folder.names()).toEqual(['in.png']);
      // The work itself would have said that it was cancelled.
      if (ended.stderr === '') break;
      expect(tries).toBeLessThan(5);
    }
  });

  test('while the work cannot hear it', async () => {
    using folder = new Folder();
    folder.put('large.png', large);
    const running = start(['edit', 'large.png', '-i', 'make it darker', '-m', 'offline'], folder.path);
    await until(() => childrenOf(running).length > 0, 'the work begins');
    const [worker] = childrenOf(running);
    await pause(500);
    // As deaf as in the middle of a native call.
    process.kill(Number(worker), 'SIGSTOP');
    expectCancelled(await running.stop());
    expect(isAlive(worker)).toBe(false);
    expect(folder.names()).toEqual(['large.png']);
  });

  async function stoppedWhile(server: GeminiServer, folder: Folder, signal: NodeJS.Signals): Promise<Ended> {
    folder.put('in.png', photo);
    const running = start(['edit', 'in.png', '-i', 'make it darker', '--report', 'run.json'], folder.path, {
      GEMINI_API_KEY: server.key,
      GOOGLE_GEMINI_BASE_URL: server.url,
    });
    await until(() => server.asked.length > 0, 'the model is asked');
    await pause(50);
    return running.stop(signal);
  }

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('(%s) while the model thinks closes the connection', async (signal) => {
    using folder = new Folder();
    const server = await startGeminiServer();
    server.always(failures.hang);
    const ended = await stoppedWhile(server, folder, signal);
    expectCancelled(ended);
    await until(() => server.asked[0].gaveUp, 'the server sees it');
    await server.close();
    expect(folder.names()).toEqual(['in.png', 'run.json']);
    expect(JSON.parse(folder.read('run.json').toString())).toMatchObject({ failure: { kind: 'cancelled' }, exitCode: 130 });
  });

  test('while it waits before it asks again', async () => {
    using folder = new Folder();
    const server = await startGeminiServer();
    server.always(failures['quota-minute']);
    expectCancelled(await stoppedWhile(server, folder, 'SIGINT'));
    await server.close();
    expect(server.asked).toHaveLength(1);
  });

  test('while the output is written leaves it whole or not there', async () => {
    using folder = new Folder();
    folder.put('large.png', large);
    const { 'large.png': hash } = folder.contents();
    const running = start(['edit', 'large.png', '-i', 'make it darker', '-m', 'offline', '--region', '0,0,300,300'], folder.path);
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
    folder.put('large.png', large);
    const running = start(['edit', 'large.png', '-i', 'make it darker', '-m', 'offline', '--region', '0,0,300,300'], folder.path);
    await until(() => childrenOf(running).length > 0, 'the work begins');
    const [worker] = childrenOf(running);
    await until(() => folder.names().some((name) => name.endsWith('.tmp')), 'a temporary file appears');
    process.kill(Number(worker), 'SIGSTOP');
    const halfWay = folder.names();
    const ended = await running.stop();
    expect(halfWay, 'stopped in time').toEqual([
      expect.stringMatching(/^\.retake-.*\.tmp$/),
      expect.stringMatching(/^\.retake-journal-/),
      'large.png',
    ]);
    expectCancelled(ended);
    expect(folder.names()).toEqual(['large.png']);
  });

  test('takes the working one along when it is killed itself', async () => {
    using folder = new Folder();
    folder.put('in.png', photo);
    const server = await startGeminiServer();
    server.always(failures.hang);
    const running = start(['edit', 'in.png', '-i', 'make it darker'], folder.path, {
      GEMINI_API_KEY: server.key,
      GOOGLE_GEMINI_BASE_URL: server.url,
    });
    await until(() => server.asked.length > 0, 'the model is asked');
    const [worker] = childrenOf(running);
    expect(isAlive(worker)).toBe(true);
    await running.stop('SIGKILL');
    await until(() => !isAlive(worker), 'the worker ends');
    await server.close();
    expect(folder.names()).toEqual(['in.png']);
  });

  test('says so when the working one dies, and leaves nothing behind', async () => {
    using folder = new Folder();
    folder.put('large.png', large);
    const running = start(['edit', 'large.png', '-i', 'make it darker', '-m', 'offline'], folder.path);
    await until(() => childrenOf(running).length > 0, 'the work begins');
    process.kill(Number(childrenOf(running)[0]), 'SIGKILL');
    const ended = await running.ended;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/Retake itself failed.*ended early \(SIGKILL\)/s);
    expect(folder.names()).toEqual(['large.png']);
  });
});
