import { describe, expect, test } from 'vitest';
import { type ContextChoice, type ContextQuestion, chooseContext } from '../../shared/core/edit/chooseContext.ts';
import { type ContextWay, emptyHistory, freshContext, type History, noPictures, type Take } from '../../shared/core/history/take.ts';
import { withTake } from '../../shared/core/history/tree.ts';
import { findModel } from '../../shared/core/models/registry.ts';
import { readFollowUp } from '../../shared/core/prompts/followUp.ts';

describe('words about the rounds before', () => {
  test.each([
    ['go back two and try at night', 2, 'try at night'],
    ['Go back 3 steps, then make it snow', 3, 'make it snow'],
    ['please go back one step', 1, ''],
    ['go back to the version before', 1, ''],
    ['go back to the previous take and make it warmer', 1, 'make it warmer'],
    ['undo that', 1, ''],
    ['Undo', 1, ''],
    ['undo the last two changes; add a hat', 2, 'add a hat'],
    ['undo that and make it blue instead', 1, 'make it blue instead'],
    ['undo twice', 2, ''],
    ['back to the original', 'all', ''],
    ['go back to the original and paint it green', 'all', 'paint it green'],
    ['start over: a winter evening', 'all', 'a winter evening'],
  ] as const)('“%s” goes back %s and asks “%s”', (words, back, rest) => {
    expect(readFollowUp(words)).toEqual({ back, rest, isElliptical: false, isRevision: false });
  });

  test.each([
    'turn his back to the wall',
    'go back to blue',
    'put the back of the chair in shadow',
    'undo the buttons of the coat',
    'undo that button',
    'make the original poster visible',
    'start again from the left with the stripes',
    'two more stars',
    'now yellow',
  ])('“%s” is an instruction as it stands', (words) => {
    expect(readFollowUp(words)).toMatchObject({ back: 0, rest: words });
  });

  test.each([
    ['more', true],
    ['a bit less', true],
    ['again, but softer', true],
    ['even more', true],
    ['another version', true],
    ['not so dark', true],
    ['now yellow', false],
    ['make the red jacket more vivid', false],
    ['now make the coat blue', false],
    ['and the hat too', false],
  ])('“%s” needs the picture before it: %s', (words, isElliptical) => {
    expect(readFollowUp(words).isElliptical).toBe(isElliptical);
  });

  test.each([
    ['now green', true],
    ['no, rather at night', true],
    ['now add a hat', false],
    ['now make the whole sky much darker', false],
    ['green', false],
  ])('“%s” says the last round in another way: %s', (words, isRevision) => {
    expect(readFollowUp(words).isRevision).toBe(isRevision);
  });
});

const nb = findModel('gemini-nano-banana-2.1');
const whole = { x: 0, y: 0, width: 400, height: 300 };
const corner = { x: 10, y: 10, width: 50, height: 50 };

function take(id: string, parent: string | null, more: Partial<Take> = {}): Take {
  const order = Number(id.replace(/\D/g, ''));
  const instruction = more.instruction ?? `do ${id}`;
  return {
    id,
    parent,
    order,
    state: 'done',
    instruction,
    region: null,
    context: { ...freshContext(instruction), way: parent === null ? 'fresh' : 'continue' },
    said: [],
    pictures: noPictures,
    turn: `turn of ${id}`,
    prompt: null,
    provenance: null,
    model: nb.id,
    source: { of: 'photo', name: 'Photo', bounds: whole },
    placed: { layer: `layer of ${id}`, bounds: whole },
    findings: null,
    scores: [],
    usage: null,
    costUsd: null,
    tookMs: 0,
    at: 0,
    failure: null,
    ...more,
  };
}

const historyOf = (...takes: Take[]): History => takes.reduce(withTake, emptyHistory);
/** t1 … tn, each on the one before, in these ways. */
const chain = (...ways: ContextWay[]): History =>
  historyOf(...ways.map((way, i) => take(`t${i + 1}`, i === 0 ? null : `t${i}`, { context: { ...freshContext(`do t${i + 1}`), way } })));

