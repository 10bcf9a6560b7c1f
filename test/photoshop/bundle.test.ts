/** What Photoshop loads: built, packed, and run with only UXP's globals on the simulated Photoshop. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bareContext } from './simulator/bareContext.ts';
import { createPhotoshop } from './simulator/index.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'retake-uxp-'));
  execFileSync(process.execPath, ['photoshop-uxp/build.mjs', '--out', folder, '--quiet']);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

interface Icon {
  readonly width: number;
  readonly height: number;
  readonly path: string;
  readonly scale: readonly number[];
}

describe('the package', () => {
  test('is the same bytes each time, with the manifest at its root, icons, no maps and nothing hidden', () => {
    const packed = [1, 2].map((n) => {
      const file = join(folder, `${n}.ccx`);
      execFileSync(process.execPath, ['photoshop-uxp/package.mjs', '--out', file]);
      return readFileSync(file);
    });
    expect(packed[0].equals(packed[1])).toBe(true);
    const names = Object.keys(unzipSync(packed[0]));
    expect(names).toEqual([...names].sort());
    expect(names).toContain('manifest.json');
    expect(names.filter((name) => name.endsWith('.map') || name.split('/').some((part) => part.startsWith('.')))).toEqual([]);
    const manifest = JSON.parse(new TextDecoder().decode(unzipSync(packed[0])['manifest.json']));
    const icons: readonly Icon[] = [
      ...manifest.icons,
      ...manifest.entrypoints.flatMap((entry: { icons?: readonly Icon[] }) => entry.icons ?? []),
    ];
    for (const { path, scale } of icons)
      for (const times of scale) expect(names).toContain(times === 1 ? path : path.replace('.png', `@${times}x.png`));
    expect(names).toContain(manifest.main);
  });

  test('follows the rules of manifests, version 5', async () => {
    const manifest = JSON.parse(read('manifest.json'));
    expect(manifest).toMatchObject({
      manifestVersion: 5,
      version: JSON.parse(readFileSync('package.json', 'utf8')).version,
      host: { app: 'PS', minVersion: '25.0.0', data: { apiVersion: 2 } },
    });
    expect(manifest.name.length).toBeGreaterThanOrEqual(3);
    expect(manifest.name.length).toBeLessThanOrEqual(45);
    expect(Array.isArray(manifest.host)).toBe(false);
    expect(manifest.requiredPermissions.network.domains).toEqual(['https://generativelanguage.googleapis.com']);
    expect(manifest.requiredPermissions).not.toHaveProperty('allowCodeGenerationFromStrings');
    for (const { width, height, path, scale } of [...manifest.icons, ...manifest.entrypoints[0].icons] as Icon[])
      for (const times of scale) {
        const file = join(folder, times === 1 ? path : path.replace('.png', `@${times}x.png`));
        const { width: w, height: h } = await sharp(file).metadata();
        expect([path, w, h]).toEqual([path, width * times, height * times]);
        expect(statSync(file).size).toBeLessThan(1 << 20);
      }
    const ids = manifest.entrypoints.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('loads no module, no remote script, and makes no code from text', () => {
    expect([...read('index.html').matchAll(/<script src="([^"]+)">/g)].map(([, name]) => name)).toEqual(['main.js', 'panel.js']);
    expect(read('index.html')).not.toMatch(/type="module"|https?:/);
    for (const name of ['main.js', 'panel.js']) expect(read(name)).not.toMatch(/\bimport\(|new Function\(|\beval\(/);
  });

  test('for development names another service, and allows it', () => {
    const out = join(folder, 'service');
    execFileSync(process.execPath, ['photoshop-uxp/build.mjs', '--out', out, '--service', 'http://localhost:8787', '--quiet']);
    const { requiredPermissions } = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
    expect(requiredPermissions.network.domains).toContain('http://localhost:8787');
    expect(readFileSync(join(out, 'panel.js'), 'utf8')).toContain('http://localhost:8787');
  });
});

/** The least that a UXP gives, besides its modules: of version 25.0, and of the newest. */
describe.each(['25.0.0', '27.11.0'])('with the globals of Photoshop %s', (version) => {
  test('the script runs at once, and sets its entry points up in time', async () => {
    const ps = createPhotoshop({ version, manifest: JSON.parse(read('manifest.json')) });
    const { run } = bareContext(ps);
    await ps.plugin.load(() => {
      run(read('main.js'));
      run(read('panel.js'));
    });
    // Entry points that come late are a failure there.
    ps.assertClean();
  });
});
