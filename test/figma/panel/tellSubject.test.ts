/** What the card says of a selection in Figma, and what it leaves to the user. */
import { describe, expect, test } from 'vitest';
import type { FigmaPanelHost, FigmaSubject, PinnedHost } from '../../../figma-plugin/ui/panelHost.ts';
import { pinnedRuns } from '../../../figma-plugin/ui/pinnedRuns.ts';
import { createSelectionActions } from '../../../figma-plugin/ui/selectionActions.ts';
import { type Placement, placementFor, tellSubject } from '../../../figma-plugin/ui/tellSubject.ts';
import type { Caveat } from '../../../figma-plugin/wire/hostCalls.ts';
import { neverAborted } from '../../../shared/core/abort.ts';
import type { EditAsk, EditPorts } from '../../../shared/core/edit/types.ts';
import type { Failure } from '../../../shared/core/failure.ts';
import type { Host } from '../../../shared/core/host.ts';
import { createMemoryStore } from '../../../shared/core/memoryStore.ts';
import { rectangleMask } from '../../../shared/core/pixels.ts';
import { err, ok, type Result } from '../../../shared/core/result.ts';
import type { PanelPorts } from '../../../shared/panel/ports.ts';
import { MemorySettings } from '../../page/panelBench.ts';
import { nodeDetail as node } from '../nodeDetail.ts';

const subject = (more: Partial<FigmaSubject> = {}): FigmaSubject => ({
  nodes: [node()],
  as: 'rendered',
  canBe: ['rendered'],
  extent: { width: 200, height: 160 },
  bounds: { x: 0, y: 0, width: 200, height: 160 },
  region: null,
  regionFrom: null,
  document: { id: 'f', title: 'File', page: { id: '0:1', name: 'Page 1' }, profile: 'SRGB', isReadOnly: false },
  ...more,
});

const choicesOf = (of: FigmaSubject, wanted: Placement, id: string) => {
  const option = tellSubject(of, wanted).options.find((each) => each.id === id);
  return option === undefined ? null : { choices: option.choices.map((choice) => choice.id), chosen: option.chosen };
};

describe('what is sent', () => {
  test('is a picture fill, the layer as it looks, or several together', () => {
    expect(tellSubject(subject({ as: 'image', canBe: ['image', 'rendered'] }), 'above').sends).toBe('Picture fill');
    expect(tellSubject(subject(), 'above').sends).toBe('As it looks');
    expect(tellSubject(subject({ nodes: [node(), node(), node()] }), 'above')).toMatchObject({
      sends: '3 layers, as they look',
      referenceCount: 3,
    });
    expect(tellSubject(null, 'above')).toMatchObject({ sends: '', options: [], referenceCount: 0 });
  });

  test('is the user’s choice where there is one', () => {
    expect(choicesOf(subject({ as: 'image', canBe: ['image', 'rendered'] }), 'above', 'as')).toEqual({
      choices: ['image', 'rendered'],
      chosen: 'image',
    });
    expect(choicesOf(subject(), 'above', 'as')).toBe(null);
  });
});

describe('a take goes into a fill', () => {
  test.each<[string, Partial<FigmaSubject>, boolean]>([
    ['of a rectangle', {}, true],
    ['of a frame with a picture', { nodes: [node({ type: 'FRAME' })], as: 'image' }, true],
    ['not of a frame as it looks, whose children would lie on it', { nodes: [node({ type: 'FRAME' })] }, false],
    ['not of a group, which has none', { nodes: [node({ type: 'GROUP' })] }, false],
    ['not of a text, whose letters would be filled', { nodes: [node({ type: 'TEXT' })] }, false],
    ['not of a locked layer, which is never written to', { nodes: [node({ locked: true })], as: 'image' }, false],
    ['not of several layers', { nodes: [node(), node()] }, false],
  ])('%s', (_what, more, takesFill) => {
    expect(choicesOf(subject(more), 'fill', 'place')).toEqual(
      takesFill ? { choices: ['above', 'beside', 'fill'], chosen: 'fill' } : { choices: ['above', 'beside'], chosen: 'above' },
    );
  });
});

describe('a take goes into the flow', () => {
  test('of one layer that auto layout places, as a choice of its own', () => {
    expect(choicesOf(subject({ nodes: [node({ isInFlow: true })] }), 'flow', 'place')).toEqual({
      choices: ['above', 'beside', 'fill', 'flow'],
      chosen: 'flow',
    });
    const text = node({ isInFlow: true, type: 'TEXT' });
    expect(choicesOf(subject({ nodes: [text] }), 'above', 'place')).toEqual({ choices: ['above', 'beside', 'flow'], chosen: 'above' });
  });

  test('not of what nothing lays out, nor of several together', () => {
    for (const nodes of [[node()], [node({ isInFlow: true }), node({ isInFlow: true })]])
      expect(choicesOf(subject({ nodes }), 'flow', 'place')?.choices).not.toContain('flow');
  });

  test('and else where takes usually go', () => {
    expect(placementFor(subject(), 'flow', 'beside')).toBe('beside');
    expect(placementFor(subject({ nodes: [node({ locked: true })] }), 'flow', 'fill')).toBe('above');
  });
});

