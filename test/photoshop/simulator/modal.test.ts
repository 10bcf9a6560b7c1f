/** Behaviours 1 to 4 and 15 of the handbook's §14: the modal scope, collisions, cancelling, history, silent events. */
import { describe, expect, test } from 'vitest';
import { bench, type Loose, messageOf, smallPlan } from './support.ts';

const outside = (event: string): string =>
  `Event: ${event} may modify the state of Photoshop. Such events are only allowed from inside a modal scope`;
const readOutside = 'The requested functionality is only allowed from inside a modal scope.';

const numberOf = async (work: () => unknown): Promise<number | undefined> => {
  try {
    await work();
  } catch (cause) {
    return (cause as Loose).number;
  }
  return undefined;
};

describe('outside a modal scope', () => {
  test('writes are refused with number 1000, through batchPlay, the DOM and imaging', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    const layer = ps.app.activeDocument.layers[0];
    const before = ps.inspect.document().state;
    const hide = { _obj: 'hide', _target: [{ _ref: 'layer', _id: layer.id }] };
    expect(await messageOf(() => ps.action.batchPlay([hide], {}))).toBe(outside('hide'));
    expect(await numberOf(() => ps.action.batchPlay([hide], {}))).toBe(1000);
    expect(
      await messageOf(() => {
        layer.name = 'other';
      }),
    ).toBe(outside('set'));
    expect(await messageOf(() => ps.app.activeDocument.createPixelLayer())).toBe(outside('make'));
    expect(await messageOf(() => ps.imaging.putPixels({ layerID: layer.id }))).toBe(outside('set'));
    expect(ps.inspect.document().state).toBe(before);
  });

  test('pixels and history cannot be read on 27.9, and can be before', async () => {
    const now = bench();
    now.user.open(smallPlan());
    expect(await messageOf(() => now.imaging.getPixels({}))).toBe(readOutside);
    expect(await messageOf(() => now.app.activeDocument.activeHistoryState)).toBe(readOutside);
    const older = bench({ version: '26.5.0' });
    older.user.open(smallPlan());
    const { imageData } = await older.imaging.getPixels({});
    imageData.dispose();
    expect(older.app.activeDocument.activeHistoryState.name).toBe('Open');
    older.assertClean();
  });

  test('names, bounds and batchPlay get are free', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    expect(ps.app.activeDocument.layers.map(({ name }: Loose) => name)).toEqual(['note', 'portrait', 'Background']);
    const [answer] = await ps.action.batchPlay(
      [{ _obj: 'get', _target: [{ _property: 'title' }, { _ref: 'document', _enum: 'ordinal' }] }],
      {},
    );
    expect(answer).toEqual({ title: 'small.psd' });
  });

  test('work that escaped a missing await is outside once the scope has ended', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    let escaped: Promise<string> | null = null;
    let goOn = (): void => {};
    await ps.modal(async () => {
      escaped = (async () => {
        await new Promise<void>((resolve) => (goOn = resolve));
        return messageOf(() => ps.imaging.getPixels({}));
      })();
    });
    goOn();
    expect(await escaped).toBe(readOutside);
  });

  test('so is work of another flow while the scope is held', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    let free = (): void => {};
    const running = ps.modal(() => new Promise<void>((resolve) => (free = resolve)));
    expect(await messageOf(() => ps.app.activeDocument.createPixelLayer())).toBe(outside('make'));
    free();
    await running;
  });
});

describe('a collision', () => {
  test('waits for timeOut, then fails with number 9 and the plug-in’s name', async () => {
    const ps = bench();
    const release = ps.user.holdModal();
    let hasBegun = false;
    const enter = (): Promise<void> => ps.core.executeAsModal(async () => void (hasBegun = true), { commandName: 'Retake', timeOut: 2 });
    expect(await messageOf(enter)).toBe('Plugin: com.adobe.testPlugin is running a modal command');
    expect(await numberOf(enter)).toBe(9);
    expect(hasBegun).toBe(false);
    release();
    await enter();
    expect(hasBegun).toBe(true);
  });

  test('is told in other words before 25.10, at once', async () => {
    const ps = bench({ version: '25.9.0' });
    ps.user.holdModal();
    expect(await messageOf(() => ps.modal(() => 1))).toBe('host is in a modal state');
    expect(await numberOf(() => ps.modal(() => 1))).toBe(9);
  });

  test('does not happen when the other one ends in time', async () => {
    let waits = 0;
    const ps = bench({ clock: { now: () => 0, wait: () => new Promise(() => waits++) } });
    const release = ps.user.holdModal();
    const entering = ps.modal(() => 'in');
    await expect.poll(() => waits).toBe(1);
    release();
    expect(await entering).toBe('in');
  });

  test('two flows of one plug-in collide as well; a nested call shares the scope', async () => {
    const ps = bench();
    let free = (): void => {};
    const first = ps.modal(() => new Promise<void>((resolve) => (free = resolve)));
    expect(await messageOf(() => ps.core.executeAsModal(async () => 1, { commandName: 'Second', timeOut: 0.1 }))).toBe(
      'Plugin: retake.photoshop is running a modal command',
    );
    free();
    await first;
    expect(await ps.modal((outer) => ps.modal((inner) => inner === outer))).toBe(true);
  });
});