const failed = (kind: string) => ({ state: 'failed' as const, failure: { kind, title: '', sentence: '' }, placed: null });

const choose = (history: History, from: string | null, instruction: string, more: Partial<ContextQuestion> = {}): ContextChoice =>
  chooseContext('photo', { instruction, way: 'auto', from, region: null, history, entry: nb, ...more });

function asked(choice: ContextChoice) {
  if (choice.kind !== 'ask') throw new Error(`expected a request, got ${choice.kind}`);
  const { way, chosenBy, why, parent, base, rounds, instruction } = choice;
  return {
    way,
    chosenBy,
    why,
    parent: parent?.id ?? null,
    base: base.kind === 'layer' ? base.of : base.take.id,
    rounds: rounds.map(({ id }) => id),
    instruction,
  };
}

describe('by itself, the policy', () => {
  test.each<[string, History, string | null, string, Partial<ContextQuestion>, Partial<ReturnType<typeof asked>>]>([
    [
      'starts from the layer when there is nothing before',
      emptyHistory,
      null,
      'make it red',
      {},
      { way: 'fresh', base: 'photo', rounds: [], parent: null },
    ],
    ['starts anew when the layer itself is selected', chain('fresh'), null, 'make it red', {}, { way: 'fresh', parent: null, rounds: [] }],
    [
      'flattens “now …” onto the untouched layer',
      chain('fresh'),
      't1',
      'now yellow',
      {},
      { way: 'fresh', base: 'photo', rounds: ['t1'], parent: 't1' },
    ],
    [
      'flattens whatever way the rounds before went',
      chain('fresh', 'from-take', 'continue'),
      't3',
      'add a hat',
      {},
      { way: 'fresh', base: 'photo', rounds: ['t1', 't2', 't3'] },
    ],
    [
      'goes on with the conversation for “a bit more”',
      chain('fresh'),
      't1',
      'a bit more',
      {},
      { way: 'continue', base: 'photo', rounds: ['t1'] },
    ],
    ['goes on with “again, but …”', chain('fresh', 'continue'), 't2', 'again, but softer', {}, { way: 'continue', rounds: ['t1', 't2'] }],
    [
      'restarts from the layer after three turns',
      chain('fresh', 'continue', 'continue'),
      't3',
      'a bit more',
      {},
      { way: 'fresh', rounds: ['t1', 't2', 't3'] },
    ],
    [
      'counts turns from where the conversation began anew',
      chain('fresh', 'continue', 'continue', 'fresh'),
      't4',
      'more',
      {},
      { way: 'continue', rounds: ['t4'] },
    ],
    [
      'keeps the subject of a conversation that began with a take',
      chain('fresh', 'from-take', 'continue'),
      't2',
      'more',
      {},
      { way: 'continue', base: 't1', rounds: ['t2'] },
    ],
    [
      'does not converse with a model that is not made for it',
      historyOf(take('t1', null, { model: 'gemini-3.1-flash-lite-image' })),
      't1',
      'more',
      { entry: findModel('gemini-3.1-flash-lite-image') },
      { way: 'fresh' },
    ],
    [
      'starts from the take for a new region',
      chain('fresh'),
      't1',
      'add a badge',
      { region: corner },
      { way: 'from-take', base: 't1', rounds: [] },
    ],
    [
      'flattens within the same region',
      historyOf(take('t1', null, { region: corner })),
      't1',
      'now blue',
      { region: corner },
      { way: 'fresh', rounds: ['t1'] },
    ],
    [
      'starts from the take when the region is taken away',
      historyOf(take('t1', null, { region: corner })),
      't1',
      'warmer',
      {},
      { way: 'from-take', base: 't1' },
    ],
    [
      'flattens words about the last round though its region is not given again',
      historyOf(take('t1', null, { region: corner })),
      't1',
      'now green',
      {},
      { way: 'fresh', rounds: ['t1'] },
    ],
    [
      'starts from the take for another thing after a region',
      historyOf(take('t1', null, { region: corner })),
      't1',
      'now add a hat',
      {},
      { way: 'from-take', base: 't1' },
    ],
    [
      'starts from the take when the list has grown long',
      chain(...Array.from({ length: 8 }, () => 'fresh' as const)),
      't8',
      'a hat',
      {},
      { way: 'from-take', base: 't8' },
    ],
    [
      'starts from the take when the words have grown long',
      historyOf(take('t1', null, { instruction: 'x'.repeat(12_000) })),
      't1',
      'a hat',
      {},
      { way: 'from-take' },
    ],
    [
      'starts from a picture that came from elsewhere',
      historyOf(take('t1', null, { model: 'merged', turn: null })),
      't1',
      'warmer',
      {},
      { way: 'from-take', base: 't1' },
    ],
    [
      'goes back two and asks from there',
      chain('fresh', 'fresh', 'fresh'),
      't3',
      'go back two and try at night',
      {},
      { way: 'fresh', parent: 't1', rounds: ['t1'], instruction: 'try at night' },
    ],
    [
      'goes back to the layer when there are not as many rounds',
      chain('fresh', 'fresh'),
      't2',
      'go back five and make it red',
      {},
      { way: 'fresh', parent: null, rounds: [], instruction: 'make it red', base: 'photo' },
    ],
    [
      'leaves failed and cancelled rounds out',
      historyOf(take('t1', null), take('t2', 't1', failed('refused')), take('t3', 't2', { state: 'cancelled', placed: null })),
      't3',
      'now red',
      {},
      { way: 'fresh', parent: 't1', rounds: ['t1'] },
    ],
    [
      'answers a question in its conversation',
      historyOf(take('t1', null, failed('no-image'))),
      't1',
      'the left one',
      {},
      { way: 'continue', rounds: ['t1'], parent: 't1' },
    ],
    [
      'keeps a question and its answer in the list',
      historyOf(take('t1', null, failed('no-image')), take('t2', 't1')),
      't2',
      'now green',
      {},
      { way: 'fresh', rounds: ['t1', 't2'] },
    ],
  ])('%s', (_, history, from, instruction, more, expected) => {
    const { chosenBy, why, ...rest } = asked(choose(history, from, instruction, more));
    expect(rest).toMatchObject(expected);
    expect(chosenBy).toBe('policy');
    expect(why).toMatch(/^[A-Z].{10,}\.$/);
  });

  test('goes back without asking the model when nothing else was said', () => {
    expect(choose(chain('fresh', 'fresh'), 't2', 'undo that')).toMatchObject({ kind: 'back', to: { id: 't1' } });
    expect(choose(chain('fresh'), 't1', 'back to the original')).toEqual({ kind: 'back', to: null });
  });
});

