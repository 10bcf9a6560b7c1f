/** Killed with no time for anything, and two runs on one file: what was paid for is found again, and nobody's takes are erased. */
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import type { Take } from '../../shared/core/history/take.ts';
import { takesInOrder } from '../../shared/core/history/tree.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { openDocument } from '../../standalone/documents/openDocument.ts';
import { patternPixels } from '../contracts/memoryHost.ts';
import { buildPsd } from '../documents/buildPsd.ts';
import { valueIn } from '../documents/valueIn.ts';
import { failures } from '../geminiServer/failures.ts';
import { type GeminiServer, startGeminiServer } from '../geminiServer/server.ts';
import { startThinkingServer } from '../geminiServer/thinkingServer.ts';
import {
  childrenOf,
  ensureBuilt,
  Folder,
  heldByAnother,
  inTime,
  type Running,
  retake,
  seenWhile,
  start,
  statesInJournals,
  until,
} from './runRetake.ts';

vi.setConfig({ testTimeout: 180_000 });

let photo: Uint8Array;
const psd = buildPsd({ extent: { width: 200, height: 150 }, layers: [{ name: 'photo', pixels: patternPixels(200, 150, 3) }] });
beforeAll(async () => {
  await ensureBuilt();
  photo = await sharp(join(import.meta.dirname, '../fixtures/photos/coffee.png'))
    .resize(300, 200)
    .png()
    .toBuffer();
});

const keyed = (server: GeminiServer) => ({ GEMINI_API_KEY: server.key, GOOGLE_GEMINI_BASE_URL: server.url });

/** Both processes at once, as when the machine goes down. */
async function killed(running: Running): Promise<void> {
  for (const each of [...childrenOf(running), running.child.pid]) process.kill(Number(each), 'SIGKILL');
  await running.ended;
}

async function takesOf(folder: Folder, name: string): Promise<readonly Take[]> {
  const host = valueIn(await openDocument(new Uint8Array(folder.read(name)), name, createNodeCodec(), neverAborted));
  const { history, notes } = valueIn(await readHistory(host.store));
  expect(notes).toEqual([]);
  for (const { pictures } of history.takes.values())
    if (pictures.answer !== null)
      expect(valueIn(await host.store.blobs.read(pictures.answer.hash))?.length).toBe(pictures.answer.byteLength);
  return takesInOrder(history);
}

