/**
 * Readers of PSD that are not ours: psd-tools, ImageMagick, exiftool. Where one is missing its tests are left out, but
 * never in CI: there they fail.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./readPsd.py', import.meta.url));
const quiet = { encoding: 'utf8' as const, maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] };

function runs(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, quiet);
    return true;
  } catch {
    return false;
  }
}

const python = ['/usr/bin/python3', 'python3'].find((command) => runs(command, ['-c', 'import psd_tools'])) ?? null;
const inCi = process.env.CI === 'true';

export const hasPsdTools = inCi || python !== null;
export const hasImageMagick = inCi || runs('identify', ['-version']);
export const hasExiftool = inCi || runs('exiftool', ['-ver']);

export interface ReadLayer {
  readonly name: string;
  readonly kind: string;
  readonly visible: boolean;
  readonly opacity: number;
  readonly blend: string;
  readonly clipping: boolean;
  readonly id: number;
  readonly offset: readonly [number, number];
  readonly size: readonly [number, number];
  readonly mask: { readonly bbox: readonly number[]; readonly outside: number } | null;
  readonly maskHash?: string;
  /** Generator settings of ours. */
  readonly story?: string;
  readonly pixels?: string;
  readonly children?: readonly ReadLayer[];
}

export interface ReadPsd {
  readonly size: readonly [number, number];
  readonly depth: number;
  readonly version: number;
  readonly layers: readonly ReadLayer[];
  readonly resources: readonly number[];
  readonly blocks: readonly string[];
  /** Base64 RGBA. */
  readonly composite?: string;
}

export function inFile<T>(bytes: Uint8Array, extension: string, read: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'retake-documents-'));
  try {
    const path = join(folder, `file.${extension}`);
    writeFileSync(path, bytes);
    return read(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function psdTools(bytes: Uint8Array, withComposite = false): ReadPsd {
  if (python === null) throw new Error('python3 with psd-tools is not installed (Debian: python3-psd-tools)');
  const args = (path: string): string[] => ['-W', 'ignore', script, path, ...(withComposite ? ['composite'] : [])];
  return JSON.parse(inFile(bytes, 'psd', (path) => execFileSync(python, args(path), quiet)));
}

/** One line a picture: the merged one, then every layer with pixels, bottom first, as "97x71+0+0". */
export const imageMagick = (bytes: Uint8Array): readonly string[] =>
  inFile(bytes, 'psd', (path) => execFileSync('identify', ['-format', '%wx%h%O\n', path], quiet).trim().split('\n'));

/** Straight RGBA of picture `index` of the file, as ImageMagick reads it. */
export const imageMagickPixels = (bytes: Uint8Array, index: number): Uint8Array =>
  inFile(bytes, 'psd', (path) => {
    const args = [`${path}[${index}]`, '+profile', '*', '-depth', '8', 'rgba:-'];
    return new Uint8Array(execFileSync('convert', args, { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] }));
  });

export const exiftool = (bytes: Uint8Array, extension: string): Record<string, unknown> =>
  inFile(bytes, extension, (path) => JSON.parse(execFileSync('exiftool', ['-json', '-struct', '-G1', path], quiet))[0]);
