/** How the command reads and writes files, and how it understands names: without a process around it. */
import { linkSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import type { LayerInfo } from '../../shared/core/host.ts';
import { pixelsFrom } from '../../shared/core/pixels.ts';
import { readEnvironment } from '../../standalone/command/environment.ts';
import { checkTarget, freeName, readInput, type WriteGate, writeWhole } from '../../standalone/command/files.ts';
import { chooseLayer, defaultLayer, layerPaths } from '../../standalone/command/layerChoice.ts';
import { besideName, formatOf, generatedName, planEditOutput } from '../../standalone/command/outputName.ts';
import { coverage } from '../../standalone/command/readPicture.ts';
import { splitReference } from '../../standalone/command/splitReference.ts';
import { valueIn } from '../documents/valueIn.ts';
import { Folder } from './runRetake.ts';

const bytes = new TextEncoder().encode('whole');
const open: WriteGate = { temporary: () => Promise.resolve(), mayCommit: () => Promise.resolve(true) };
/** Does something else at the last moment before the name is taken. */
const meanwhile = (act: () => void): WriteGate => ({
  temporary: () => Promise.resolve(),
  mayCommit: () => {
    act();
    return Promise.resolve(true);
  },
});

/** By this process, from Linux. */
const bytesRead = (): number => Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);

describe('reading', () => {
  test('refuses a file beyond 2 GB without reading it', async () => {
    using folder = new Folder();
    folder.put('huge.psd', '');
    truncateSync(folder.at('huge.psd'), 3 * 2 ** 30);
    const before = bytesRead();
    const read = await readInput(folder.at('huge.psd'), neverAborted);
    expect(read).toMatchObject({ ok: false, error: { kind: 'too-large', name: 'huge.psd', got: '3.0 GB', limit: '2 GB' } });
    expect(bytesRead() - before).toBeLessThan(2 ** 28);
  });

  test('answers cancelled when nobody waits any more', async () => {
    using folder = new Folder();
    folder.put('a.png', 'x');
    expect(await readInput(folder.at('a.png'), { ...neverAborted, aborted: true })).toEqual({ ok: false, error: { kind: 'cancelled' } });
  });
});

