/** What a long-lived file keeps of an entry that many sittings have changed: not one copy for each of them. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createFigmaStore, type FigmaStore } from '../../../figma-plugin/ui/store/figmaStore.ts';
import { beginSitting } from '../../../figma-plugin/ui/store/sittings.ts';
import { keepMarks, keepTake } from '../../../shared/core/history/keepTake.ts';
import { encodeTake } from '../../../shared/core/history/savedEntries.ts';
import { changedMarks } from '../../../shared/core/history/tree.ts';
import type { Clock } from '../../../shared/core/ports.ts';
import { nodeIds } from '../../../standalone/command/nodeClock.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { makeTake } from '../../history/makeTake.ts';
import { MemorySettings } from '../../page/panelBench.ts';
import { createFigmaFile, type FigmaFile } from '../simulator/index.ts';
import { historyIn, ourTexts, type Runtime, startPlugin } from './runtime.ts';

let file: FigmaFile;
let ann: Runtime;
let bob: Runtime;
beforeEach(() => {
  file = createFigmaFile();
  ann = startPlugin(file.join('ann'));
  bob = startPlugin(file.join('bob'));
});

/** Of Ann's machine, the sittings whose names are among `ended`. */
const store = ({ line }: Runtime, machine: string, sitting: string, ended: readonly string[] = []): FigmaStore =>
  createFigmaStore(
    line,
    { machine, sitting },
    (writer) => writer.startsWith(`${machine}-`) && ended.includes(writer.slice(machine.length + 1)),
  );

/** Heads and parts of what is kept of an entry. */
const copiesOf = (key: string): readonly string[] =>
  ourTexts(file)
    .map((each) => each.key)
    .filter((each) => each.startsWith(`e/${key}~`));

async function note(from: FigmaStore, text: string, by = 'ann'): Promise<void> {
  valueIn(await keepMarks(from, changedMarks(await historyIn(from), 'one', { note: text }, by)));
}