describe('the notes', () => {
  const notesFor = (caveats: readonly Caveat[], more: Partial<FigmaSubject> = {}) =>
    tellSubject(subject({ nodes: [node({ caveats })], ...more }), 'above').notes;

  test('have one sentence for each thing that matters, the weightier first', () => {
    const all: readonly Caveat[] = [
      ...(['instance', 'cropped', 'filtered', 'wide-gamut', 'hidden', 'locked'] as const),
      ...(['too-small', 'see-through', 'see-through-fill', 'too-large', 'tiled', 'mixed-fills', 'animated', 'missing-picture'] as const),
    ];
    const notes = notesFor(all, { as: 'image' });
    expect(notes).toHaveLength(all.length);
    expect(new Set(notes.map(({ sentence }) => sentence)).size).toBe(all.length);
    const tones = notes.map(({ tone }) => tone);
    expect(tones).toEqual([...tones].sort((a, b) => Number(a === 'info') - Number(b === 'info')));
  });

  test('of an instance say what becomes of the take where it goes', () => {
    const inside = subject({ nodes: [node({ caveats: ['instance'], isInFlow: true })] });
    const said = (['above', 'beside', 'fill', 'flow'] as const).map((at) => tellSubject(inside, at).notes[0].sentence);
    expect(new Set(said).size).toBe(4);
    expect(said[3]).toContain('right after');
  });

  test('of a see-through layer say where its old picture shows through, and where it does not', () => {
    const said = (caveat: Caveat, at: Placement, more = {}): readonly string[] =>
      tellSubject(subject({ nodes: [node({ caveats: [caveat], isInFlow: true, ...more })] }), at).notes.map(({ sentence }) => sentence);
    expect(said('see-through', 'above')).toEqual([
      'See-through: the old picture would show through a take above it. As a fill, the take is exact.',
    ]);
    // A group takes no fill.
    expect(said('see-through', 'above', { type: 'GROUP' })).toEqual(['See-through: the old picture will show through a take above it.']);
    for (const at of ['beside', 'fill', 'flow'] as const) expect(said('see-through', at)).toEqual([]);
    for (const at of ['above', 'fill'] as const) expect(said('see-through-fill', at)).toHaveLength(1);
    for (const at of ['beside', 'flow'] as const) expect(said('see-through-fill', at)).toEqual([]);
  });

  test('do not repeat what several layers share', () => {
    const nodes = [node({ caveats: ['wide-gamut'] }), node({ caveats: ['wide-gamut', 'hidden'] })];
    expect(tellSubject(subject({ nodes }), 'above').notes).toHaveLength(2);
  });

  test('say nothing of a crop that is in the picture anyway', () => {
    expect(notesFor(['cropped'])).toEqual([]);
    expect(notesFor(['cropped'], { as: 'image' })).toHaveLength(1);
  });

  test('forbid what cannot be done: a file that may only be viewed, a layer without an area', () => {
    const { document } = subject();
    expect(notesFor([], { document: { ...document, isReadOnly: true } })).toMatchObject([{ tone: 'blocked' }]);
    expect(notesFor([], { bounds: { x: 0, y: 0, width: 0, height: 160 } })).toMatchObject([{ tone: 'blocked' }]);
  });
});

/** A host that remembers what it was asked. */
function remembering(now: Result<FigmaSubject | null, Failure>) {
  const did: string[] = [];
  const host = {
    subject: async () => now,
    readAs: (as: string) => did.push(`read as ${as}`),
    placeAt: (at: string) => did.push(`place ${at}`),
    setRegion: (shape: string | null) => did.push(`region ${shape}`),
  } as unknown as FigmaPanelHost;
  return { did, host };
}

