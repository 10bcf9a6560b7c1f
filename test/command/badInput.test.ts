/** What a user can get wrong: each ends with exit code 2, a sentence that says what to do, and a folder left as it was. */
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { createPixels } from '../../shared/core/pixels.ts';
import { patternPixels } from '../contracts/memoryHost.ts';
import { buildPsd } from '../documents/buildPsd.ts';
import { ensureBuilt, Folder, retake } from './runRetake.ts';

let photo: Buffer;
let twins: Uint8Array;

// A command takes a second; a machine that is busy with other tests takes many.
vi.setConfig({ testTimeout: 180_000 });

beforeAll(async () => {
  await ensureBuilt();
  photo = await sharp(join(import.meta.dirname, '../fixtures/photos/coffee.png'))
    .resize(60, 40)
    .png()
    .toBuffer();
  twins = buildPsd({
    extent: { width: 60, height: 40 },
    layers: [
      { name: 'logo', pixels: patternPixels(10, 10, 1) },
      { name: 'header', children: [{ name: 'logo', pixels: patternPixels(12, 12, 2) }] },
      { name: 'clear', pixels: createPixels(20, 20) },
      { name: 'no pixels' },
      { name: 'ground', pixels: patternPixels(60, 40, 3) },
    ],
  });
});

/** A PNG header that claims a size, and nothing behind it. */
function claimingPng(width: number, height: number): Buffer {
  const bytes = Buffer.from(photo.subarray(0, 200));
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

interface Case {
  readonly name: string;
  readonly files: (folder: Folder) => void | Promise<void>;
  readonly args: readonly string[];
  readonly says: RegExp;
}

const asPhoto = (folder: Folder) => void folder.put('in.png', photo);
const asTwins = (folder: Folder) => void folder.put('in.psd', twins);
const edit = (input: string, ...more: string[]) => ['edit', input, '-i', 'make it darker', '-m', 'offline', ...more];

const cases: readonly Case[] = [
  { name: 'a file that is not there', files: () => {}, args: edit('none.png'), says: /There is no file “none\.png”/ },
  { name: 'a folder', files: (folder) => mkdirSync(folder.at('in.png')), args: edit('in.png'), says: /is a folder/ },
  { name: 'a device that never ends', files: () => {}, args: edit('/dev/zero'), says: /not an ordinary file/ },
  {
    name: 'a pipe that nobody writes to',
    files: (folder) => void execFileSync('mkfifo', [folder.at('in.png')]),
    args: edit('in.png'),
    says: /not an ordinary file/,
  },
  {
    name: 'text, not a picture',
    files: (folder) => void folder.put('in.png', 'Dear diary'),
    args: edit('in.png'),
    says: /Not a picture.*text/,
  },
  {
    name: 'a picture of another kind',
    files: (folder) => void folder.put('in.png', 'GIF89a\x01\x00\x01\x00\x00\x00\x00;'),
    args: edit('in.png'),
    says: /Not a picture.*GIF/,
  },
  { name: 'an empty file', files: (folder) => void folder.put('in.png', ''), args: edit('in.png'), says: /damaged.*empty/ },
  {
    name: 'a PNG cut short',
    files: (folder) => void folder.put('in.png', photo.subarray(0, photo.length / 2)),
    args: edit('in.png'),
    says: /The file is damaged/,
  },
  {
    name: 'a PSD cut short',
    files: (folder) => void folder.put('in.psd', twins.subarray(0, twins.length / 2)),
    args: edit('in.psd'),
    says: /The file is damaged/,
  },
  {
    name: 'a picture of no size',
    files: (folder) => void folder.put('in.png', claimingPng(0, 40)),
    args: edit('in.png'),
    says: /damaged.*zero/,
  },
  {
    name: 'a picture of more than 30 000 px',
    files: (folder) => void folder.put('in.png', claimingPng(30_001, 10)),
    args: edit('in.png'),
    says: /Too large.*30001 × 10.*30000/,
  },
  {
    name: 'a decompression bomb',
    files: (folder) => void folder.put('in.png', claimingPng(30_000, 30_000)),
    args: edit('in.png'),
    says: /Too large.*30000 × 30000/,
  },
  {
    name: 'a layer that is not there',
    files: asTwins,
    args: edit('in.psd', '-l', 'lego'),
    says: /no layer “lego”.*“logo”.*“header\/logo”.*“ground”/,
  },
  {
    name: 'two layers of that name',
    files: asTwins,
    args: edit('in.psd', '-l', 'logo'),
    says: /“logo” could be “#\S+ logo”, “header\/logo”/,
  },
  {
    name: 'a fully transparent layer',
    files: asTwins,
    args: edit('in.psd', '-l', 'clear'),
    says: /“clear” (is fully transparent|has no pixels)/,
  },
  { name: 'a layer without pixels', files: asTwins, args: edit('in.psd', '-l', 'no pixels'), says: /“no pixels” has no pixels/ },
  { name: 'an empty instruction', files: asPhoto, args: ['edit', 'in.png', '-i', '  ', '-m', 'offline'], says: /Say what should change/ },
  {
    name: 'an instruction of 100 kB',
    files: asPhoto,
    args: ['edit', 'in.png', '-i', 'red '.repeat(25_000), '-m', 'offline'],
    says: /too long.*99999 bytes/,
  },
  {
    name: 'a region outside the picture',
    files: asPhoto,
    args: edit('in.png', '--region', '60,0,5,5'),
    says: /covers nothing of the 60 × 40 picture/,
  },
  { name: 'a region that is no rectangle', files: asPhoto, args: edit('in.png', '--region', '1,2,3'), says: /four whole numbers/ },
  { name: 'a region of no width', files: asPhoto, args: edit('in.png', '--region', '1,2,0,3'), says: /at least 1/ },
  {
    name: 'a mask of another size',
    files: async (folder) => {
      asPhoto(folder);
      folder.put(
        'mask.png',
        await sharp({ create: { width: 61, height: 40, channels: 3, background: 'white' } })
          .png()
          .toBuffer(),
      );
    },
    args: edit('in.png', '--mask', 'mask.png'),
    says: /mask is 61 × 40, the document is 60 × 40/,
  },
  {
    name: 'a mask that is black everywhere',
    files: async (folder) => {
      asPhoto(folder);
      folder.put(
        'mask.png',
        await sharp({ create: { width: 60, height: 40, channels: 3, background: 'black' } })
          .png()
          .toBuffer(),
      );
    },
    args: edit('in.png', '--mask', 'mask.png'),
    says: /mask is empty/,
  },
  {
    name: 'a mask and a region',
    files: asPhoto,
    args: edit('in.png', '--mask', 'in.png', '--region', '0,0,5,5'),
    says: /cannot be used with/,
  },
  { name: 'a reference that is not there', files: asPhoto, args: edit('in.png', '-r', 'gone.png=style'), says: /no file “gone\.png”/ },
  {
    name: 'a role that there is not',
    files: asPhoto,
    args: edit('in.png', '-r', 'in.png=styl'),
    says: /reference, character, style, object, background/,
  },
  { name: 'a size that there is not', files: asPhoto, args: edit('in.png', '--size', '3K'), says: /1K, 2K, 4K/ },
  { name: 'a size that the model does not make', files: asPhoto, args: edit('in.png', '--size', '512'), says: /1K, 2K, 4K/ },
  { name: 'a model’s name that is none', files: asPhoto, args: edit('in.png', '-m', 'a/../b'), says: /retake models/ },
  { name: 'an output of another kind', files: asPhoto, args: edit('in.png', '-o', 'out.tiff'), says: /\.psd, \.psb or \.png/ },
  { name: 'an output in a folder that is not there', files: asPhoto, args: edit('in.png', '-o', 'no/out.psd'), says: /no such folder/ },
  { name: 'an output below a file', files: asPhoto, args: edit('in.png', '-o', 'in.png/out.psd'), says: /no such folder/ },
  {
    name: 'an output that exists',
    files: (folder) => {
      asPhoto(folder);
      folder.put('out.psd', 'mine');
    },
    args: edit('in.png', '-o', 'out.psd'),
    says: /exists already.*--force/s,
  },
  {
    name: 'the input as output',
    files: asTwins,
    args: edit('in.psd', '-o', './in.psd', '--force'),
    says: /That is the input file.*--in-place/,
  },
  {
    name: 'the input as output, by a link',
    files: (folder) => {
      asTwins(folder);
      symlinkSync('in.psd', folder.at('out.psd'));
    },
    args: edit('in.psd', '-o', 'out.psd', '--force'),
    says: /That is the input file/,
  },
  {
    name: 'the input as output, by its other name',
    files: (folder) => {
      asTwins(folder);
      linkSync(folder.at('in.psd'), folder.at('out.psd'));
    },
    args: edit('in.psd', '-o', 'out.psd', '--force'),
    says: /That is the input file/,
  },
  {
    name: 'the mask as output',
    files: asPhoto,
    args: edit('in.png', '--mask', 'in.png', '-o', 'in.png', '--force'),
    says: /That is the input file/,
  },
  { name: 'the input as report', files: asPhoto, args: edit('in.png', '--report', 'in.png'), says: /That is the input file/ },
  {
    name: 'a reference as report',
    files: (folder) => {
      asPhoto(folder);
      folder.put('ref.png', photo);
    },
    args: edit('in.png', '-r', 'ref.png=style', '-l', 'none', '--report', 'ref.png'),
    says: /There is no layer/,
  },
  {
    name: 'the output as report',
    files: asPhoto,
    args: edit('in.png', '-o', 'out.psd', '--report', './out.psd'),
    says: /another file than --output/,
  },
  { name: '--in-place for a flat picture', files: asPhoto, args: edit('in.png', '--in-place'), says: /PSD or PSB/ },
  { name: '--in-place and an output', files: asTwins, args: edit('in.psd', '--in-place', '-o', 'x.psd'), says: /cannot be used with/ },
  {
    name: 'a report in a folder that is not there',
    files: asPhoto,
    args: edit('in.png', '--report', 'no/run.json'),
    says: /no such folder/,
  },
  { name: 'no instruction', files: asPhoto, args: ['edit', 'in.png'], says: /'-i, --instruction <text>' not specified/ },
  { name: 'no input', files: () => {}, args: ['edit', '-i', 'x'], says: /missing required argument 'input'/ },
  { name: 'an option that there is not', files: asPhoto, args: edit('in.png', '--colour', 'red'), says: /unknown option '--colour'/ },
  { name: 'a command that there is not', files: () => {}, args: ['edti', 'in.png'], says: /unknown command 'edti'.*edit/s },
  { name: 'nothing at all', files: () => {}, args: [], says: /Usage: retake/ },
  {
    name: 'a shape that the model does not make',
    files: () => {},
    args: ['generate', '-i', 'sky', '--ratio', '7:5'],
    says: /ratio got “7:5”.*16:9/,
  },
  { name: 'a port that there is not', files: () => {}, args: ['open', '--port', '70000'], says: /0 to 65535/ },
];

describe.concurrent('bad usage or input', () => {
  test.for(cases)('$name', async ({ files, args, says }, { expect }) => {
    using folder = new Folder();
    await files(folder);
    const before = { files: folder.contents(), names: folder.names() };
    const ended = await retake(args, folder.path);
    expect.soft(ended.code, ended.stderr).toBe(2);
    expect.soft(ended.stderr).toMatch(says);
    expect.soft(ended.stdout).toBe('');
    expect.soft({ files: folder.contents(), names: folder.names() }).toEqual(before);
  });

  test('is told in the report too', async ({ expect }) => {
    using folder = new Folder();
    asTwins(folder);
    await retake(edit('in.psd', '-l', 'lego', '--report', 'run.json'), folder.path);
    const report = JSON.parse(folder.read('run.json').toString());
    expect(report).toEqual({
      schema: 1,
      failure: { kind: 'no-such-layer', title: 'No such layer', sentence: expect.stringContaining('lego'), nextAction: 'choose-layer' },
      exitCode: 2,
    });
  });

  test('names a twin as the message does, and it is found', async ({ expect }) => {
    using folder = new Folder();
    asTwins(folder);
    const asked = await retake(edit('in.psd', '-l', 'logo'), folder.path);
    const id = /“(#\S+ logo)”/.exec(asked.stderr)?.[1] as string;
    const ended = await retake(edit('in.psd', '-l', id, '--report', 'run.json'), folder.path);
    expect(ended.code, ended.stderr).toBe(0);
    expect(JSON.parse(folder.read('run.json').toString()).layer.placed.bounds).toEqual([0, 0, 10, 10]);
  });
});

/** A file system of `size` on a folder, which needs root; answers how to take it away, or null where it is not allowed. */
function mount(at: string, options: string): (() => void) | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', at], { stdio: 'ignore' });
    return () => execFileSync('umount', ['-l', at]);
  } catch {
    return null;
  }
}

