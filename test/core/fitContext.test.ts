import { describe, expect, test } from 'vitest';
import { droppedSentence, type ForeseeAsk, fitReferences, foreseeContext, type RoundFacts } from '../../shared/core/edit/fitContext.ts';
import { type ContextWay, freshContext, type Take } from '../../shared/core/history/take.ts';
import { findModel } from '../../shared/core/models/registry.ts';
import { hashOf, historyOf, makeTake } from '../history/makeTake.ts';

const entry = findModel('gemini-nano-banana-2.1');
const MB = 1024 * 1024;

/** t1 … tn, each on the one before in its way. */
const chain = (...ways: ContextWay[]): readonly Take[] =>
  ways.map((way, i) =>
    makeTake(`t${i + 1}`, {
      order: i + 1,
      parent: i === 0 ? null : `t${i}`,
      turn: hashOf(100 + i),
      context: { ...freshContext(`make it t${i + 1}`), way },
    }),
  );

const round = (more: Partial<RoundFacts> = {}): RoundFacts => ({
  textBytes: 1200,
  sent: [MB],
  made: [2 * MB],
  references: 0,
  isSigned: true,
  ...more,
});

function foresee(takes: readonly Take[], facts: readonly (RoundFacts | null | undefined)[], more: Partial<ForeseeAsk> = {}) {
  const { choice, dropped } = foreseeContext('layer-1', {
    instruction: 'a bit more',
    way: 'auto',
    from: takes.at(-1)?.id ?? null,
    region: null,
    history: historyOf(...takes),
    entry,
    left: {},
    references: 0,
    factsOf: (take) => facts[takes.indexOf(take)],
    ...more,
  });
  return { ...(choice.kind === 'ask' ? { way: choice.way, why: choice.why } : { way: choice.kind, why: '' }), dropped };
}

describe('what will be left out of a conversation', () => {
  const two = chain('fresh', 'continue');

  test('is nothing while it fits', () => {
    expect(foresee(two, [round(), round()])).toMatchObject({ way: 'continue', dropped: [] });
  });

  test('is the oldest pictures, counted with those that go along', () => {
    const large = round({ sent: [30 * MB], made: [20 * MB] });
    expect(foresee(two, [large, round({ made: [16 * MB] })])).toMatchObject({ way: 'continue', dropped: [] });
    expect(foresee(two, [large, round({ made: [16 * MB] })], { references: 4 })).toMatchObject({
      way: 'continue',
      dropped: ['a picture that you sent in the first round'],
    });
  });

  test('is not guessed before the rounds are known', () => {
    expect(foresee(two, [undefined, round({ sent: [90 * MB] })])).toMatchObject({ way: 'continue', dropped: [] });
  });

  test('is all of it, with another way told, when not even its last picture fits', () => {
    const { way, why } = foresee(two, [round(), round({ made: [90 * MB] })]);
    expect(way).toBe('fresh');
    expect(why).toMatch(/^The conversation no longer fits into one request\. All 3 instructions together/);
  });

  test('is all of it when a round is not kept, or has lost its signature', () => {
    expect(foresee(two, [round(), null], { way: 'continue' }).why).toContain('the earlier turns are not kept');
    expect(foresee(two, [round({ isSigned: false }), round()], { way: 'continue' }).why).toContain(
      'a signature of the earlier turns is lost',
    );
  });
});

describe('what will be left out of a list', () => {
  test('is the oldest references, beyond what the model takes', () => {
    const facts = [round({ references: 10 }), round({ references: 3 })];
    const ask = { instruction: 'now yellow', references: 2 };
    expect(foresee(chain('fresh', 'fresh'), facts, ask)).toMatchObject({ way: 'fresh', dropped: ['a reference of “make it t1”'] });
    expect(foresee(chain('fresh', 'fresh'), facts, { ...ask, references: 1 }).dropped).toEqual([]);
    expect(foresee(chain('fresh', 'fresh'), facts, { ...ask, references: 14 }).dropped).toEqual([
      '10 references of “make it t1”',
      '3 references of “make it t2”',
    ]);
  });

  test('is nothing where a take’s result is edited', () => {
    expect(foresee(chain('fresh'), [round({ references: 14 })], { way: 'from-take', references: 14 })).toMatchObject({
      way: 'from-take',
      dropped: [],
    });
  });

  test.each<[readonly number[], number, readonly number[]]>([
    [[], 3, []],
    [[2, 3, 4], 5, [2, 3, 4]],
    [[2, 3, 4], 8, [0, 2, 4]],
    [[2, 3, 4], 20, [0, 0, 0]],
  ])('of %j references beside %d new ones, %j go along', (counts, references, kept) => {
    expect(fitReferences(counts, { references, entry })).toEqual(kept);
  });
});

test('it is told in one sentence, before and after', () => {
  expect(droppedSentence([], 'before')).toBe('');
  expect(droppedSentence(['a', 'b'], 'before')).toBe('To stay within the model’s limits, these will not be sent: a; b.');
  expect(droppedSentence(['a', 'b'], 'after')).toBe('To stay within the model’s limits, these were not sent: a; b.');
});
