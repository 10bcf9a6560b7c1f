import { describe, expect, test } from 'vitest';
import { findTake, shortId } from '../../shared/core/history/findTake.ts';
import { emptyHistory, type History } from '../../shared/core/history/take.ts';
import { changedBookmark, changedMarks, withBookmark, withMarks, withTake } from '../../shared/core/history/tree.ts';
import { historyOf, makeTake } from './makeTake.ts';

const ids = ['3f2a91c0-aaaa', '3f2a91c0-bbbb', '9182ceff-0000'];
const history: History = ids.reduce(
  (before, id, n) => withTake(before, makeTake(id, { order: n + 1, instruction: ['make the coat red', 'now yellow', 'at night'][n] })),
  emptyHistory,
);
const idOf = (text: string, of = history) => {
  const found = findTake(of, text);
  return found.ok ? found.value.id : found.error;
};

describe('a take as somebody types it', () => {
  test('is found by its identifier, by its beginning in any case, and as the latest', () => {
    expect(idOf('3f2a91c0-aaaa')).toBe('3f2a91c0-aaaa');
    expect(idOf('91')).toBe('9182ceff-0000');
    expect(idOf(' 3F2A91C0-B ')).toBe('3f2a91c0-bbbb');
    expect(idOf('latest')).toBe('9182ceff-0000');
  });

  test('is found by a bookmark', () => {
    expect(idOf('approved', withBookmark(history, changedBookmark(history, 'approved', ids[1], 'w')))).toBe(ids[1]);
  });

  test('is not the latest when it was discarded, or never came to be', () => {
    const without = withMarks(history, changedMarks(history, ids[2], { verdict: 'discarded' }, 'w'));
    expect(idOf('latest', without)).toBe(ids[1]);
    const failed = withTake(without, makeTake('last', { order: 9, state: 'failed' }));
    expect(idOf('latest', failed)).toBe(ids[1]);
    // Where nothing was made yet, what there is is named.
    expect(idOf('latest', historyOf(makeTake('refused', { state: 'failed' })))).toMatchObject({
      kind: 'no-such-take',
      near: ['refused (make it refused)'],
    });
    expect(idOf('latest', emptyHistory)).toEqual({ kind: 'no-such-take', name: 'latest', near: [] });
  });

  test('that could be several is answered with all of them', () => {
    expect(idOf('3f2a')).toEqual({
      kind: 'ambiguous-take',
      name: '3f2a',
      matches: ['3f2a91c0-a (make the coat red)', '3f2a91c0-b (now yellow)'],
    });
  });

  test('that is not there is answered with what comes near: by its words, else by its beginning', () => {
    expect(idOf('yellow')).toMatchObject({ kind: 'no-such-take', near: ['3f2a91c0-b (now yellow)'] });
    expect(idOf('918x')).toMatchObject({
      kind: 'no-such-take',
      near: [expect.stringContaining('9182ceff'), expect.anything(), expect.anything()],
    });
    expect(idOf('approved look', withMarks(history, changedMarks(history, ids[0], { name: 'The approved look' }, 'w')))).toMatchObject({
      near: ['3f2a91c0-a (The approved look)'],
    });
  });

  test('is written with as many characters as tell it from the others', () => {
    expect(ids.map((id) => shortId(history, id))).toEqual(['3f2a91c0-a', '3f2a91c0-b', '9182ceff']);
  });
});
