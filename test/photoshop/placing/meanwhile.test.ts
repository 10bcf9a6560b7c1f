/** What may have happened before or while a take is placed: it lies whole in its document, or nothing of it is anywhere. */
import { describe, expect, it } from 'vitest';
import { explain } from '../../../shared/core/failure.ts';
import { ok } from '../../../shared/core/result.ts';
import { patternPixels, plainPixels } from '../../contracts/memoryHost.ts';
import { breath } from '../handClock.ts';
import { answerOf, interpose, never, type OpenHost, openHost, place, putAsk, refOf } from '../openHost.ts';
import type { PhotoshopPlan } from '../simulator/index.ts';

const extent = { width: 64, height: 48 };
const plan = (more: Partial<PhotoshopPlan> = {}): PhotoshopPlan => ({
  title: 'Model.psd',
  extent,
  layers: [
    { name: 'photo', pixels: patternPixels(40, 30, 3), at: { x: 8, y: 5 } },
    { name: 'Background', pixels: patternPixels(64, 48, 1), background: true },
  ],
  ...more,
});
const names = ({ ps, documentId }: OpenHost): readonly string[] => ps.inspect.tree(documentId).map(({ name }) => name);

describe('while the model worked', () => {
  it('the user went to another document: the take goes where it belongs, and the user stays there', async () => {
    const open = openHost(plan());
    const source = await refOf(open.host, 'photo');
    const other = open.ps.user.open(plan({ title: 'other' }));
    answerOf(await place(open.host, putAsk(source, { canvas: extent })));
    expect(names(open)).toEqual(['make the jacket red', 'photo', 'Background']);
    expect(open.ps.inspect.tree(other).map(({ name }) => name)).toEqual(['photo', 'Background']);
    expect(open.ps.inspect.document().id).toBe(other);
  });

  it('the source was deleted, or the document flattened: on top, and says so', async () => {
    for (const change of ['delete', 'flatten'] as const) {
      const open = openHost(plan());
      const source = await refOf(open.host, 'photo');
      if (change === 'delete') open.ps.user.deleteLayers('photo');
      else open.ps.user.flatten();
      answerOf(await place(open.host, putAsk(source, { canvas: extent })));
      expect(names(open)).toEqual(['make the jacket red', 'Background']);
      expect(open.host.stepNotes?.()).toEqual(['The layer that the take was made from is gone; it was placed on top.']);
    }
  });

  it('the document was converted: placed, as its mode and depth have it', async () => {
    for (const to of [{ mode: 'CMYK' }, { mode: 'Grayscale' }, { mode: 'Lab' }, { depth: 16 }] as const) {
      const open = openHost(plan());
      const source = await refOf(open.host, 'photo');
      open.ps.user.convert(to);
      answerOf(await place(open.host, putAsk(source, { canvas: extent })));
      expect(names(open)).toEqual(['make the jacket red', 'photo', 'Background']);
    }
  });

  it.each([
    [
      'resized',
      ({ ps }: OpenHost) => ps.user.resize(32, 24),
      'host',
      /was 64 × 48 px .* is 32 × 24 px now\. Undo that .*its picture is kept/,
    ],
    ['cropped', ({ ps }: OpenHost) => ps.user.crop({ x: 4, y: 4, width: 20, height: 20 }), 'host', /is 20 × 20 px now/],
    ['in Quick Mask mode', ({ ps }: OpenHost) => ps.user.setQuickMask(true), 'unsupported', /Press Q/],
    ['converted to Indexed Color', ({ ps }: OpenHost) => ps.user.convert({ mode: 'Indexed' }), 'unsupported', /RGB Color/],
    [
      'closed',
      ({ ps }: OpenHost) => {
        ps.user.open(plan({ title: 'other' }));
        ps.user.close(ps.inspect.documents[0].id);
      },
      'no-document',
      /Open/,
    ],
  ] as const)('the document was %s: nothing is placed, and why is told', async (_, change, kind, sentence) => {
    const open = openHost(plan());
    const source = await refOf(open.host, 'photo');
    change(open);
    const before = open.ps.inspect.documents.map(({ state }) => state);
    const answer = await place(open.host, putAsk(source, { canvas: extent }));
    expect(answer).toMatchObject({ ok: false, error: { kind } });
    if (!answer.ok) expect(explain(answer.error).sentence).toMatch(sentence);
    expect(open.ps.inspect.documents.map(({ state }) => state)).toEqual(before);
  });
});

const bounds = { x: 10, y: 7, width: 12, height: 9 };
const whole = {
  pixels: plainPixels(12, 9, [40, 160, 60, 255]),
  bounds,
  mask: { bounds, data: new Uint8ClampedArray(108).fill(200) },
  answer: { pixels: patternPixels(20, 15, 8), bounds: { x: 8, y: 5, width: 20, height: 15 }, name: 'Full answer' },
};

