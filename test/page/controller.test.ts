import { describe, expect, test } from 'vitest';
import type { AbortSignal } from '../../shared/core/abort.ts';
import type { Failure } from '../../shared/core/failure.ts';
import type { ImageModel } from '../../shared/core/model.ts';
import { rectangleMask } from '../../shared/core/pixels.ts';
import { err, ok } from '../../shared/core/result.ts';
import { MemoryHost, patternPixels } from '../contracts/memoryHost.ts';
import { allOf } from '../fakes/fakeModel.ts';
import { bench, file, key, MemorySettings, select, send, settled } from './panelBench.ts';

describe('the subject', () => {
  test('follows the selection of the host, with its picture', async () => {
    const { panel, host } = await bench();
    expect(panel.state().subject).toMatchObject({ kind: 'nothing-selected', title: 'desk.psd' });
    await select(host, 'Desk');
    expect(panel.state().subject).toMatchObject({ name: 'Desk', locked: true, thumbnail: `thumbnail of ${host.refOf('Desk')}` });
    host.select({ of: 'visible', region: rectangleMask({ x: 1, y: 2, width: 3, height: 4 }) });
    await settled();
    expect(panel.state().subject).toMatchObject({ of: 'visible', region: { x: 1, y: 2, width: 3, height: 4 } });
  });

  test('is gone with the document', async () => {
    const { panel, host } = await bench();
    await select(host, 'Cup');
    panel.attach(null);
    await settled();
    expect(panel.state().subject.kind).toBe('no-document');
  });
});

describe('sending', () => {
  test('places a take, remembers the words, and shows what it cost', async () => {
    const { panel, host, settings } = await bench({ script: [allOf(200, 0, 0)], environmentKey: key });
    await select(host, 'Cup');
    await send(panel, '  make it red ');
    const take = panel.state().takes.focused;
    expect(take).toMatchObject({ instruction: 'make it red', sourceName: 'Cup', description: 'The fake changed nothing.', layer: 'shown' });
    expect(take?.costUsd).toBeGreaterThan(0);
    expect(host.placed).toHaveLength(1);
    expect(panel.state().run.kind).toBe('idle');
    expect(JSON.parse(settings.entries.get('recent.instructions') ?? '')).toEqual(['make it red']);
  });

  test('tells each stage, and how long it has taken', async () => {
    const { panel, host } = await bench({ environmentKey: key });
    await select(host, 'Cup');
    const stages = new Set<string>();
    panel.subscribe(() => {
      const { run } = panel.state();
      if (run.kind === 'running') stages.add(run.stage);
    });
    await send(panel, 'make it red');
    expect([...stages]).toEqual(['read', 'compile', 'ask', 'compose', 'place', 'record']);
  });

  test('takes the region and the references along', async () => {
    const { panel, host, model } = await bench({ environmentKey: key });
    host.select({ of: host.refOf('Desk'), region: rectangleMask({ x: 8, y: 8, width: 16, height: 16 }) });
    panel.actions.addReferences([file('palette.png')]);
    await settled();
    panel.actions.setReferenceRole(panel.state().references.items[0].id, 'style');
    await send(panel, 'make it red');
    expect(model.requests[0].prompt.id).toBe('edit/region');
    expect(model.requests[0].pictures.map((picture) => picture.role)).toEqual(['subject', 'style']);
  });

  test('is about the layer that was selected a moment before, though the panel is still reading it', async () => {
    const { panel, host, model } = await bench({ script: [allOf(200, 0, 0)], environmentKey: key });
    await select(host, 'Cup');
    host.select({ of: host.refOf('Desk'), region: null });
    panel.actions.setInstruction('make it red');
    panel.actions.send();
    panel.actions.send();
    await settled();
    expect(panel.state().takes.focused).toMatchObject({ instruction: 'make it red', sourceName: 'Desk' });
    expect(model.requests).toHaveLength(1);
  });

  test('is dropped when another document comes before that is read', async () => {
    const { panel, host, model } = await bench({ environmentKey: key });
    await select(host, 'Cup');
    host.select({ of: host.refOf('Desk'), region: null });
    panel.actions.setInstruction('make it red');
    panel.actions.send();
    const other = new MemoryHost({ extent: { width: 8, height: 8 }, layers: [{ name: 'New', pixels: patternPixels(8, 8) }] });
    other.select({ of: other.refOf('New'), region: null });
    panel.attach({ host: other, store: other.store });
    await settled();
    expect(model.requests).toHaveLength(0);
    expect(panel.state().run.kind).toBe('idle');
  });

  test('does nothing while it is under way already', async () => {
    const { panel, host, model } = await bench({ environmentKey: key });
    await select(host, 'Cup');
    panel.actions.setInstruction('make it red');
    panel.actions.send();
    panel.actions.send();
    await settled();
    expect(model.requests).toHaveLength(1);
  });

  test('is cancelled: nothing is placed, and it is no mishap', async () => {
    const waiting: ImageModel = {
      edit: (_request, signal: AbortSignal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(err({ kind: 'cancelled' })))),
      available: async () => ok(null),
    };
    const { panel, host } = await bench({ model: waiting, environmentKey: key });
    await select(host, 'Cup');
    await send(panel, 'make it red');
    expect(panel.state().run).toMatchObject({ kind: 'running', stage: 'ask' });
    panel.actions.cancel();
    expect(panel.state().run).toMatchObject({ cancelling: true });
    await settled();
    expect(panel.state().run).toMatchObject({ kind: 'failed', tone: 'neutral', button: null });
    expect(host.placed).toHaveLength(0);
  });

  test('is dropped when another document is opened meanwhile', async () => {
    const waiting: ImageModel = {
      edit: (_request, signal: AbortSignal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(err({ kind: 'cancelled' })))),
      available: async () => ok(null),
    };
    const { panel, host } = await bench({ model: waiting, environmentKey: key });
    await select(host, 'Cup');
    await send(panel, 'make it red');
    const other = new MemoryHost({ extent: { width: 8, height: 8 }, layers: [{ name: 'New', pixels: patternPixels(8, 8) }] });
    panel.attach({ host: other, store: other.store });
    await settled();
    expect(panel.state().run.kind).toBe('idle');
    expect(host.placed).toHaveLength(0);
  });

  test('undone, the take stays in the list, without its layer', async () => {
    const { panel, host } = await bench({ environmentKey: key });
    await select(host, 'Cup');
    await send(panel, 'make it red');
    panel.actions.undo();
    await settled();
    expect(panel.state().takes.rows).toMatchObject([{ title: 'make it red', status: { text: 'Layer deleted' } }]);
  });
});