describe('writing', () => {
  test('does not take a name that somebody took in the last moment', async () => {
    using folder = new Folder();
    const path = folder.at('out.psd');
    const gate = meanwhile(() => writeFileSync(path, 'theirs'));
    const written = await writeWhole({ kind: 'new', path }, bytes, gate, neverAborted);
    expect(written).toMatchObject({ ok: false, error: { kind: 'write-failed', why: 'exists' } });
    expect(folder.read('out.psd').toString()).toBe('theirs');
    expect(folder.names()).toEqual(['out.psd']);
  });

  test('counts a default name on when somebody took it in the last moment', async () => {
    using folder = new Folder();
    folder.put('a.png', 'x');
    const { file } = valueIn(await readInput(folder.at('a.png'), neverAborted));
    const plan = valueIn(await planEditOutput({ kind: 'beside' }, file, 'png', [file]));
    let isFirst = true;
    const gate = meanwhile(() => {
      if (isFirst) folder.put('a-retake.psd', 'theirs');
      isFirst = false;
    });
    expect(valueIn(await plan.write(bytes, gate, neverAborted))).toBe(folder.at('a-retake-2.psd'));
    expect(folder.names()).toEqual(['a-retake-2.psd', 'a-retake.psd', 'a.png']);
    expect(folder.read('a-retake.psd').toString()).toBe('theirs');
  });

  test('in place stops when another program has changed the file since it was read', async () => {
    using folder = new Folder();
    folder.put('a.psd', 'first');
    const { file: input } = valueIn(await readInput(folder.at('a.psd'), neverAborted));
    folder.put('a.psd', 'theirs, later');
    const written = await writeWhole({ kind: 'in-place', input }, bytes, open, neverAborted);
    expect(written).toMatchObject({ ok: false, error: { kind: 'write-failed', why: 'changed' } });
    expect(folder.read('a.psd').toString()).toBe('theirs, later');
    expect(folder.names()).toEqual(['a.psd']);
  });

  test('leaves nothing when the last step is not allowed, or when it is cancelled', async () => {
    using folder = new Folder();
    const path = folder.at('out.psd');
    const closed: WriteGate = { ...open, mayCommit: () => Promise.resolve(false) };
    expect(await writeWhole({ kind: 'new', path }, bytes, closed, neverAborted)).toEqual({ ok: false, error: { kind: 'cancelled' } });
    const aborted = { ...neverAborted, aborted: true };
    expect(await writeWhole({ kind: 'replace', path }, bytes, open, aborted)).toEqual({ ok: false, error: { kind: 'cancelled' } });
    expect(folder.names()).toEqual([]);
  });

  test('names its temporary file before it is made', async () => {
    using folder = new Folder();
    const seen: string[][] = [];
    const gate: WriteGate = {
      temporary: (path) => {
        seen.push([path, ...folder.names()]);
        return Promise.resolve();
      },
      mayCommit: () => {
        seen.push(folder.names());
        return Promise.resolve(true);
      },
    };
    valueIn(await writeWhole({ kind: 'new', path: folder.at('out.psd') }, bytes, gate, neverAborted));
    expect(seen).toEqual([[expect.stringMatching(/\/\.retake-[0-9a-f]{12}\.tmp$/)], [expect.stringMatching(/^\.retake-/)]]);
    expect(folder.names()).toEqual(['out.psd']);
  });

  test('knows an input under any name, a folder, and a place that is not there', async () => {
    using folder = new Folder();
    folder.put('in.psd', 'x');
    symlinkSync('in.psd', folder.at('soft.psd'));
    linkSync(folder.at('in.psd'), folder.at('hard.psd'));
    const { file } = valueIn(await readInput(folder.at('in.psd'), neverAborted));
    const why = async (name: string) => {
      const trouble = await checkTarget(folder.at(name), true, [file]);
      return trouble?.kind === 'write-failed' ? trouble.why : trouble;
    };
    expect(await why('soft.psd')).toBe('is-input');
    expect(await why('hard.psd')).toBe('is-input');
    expect(await why('./none/x.psd')).toBe('no-folder');
    expect(await why('.')).toBe('other');
    expect(await why('new.psd')).toBeNull();
    expect(await freeName((n) => folder.at(`${['in', 'soft', 'free'][n - 1]}.psd`))).toEqual({
      ok: true,
      value: { path: folder.at('free.psd'), n: 3 },
    });
  });
});

describe('names of outputs', () => {
  test.each([
    ['photo.png', 1, 'photo-retake.psd'],
    ['a/photo.png', 2, 'a/photo-retake-2.psd'],
    ['photo-retake.psd', 2, 'photo-retake-2.psd'],
    ['photo-retake-7.psd', 8, 'photo-retake-8.psd'],
    ['archive.tar.png', 1, 'archive.tar-retake.psd'],
    ['.png', 1, '.png-retake.psd'],
  ])('%s, %i → %s', (input, n, name) => {
    expect(besideName(input, 'psd', n)).toBe(name);
  });

  test.each([
    ['A red fox, at dawn!', 'a-red-fox-at-dawn.png'],
    ['Żółć 場面', 'żółć-場面.png'],
    ['../../etc/passwd', 'etc-passwd.png'],
    ['!!!', 'picture.png'],
    ['word '.repeat(40), `${'word-'.repeat(9)}wor.png`],
  ])('%s → %s', (instruction, name) => {
    expect(generatedName(instruction, 1)).toBe(name);
  });

  test('tell the format, whatever the case', () => {
    expect(formatOf('A.PSD')).toEqual({ ok: true, value: 'psd' });
    expect(formatOf('a.b.png')).toEqual({ ok: true, value: 'png' });
    for (const name of ['a', 'a.jpg', 'psd', '.psd']) expect(formatOf(name).ok, name).toBe(false);
  });
});

const layer = (ref: string, name: string, parent: string | null = null): LayerInfo => ({
  ref,
  name,
  kind: 'pixels',
  parent,
  bounds: { x: 0, y: 0, width: 1, height: 1 },
  visible: true,
  locked: false,
  opacity: 1,
  hasMask: false,
});