describe.each([
  ['RGB', {}, 'pixels'],
  ['16 bits as a smart object', { depth: 16, ppi: 300 }, 'smart-object'],
  ['CMYK', { mode: 'CMYK' }, 'pixels'],
] as const)('at every point of placing (%s)', (_, document, placeAs) => {
  const opened = async () => {
    const open = openHost(plan(document), { placeAs: () => placeAs });
    const source = await refOf(open.host, 'photo');
    const { state, saved } = open.ps.inspect.document();
    const isKept = (): void => {
      expect(open.ps.inspect.document().id).toBe(open.documentId);
      expect(open.ps.inspect.document().state).toBe(state);
      expect(open.ps.inspect.document().saved).toBe(saved);
      expect(open.ps.inspect.history()).toEqual(['Open']);
      expect(open.ps.disk.list('/plugin-temp')).toEqual([]);
      expect(open.ps.inspect.undisposed).toBe(0);
    };
    return { open, isKept, put: () => place(open.host, putAsk(source, whole)) };
  };

  it('Escape leaves nothing behind', async () => {
    let cancelled = 0;
    for (let at = 1; ; at++) {
      const { open, isKept, put } = await opened();
      const count = interpose(open, (call) => {
        if (call === at) open.ps.user.pressEscape();
      });
      const answer = await put();
      if (count() < at) break;
      expect(answer).toEqual({ ok: false, error: { kind: 'cancelled' } });
      isKept();
      cancelled++;
    }
    expect(cancelled).toBeGreaterThan(10);
  });

  it('a failure leaves nothing behind, or a whole take', async () => {
    let failed = 0;
    for (let at = 1; ; at++) {
      const { open, isKept, put } = await opened();
      const count = interpose(open, (call) => {
        if (call === at)
          throw Object.assign(new Error('Could not complete the command because the scratch disks are full.'), { number: -1 });
      });
      const answer = await put();
      if (count() < at) break;
      if (answer.ok) {
        expect(names(open)).toEqual(['make the jacket red', 'photo', 'Background']);
        expect(open.ps.inspect.history().length).toBe(2);
      } else {
        expect(answer).toMatchObject({ error: { kind: 'write-failed', why: 'disk-full', path: 'Model.psd' } });
        isKept();
        failed++;
      }
    }
    expect(failed).toBeGreaterThan(3);
  });
});

it('Escape while the step is being committed comes too late: the take is there, and told', async () => {
  const open = openHost(plan());
  const { core } = open.ps.modules.photoshop;
  const { executeAsModal } = core;
  // biome-ignore lint/suspicious/noExplicitAny: a context whose commit is met by Escape
  const escaping = (context: any) => ({
    get isCancelled() {
      return context.isCancelled;
    },
    set onCancel(listen: unknown) {
      context.onCancel = listen;
    },
    reportProgress: context.reportProgress,
    hostControl: {
      ...context.hostControl,
      resumeHistory: async (suspension: unknown, commit: boolean) => {
        await context.hostControl.resumeHistory(suspension, commit);
        open.ps.user.pressEscape();
      },
    },
  });
  (core as { executeAsModal: unknown }).executeAsModal = (target: (context: unknown) => Promise<unknown>, options: never) =>
    executeAsModal((context: unknown) => target(escaping(context)) as never, options);
  answerOf(await place(open.host, putAsk('visible')));
  expect(names(open)).toEqual(['make the jacket red', 'photo', 'Background']);
  expect(open.ps.inspect.history()).toEqual(['Open', 'Retake: make the jacket red']);
});

describe('an Action that plays owns the history', () => {
  it('a take is placed, and is the Action’s to undo', async () => {
    const open = openHost(plan());
    open.ps.user.playAction(true);
    answerOf(await place(open.host, putAsk('visible')));
    expect(names(open)).toEqual(['make the jacket red', 'photo', 'Background']);
  });

  it('a take that fails is taken back by hand', async () => {
    const open = openHost(plan());
    open.ps.user.playAction(true);
    const answer = await open.host.step('Retake', never, async (step) => {
      await step.placePixels(putAsk('visible'));
      return { ok: false, error: { kind: 'host', operation: 'test', message: 'no' } } as const;
    });
    expect(answer.ok).toBe(false);
    expect(names(open)).toEqual(['photo', 'Background']);
  });
});

describe('steps', () => {
  it('that change nothing leave no history state', async () => {
    const { host, ps } = openHost(plan());
    answerOf(await host.step('Retake', never, async () => ok(1)));
    expect(ps.inspect.history()).toEqual(['Open']);
  });

  it('refuse to remove the only layer, or a locked one, with Photoshop’s words', async () => {
    const { host, ps } = openHost({ ...plan(), layers: [{ name: 'only', locked: true, pixels: plainPixels(3, 3, [1, 1, 1, 255]) }] });
    const only = await refOf(host, 'only');
    const answer = await host.step('Retake', never, (step) => step.removeLayer(only));
    expect(answer).toMatchObject({ ok: false, error: { kind: 'host', message: expect.stringMatching(/not currently available/) } });
    expect(ps.inspect.history()).toEqual(['Open']);
  });

  it('are told to watchers, although Photoshop is silent while modal', async () => {
    const { host } = openHost(plan());
    let told = 0;
    const stop = host.watch(() => told++);
    answerOf(await place(host, putAsk('visible')));
    await breath();
    expect(told).toBe(1);
    stop();
  });
});
