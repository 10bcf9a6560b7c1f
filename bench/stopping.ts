/**
 * Ctrl-C on `retake edit` of a picture of six megapixels: ms from the signal to the end of the program, at moments all over the run.
 *
 *   node test/run-ts.mjs bench/stopping.ts [RUNS]
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import sharp from 'sharp';

const runs = Number(process.argv[2] ?? 20);
const folder = await mkdtemp(join(tmpdir(), 'stopping-'));
const [input, output] = ['large.png', 'out.psd'].map((name) => join(folder, name));
const args = ['standalone/bin/retake.js', 'edit', input, '-i', 'make it darker', '-m', 'offline', '-o', output, '--force'];

async function run(stopAfterMs: number | null): Promise<{ readonly code: number | null; readonly tookMs: number }> {
  let since = performance.now();
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const ended = new Promise<{ code: number | null; tookMs: number }>((resolve) =>
    child.on('exit', (code) => resolve({ code, tookMs: Math.round(performance.now() - since) })),
  );
  if (stopAfterMs !== null) {
    await pause(stopAfterMs);
    since = performance.now();
    child.kill('SIGINT');
  }
  return ended;
}

try {
  await sharp('test/fixtures/photos/coffee.png').resize(3000, 2000).png({ compressionLevel: 1 }).toFile(input);
  const { tookMs: whole } = await run(null);
  const took: number[] = [];
  for (let i = 1; i <= runs; i++) {
    const { code, tookMs } = await run((whole * i) / (runs + 1));
    if (code === 130) took.push(tookMs);
  }
  took.sort((a, b) => a - b);
  console.log(`a whole run: ${whole} ms; stopped ${took.length} times of ${runs}`);
  console.log(`ended after: median ${took[took.length >> 1]} ms, longest ${took.at(-1)} ms; 200 ms are promised`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
