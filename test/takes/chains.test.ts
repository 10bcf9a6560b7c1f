import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createOfflineAnswer } from '../geminiServer/offlineAnswer.ts';
import { type GeminiServer, startGeminiServer } from '../geminiServer/server.ts';
import { room } from '../offline/offlineSetup.ts';
import { type RoundFigures, runChain, someInstructions } from './chain.ts';

vi.setConfig({ testTimeout: 180_000 });

let server: GeminiServer;
beforeAll(async () => {
  server = await startGeminiServer({ alive: 'all', answer: createOfflineAnswer({ drift: true, seed: 4 }) });
});
afterAll(() => server.close());
beforeEach(() => server.forget());

/** Retired, but with the smallest pictures: a quarter of the work. */
const quick = { model: 'gemini-3.1-flash-image', size: '512', isLimited: true } as const;
const region = { x: 100, y: 100, width: 120, height: 120 };

async function chain(way: 'fresh' | 'continue' | 'from-take'): Promise<readonly RoundFigures[]> {
  const rounds: RoundFigures[] = [];
  for await (const round of runChain(room(), region, someInstructions(4), way, server, quick)) rounds.push(round);
  expect(rounds.slice(1).map((round) => round.way)).toEqual([way, way, way]);
  expect(server.malformed).toEqual([]);
  return rounds;
}

describe('four edits of one region, with a model that drifts', () => {
  test.each(['fresh', 'from-take'] as const)('leave everything outside it exactly as it was, when each goes %s', async (way) => {
    const rounds = await chain(way);
    for (const { composed, raw } of rounds) {
      expect(composed).toEqual({ mean: 0, most: 0 });
      // The model itself did not: without that, the zero would prove nothing.
      expect(raw.mean).toBeGreaterThan(0.2);
    }
  });

  test('do so too in the conversation, where the model’s own picture drifts on', async () => {
    const rounds = await chain('continue');
    for (const { composed } of rounds) expect(composed).toEqual({ mean: 0, most: 0 });
    expect(rounds[3].raw.mean).toBeGreaterThan(rounds[0].raw.mean);
  });
});
