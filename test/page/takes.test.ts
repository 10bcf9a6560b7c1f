/** What the panel does with takes, on a host in memory. */
import { describe, expect, test } from 'vitest';
import { keepTake } from '../../shared/core/history/keepTake.ts';
import type { Take } from '../../shared/core/history/take.ts';
import type { ImageModel } from '../../shared/core/model.ts';
import { err, ok } from '../../shared/core/result.ts';
import { allOf } from '../fakes/fakeModel.ts';
import { makeTake, pictureRef } from '../history/makeTake.ts';
import { type Bench, bench, file, key, select, send, settled } from './panelBench.ts';

const red = allOf(200, 0, 0);
const blue = allOf(0, 0, 200);
const green = allOf(0, 200, 0);

const titles = ({ panel }: Bench): string[] => panel.state().takes.rows.map(({ title }) => title);
const rowOf = ({ panel }: Bench, title: string) => {
  const row = panel.state().takes.rows.find((each) => each.title === title);
  if (row === undefined) throw new Error(`there is no take “${title}”`);
  return row;
};

/** Two rounds on the cup, the second from the first. */
async function twoRounds(options: Parameters<typeof bench>[0] = {}): Promise<Bench> {
  const made = await bench({ script: [red, blue, green, red], environmentKey: key, ...options });
  await select(made.host, 'Cup');
  await send(made.panel, 'make it red');
  await send(made.panel, 'now blue');
  return made;
}

/** Puts takes into the document's history as if they had been there before. */
async function remembered(takes: readonly Take[], made?: Bench): Promise<Bench> {
  const on = made ?? (await bench({ environmentKey: key }));
  for (const take of takes) await keepTake(on.host.store, take);
  on.panel.attach({ host: on.host, store: on.host.store });
  await settled();
  return on;
}