describe('a failure', () => {
  const failing = async (failure: Failure) => {
    const made = await bench({ script: [failure], environmentKey: key });
    await select(made.host, 'Cup');
    await send(made.panel, 'make it red');
    return made;
  };

  test('offers to try again, and does', async () => {
    const { panel, model } = await failing({ kind: 'overloaded', status: 503, said: '' });
    expect(panel.state().run).toMatchObject({ kind: 'failed', button: 'Try again', tone: 'danger' });
    panel.actions.followFailure();
    await settled();
    expect(model.requests).toHaveLength(2);
    expect(panel.state().takes.rows.map(({ status }) => status.kind)).toEqual(['done', 'failed']);
  });

  test('of a retired model offers its successor by name', async () => {
    const { panel } = await failing({ kind: 'retired-model', model: 'old', successor: 'gemini-3-pro-image', said: '' });
    expect(panel.state().run).toMatchObject({ button: 'Use Nano Banana Pro' });
    panel.actions.followFailure();
    expect(panel.state().model.entry.id).toBe('gemini-3-pro-image');
    expect(panel.state().run.kind).toBe('idle');
  });

  test('of a key leads to the settings', async () => {
    const { panel } = await failing({ kind: 'unauthorised', reason: 'expired', said: '' });
    panel.actions.followFailure();
    expect(panel.state().view).toBe('settings');
  });

  test('in words is a question, not a mishap', async () => {
    const { panel } = await failing({ kind: 'no-image', reason: 'words-only', said: 'Which of the two cups?' });
    expect(panel.state().run).toEqual({ kind: 'asked', question: 'Which of the two cups?', modelNick: 'Nano Banana 2.1' });
  });

  test('without a selection leads to the layers', async () => {
    const { panel, did } = await bench({ environmentKey: key });
    await send(panel, 'make it red');
    expect(panel.state().run).toMatchObject({ button: 'Choose a layer' });
    panel.actions.followFailure();
    expect(did).toEqual(['chooseLayer']);
  });
});