describe('a disk', () => {
  test('that is full leaves nothing behind, keeps what was paid for, and says so', async ({ skip }) => {
    using folder = new Folder();
    const input = folder.put('in.png', photo);
    mkdirSync(folder.at('small'));
    const unmount = mount(folder.at('small'), 'size=16k');
    if (unmount === null) return skip('mounting is not allowed here');
    try {
      const before = folder.contents();
      const ended = await retake(edit(input, '-o', 'small/out.psd', '--report', 'run.json'), folder.path, { TMPDIR: folder.path });
      expect(ended.code).toBe(2);
      expect(ended.stderr).toMatch(/The disk is full.*free some space/);
      expect(execFileSync('ls', ['-A', folder.at('small')], { encoding: 'utf8' })).toBe('');
      const kept = /kept in .*\/(retake-answer-\S+\.jpeg)/.exec(ended.stderr)?.[1] as string;
      expect((await sharp(folder.read(kept)).metadata()).width).toBeGreaterThan(100);
      const { 'run.json': report, [kept]: _, ...left } = folder.contents();
      expect(report).toBeDefined();
      expect(left).toEqual(before);
    } finally {
      unmount();
    }
  });

  test('that may not be written to is noticed before anything is asked', async ({ skip }) => {
    using folder = new Folder();
    const input = folder.put('in.png', photo);
    mkdirSync(folder.at('fixed'));
    writeFileSync(folder.at('before'), '');
    const unmount = mount(folder.at('fixed'), 'ro');
    if (unmount === null) return skip('mounting is not allowed here');
    try {
      const ended = await retake(edit(input, '-o', 'fixed/out.psd'), folder.path);
      expect(ended.code).toBe(2);
      expect(ended.stderr).toMatch(/No permission to write/);
    } finally {
      unmount();
    }
  });
});