describe('a layer’s name', () => {
  const layers = [
    layer('1', 'logo'),
    layer('2', 'head'),
    layer('3', 'logo', '2'),
    layer('4', 'inner', '2'),
    layer('5', 'text', '4'),
    layer('6', 'a/b'),
    layer('7', 'twin'),
    layer('8', 'twin'),
    layer('9', '#1'),
  ];
  const chosen = (asked: string) => chooseLayer(asked, layers);

  test.each([
    ['text', '5'],
    ['inner/text', '5'],
    ['head/inner/text', '5'],
    ['head/logo', '3'],
    ['a/b', '6'],
    ['#1', '1'],
    ['#3 head/logo', '3'],
    ['#1 logo', '1'],
  ])('%s means #%s', (asked, ref) => {
    expect(chosen(asked)).toEqual({ ok: true, value: ref });
  });

  test('is refused when it could mean several, with names that mean one', () => {
    const twins = chosen('twin');
    expect(twins).toEqual({ ok: false, error: { kind: 'ambiguous-layer', name: 'twin', matches: ['#7 twin', '#8 twin'] } });
    const logos = chosen('logo');
    expect(logos).toEqual({ ok: false, error: { kind: 'ambiguous-layer', name: 'logo', matches: ['#1 logo', 'head/logo'] } });
    for (const failed of [twins, logos])
      if (!failed.ok && failed.error.kind === 'ambiguous-layer')
        for (const name of failed.error.matches) expect(chosen(name).ok, name).toBe(true);
  });

  test('is refused when there is none, with all there are', () => {
    expect(chosen('Logo')).toEqual({ ok: false, error: { kind: 'no-such-layer', name: 'Logo', existing: layerPaths(layers) } });
    expect(chosen('').ok).toBe(false);
  });

  test('is not needed when there is one layer only', () => {
    expect(defaultLayer([layer('1', 'x')])).toBe('1');
    expect(defaultLayer(layers)).toBe('visible');
    expect(defaultLayer([])).toBe('visible');
  });
});

describe('a reference', () => {
  test('may hold an equals sign; only a known role is split off', () => {
    using folder = new Folder();
    expect(splitReference('a.png')).toEqual({ ok: true, value: { path: 'a.png', role: 'reference' } });
    expect(splitReference('a.png=style')).toEqual({ ok: true, value: { path: 'a.png', role: 'style' } });
    expect(splitReference('a=b.png=OBJECT')).toEqual({ ok: true, value: { path: 'a=b.png', role: 'object' } });
    expect(splitReference('a=b.png')).toEqual({ ok: true, value: { path: 'a=b.png', role: 'reference' } });
    expect(splitReference('=style')).toEqual({ ok: true, value: { path: '=style', role: 'reference' } });
    folder.put('x', '');
    folder.put('x=odd', '');
    expect(splitReference(folder.at('x=odd'))).toMatchObject({ ok: true, value: { role: 'reference' } });
    expect(splitReference(folder.at('x=styl'))).toMatchObject({ ok: false, error: { kind: 'bad-option', option: '--reference' } });
  });
});

describe('a mask picture', () => {
  test('covers where it is light and opaque', () => {
    const colors = [
      [255, 255, 255, 255],
      [0, 0, 0, 255],
      [255, 255, 255, 0],
      [255, 255, 255, 128],
      [128, 128, 128, 255],
      [0, 255, 0, 255],
    ];
    const pixels = pixelsFrom({ width: 6, height: 1 }, new Uint8ClampedArray(colors.flat()));
    expect([...coverage(pixels).data]).toEqual([255, 0, 0, 128, 128, 182]);
  });
});

describe('the environment', () => {
  test('is trimmed, and empty is nothing', () => {
    expect(readEnvironment({ GEMINI_API_KEY: '  ', GOOGLE_GEMINI_BASE_URL: '' })).toEqual({
      ok: true,
      value: { apiKey: null, baseUrl: '' },
    });
    expect(readEnvironment({ GEMINI_API_KEY: ' key\n', GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:1/x' })).toEqual({
      ok: true,
      value: { apiKey: 'key', baseUrl: 'http://127.0.0.1:1/x' },
    });
  });

  test('is refused when the address is none, or speaks no HTTP', () => {
    for (const address of ['nonsense', 'file:///etc/passwd', 'ftp://x'])
      expect(readEnvironment({ GOOGLE_GEMINI_BASE_URL: address })).toMatchObject({ ok: false, error: { kind: 'bad-option' } });
  });
});