describe('the model', () => {
  test('is the offline one without a key, and says that it is not AI', async () => {
    const { panel, host, asked } = await bench();
    expect(panel.state().model).toMatchObject({ entry: { id: 'offline' }, estimateUsd: { from: 0, to: 0 } });
    expect(panel.state().model.warning).toContain('not AI');
    await select(host, 'Cup');
    await send(panel, 'make it red');
    expect(asked[0].entry.wire).toBe('offline');
    expect(panel.state().takes.focused).toMatchObject({ isOffline: true, costUsd: 0 });
  });

  test('is the default one as soon as there is a key', async () => {
    const { panel } = await bench();
    panel.actions.useKey(key, true);
    expect(panel.state().model.entry.status).toBe('default');
  });

  test('warns when it is retired, and names its successor', async () => {
    const { panel } = await bench({ environmentKey: key });
    panel.actions.chooseModel('gemini-2.5-flash-image');
    expect(panel.state().model.warning).toContain('retired');
    expect(panel.state().model.successor?.id).toBe('gemini-nano-banana-2.1');
    expect(panel.state().references.limit).toBe(3);
  });

  test('may be one of the user’s own, also after a restart', async () => {
    const { panel, settings } = await bench({ environmentKey: key });
    panel.actions.chooseModel(' gemini-9-image ');
    await settled();
    const again = await bench({ environmentKey: key, settings });
    expect(again.panel.state().model.entry).toMatchObject({ id: 'gemini-9-image', status: 'custom' });
    expect(again.panel.state().model.options.some((entry) => entry.id === 'gemini-9-image')).toBe(true);
  });

  test('says what a take of this layer will cost, and what each size would', async () => {
    const { panel, host } = await bench({ environmentKey: key });
    expect(panel.state().model.estimateUsd).toEqual({ from: 0.0336, to: 0.0756 });
    await select(host, 'Cup');
    expect(panel.state().model).toMatchObject({ autoSize: '1K', estimateUsd: { from: 0.0336, to: 0.0336 } });
    panel.actions.setSize('4K');
    expect(panel.state().model.estimateUsd).toEqual({ from: 0.0756, to: 0.0756 });
    panel.actions.chooseModel('gemini-3.1-flash-lite-image');
    expect(panel.state().model.size).toBe(null);
  });
});

describe('the key', () => {
  test('is never in the state, but for its last four characters', async () => {
    const { panel } = await bench();
    panel.actions.useKey(key, true);
    await settled();
    expect(panel.state().key).toEqual({ held: { ending: 'last', from: 'settings' }, test: { kind: 'accepted' } });
    expect(JSON.stringify(panel.state())).not.toContain(key);
  });

  test('for this session only is not written down, and wipes an older one', async () => {
    const settings = new MemorySettings();
    settings.entries.set('gemini.key', 'an older key');
    const { panel, asked, host } = await bench({ settings });
    panel.actions.useKey(key, false);
    await settled();
    expect(settings.entries.has('gemini.key')).toBe(false);
    expect([...settings.entries.values()].join()).not.toContain(key);
    await select(host, 'Cup');
    await send(panel, 'make it red');
    expect(asked[0].apiKey).toBe(key);
  });

  test('that the service refuses is told with the reason', async () => {
    const { panel } = await bench({ keyAnswer: { kind: 'unauthorised', reason: 'leaked', said: '' } });
    panel.actions.useKey(key, true);
    await settled();
    expect(panel.state().key.test).toMatchObject({ kind: 'failed', explanation: { title: 'The API key was withdrawn' } });
  });

  test('forgotten, gives way to the environment’s', async () => {
    const { panel, settings } = await bench({ environmentKey: `${'e'.repeat(30)}envi` });
    panel.actions.useKey(key, true);
    await settled();
    panel.actions.forgetKey();
    await settled();
    expect(panel.state().key.held).toEqual({ ending: 'envi', from: 'environment' });
    expect(settings.entries.has('gemini.key')).toBe(false);
  });

  test('that cannot be saved is told, and lasts for the session', async () => {
    const settings = new MemorySettings();
    settings.failure = { kind: 'host', operation: 'Saving the settings', message: 'storage is off' };
    const { panel } = await bench({ settings });
    panel.actions.useKey(key, true);
    await settled();
    expect(panel.state().run).toMatchObject({ kind: 'failed', failed: 'settings' });
    expect(panel.state().key.held?.ending).toBe('last');
  });
});

describe('references', () => {
  test('are refused by name when they are no pictures', async () => {
    const { panel } = await bench({ environmentKey: key });
    panel.actions.addReferences([file('notes.txt', [])]);
    await settled();
    expect(panel.state().run).toMatchObject({ kind: 'failed', failed: 'reference' });
    expect(JSON.stringify(panel.state().run)).toContain('notes.txt');
  });

  test('stop at the limit of the model', async () => {
    const { panel } = await bench({ environmentKey: key });
    panel.actions.chooseModel('gemini-2.5-flash-image');
    panel.actions.addReferences(['a', 'b', 'c', 'd'].map((name) => file(name)));
    await settled();
    expect(panel.state().references.items.map((item) => item.name)).toEqual(['a', 'b', 'c']);
    expect(panel.state().run).toMatchObject({ kind: 'failed' });
    panel.actions.removeReference(panel.state().references.items[1].id);
    expect(panel.state().references.items.map((item) => item.name)).toEqual(['a', 'c']);
  });
});
