/** `retake edit` and `retake generate` from the shell to a file, read back by programs that are not ours. */
import { execFileSync } from 'node:child_process';
import { chmodSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { openDocument } from '../../standalone/documents/openDocument.ts';
import { plainPixels } from '../contracts/memoryHost.ts';
import { buildPsd, richPsd } from '../documents/buildPsd.ts';
import { valueIn } from '../documents/valueIn.ts';
import { plainAnswer } from '../geminiServer/plainAnswer.ts';
import { startGeminiServer } from '../geminiServer/server.ts';
import { ensureBuilt, Folder, retake } from './runRetake.ts';

const offline = ['-m', 'offline'];
const here = import.meta.dirname;

/** For what has nothing to do with size. */
let small: Uint8Array;

// A command takes a second; a machine that is busy with other tests takes many.
vi.setConfig({ testTimeout: 180_000 });

beforeAll(async () => {
  await ensureBuilt();
  small = await sharp(join(here, '../fixtures/photos/rocket.jpg')).resize(96, 64).jpeg().toBuffer();
});

interface PythonLayer {
  readonly name: string;
  readonly visible: boolean;
  readonly opacity: number;
  readonly blend: string;
  readonly offset: readonly [number, number];
  readonly size: readonly [number, number];
  readonly pixels?: string;
  readonly maskHash?: string;
  readonly children?: readonly PythonLayer[];
}

interface PythonPsd {
  readonly size: readonly [number, number];
  readonly layers: readonly PythonLayer[];
  readonly resources: readonly number[];
}

/** What a program prints; both readers warn at length, beside it, about what they do not know. */
const outputOf = (program: string, args: readonly string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

/** As psd-tools reads it, bottom layer first. */
const byPsdTools = (path: string): PythonPsd =>
  JSON.parse(outputOf('/usr/bin/python3', [join(here, '../documents/readPsd.py'), path, 'plain']));

/** "name WxH+X+Y" of each layer as ImageMagick reads it; the merged picture comes first. */
const byImageMagick = (path: string): string[] => outputOf('identify', ['-format', '%[label] %wx%h%O\n', path]).trim().split('\n');

/** The tree without the group that a take came in. */
const without = (layers: readonly PythonLayer[], name: string): PythonLayer[] =>
  layers
    .filter((layer) => layer.name !== name)
    .map((layer) => (layer.children === undefined ? layer : { ...layer, children: without(layer.children, name) }));

const find = (layers: readonly PythonLayer[], name: string): PythonLayer | undefined =>
  layers.map((layer) => (layer.name === name ? layer : find(layer.children ?? [], name))).find((found) => found !== undefined);

const report = (folder: Folder, name = 'run.json') => JSON.parse(folder.read(name).toString());

describe('a flat picture', () => {
  test('becomes a PSD: the photo bit-identical, the take above it in a group named after the instruction', async () => {
    using folder = new Folder();
    folder.photo('astronaut.png');
    const before = folder.contents();
    const ended = await retake(
      ['edit', 'astronaut.png', '-i', 'make the orange suit teal', ...offline, '--report', 'run.json'],
      folder.path,
    );
    expect(ended).toMatchObject({ code: 0, stdout: 'astronaut-retake.psd\n', stderr: '' });
    expect(folder.contents()).toMatchObject(before);

    const psd = byPsdTools(folder.at('astronaut-retake.psd'));
    expect(psd.size).toEqual([512, 512]);
    expect(psd.layers.map((layer) => layer.name)).toEqual(['astronaut', 'make the orange suit teal']);
    const [answer, take, ...others] = psd.layers[1].children ?? [];
    expect(others).toEqual([]);
    expect(answer).toMatchObject({ offset: [0, 0], size: [512, 512], visible: false });
    expect(take).toMatchObject({ visible: true, maskHash: expect.any(String) });
    expect(byImageMagick(folder.at('astronaut-retake.psd'))[1]).toBe('astronaut 512x512+0+0');
    const original = await sharp(folder.at('astronaut.png')).ensureAlpha().raw().toBuffer();
    const layer = execFileSync('convert', [`${folder.at('astronaut-retake.psd')}[1]`, '-depth', '8', 'rgba:-'], { maxBuffer: 2 ** 24 });
    expect(Buffer.compare(layer, original)).toBe(0);

    // And it is reported: sizes, model, cost, timings by stage, provenance, and where it went.
    const told = report(folder);
    expect(told).toMatchObject({
      schema: 1,
      source: { width: 512, height: 512 },
      result: { width: 1024, height: 1024 },
      layer: { name: 'astronaut', placed: { bounds: [expect.any(Number), expect.any(Number), take.size[0], take.size[1]] } },
      mode: 'delta',
      registration: { accepted: true, reason: null },
      kept: { changedPixelsOutside: 0 },
      model: 'offline',
      modelVersion: 'offline-1',
      costUsd: 0,
      attempts: 1,
      cell: { ratio: '1:1', size: '1K', extent: { width: 1024, height: 1024 } },
      provenance: { instruction: 'make the orange suit teal', prompt: { id: 'edit/layer' }, model: 'offline' },
      notes: [],
      output: 'astronaut-retake.psd',
    });
    expect(told.description).toMatch(/not AI/);
    const { total, ...stages } = told.timingsMs;
    expect(Object.keys(stages).sort()).toEqual(
      ['ask', 'compile', 'compose', 'decode', 'encode', 'open', 'place', 'read', 'record', 'request', 'save', 'write'].sort(),
    );
    for (const [stage, ms] of Object.entries(stages)) expect(ms, stage).toBeGreaterThanOrEqual(0);
    const { open, read, compile, ask, compose, place, record, save, write } = stages;
    expect(open + read + compile + ask + compose + place + record + save + write).toBeLessThanOrEqual(total + 5);
    expect(told.peakRssMb).toBeGreaterThan(30);
  });

  test('keeps its name free: a second take counts up, and a take of a take does not pile up names', async () => {
    using folder = new Folder();
    folder.put('rocket.jpg', small);
    const names: string[] = [];
    for (const input of ['rocket.jpg', 'rocket.jpg', 'rocket-retake.psd'])
      names.push((await retake(['edit', input, '-i', 'make it darker', ...offline], folder.path)).stdout.trim());
    expect(names).toEqual(['rocket-retake.psd', 'rocket-retake-2.psd', 'rocket-retake-3.psd']);
  });

  test('goes flattened into a PNG, with provenance in it', async () => {
    using folder = new Folder();
    folder.photo('coffee.png');
    const args = ['edit', 'coffee.png', '-i', 'black and white', ...offline, '-o', 'grey.png'];
    expect(await retake(args, folder.path)).toMatchObject({ code: 0, stdout: 'grey.png\n' });
    const { width, height } = await sharp(folder.at('grey.png')).metadata();
    expect([width, height]).toEqual([600, 400]);
    const [red, green, blue] = (await sharp(folder.at('grey.png')).stats()).channels.map((channel) => channel.mean);
    expect(Math.max(Math.abs(red - green), Math.abs(green - blue))).toBeLessThan(3);
    expect(folder.read('grey.png').includes('retake')).toBe(true);
    // And once more, now that it exists.
    expect((await retake(args, folder.path)).code).toBe(2);
    expect((await retake([...args, '--force'], folder.path)).code).toBe(0);
  });
});

describe('a region', () => {
  test('is all that changes: outside a rectangle the flattened result is bit-identical', async () => {
    using folder = new Folder();
    folder.photo('coffee.png');
    const ended = await retake(
      ['edit', 'coffee.png', '-i', 'make it blue', ...offline, '--region', '100,50,200,150', '-o', 'out.png'],
      folder.path,
    );
    expect(ended.code, ended.stderr).toBe(0);
    const [was, is] = await Promise.all(['coffee.png', 'out.png'].map((name) => sharp(folder.at(name)).ensureAlpha().raw().toBuffer()));
    let inside = 0;
    let outside = 0;
    for (let p = 0; p < was.length; p += 4) {
      const x = (p / 4) % 600;
      const y = Math.floor(p / 4 / 600);
      if (was.readUInt32LE(p) === is.readUInt32LE(p)) continue;
      if (x >= 100 && x < 300 && y >= 50 && y < 200) inside++;
      else outside++;
    }
    expect(outside).toBe(0);
    expect(inside).toBeGreaterThan(15_000);
  });

  test('may be a mask picture, and a rectangle may reach outside, with a note', async () => {
    using folder = new Folder();
    folder.photo('coffee.png');
    const black = { create: { width: 600, height: 400, channels: 3 as const, background: 'black' } };
    const white = await sharp({ create: { width: 80, height: 60, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    folder.put(
      'mask.png',
      await sharp(black)
        .composite([{ input: white, left: 20, top: 30 }])
        .png()
        .toBuffer(),
    );
    const masked = await retake(['edit', 'coffee.png', '-i', 'make it blue', ...offline, '--mask', 'mask.png', '-o', 'a.png'], folder.path);
    expect(masked.code, masked.stderr).toBe(0);
    const difference = ['coffee.png', 'a.png', '-compose', 'difference', '-composite', '-threshold', '0', '-format', '%@', 'info:'];
    const changed = execFileSync('convert', difference, { cwd: folder.path, encoding: 'utf8' });
    const [width, height, left, top] = (/^(\d+)x(\d+)\+(\d+)\+(\d+)/.exec(changed) ?? []).slice(1).map(Number);
    expect(width).toBeGreaterThan(60);
    expect(left).toBeGreaterThanOrEqual(20);
    expect(top).toBeGreaterThanOrEqual(30);
    expect(left + width).toBeLessThanOrEqual(100);
    expect(top + height).toBeLessThanOrEqual(90);
    const cut = await retake(
      ['edit', 'coffee.png', '-i', 'make it blue', ...offline, '--region', '-10,380,60,60', '-o', 'b.png'],
      folder.path,
    );
    expect(cut.code).toBe(0);
    expect(cut.stderr).toBe('Note: The region reaches outside the picture; 50 × 20 px at 0, 380 were used.\n');
  });
});

describe('a layered document', () => {
  test('keeps every layer, mask, flag and resource; the take lies right above its source', async () => {
    using folder = new Folder();
    folder.put('rich.psd', richPsd());
    const ended = await retake(
      ['edit', 'rich.psd', '-l', 'Szene 場面/portrait', '-i', 'make it darker', ...offline, '-o', 'out.psd', '--report', 'run.json'],
      folder.path,
    );
    expect(ended.code, ended.stderr).toBe(0);
    const was = byPsdTools(folder.at('rich.psd'));
    const is = byPsdTools(folder.at('out.psd'));
    expect(without(is.layers, 'make it darker')).toEqual(was.layers);
    const scene = find(is.layers, 'Szene 場面');
    // Bottom first: the layer clipped to the portrait stays clipped to it, so the take lies above both.
    expect(scene?.children?.map((layer) => layer.name)).toEqual(['props', 'portrait', 'shade', 'make it darker']);
    const [take] = find(is.layers, 'make it darker')?.children ?? [];
    expect([take.offset, take.size]).toEqual([
      [8, 5],
      [41, 33],
    ]);
    expect(is.resources).toEqual(expect.arrayContaining([...was.resources]));
    const drawn = byImageMagick(folder.at('out.psd'));
    for (const line of byImageMagick(folder.at('rich.psd')).slice(1)) expect(drawn).toContain(line);
    expect(drawn.some((line) => line.endsWith('41x33+8+5') && line.includes('Take'))).toBe(true);
    const profile = (name: string) => execFileSync('convert', [`${folder.at(name)}[0]`, 'icc:-']);
    expect(Buffer.compare(profile('out.psd'), profile('rich.psd'))).toBe(0);
    expect(report(folder).layer).toMatchObject({ name: 'portrait', placed: { bounds: [8, 5, 41, 33] } });
  });

  test('is edited as it shows when no layer is named, and that is said', async () => {
    using folder = new Folder();
    folder.put('rich.psd', richPsd());
    const ended = await retake(['edit', 'rich.psd', '-i', 'make it darker', ...offline], folder.path);
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('No layer was named');
    expect(byPsdTools(folder.at('rich-retake.psd')).layers.at(-1)?.name).toBe('make it darker');
  });

  test('is written in place when that is asked for: through a link, with its permissions', async () => {
    using folder = new Folder();
    folder.put('real.psd', richPsd());
    chmodSync(folder.at('real.psd'), 0o640);
    symlinkSync('real.psd', folder.at('link.psd'));
    const was = byPsdTools(folder.at('real.psd'));
    const ended = await retake(['edit', 'link.psd', '-l', 'ground', '-i', 'make it darker', ...offline, '--in-place'], folder.path);
    expect(ended).toMatchObject({ code: 0, stdout: 'link.psd\n' });
    expect(folder.names()).toEqual(['link.psd', 'real.psd']);
    expect(statSync(folder.at('real.psd')).mode & 0o777).toBe(0o640);
    const is = byPsdTools(folder.at('real.psd'));
    expect(without(is.layers, 'make it darker')).toEqual(was.layers);
    expect(is.layers.map((layer) => layer.name).slice(0, 2)).toEqual(['ground', 'make it darker']);
  });

  test('remembers its takes: an edit of a take continues it', async () => {
    using folder = new Folder();
    folder.put(
      'doc.psd',
      buildPsd({ extent: { width: 64, height: 48 }, layers: [{ name: 'only', pixels: plainPixels(64, 48, [90, 120, 160, 255]) }] }),
    );
    const first = await retake(['edit', 'doc.psd', '-i', 'make it darker', ...offline, '--in-place', '--report', 'one.json'], folder.path);
    expect(first.code, first.stderr).toBe(0);
    const placed = report(folder, 'one.json').layer.placed.ref;
    const listed = JSON.parse((await retake(['layers', 'doc.psd', '--json'], folder.path)).stdout);
    const take = listed.layers.find((layer: { path: string }) => layer.path.startsWith('make it darker/'));
    expect(take.id).toBe(placed);
    const second = await retake(
      ['edit', 'doc.psd', '-l', take.path, '-i', 'make it warmer', ...offline, '-o', 'two.psd', '--report', 'two.json'],
      folder.path,
    );
    expect(second.code, second.stderr).toBe(0);
    expect(report(folder, 'two.json').provenance.parentTakeId).toBe(report(folder, 'one.json').provenance.takeId);
  });
});

describe('a real service', () => {
  test('gets the layer first, labelled references, the instruction last, and an explicit shape', async () => {
    using folder = new Folder();
    folder.photo('astronaut.png');
    folder.photo('coffee.png', 'cup=blue.png');
    const server = await startGeminiServer({ answer: plainAnswer });
    const ended = await retake(
      [
        'edit',
        'astronaut.png',
        '-i',
        'make it warmer',
        '-r',
        'cup=blue.png=style',
        '-r',
        'cup=blue.png',
        '--size',
        '2k',
        '--thinking',
        'high',
        '--report',
        'run.json',
      ],
      folder.path,
      { GEMINI_API_KEY: server.key, GOOGLE_GEMINI_BASE_URL: server.url },
    );
    await server.close();
    expect(ended.code, ended.stderr).toBe(0);
    expect(server.malformed).toEqual([]);
    expect(server.asked).toHaveLength(1);
    const [request] = server.understood;
    expect(request.pictures).toHaveLength(3);
    expect(request.promptText).toContain('make it warmer');
    expect([request.aspectRatio, request.imageSize]).toEqual(['1:1', '2K']);
    const told = report(folder);
    expect(told).toMatchObject({ model: 'gemini-nano-banana-2.1', result: { width: 2048, height: 2048 }, attempts: 1 });
    expect(told.sent).toHaveLength(3);
    expect(told.costUsd).toBeGreaterThan(0);
    expect(told.usage.totalTokens).toBeGreaterThan(0);
    expect(told.provenance.digitalSourceType).toMatch(/compositeWithTrainedAlgorithmicMedia$/);
    const saved = valueIn(
      await openDocument(new Uint8Array(folder.read('astronaut-retake.psd')), 'a.psd', createNodeCodec(), neverAborted),
    );
    expect(valueIn(await saved.layers())).toHaveLength(4);
  });

  test('makes a picture from words, named after them', async () => {
    using folder = new Folder();
    const server = await startGeminiServer();
    const env = { GEMINI_API_KEY: server.key, GOOGLE_GEMINI_BASE_URL: server.url };
    const ended = await retake(['generate', '-i', 'A red fox, at dawn!', '--ratio', '16:9', '--report', 'run.json'], folder.path, env);
    await server.close();
    expect(ended).toMatchObject({ code: 0, stdout: 'a-red-fox-at-dawn.png\n', stderr: '' });
    expect(server.malformed).toEqual([]);
    expect(await sharp(folder.at('a-red-fox-at-dawn.png')).metadata()).toMatchObject({ width: 1376, height: 768 });
    expect(report(folder).provenance.digitalSourceType).toMatch(/\/trainedAlgorithmicMedia$/);
  });

  test('makes a picture from words through Imagen’s own wire, as a document of one layer', async () => {
    using folder = new Folder();
    const server = await startGeminiServer({ alive: 'all' });
    const ended = await retake(['generate', '-i', 'a red fox', '-m', 'imagen-4.0-generate-001', '-o', 'fox.psd'], folder.path, {
      GEMINI_API_KEY: server.key,
      GOOGLE_GEMINI_BASE_URL: server.url,
    });
    await server.close();
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toMatch(/retired since 2026-08-17/);
    expect(server.malformed).toEqual([]);
    expect(server.asked[0].path).toMatch(/:predict$/);
    expect(byPsdTools(folder.at('fox.psd'))).toMatchObject({ size: [1024, 1024], layers: [{ name: 'a red fox' }] });
  });
});