describe('a run that is killed', () => {
  test('after the model has answered leaves the answer for the next run on the same file', async () => {
    using folder = new Folder();
    folder.put('in.png', photo);
    const { server, goOn } = await startThinkingServer();
    const running = start(['edit', 'in.png', '-i', 'make it darker'], folder.path, keyed(server));
    await until(() => server.asked.length > 0, 'the model is asked');
    // Without the process at the terminal the other cannot come to its end: it asks before its last rename.
    running.child.kill('SIGSTOP');
    goOn();
    await until(async () => (await statesInJournals(folder)).includes('answered'), 'the answer is in the journal');
    await killed(running);
    expect(folder.names().filter((name) => name.endsWith('.psd'))).toEqual([]);
    // Looking at it changes nothing.
    const listed = await retake(['history', 'in.png'], folder.path);
    expect(listed.stdout + listed.stderr).toMatch(/make it darker/);
    expect(await statesInJournals(folder)).toEqual(['answered']);

    const next = await retake(['edit', 'in.png', '-i', 'make it black and white', '--report', 'run.json'], folder.path, keyed(server));
    await server.close();
    expect(next.code, next.stderr).toBe(0);
    const said = /A paid answer of \d{4}-\d\d-\d\d \d\d:\d\d UTC \(“make it darker”\) was recovered/;
    expect(next.stderr.match(new RegExp(said, 'g')), 'said once').toHaveLength(1);
    expect(JSON.parse(folder.read('run.json').toString()).notes.join(' ')).toMatch(said);
    expect(folder.names()).toEqual(['in-retake.psd', 'in.png', 'run.json']);
    expect((await takesOf(folder, 'in-retake.psd')).map(({ instruction, state }) => [instruction, state])).toEqual([
      ['make it darker', 'answered'],
      ['make it black and white', 'done'],
    ]);
  });

  test('while the model is asked is told of: it may have been billed', async () => {
    using folder = new Folder();
    folder.put('in.png', photo);
    const server = await startGeminiServer();
    server.script([failures.hang]);
    const running = start(['edit', 'in.png', '-i', 'make it darker'], folder.path, keyed(server));
    await until(async () => server.asked.length > 0 && (await statesInJournals(folder)).length > 0, 'the model is asked');
    await killed(running);
    const next = await retake(['edit', 'in.png', '-i', 'make it black and white', '-m', 'offline'], folder.path);
    await server.close();
    expect(next.code, next.stderr).toBe(0);
    expect(next.stderr).toMatch(
      /A run of .* \(“make it darker”\) was broken off before its answer arrived; the service may have billed it/,
    );
    expect(folder.names()).toEqual(['in-retake.psd', 'in.png']);
    expect((await takesOf(folder, 'in-retake.psd')).map(({ state }) => state)).toEqual(['failed', 'done']);
  });

  test('by Ctrl-C after it has paid keeps what arrived, in the journal alone', async () => {
    const server = await startGeminiServer();
    using folder = await inTime(async () => {
      const attempt = new Folder();
      attempt.put('doc.psd', psd);
      const letGo = await heldByAnother(attempt.at('doc.psd'));
      const running = start(['edit', 'doc.psd', '-i', 'make it darker', '--in-place'], attempt.path, keyed(server));
      await seenWhile(running, async () => (await statesInJournals(attempt)).includes('answered'));
      const { code, stderr } = await running.stop();
      await letGo();
      if (stderr.includes('another run')) {
        attempt[Symbol.dispose]();
        return null;
      }
      expect(code, stderr).toBe(130);
      return attempt;
    });
    await server.close();
    expect(folder.names().filter((name) => !name.startsWith('.retake-journal-'))).toEqual(['doc.psd']);
    const next = await retake(['edit', 'doc.psd', '-i', 'make it black and white', '-m', 'offline'], folder.path);
    expect(next.stderr).toMatch(/A paid answer of .* was recovered/);
    expect(folder.names()).toEqual(['doc-retake.psd', 'doc.psd']);
  });
});

describe('two runs on one file, --in-place,', () => {
  const offline = ['-m', 'offline', '--in-place'];

  test('at the same time keep both takes and both layers', async () => {
    using folder = new Folder();
    folder.put('doc.psd', psd);
    const both = await Promise.all([
      retake(['edit', 'doc.psd', '-i', 'make it darker', ...offline], folder.path),
      retake(['edit', 'doc.psd', '-i', 'make it black and white', ...offline], folder.path),
      retake(['edit', 'doc.psd', '-i', 'make it brighter', ...offline], folder.path),
    ]);
    for (const each of both) expect(each.code, each.stderr).toBe(0);
    const takes = await takesOf(folder, 'doc.psd');
    expect(takes.map(({ instruction }) => instruction).sort()).toEqual(['make it black and white', 'make it brighter', 'make it darker']);
    const layers = takes.map(({ placed }) => placed?.layer);
    expect(new Set(layers).size).toBe(3);
    const host = valueIn(await openDocument(new Uint8Array(folder.read('doc.psd')), 'doc.psd', createNodeCodec(), neverAborted));
    const refs = valueIn(await host.layers()).map(({ ref }) => ref);
    for (const { id, placed } of takes) {
      expect(refs).toContain(placed?.layer);
      expect(JSON.parse(valueIn(await host.readStory(placed?.layer as string)) as string).take.id).toBe(id);
    }
    expect(folder.names()).toEqual(['doc.psd']);
  });
});