describe('the list of takes', () => {
  test('is the document’s own: it is there after reopening, newest first, each with the take it goes on from', async () => {
    const made = await twoRounds();
    const [second, first] = made.panel.state().takes.rows;
    expect([second.title, second.number, second.parentId]).toEqual(['now blue', 2, first.id]);
    made.panel.attach(null);
    expect(made.panel.state().takes.rows).toEqual([]);
    made.panel.attach({ host: made.host, store: made.host.store });
    await settled();
    expect(titles(made)).toEqual(['now blue', 'make it red']);
    expect(made.panel.state().takes.rows.map(({ lanes }) => lanes?.lane)).toEqual([0, 0]);
  });

  test('shows a round from before it is asked for, as waiting, and what broke off earlier as that', async () => {
    const waiting: ImageModel = {
      edit: (_request, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(err({ kind: 'cancelled' })))),
      available: async () => ok(null),
    };
    const made = await bench({ model: waiting, environmentKey: key });
    await remembered([makeTake('old', { state: 'pending', placed: null, provenance: null, said: [] })], made);
    await select(made.host, 'Cup');
    expect(rowOf(made, 'make it old').status.text).toBe('Running elsewhere, or broken off');
    await send(made.panel, 'make it red');
    expect(rowOf(made, 'make it red').status).toEqual({ kind: 'pending', text: 'Waiting for Nano Banana 2.1' });
    made.panel.actions.cancel();
    await settled();
    expect(rowOf(made, 'make it red').status).toEqual({ kind: 'cancelled', text: 'Cancelled' });
  });

  test('says in words why a round failed, and that a layer was deleted or hidden', async () => {
    const made = await twoRounds({ script: [red, { kind: 'overloaded', status: 503, said: '' }] });
    expect(rowOf(made, 'now blue').status).toEqual({ kind: 'failed', text: 'Failed: The service is busy' });
    const { id } = rowOf(made, 'make it red');
    const [layer] = made.host.placed;
    made.did.length = 0;
    made.panel.actions.setTakeVisible(id, false);
    expect(made.did).toEqual([`setVisible ${made.host.refOf(layer.name)} false`]);
    made.panel.actions.undo();
    await settled();
    expect(rowOf(made, 'make it red').status.text).toBe('Layer deleted');
  });

  test('is searched by words of instructions, answers, names and notes', async () => {
    const made = await twoRounds();
    const { takes } = made.panel.actions;
    takes.rename(rowOf(made, 'make it red').id, 'The approved one');
    takes.setNote(rowOf(made, 'now blue').id, 'Ana likes the handle');
    await settled();
    for (const [words, found] of [
      ['approved', ['The approved one']],
      ['ANA handle', ['now blue']],
      ['red', ['The approved one']],
      ['zebra', []],
      ['', ['now blue', 'The approved one']],
    ] as const) {
      takes.setWords(words);
      expect(titles(made)).toEqual(found);
      // Details are of what was found, if anything was.
      expect(made.panel.state().takes.focused?.title).toBe(found[0]);
    }
    takes.focusTake(rowOf(made, 'The approved one').id);
    takes.setWords('handle');
    expect(made.panel.state().takes.focused?.title).toBe('now blue');
    takes.setWords('');
    expect(made.panel.state().takes.focused?.title).toBe('The approved one');
  });

  test('shows favourites alone, and what was discarded only when asked for', async () => {
    const made = await twoRounds();
    const { takes } = made.panel.actions;
    const { id } = rowOf(made, 'make it red');
    takes.setFavourite(id, true);
    await settled();
    takes.setFilter('favourites');
    expect(titles(made)).toEqual(['make it red']);
    takes.setFilter('all');
    takes.discard(rowOf(made, 'now blue').id);
    await settled();
    expect(titles(made)).toEqual(['make it red']);
    takes.setFilter('discarded');
    expect(titles(made)).toEqual(['now blue']);
    takes.restore(rowOf(made, 'now blue').id);
    await settled();
    takes.setFilter('all');
    expect(titles(made)).toEqual(['now blue', 'make it red']);
  });

  test('knows what was kept, also when its layer was deleted since', async () => {
    const made = await twoRounds();
    const { id } = rowOf(made, 'now blue');
    const { takes } = made.panel.actions;
    takes.focusTake(id);
    takes.keep(id, true);
    await settled();
    expect(made.panel.state().takes.focused).toMatchObject({ isKept: true, status: { kind: 'kept' } });
    made.panel.actions.undo();
    await settled();
    expect(made.panel.state().takes.focused).toMatchObject({ isKept: true, status: { kind: 'gone' } });
    takes.keep(id, false);
    await settled();
    expect(made.panel.state().takes.focused).toMatchObject({ isKept: false });
  });

  test('keeps names, notes, stars and bookmarks with the document', async () => {
    const made = await twoRounds();
    const { takes } = made.panel.actions;
    const { id } = rowOf(made, 'now blue');
    takes.rename(id, ' Blue cup ');
    takes.setNote(id, 'for the poster');
    takes.setFavourite(id, true);
    takes.bookmark(id, 'approved');
    await settled();
    made.panel.attach({ host: made.host, store: made.host.store });
    await settled();
    takes.focusTake(id);
    expect(made.panel.state().takes.focused).toMatchObject({
      title: 'Blue cup',
      instruction: 'now blue',
      note: 'for the poster',
      isFavourite: true,
      bookmarks: ['approved'],
    });
    takes.removeBookmark('approved');
    takes.rename(id, '');
    await settled();
    expect(made.panel.state().takes.focused).toMatchObject({ title: 'now blue', bookmarks: [] });
  });

  test('of 5,000 is made once, whatever ticks meanwhile, and answers a search', async () => {
    const takes = Array.from({ length: 5_000 }, (_, n) =>
      makeTake(`take-${n}`, {
        order: n + 1,
        parent: n === 0 ? null : `take-${n - 1 - (n % 7 === 0 ? Math.min(n - 1, 5) : 0)}`,
        instruction: `round ${n}`,
      }),
    );
    const made = await remembered(takes);
    const before = made.panel.state().takes.rows;
    expect(before).toHaveLength(5_000);
    made.panel.actions.takes.focusTake('take-17');
    made.panel.actions.setKeepRest(false);
    expect(made.panel.state().takes.rows).toBe(before);
    made.panel.actions.takes.setWords('round 4321');
    expect(titles(made)).toEqual(['round 4321']);
  });

  test('asks for small pictures once, and lets the oldest go', async () => {
    const made = await bench({ environmentKey: key });
    const hashes: string[] = [];
    for (let n = 0; n < 320; n++) {
      const written = await made.host.store.blobs.write(new Uint8Array([n & 255, n >> 8]));
      if (written.ok) hashes.push(written.value);
    }
    await remembered(
      hashes.map((hash, n) =>
        makeTake(`take-${n}`, { order: n, pictures: { answer: null, composed: null, mask: null, thumbnail: { ...pictureRef(n), hash } } }),
      ),
      made,
    );
    const { showPictures } = made.panel.actions.takes;
    showPictures(hashes.slice(0, 20));
    await settled();
    expect(made.panel.state().takes.pictures.get(hashes[0])).toBe('blob of 2');
    showPictures(hashes.slice(20));
    await settled();
    expect(made.panel.state().takes.pictures.size).toBeLessThanOrEqual(300);
    expect(made.panel.state().takes.pictures.has(hashes[0])).toBe(false);
    expect(made.did.filter((what) => what.startsWith('release')).length).toBeGreaterThanOrEqual(20);
    showPictures([hashes[0]]);
    await settled();
    expect(made.panel.state().takes.pictures.has(hashes[0])).toBe(true);
  });
});