describe('Escape', () => {
  test('tells the plug-in, fails its next call, and goes on failing when that is swallowed', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    const reasons: string[] = [];
    const seen = await ps.modal(async (context) => {
      context.onCancel = ({ reason }: { reason: string }) => reasons.push(reason);
      ps.user.pressEscape();
      const first = await messageOf(() => ps.action.batchPlay([{ _obj: 'flattenImage' }], {}));
      const second = await messageOf(() => ps.app.activeDocument.createPixelLayer());
      return { isCancelled: context.isCancelled, first, second };
    });
    expect(seen).toEqual({ isCancelled: true, first: 'User cancelled the operation', second: 'User cancelled the operation' });
    expect(reasons).toHaveLength(1);
    expect(ps.inspect.history()).toEqual(['Open']);
  });

  test('context properties do not enumerate', async () => {
    const ps = bench();
    expect(await ps.modal((context) => Object.keys({ ...context }))).toEqual([]);
    expect(await ps.modal((context) => typeof context.hostControl.suspendHistory)).toBe('function');
  });
});

describe('the progress bar', () => {
  test('comes up with a report, or after two seconds, and is told what was reported', async () => {
    const ps = bench();
    const run = (commandName: string, work: (context: Loose) => unknown): Promise<void> =>
      ps.core.executeAsModal(async (context: Loose) => work(context), { commandName });
    await run('short', () => {});
    await run('told', (context) => context.reportProgress({ value: 0.5, commandName: 'Placing' }));
    await run('long', () => ps.clock.wait(2500));
    expect(ps.inspect.barsShown).toEqual(['told', 'long']);
    expect(ps.inspect.progress).toEqual([{ value: 0.5, commandName: 'Placing' }]);
  });
});