describe('the user’s own choice', () => {
  test.each(['fresh', 'continue', 'from-take'] as const)('of %s holds', (way) => {
    const choice = asked(choose(chain('fresh', 'fresh'), 't2', 'now yellow', { way }));
    expect(choice).toMatchObject({ way, chosenBy: 'user' });
  });

  test('of continuing sends the words about going back to the model', () => {
    expect(asked(choose(chain('fresh'), 't1', 'undo that', { way: 'continue' }))).toMatchObject({
      way: 'continue',
      instruction: 'undo that',
    });
  });

  const other = findModel('gemini-3-pro-image');
  test.each<[string, History, Partial<ContextQuestion>, ContextWay, RegExp]>([
    ['a turn that is not kept', historyOf(take('t1', null, { turn: null })), { way: 'continue' }, 'fresh', /not kept/],
    ['a lost blob', chain('fresh'), { way: 'continue', left: { turn: () => 'gone' } }, 'fresh', /not kept/],
    ['a lost signature', chain('fresh'), { way: 'continue', left: { turn: () => 'unsigned' } }, 'fresh', /signature .* lost/],
    ['another model', chain('fresh'), { way: 'continue', entry: other }, 'fresh', /another model/],
    ['a region outside', chain('fresh'), { way: 'continue', region: { ...corner, x: 390 } }, 'fresh', /region lies outside/],
    [
      'a picture from elsewhere',
      historyOf(take('t1', null, { model: 'merged' })),
      { way: 'fresh' },
      'from-take',
      /cannot be asked for again/,
    ],
    ['an original that is gone', chain('fresh'), { way: 'fresh', left: { layer: () => false } }, 'from-take', /original layer/],
    ['a result that is gone', chain('fresh'), { way: 'from-take', left: { result: () => false } }, 'fresh', /picture is no longer there/],
  ])('gives way to the next best with %s, and says why', (_, history, more, way, why) => {
    const choice = asked(choose(history, 't1', 'now yellow', more));
    expect(choice).toMatchObject({ way, chosenBy: 'policy' });
    expect(choice.why).toMatch(why);
  });

  test('a signature is no matter to a model that signs nothing', () => {
    const nb1 = findModel('gemini-2.5-flash-image');
    const history = historyOf(take('t1', null, { model: nb1.id }));
    expect(asked(choose(history, 't1', 'more', { way: 'continue', entry: nb1, left: { turn: () => 'unsigned' } })).way).toBe('continue');
  });

  test('nothing is left when the layer and the result are both gone', () => {
    expect(choose(chain('fresh'), 't1', 'now yellow', { left: { layer: () => false, result: () => false } })).toMatchObject({
      kind: 'lost',
    });
  });
});