describe('where the next edit starts', () => {
  test('is the latest take of what is selected, in a way that is told with its reason', async () => {
    const made = await bench({ script: [red], environmentKey: key });
    await select(made.host, 'Cup');
    expect(made.panel.state().takes.next).toMatchObject({ take: null, hasChoice: false });
    await send(made.panel, 'make it red');
    const { next } = made.panel.state().takes;
    expect(next).toMatchObject({ take: { title: 'make it red', number: 1 }, isChosen: false, chosen: 'auto', hasChoice: true });
    expect(next.why).toMatch(/\.$/);
    await select(made.host, 'Desk');
    expect(made.panel.state().takes.next).toMatchObject({ take: null, hasChoice: false });
  });

  test('can be any take: the next one is its child, and the tree branches', async () => {
    const made = await twoRounds();
    const first = rowOf(made, 'make it red');
    made.panel.actions.takes.startFrom(first.id);
    expect(rowOf(made, 'make it red').isStart).toBe(true);
    expect(made.panel.state().takes.next).toMatchObject({ take: { id: first.id }, isChosen: true });
    await send(made.panel, 'with a green handle');
    expect(rowOf(made, 'with a green handle').parentId).toBe(first.id);
    expect(made.panel.state().takes.laneCount).toBe(2);
    // What came of it is gone on from, not what was chosen before.
    expect(made.panel.state().takes.next).toMatchObject({ take: { title: 'with a green handle' }, isChosen: false });
  });

  test('can be the source again', async () => {
    const made = await twoRounds();
    made.panel.actions.takes.startFrom(null);
    expect(made.panel.state().takes.next).toMatchObject({ take: null, latest: { number: 2 }, hasChoice: true });
    made.panel.actions.takes.startFromLatest();
    expect(made.panel.state().takes.next).toMatchObject({ take: { number: 2 } });
    made.panel.actions.takes.startFrom(null);
    await send(made.panel, 'make it green');
    expect(rowOf(made, 'make it green').parentId).toBe(null);
  });

  test('takes the way that the user chooses, and says so', async () => {
    const made = await twoRounds();
    made.panel.actions.takes.setWay('from-take');
    expect(made.panel.state().takes.next).toMatchObject({
      chosen: 'from-take',
      way: 'from-take',
      why: expect.stringContaining('You chose'),
    });
    await send(made.panel, 'a little darker');
    made.panel.actions.takes.focusTake(rowOf(made, 'a little darker').id);
    expect(made.panel.state().takes.focused?.why).toContain('You chose');
    expect(made.panel.state().takes.next.chosen).toBe('auto');
  });

  test('goes back in words without sending anything', async () => {
    const made = await twoRounds();
    const { length } = made.model.requests;
    made.panel.actions.setInstruction('go back one');
    expect(made.panel.state().takes.next).toMatchObject({ goesBackTo: { id: rowOf(made, 'make it red').id } });
    made.panel.actions.send();
    await settled();
    expect(made.model.requests).toHaveLength(length);
    expect(made.panel.state()).toMatchObject({ instruction: '', takes: { next: { take: { title: 'make it red' }, isChosen: true } } });
  });

  test('of “same again” is where that take started, with its words', async () => {
    const made = await twoRounds();
    const second = rowOf(made, 'now blue');
    made.panel.actions.takes.sameAgain(second.id);
    await settled();
    const [newest] = made.panel.state().takes.rows;
    expect([newest.title, newest.parentId]).toEqual(['now blue', second.parentId]);
    expect(made.panel.state().instruction).toBe('now blue');
  });

  test('of “edit and redo” is where that take started, with its words to be changed', async () => {
    const made = await twoRounds();
    made.panel.actions.takes.editAndRedo(rowOf(made, 'now blue').id);
    expect(made.panel.state()).toMatchObject({ instruction: 'now blue', takes: { next: { take: { title: 'make it red' } } } });
    await send(made.panel, 'now light blue');
    expect(rowOf(made, 'now light blue').parentId).toBe(rowOf(made, 'make it red').id);
  });
});

describe('a question of the model', () => {
  test('is asked as one; the answer goes on from there', async () => {
    const answer = { parts: ['{"text":"Which of the two cups?"}'], usage: null };
    const question = { kind: 'no-image', reason: 'words-only', said: 'Which of the two cups?', answer } as const;
    const made = await bench({ script: [question, red], environmentKey: key });
    await select(made.host, 'Cup');
    await send(made.panel, 'paint the cup');
    expect(made.panel.state().run).toEqual({ kind: 'asked', question: 'Which of the two cups?', modelNick: 'Nano Banana 2.1' });
    expect(made.host.placed).toHaveLength(0);
    // In the list too it is a question, and no failure.
    expect(rowOf(made, 'paint the cup').status).toEqual({ kind: 'worded', text: 'Asked a question' });
    const { id } = rowOf(made, 'paint the cup');
    made.panel.actions.answer('The left one');
    await settled();
    expect(made.panel.state().run.kind).toBe('idle');
    expect(rowOf(made, 'The left one').parentId).toBe(id);
  });
});

