/**
 * How far a layer drifts where nothing was asked, over chains of edits in each of the three ways, with the local server's
 * model, which redraws, shifts and re-tones the whole picture every time.
 *
 *   node test/run-ts.mjs bench/takes/drift.ts [--rounds 40] [--ways fresh,continue,from-take] [--size 1K|512] [--without-region] [--json FILE]
 *
 * Beside it the published figures of chained edits (edit-drift, October 2026; handbook: gemini §7): mean |ΔRGB| in
 * untouched regions after alignment, Nano Banana 2.1 moves 2.46 levels per edit and ends at 92.8 after forty.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { neverAborted } from '../../shared/core/abort.ts';
import type { ContextWay } from '../../shared/core/history/take.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { valueIn } from '../../test/documents/valueIn.ts';
import { createOfflineAnswer } from '../../test/geminiServer/offlineAnswer.ts';
import { startGeminiServer } from '../../test/geminiServer/server.ts';
import { type RoundFigures, runChain, someInstructions } from '../../test/takes/chain.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '40' },
    ways: { type: 'string', default: 'fresh,continue,from-take' },
    size: { type: 'string', default: '512' },
    'without-region': { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

const published = { perEdit: 2.46, afterForty: 92.8, noiseFloor: '0.2–1.0' };
const told = new Set([1, 2, 3, 5, 10, 20, 30, 40]);

/** 512 is what the smallest of the models gives: a quarter of the time, and the same drift in shares of the side. */
const asked =
  values.size === '512'
    ? ({ model: 'gemini-3.1-flash-image', size: '512' } as const)
    : ({ model: 'gemini-nano-banana-2.1', size: '1K' } as const);
const server = await startGeminiServer({ alive: 'all', answer: createOfflineAnswer({ drift: true, seed: 4 }) });
// The benches run from the repository's root.
const picture = valueIn(await createNodeCodec().decode(readFileSync('test/fixtures/photos/astronaut.png'), neverAborted));
const region = { x: picture.width / 2 - 90, y: picture.height / 2 - 90, width: 180, height: 180 };
const rounds = Number(values.rounds);
const all: Record<string, readonly RoundFigures[]> = {};

process.stdout.write(
  `${picture.width} × ${picture.height} px, a region of ${region.width} × ${region.height} px, ${rounds} rounds, ${asked.model} ${asked.size}\n\n` +
    '| way | round | composed: mean (most) | the model’s own picture: mean | registered and re-toned: mean |\n|---|---|---|---|---|\n',
);
for (const way of values.ways.split(',') as ContextWay[]) {
  const figures: RoundFigures[] = [];
  for await (const round of runChain(picture, region, someInstructions(rounds), way, server, {
    ...asked,
    isLimited: !values['without-region'],
  })) {
    figures.push(round);
    const count = figures.length;
    if (!told.has(count) && count !== rounds) continue;
    const { composed, raw, aligned } = round;
    process.stdout.write(
      `| ${way} | ${count} | ${composed.mean.toFixed(3)} (${composed.most}) | ${raw.mean.toFixed(2)} | ${aligned.mean.toFixed(2)} |\n`,
    );
  }
  all[way] = figures;
}
process.stdout.write(
  `\nPublished for Nano Banana 2.1, chained: ${published.perEdit} a round, ${published.afterForty} after 40; noise ${published.noiseFloor}.\n`,
);
if (server.malformed.length > 0) process.stdout.write(`\nMalformed requests:\n${server.malformed.join('\n')}\n`);
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify({ schema: 1, region, rounds: all }, null, 1));
await server.close();
