import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitConversation, type RoundSize } from '../../shared/core/edit/fitConversation.ts';
import { findModel } from '../../shared/core/models/registry.ts';

const nb = findModel('gemini-nano-banana-2.1');
const nb1 = findModel('gemini-2.5-flash-image');
const MB = 1024 * 1024;

const round = (made = 2 * MB, pictures: readonly number[] = []): RoundSize => ({ textBytes: 1200, pictures, made: [made] });
const now = { textBytes: 1500, pictures: [] };

describe('a conversation within the limits', () => {
  test('is sent whole', () => {
    expect(fitConversation([round(2 * MB, [3 * MB]), round(), round()], now, nb)).toEqual({ folded: 0, bare: 0, dropped: [] });
  });
});

describe('a conversation that outgrew them', () => {
  test('first loses the pictures that the user sent, the oldest round first, and says so', () => {
    const rounds = [round(10 * MB, [20 * MB, 10 * MB]), round(10 * MB, [10 * MB]), round(10 * MB, [10 * MB])];
    expect(fitConversation(rounds, now, nb)).toEqual({ folded: 0, bare: 1, dropped: ['2 pictures that you sent in the first round'] });
  });

  test('then loses the model’s oldest pictures, whose rounds are told in words', () => {
    const rounds = Array.from({ length: 10 }, () => round(10 * MB, [1 * MB]));
    const fit = fitConversation(rounds, now, nb);
    expect(fit).toMatchObject({ folded: 4, bare: 4 });
    expect(fit?.dropped).toEqual([
      '4 pictures that you sent in the first 4 rounds',
      '4 pictures that the model made in the first 4 rounds; their words are kept',
    ]);
  });

  test('counts pictures as tokens: twenty-nine of them are all that Nano Banana 1 reads', () => {
    const rounds = Array.from({ length: 40 }, () => round(100_000));
    const fit = fitConversation(rounds, now, nb1);
    expect(fit?.folded).toBeGreaterThan(11);
    expect(40 - (fit?.folded ?? 0)).toBeLessThan(29);
  });

  test('counts references: no more go out than the model takes', () => {
    const rounds = Array.from({ length: 5 }, () => round(100_000, [1000, 1000, 1000, 1000]));
    expect(fitConversation(rounds, { textBytes: 10, pictures: [1, 1, 1] }, nb)).toMatchObject({ folded: 1, bare: 2 });
  });

  test('is given up when not even its last picture fits', () => {
    expect(fitConversation([round(), round(90 * MB)], now, nb)).toBeNull();
    expect(fitConversation([round()], { textBytes: 500_000, pictures: [] }, nb)).toBeNull();
  });

  test('always keeps its last round, drops no more than it must, and drops the oldest', () => {
    const sizes = fc.array(
      fc.record({
        textBytes: fc.nat(4000),
        pictures: fc.array(fc.nat(20 * MB), { maxLength: 5 }),
        made: fc.array(fc.nat(20 * MB), { minLength: 1, maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(sizes, (rounds) => {
        const fit = fitConversation(rounds, now, nb);
        if (fit === null) return;
        expect(fit.folded).toBeLessThan(rounds.length);
        expect(fit.bare - fit.folded).toBeGreaterThanOrEqual(0);
        expect(fit.bare - fit.folded).toBeLessThanOrEqual(1);
        // What was kept fits, so keeping it alone loses nothing more.
        expect(fitConversation(rounds.slice(fit.bare), now, nb)?.folded ?? 0).toBe(0);
        expect(fit.dropped.length === 0).toBe(rounds.slice(0, fit.bare).every(({ pictures }) => pictures.length === 0) && fit.folded === 0);
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});