describe('what the user chooses', () => {
  test('is followed at once; where takes usually go is remembered', async () => {
    const settings = new MemorySettings();
    const { did, host } = remembering(ok(subject({ regionFrom: { id: '1:9', name: 'Ellipse' } })));
    const actions = createSelectionActions(host, settings);
    await actions.load();
    await actions.describe({ of: '1:2', region: null }, neverAborted);
    await actions.choose('as', 'rendered');
    await actions.choose('place', 'beside');
    expect(settings.entries.size).toBe(0);
    await actions.describe({ of: '1:2', region: null }, neverAborted);
    actions.useAsRegion();
    await actions.choose('usual-place', 'fill');
    expect(did).toEqual(['place above', 'read as rendered', 'place beside', 'region 1:9']);

    const later = createSelectionActions(host, settings);
    await later.load();
    expect(later.settings()[0].chosen).toBe('fill');
    const told = await later.describe({ of: '1:2', region: null }, neverAborted);
    expect(told.options.find(({ id }) => id === 'place')?.chosen).toBe('fill');
  });

  test('to push aside what lies around is never the usual place', async () => {
    const settings = new MemorySettings();
    const { did, host } = remembering(ok(subject({ nodes: [node({ isInFlow: true })] })));
    const actions = createSelectionActions(host, settings);
    expect(actions.settings()[0].choices.map(({ id }) => id)).toEqual(['above', 'beside', 'fill']);
    await actions.choose('usual-place', 'beside');
    await actions.choose('usual-place', 'flow');
    expect([actions.settings()[0].chosen, settings.entries.get('figma.placement')]).toEqual(['beside', 'beside']);
    await actions.choose('place', 'flow');
    const told = await actions.describe({ of: '1:2', region: null }, neverAborted);
    expect(told.options.find(({ id }) => id === 'place')?.chosen).toBe('flow');
    expect(did).toEqual(['place flow']);
  });

  test.each(['', 'nowhere', 'constructor', 'flow'])('“%s” as a stored place is the usual one', async (stored) => {
    const settings = new MemorySettings();
    settings.entries.set('figma.placement', stored);
    const actions = createSelectionActions(remembering(ok(null)).host, settings);
    await actions.load();
    expect(actions.settings()[0].chosen).toBe('above');
    await actions.choose('place', stored);
    expect(actions.settings()[0].chosen).toBe('above');
  });

  test('a selection that cannot be read is told by the panel, not by the card', async () => {
    const { host } = remembering(err({ kind: 'host', operation: 'Reading', message: 'no' }));
    const told = await createSelectionActions(host, new MemorySettings()).describe({ of: null, region: null }, neverAborted);
    expect(told).toMatchObject({ notes: [], options: [] });
  });
});

describe('a run', () => {
  const ownRegion = rectangleMask({ x: 1, y: 2, width: 3, height: 4 });
  const pinnedHost = { name: 'pinned', selection: async () => ok({ of: '1:2', region: ownRegion }) } as unknown as Host;
  function pinning(pin: Result<null, Failure> = ok(null)) {
    const did: string[] = [];
    const made: PinnedHost = {
      host: pinnedHost,
      async showPlaceholder(name) {
        did.push(`show ${name}`);
      },
      async dropPlaceholder() {
        did.push('drop');
      },
    };
    const walks = {
      async editLayer({ host }: EditPorts, { region }: EditAsk) {
        did.push(`edit on ${host.name}${region === ownRegion ? ' in its region' : ''}`);
        return err({ kind: 'cancelled' });
      },
      async placeKept({ host }: Pick<EditPorts, 'host'>) {
        did.push(`place on ${host.name}`);
        return err({ kind: 'cancelled' });
      },
    } as unknown as Pick<PanelPorts, 'editLayer' | 'placeKept'>;
    const runs = pinnedRuns(
      {
        async pin(of) {
          did.push(`pin ${of}`);
          return pin.ok ? ok(made) : pin;
        },
      },
      walks,
    );
    return { did, runs };
  }
  const ports = { host: { name: 'live' } as Host, store: createMemoryStore() } as unknown as EditPorts;
  const ask = { of: '1:2', instruction: 'make it red', region: rectangleMask({ x: 9, y: 9, width: 9, height: 9 }) } as EditAsk;

  test('stays with its layer, and its placeholder goes when it has ended, however it ended', async () => {
    const { did, runs } = pinning();
    expect(await runs.editLayer(ports, ask, neverAborted, () => {})).toMatchObject({ ok: false, error: { kind: 'cancelled' } });
    expect(did).toEqual(['pin 1:2', 'show make it red', 'edit on pinned in its region', 'drop']);
  });

  test('on a layer that is gone ends before anything is shown', async () => {
    const { did, runs } = pinning(err({ kind: 'no-such-layer', name: 'Hero', existing: [] }));
    expect(await runs.editLayer(ports, ask, neverAborted, () => {})).toMatchObject({ error: { kind: 'no-such-layer' } });
    expect(did).toEqual(['pin 1:2']);
  });

  test('that places a take which is not known is left to say so itself', async () => {
    const { did, runs } = pinning();
    await runs.placeKept(ports, { take: 'nothing' }, neverAborted);
    expect(did).toEqual(['place on live']);
  });
});
