/** What a host says of the selection beyond the `Host` port, and what it leaves to the user: the panel's side of it. */
import { describe, expect, test } from 'vitest';
import { err, ok } from '../../shared/core/result.ts';
import { failureButton } from '../../shared/panel/failureButton.ts';
import type { Network, SelectionActions } from '../../shared/panel/ports.ts';
import { type HostTold, nothingTold } from '../../shared/panel/state.ts';
import { plainPixels } from '../contracts/memoryHost.ts';
import { bench, key, select, send, settled } from '../page/panelBench.ts';

/** A host with one option, which tells what it is given. */
class Telling implements SelectionActions {
  told: HostTold = nothingTold;
  chosen = 'above';
  readonly regions: string[] = [];
  readonly pictures = [
    { name: 'Mood', role: 'style', pixels: plainPixels(8, 6, [1, 2, 3, 255]) },
    { name: 'Anna', role: 'character', pixels: plainPixels(5, 5, [3, 2, 1, 255]) },
  ] as const;
  async describe() {
    return { ...this.told, options: this.settings() };
  }
  settings() {
    const choices = [
      { id: 'above', name: 'Above' },
      { id: 'beside', name: 'Beside' },
    ];
    return [{ id: 'place', label: 'Place', choices, chosen: this.chosen }];
  }
  async choose(_option: string, choice: string) {
    if (choice === 'nowhere') return err({ kind: 'host', operation: 'Saving the settings', message: 'storage is full' } as const);
    this.chosen = choice;
    return ok(undefined);
  }
  async references() {
    return ok(this.pictures);
  }
  useAsRegion() {
    this.regions.push('asked');
  }
}

const subjectOf = ({ panel }: Awaited<ReturnType<typeof bench>>) => {
  const { subject } = panel.state();
  if (subject.kind !== 'selected') throw new Error('nothing is selected');
  return subject;
};

describe('what the host says of the selection', () => {
  test('is shown with the layer', async () => {
    const selection = new Telling();
    selection.told = { ...nothingTold, sends: 'Picture fill', notes: [{ tone: 'warning', sentence: 'It is cropped.' }] };
    const made = await bench({ environmentKey: key, selection });
    await select(made.host, 'Cup');
    expect(subjectOf(made).told).toMatchObject({ sends: 'Picture fill', notes: [{ sentence: 'It is cropped.' }] });
  });

  test('keeps a layer from being sent when it says so, with its own words', async () => {
    const selection = new Telling();
    selection.told = { ...nothingTold, notes: [{ tone: 'blocked', sentence: 'The picture is missing. Place it again first.' }] };
    const made = await bench({ environmentKey: key, selection });
    await select(made.host, 'Cup');
    await send(made.panel, 'make it red');
    expect(made.model.requests).toHaveLength(0);
    expect(made.panel.state().run).toMatchObject({
      kind: 'failed',
      tone: 'neutral',
      button: null,
      explanation: { sentence: 'The picture is missing. Place it again first.' },
    });
    selection.told = nothingTold;
    await select(made.host, 'Desk');
    await send(made.panel, 'make it red');
    expect(made.model.requests).toHaveLength(1);
  });

  test('of one layer is not shown with the next while that is asked about', async () => {
    const selection = new Telling();
    selection.told = { ...nothingTold, sends: 'Picture fill' };
    const made = await bench({ environmentKey: key, selection });
    await select(made.host, 'Cup');
    const seen: string[] = [];
    made.panel.subscribe(() => {
      const { subject } = made.panel.state();
      if (subject.kind === 'selected' && subject.name === 'Desk') seen.push(subject.told.sends);
    });
    selection.told = { ...nothingTold, sends: 'As it looks' };
    await select(made.host, 'Desk');
    expect(new Set(seen)).toEqual(new Set(['', 'As it looks']));
  });
});

describe('an option of the host', () => {
  test('is chosen in the card and in the settings alike', async () => {
    const selection = new Telling();
    const made = await bench({ environmentKey: key, selection });
    await select(made.host, 'Cup');
    expect(made.panel.state().hostSettings[0].chosen).toBe('above');
    made.panel.actions.chooseOption('place', 'beside');
    await settled();
    expect(subjectOf(made).told.options[0].chosen).toBe('beside');
    expect(made.panel.state().hostSettings[0].chosen).toBe('beside');
  });

  test('that cannot be kept is told', async () => {
    const { panel } = await bench({ environmentKey: key, selection: new Telling() });
    panel.actions.chooseOption('place', 'nowhere');
    await settled();
    expect(panel.state().run).toMatchObject({ kind: 'failed', failed: 'settings' });
  });
});

describe('selected layers', () => {
  test('go along as references, in the roles that the host gives them', async () => {
    const made = await bench({ environmentKey: key, selection: new Telling() });
    await select(made.host, 'Cup');
    made.panel.actions.addSelectedReferences();
    await settled();
    expect(made.panel.state().references.items).toMatchObject([
      { name: 'Mood', role: 'style', width: 8, height: 6 },
      { name: 'Anna', role: 'character', width: 5, height: 5 },
    ]);
    await send(made.panel, 'make it red');
    expect(made.model.requests[0].pictures.map(({ role }) => role)).toEqual(['subject', 'style', 'character']);
  });

  test('become the region when the user says so', async () => {
    const selection = new Telling();
    const { panel } = await bench({ environmentKey: key, selection });
    panel.actions.useAsRegion();
    expect(selection.regions).toHaveLength(1);
  });
});

describe('how large a layer goes out', () => {
  test('is known before it is sent, and nothing goes out with the offline model', async () => {
    const { panel, host } = await bench({ environmentKey: key });
    expect(panel.state().model.sent).toBe(null);
    await select(host, 'Cup');
    expect(panel.state().model.sent).toEqual({ width: 20, height: 10 });
    panel.actions.chooseModel('offline');
    expect(panel.state().model.sent).toBe(null);
  });
});

test('without a network the panel knows it, and when it is back', async () => {
  let isOnline = false;
  let changed = (): void => {};
  const network: Network = {
    isOnline: () => isOnline,
    watch: (listen) => {
      changed = listen;
    },
  };
  const { panel } = await bench({ environmentKey: key, network });
  expect(panel.state().isOnline).toBe(false);
  isOnline = true;
  changed();
  expect(panel.state().isOnline).toBe(true);
});

test('a failure offers nothing that this host cannot do', async () => {
  const gone = { kind: 'no-such-layer', name: 'Cup', existing: [] } as const;
  const able = { toggle: true, undo: true, drawRegion: true, chooseFile: true, chooseLayer: true, copyTakes: true };
  expect(failureButton(gone, 'edit', able)).toBe('Choose a layer');
  expect(failureButton(gone, 'edit', { ...able, chooseLayer: false, copyTakes: true })).toBe(null);
  const damaged = { kind: 'damaged', name: 'a.png', why: 'it is empty' } as const;
  expect(failureButton(damaged, 'edit', { ...able, chooseFile: false })).toBe(null);
});