describe('a round that is cancelled', () => {
  test('keeps what the model had answered, to be placed later', async () => {
    const made = await bench({ script: [red], environmentKey: key });
    await select(made.host, 'Cup');
    const stop = made.panel.subscribe(() => {
      const { run } = made.panel.state();
      if (run.kind === 'running' && run.stage === 'compose' && !run.cancelling) made.panel.actions.cancel();
    });
    await send(made.panel, 'make it red');
    stop();
    expect(made.panel.state().run).toMatchObject({
      kind: 'failed',
      tone: 'neutral',
      explanation: { sentence: expect.stringContaining('kept') },
    });
    expect(rowOf(made, 'make it red').status).toEqual({ kind: 'cancelled', text: 'Cancelled, its answer is kept' });
    expect(made.host.placed).toHaveLength(0);
    made.panel.actions.takes.placeAgain(rowOf(made, 'make it red').id);
    await settled();
    expect(made.host.placed).toHaveLength(1);
    expect(rowOf(made, 'make it red').status.kind).toBe('done');
  });
});

describe('a take whose layer is gone', () => {
  test('is placed again from the answer that is kept, without asking the model', async () => {
    const made = await twoRounds();
    made.panel.actions.undo();
    await settled();
    const { id } = rowOf(made, 'now blue');
    made.panel.actions.takes.focusTake(id);
    expect(made.panel.state().takes.focused).toMatchObject({ layer: 'gone', can: { placeAgain: true } });
    const { length } = made.model.requests;
    made.panel.actions.takes.placeAgain(id);
    await settled();
    expect(made.panel.state().takes.focused).toMatchObject({ layer: 'shown', can: { placeAgain: false } });
    expect(made.model.requests).toHaveLength(length);
  });
});

describe('comparing', () => {
  test('puts a take on its source, tells what differs, and changes sides', async () => {
    const made = await twoRounds();
    const [second, first] = made.panel.state().takes.rows;
    made.panel.actions.takes.compare(second.id, null);
    await settled();
    const { compared } = made.panel.state().takes;
    expect(compared).toMatchObject({ left: { id: null, title: 'Source' }, right: { id: second.id, title: '2 · now blue' }, trouble: null });
    expect(compared?.extent).toMatchObject({ width: 20, height: 10 });
    expect(compared?.finding).toMatch(/% of the pixels differ/);
    expect(compared?.others.map(({ id }) => id)).toEqual([null, first.id]);
    made.panel.actions.takes.setCompareMode('blink');
    made.panel.actions.takes.compare(second.id, second.id);
    await settled();
    expect(made.panel.state().takes.compared).toMatchObject({ mode: 'blink', finding: 'Not a pixel differs.' });
    made.panel.actions.takes.stopComparing();
    expect(made.panel.state().takes.compared).toBe(null);
  });

  test('says why there is nothing to see', async () => {
    const made = await remembered([makeTake('gone', { placed: { layer: 'layer-99', bounds: { x: 0, y: 0, width: 4, height: 4 } } })]);
    made.panel.actions.takes.compare('gone', null);
    await settled();
    expect(made.panel.state().takes.compared?.trouble).toMatch(/\.$/);
  });
});

describe('a take that is taken along', () => {
  test('is placed in another document, with its story', async () => {
    const made = await twoRounds();
    made.panel.actions.takes.copyTake(rowOf(made, 'now blue').id);
    await settled();
    const other = await bench({ environmentKey: key });
    made.panel.attach({ host: other.host, store: other.host.store });
    await settled();
    expect(made.panel.state().takes).toMatchObject({ total: 0, copied: 'now blue' });
    made.panel.actions.takes.pasteTake();
    await settled();
    expect(titles(made)).toEqual(['now blue', 'make it red']);
    expect(rowOf(made, 'make it red').status.text).toBe('Not in this document');
    expect(other.host.placed).toHaveLength(1);
  });

  test('becomes a file, named after it', async () => {
    const made = await twoRounds();
    made.did.length = 0;
    made.panel.actions.takes.exportPicture(rowOf(made, 'now blue').id);
    await settled();
    made.panel.actions.takes.exportBranch(rowOf(made, 'now blue').id);
    await settled();
    expect(made.did).toEqual(['handOver 2 now blue.png 3', 'handOver 2 now blue.zip 5']);
  });

  test('that cannot be read is told', async () => {
    const made = await twoRounds();
    made.panel.actions.takes.pasteFile(file('notes.zip'));
    await settled();
    expect(made.panel.state().run).toMatchObject({
      kind: 'failed',
      failed: 'takes',
      explanation: { sentence: expect.stringContaining('notes.zip') },
    });
  });
});