describe('history', () => {
  const suspended = (ps: ReturnType<typeof bench>, work: (context: Loose) => Promise<void>): Promise<void> =>
    ps.modal(async (context) => {
      await context.hostControl.suspendHistory({ documentID: ps.app.activeDocument.id, name: 'Retake edit' });
      await work(context);
    });

  test('is one state of the given name, and undo restores identical bytes', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    const before = ps.inspect.document().state;
    await suspended(ps, async () => {
      const group = await ps.app.activeDocument.createLayerGroup({ name: 'remove the hat' });
      const layer = await ps.app.activeDocument.createPixelLayer({ name: 'change' });
      layer.move(group, 'placeInside');
      layer.opacity = 50;
    });
    expect(ps.inspect.history()).toEqual(['Open', 'Retake edit']);
    expect(ps.inspect.tree()[0]).toMatchObject({ name: 'remove the hat', children: [{ name: 'change' }] });
    const after = ps.inspect.document().state;
    ps.user.undo();
    expect(ps.inspect.document().state).toBe(before);
    ps.user.redo();
    expect(ps.inspect.document().state).toBe(after);
  });

  test('a throw rolls back, and commit=false too', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    const before = ps.inspect.document().state;
    const failing = suspended(ps, async () => {
      await ps.app.activeDocument.createPixelLayer();
      throw new Error('no more');
    });
    expect(await messageOf(() => failing)).toBe('no more');
    expect(ps.inspect.document().state).toBe(before);
    await ps.modal(async ({ hostControl }) => {
      const suspension = await hostControl.suspendHistory({ documentID: ps.app.activeDocument.id, name: 'Retake edit' });
      await ps.app.activeDocument.createPixelLayer();
      await hostControl.resumeHistory(suspension, false);
    });
    expect(ps.inspect.document().state).toBe(before);
    expect(ps.inspect.history()).toEqual(['Open']);
    ps.assertClean();
  });

  test('without a change there is no state; finalName renames it', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    await suspended(ps, async () => {});
    expect(ps.inspect.history()).toEqual(['Open']);
    await ps.modal(async ({ hostControl }) => {
      const suspension = await hostControl.suspendHistory({ documentID: ps.app.activeDocument.id, name: 'Retake edit' });
      suspension.finalName = 'Remove the hat';
      await ps.app.activeDocument.createPixelLayer();
      await hostControl.resumeHistory(suspension);
    });
    expect(ps.inspect.history()).toEqual(['Open', 'Remove the hat']);
  });

  test('while an Action owns it the id is 4294967295, and committing throws', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    ps.user.playAction(true);
    await ps.modal(async ({ hostControl }) => {
      const suspension = await hostControl.suspendHistory({ documentID: ps.app.activeDocument.id, name: 'Retake edit' });
      expect(suspension.historySuspensionID).toBe(4294967295);
      expect(await messageOf(() => hostControl.resumeHistory(suspension))).toBe('The history is suspended by an action');
    });
  });

  test('keeps fifty states besides the present one; what was changed is not saved', () => {
    const ps = bench();
    ps.user.open(smallPlan());
    expect(ps.app.activeDocument.saved).toBe(true);
    for (let i = 0; i < 60; i++) ps.user.paint('portrait', { x: 0, y: 0, width: 1, height: 1 }, [i, 0, 0]);
    expect(ps.app.activeDocument.saved).toBe(false);
    let steps = 0;
    while (ps.user.undo()) steps++;
    expect(steps).toBe(50);
  });

  test('Document.suspendHistory does the same for the DOM', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    await ps.modal(() => ps.app.activeDocument.suspendHistory(({ document }: Loose) => document.createPixelLayer(), 'By the DOM'));
    expect(ps.inspect.history()).toEqual(['Open', 'By the DOM']);
  });

  test('a state is gone to by the DOM and by batchPlay, and not while the history is suspended', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    const [opened] = await ps.modal(() => ps.app.activeDocument.historyStates);
    ps.user.rename('portrait', 'one');
    ps.user.rename('one', 'two');
    await ps.play({ _obj: 'select', _target: [{ _ref: 'historyState', _enum: 'ordinal', _value: 'previous' }] });
    expect(ps.inspect.tree()[1].name).toBe('one');
    await ps.modal(() => {
      ps.app.activeDocument.activeHistoryState = opened;
    });
    expect(ps.inspect.tree()[1].name).toBe('portrait');
    expect(ps.inspect.history()).toHaveLength(3);
    await suspended(ps, async () => {
      expect(
        await messageOf(() => {
          ps.app.activeDocument.activeHistoryState = opened;
        }),
      ).toContain('not available');
    });
  });

  test('Escape within a suspended history rolls it back, when the plug-in lets the exception go', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    const before = ps.inspect.document().state;
    const escaping = suspended(ps, async () => {
      await ps.app.activeDocument.createPixelLayer();
      ps.user.pressEscape();
      await ps.app.activeDocument.createPixelLayer();
    });
    expect(await messageOf(() => escaping)).toBe('User cancelled the operation');
    expect(ps.inspect.document().state).toBe(before);
    ps.assertClean();
  });

  test('documents registered for it close with the scope', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    await ps.modal(async ({ hostControl }) => {
      const scratch = await ps.app.createDocument({ width: 10, height: 10, fill: 'transparent' });
      await hostControl.registerAutoCloseDocument(scratch.id);
    });
    expect(ps.inspect.documents.map(({ title }) => title)).toEqual(['small.psd']);
  });
});

describe('events', () => {
  test('reach a listener after what the user does, are silent while modal and on a script’s switch of documents', async () => {
    const ps = bench();
    const heard: string[] = [];
    const events = ['select', 'make', 'set', 'delete', 'open', 'close', 'historyStateChanged'];
    await ps.action.addNotificationListener(events, (event: string) => heard.push(event));
    const first = ps.user.open(smallPlan());
    ps.user.open(smallPlan({ title: 'second.psd' }));
    ps.user.selectLayers('portrait');
    await Promise.resolve();
    expect(heard).toEqual(['open', 'open', 'select']);
    await ps.modal(async () => {
      await ps.action.batchPlay([{ _obj: 'make', _target: [{ _ref: 'layer' }] }], {});
      ps.app.activeDocument = ps.app.documents.find(({ id }: Loose) => id === first);
    });
    await Promise.resolve();
    expect(heard).toHaveLength(3);
    expect(ps.app.activeDocument.id).toBe(first);
    expect(ps.inspect.events.map(({ event }) => event).slice(-2)).toEqual(['modalJavaScriptScopeEnter', 'modalJavaScriptScopeExit']);
  });
});

test('the user can do nothing but cancel while something is modal', async () => {
  const ps = bench();
  ps.user.open(smallPlan());
  await ps.modal(async () => {
    expect(await messageOf(() => ps.user.flatten())).toBe('the user cannot do that while Photoshop is modal');
  });
});