describe('an entry that many sittings have changed', () => {
  it('has one copy of each machine, the latest', async () => {
    valueIn(await keepTake(store(ann, 'ann', 's0'), makeTake('one')));
    for (let i = 1; i <= 12; i++) {
      const before = Array.from({ length: i }, (_, n) => `s${n}`);
      await note(store(ann, 'ann', `s${i}`, before), `ann ${i}`);
      await note(store(bob, 'bob', `s${i}`, before), `bob ${i}`, 'bob');
    }
    expect(copiesOf('marks/one')).toHaveLength(2);
    for (const reader of [store(ann, 'ann', 'late'), store(bob, 'bob', 'late')])
      expect((await historyIn(reader)).marks.get('one')?.note).toBe('bob 12');
  });

  it('is on nobody else’s node changed, however long they are gone', async () => {
    valueIn(await keepTake(store(bob, 'bob', 's0'), makeTake('one')));
    await note(store(bob, 'bob', 's1'), 'mine', 'bob');
    const theirs = (): readonly unknown[] => ourTexts(file).filter(({ key }) => key.includes('.bob-'));
    const before = theirs();
    // Even by a panel that takes everybody for one of its own earlier sittings.
    await note(
      createFigmaStore(ann.line, { machine: 'ann', sitting: 's2' }, () => true),
      'yours',
    );
    expect(theirs()).toEqual(before);
    const byBob = new Set(bob.person.undoSteps().uncommitted);
    expect(ann.person.undoSteps().uncommitted.filter((id) => byBob.has(id))).toEqual(['0:1']);
  });

  it('keeps the copies of a sitting that may be going on', async () => {
    valueIn(await keepTake(store(ann, 'ann', 's0'), makeTake('one')));
    await note(store(ann, 'ann', 's1'), 'in the other window');
    await note(store(ann, 'ann', 's2', ['s0']), 'here');
    expect(copiesOf('marks/one')).toHaveLength(2);
  });

  it('keeps a copy that says more than what is written', async () => {
    valueIn(await keepTake(store(ann, 'ann', 's0'), makeTake('one')));
    const late = store(ann, 'ann', 's1', ['s0']);
    valueIn(await late.keys());
    valueIn(await late.read('take/one'));
    // As another program would, without looking what is there.
    valueIn(await late.write('take/one', encodeTake(makeTake('one', { state: 'pending', placed: null }))));
    expect(copiesOf('take/one')).toHaveLength(2);
    expect((await historyIn(late)).takes.get('one')?.state).toBe('done');
  });

  it('is given up with all of its parts', async () => {
    const said = [{ kind: 'text', text: 'ä'.repeat(120_000) }] as const;
    valueIn(await keepTake(store(ann, 'ann', 's0'), makeTake('one', { state: 'answered', placed: null, said })));
    expect(copiesOf('take/one').length).toBeGreaterThan(2);
    const late = store(ann, 'ann', 's1', ['s0']);
    valueIn(await keepTake(late, makeTake('one', { said })));
    expect(copiesOf('take/one').every((key) => key.includes('.ann-s1'))).toBe(true);
    expect((await historyIn(store(bob, 'bob', 's0'))).takes.get('one')?.state).toBe('done');
  });

  it('comes back with an undo, and nothing is lost by it', async () => {
    valueIn(await keepTake(store(ann, 'ann', 's0'), makeTake('one', { state: 'answered', placed: null })));
    ann.figma.commitUndo();
    const late = store(ann, 'ann', 's1', ['s0']);
    valueIn(await keepTake(late, makeTake('one')));
    ann.figma.commitUndo();
    expect(copiesOf('take/one')).toHaveLength(1);
    ann.person.undo();
    expect((await historyIn(store(bob, 'bob', 's0'))).takes.get('one')?.state).toBe('answered');
    expect((await historyIn(late)).takes.get('one')?.state).toBe('done');
    valueIn(await keepTake(late, makeTake('two')));
    expect((await historyIn(store(bob, 'bob', 's1'))).takes.get('one')?.state).toBe('done');
  });

  it('stays whole when Figma takes only a part of the change', async () => {
    valueIn(await keepTake(store(ann, 'ann', 's0'), makeTake('one')));
    await note(store(ann, 'ann', 's0'), 'before');
    const texts = ourTexts(file);
    let left = Number.POSITIVE_INFINITY;
    const failing = startPlugin(ann.person, {
      beforeCall(method) {
        if (method === 'setSharedPluginData' && left-- === 0) throw new Error('in setSharedPluginData: no');
      },
    });
    const late = store(failing, 'ann', 's1', ['s0']);
    const marks = changedMarks(await historyIn(late), 'one', { note: 'after' }, 'ann');
    // The shelf itself, its new text, and then the old one, which Figma refuses.
    left = 2;
    expect((await keepMarks(late, marks)).ok).toBe(false);
    expect(left).toBeLessThan(0);
    expect(ourTexts(file)).toEqual(texts);
    expect((await historyIn(store(bob, 'bob', 's0'))).marks.get('one')?.note).toBe('before');
  });
});

describe('a sitting of this machine', () => {
  const hour = 60 * 60_000;
  const clockAt = (time: { ms: number }): Clock => ({ now: () => time.ms, sleep: async () => true });

  it('has ended when it was not heard of for a day, and signs can be left', async () => {
    const [settings, time] = [new MemorySettings(), { ms: 1_000_000_000 }];
    const begin = () => beginSitting(settings, nodeIds, clockAt(time));
    const first = await begin();
    await first.sign();
    const { machine, sitting } = first.writer;
    const later = await begin();
    // Nothing is known before it has signed itself.
    expect(later.hasEnded(`${machine}-${sitting}`)).toBe(false);
    await later.sign();
    expect(later.hasEnded(`${machine}-${sitting}`)).toBe(false);
    time.ms += 23 * hour;
    await later.sign();
    expect(later.hasEnded(`${machine}-${sitting}`)).toBe(false);
    time.ms += 2 * hour;
    await later.sign();
    expect(later.hasEnded(`${machine}-${sitting}`)).toBe(true);
    // Neither itself, nor anybody of another machine.
    expect(later.hasEnded(`${later.writer.machine}-${later.writer.sitting}`)).toBe(false);
    expect(later.hasEnded(`00000000-${sitting}`)).toBe(false);
  });

  it('is not known to have ended where nothing can be kept on the machine', async () => {
    const settings = new MemorySettings();
    const sitting = await beginSitting(settings, nodeIds, clockAt({ ms: 5 }));
    settings.failure = { kind: 'host', operation: 'Keeping a setting', message: 'full' };
    await sitting.sign();
    expect(sitting.hasEnded(`${sitting.writer.machine}-00000000`)).toBe(false);
  });
});