describe('from one of several pictures of an answer', () => {
  const picture = (hash: string) => ({ kind: 'picture' as const, hash });
  const answered = (hash: string): Take['pictures'] => ({
    ...noPictures,
    answer: { hash, type: 'image/jpeg', width: 1, height: 1, byteLength: 1 },
  });
  /** t1 answered with two pictures: the last is its own, the first is t2's. */
  const siblings = (...more: Take[]): History =>
    historyOf(
      take('t1', null, { said: [picture('first'), picture('last')], pictures: answered('last') }),
      take('t2', null, { turn: 'turn of t1', state: 'answered', placed: null, said: [picture('first')], pictures: answered('first') }),
      ...more,
    );

  test.each<[string, History, string, Partial<ContextQuestion>, Partial<ReturnType<typeof asked>>]>([
    ['goes on with the conversation', siblings(), 't2', {}, { way: 'continue', base: 'photo', rounds: ['t2'], parent: 't2' }],
    ['goes on with it from a round made of that picture', siblings(take('t3', 't2')), 't3', {}, { way: 'continue', rounds: ['t2', 't3'] }],
    [
      'starts from the result once there are three turns',
      siblings(take('t3', 't2'), take('t4', 't3')),
      't4',
      {},
      { way: 'from-take', base: 't4' },
    ],
    [
      'starts from the picture with another model',
      siblings(),
      't2',
      { entry: findModel('gemini-3-pro-image') },
      { way: 'from-take', base: 't2' },
    ],
    ['starts from the picture without its turn', siblings(), 't2', { left: { turn: () => 'gone' } }, { way: 'from-take', base: 't2' }],
    [
      'does so too when the conversation was asked for',
      siblings(),
      't2',
      { way: 'continue', left: { turn: () => 'gone' } },
      { way: 'from-take', base: 't2' },
    ],
    [
      'makes a list when the picture is lost as well',
      siblings(),
      't2',
      { left: { turn: () => 'gone', result: () => false } },
      { way: 'fresh', rounds: ['t2'] },
    ],
    ['starts from the picture for a new region', siblings(), 't2', { region: corner }, { way: 'from-take', base: 't2' }],
    ['makes a list of the round’s own picture as ever', siblings(), 't1', {}, { way: 'fresh', rounds: ['t1'] }],
  ])('%s', (_, history, from, more, expected) => {
    expect(asked(choose(history, from, 'add a hat', more))).toMatchObject({ ...expected, chosenBy: 'policy' });
  });
});

test('a hundred thousand rounds are no trouble', () => {
  const takes = new Map<string, Take>();
  for (let i = 1; i <= 100_000; i++) takes.set(`t${i}`, take(`t${i}`, i === 1 ? null : `t${i - 1}`));
  expect(asked(choose({ ...emptyHistory, takes }, 't100000', 'now yellow')).way).toBe('from-take');
});
