/** What is around the document: data, storage, messages, events, notifications, quick actions, the end of a run. */
import { describe, expect, test } from 'vitest';
import { createFigmaFile, figmaRef, HostRef, mixed } from './index.ts';
import { fileWith, got, made } from './kit.ts';

// biome-ignore lint/suspicious/noExplicitAny: what the types would not let through
type Loose = any;

describe('plugin data', () => {
  test('holds 100 kB an entry in UTF-8, plug-in identifier and key included', async () => {
    const { node } = await fileWith((figma) => figma.createRectangle());
    const words = 'in setPluginData: This pluginData entry exceeds 100 kB per entry limit.';
    const room = 100_000 - '1000000000000000001'.length - 'key'.length;
    node.setPluginData('key', 'x'.repeat(room));
    expect(() => node.setPluginData('key', 'x'.repeat(room + 1))).toThrow(words);
    expect(() => node.setPluginData('key', '€'.repeat(40_000))).toThrow(words);
    expect(node.getPluginData('key')).toHaveLength(room);
    expect(() => node.setSharedPluginData('retake', 'key', 'x'.repeat(100_000))).toThrow('exceeds 100 kB per entry limit');
  });

  test('takes strings only, and an empty one deletes', async () => {
    const { node } = await fileWith((figma) => figma.createRectangle());
    expect(() => node.setPluginData('key', 5 as Loose)).toThrow(
      'in setPluginData: Expected "value" to have type string but got number instead',
    );
    node.setSharedPluginData('retake', 'a', '1');
    node.setSharedPluginData('retake', 'b', '2');
    node.setSharedPluginData('retake', 'a', '');
    expect(node.getSharedPluginDataKeys('retake')).toEqual(['b']);
    expect(node.getSharedPluginData('retake', 'a')).toBe('');
    expect(() => node.setSharedPluginData('rt', 'a', '1')).toThrow(
      'in setSharedPluginData: The namespace must be at least 3 alphanumeric characters',
    );
  });

  test('of its own needs a manifest with an identifier', () => {
    const { figma } = createFigmaFile({ pluginId: null });
    const rect = figma.createRectangle();
    expect(() => rect.setPluginData('a', 'b')).toThrow(
      'in setPluginData: Cannot set private plugin data in a plugin without an ID. Make sure your plugin manifest has a valid "id" field.',
    );
    rect.setSharedPluginData('retake', 'a', 'b');
  });

  test('is found fast', async () => {
    const file = createFigmaFile();
    const { figma } = file;
    const frame = figma.createFrame();
    const [a, b] = [figma.createRectangle(), figma.createEllipse()];
    frame.appendChild(a);
    a.setSharedPluginData('retake', 'gen', '1');
    b.setSharedPluginData('retake', 'story', '1');
    b.setPluginData('own', '1');
    const found = (criteria: Loose): readonly string[] => figma.currentPage.findAllWithCriteria(criteria).map((node) => node.id);
    expect(found({ sharedPluginData: { namespace: 'retake' } })).toEqual([a.id, b.id]);
    expect(found({ sharedPluginData: { namespace: 'retake', keys: ['gen'] } })).toEqual([a.id]);
    expect(found({ types: ['ELLIPSE'], sharedPluginData: { namespace: 'retake' } })).toEqual([b.id]);
    expect(found({ pluginData: {} })).toEqual([b.id]);
  });

  test('relaunch buttons replace one another', async () => {
    const { node, file } = await fileWith((figma) => figma.createRectangle());
    node.setRelaunchData({ refine: 'Make it blue', explain: '' });
    expect(file.relaunchButtons(node.id)).toEqual({ refine: 'Make it blue', explain: '' });
    expect(() => node.setRelaunchData({ refine: 'x'.repeat(1001) })).toThrow('in setRelaunchData');
    node.setRelaunchData({});
    expect(node.getRelaunchData()).toEqual({});
  });
});

describe('clientStorage', () => {
  test('keeps structures and bytes, by copy, later', async () => {
    const { clientStorage } = createFigmaFile().figma;
    const value = { size: [1, 2], bytes: new Uint8Array([1, 2]), nothing: null };
    const kept = clientStorage.setAsync('a', value);
    expect(kept).toBeInstanceOf(Promise);
    await kept;
    value.size.push(3);
    expect(await clientStorage.getAsync('a')).toEqual({ size: [1, 2], bytes: new Uint8Array([1, 2]), nothing: null });
    expect(await clientStorage.keysAsync()).toEqual(['a']);
    await clientStorage.deleteAsync('a');
    expect(await clientStorage.getAsync('a')).toBeUndefined();
  });

  test('rejects what it cannot keep, and more than 5 MB', async () => {
    const { clientStorage } = createFigmaFile().figma;
    await expect(clientStorage.setAsync('f', () => {})).rejects.toThrow('in setAsync');
    await clientStorage.setAsync('a', 'x'.repeat(3 * 1024 * 1024));
    await expect(clientStorage.setAsync('b', new Uint8Array(3 * 1024 * 1024))).rejects.toThrow('Quota exceeded');
    expect(await clientStorage.keysAsync()).toEqual(['a']);
    await clientStorage.setAsync('a', 'small');
    await clientStorage.setAsync('b', new Uint8Array(3 * 1024 * 1024));
  });
});

describe('messages', () => {
  const bad: readonly [string, unknown][] = [
    ['an ArrayBuffer', new ArrayBuffer(2)],
    ['a Uint8ClampedArray', new Uint8ClampedArray(2)],
    ['a Float32Array', new Float32Array(2)],
    ['a Blob', new Blob([])],
    ['a function', () => {}],
    ['a Map', new Map()],
    ['an Error', new Error('x')],
    ['a symbol', mixed],
    ['a bigint', 1n],
  ];
  test.each(bad)('with %s inside are refused', (_, value) => {
    const { figma } = createFigmaFile();
    figma.showUI('<p>');
    expect(() => figma.ui.postMessage({ deep: [{ value }] })).toThrow('in postMessage: Cannot send message.deep[0].value');
  });

  test('with a node inside are refused', () => {
    const { figma } = createFigmaFile();
    figma.showUI('<p>');
    expect(() => figma.ui.postMessage(figma.currentPage)).toThrow('in postMessage: Cannot send message: a Figma object is not supported');
  });

  test('are copies, of all that is allowed', async () => {
    const { figma, plugin, settled } = createFigmaFile();
    figma.showUI('<p>');
    plugin.ui.ready();
    const message = { a: [1, 'b', true, null, undefined], at: new Date(5), bytes: new Uint8Array([7]) };
    figma.ui.postMessage(message);
    message.bytes[0] = 8;
    await settled();
    expect(plugin.ui.received).toEqual([{ a: [1, 'b', true, null, undefined], at: new Date(5), bytes: new Uint8Array([7]) }]);
  });

  test('need a window', () => {
    const { figma, plugin } = createFigmaFile();
    expect(() => figma.ui.postMessage(1)).toThrow('in postMessage: No UI to send a message to');
    figma.showUI('<p>', { width: 10, height: 10, themeColors: true, title: 'Retake' });
    expect(plugin.ui.look).toMatchObject({ html: '<p>', width: 70, height: 10, title: 'Retake', themeColors: true, isVisible: true });
    figma.ui.resize(400, 600);
    figma.ui.hide();
    expect(plugin.ui.look).toMatchObject({ width: 400, height: 600, isVisible: false });
  });

  test('reach onmessage and what listens besides', async () => {
    const { figma, plugin, settled } = createFigmaFile();
    figma.showUI('<p>');
    const heard: string[] = [];
    const listener = (message: string): unknown => heard.push(`on ${message}`);
    figma.ui.on('message', listener);
    figma.ui.onmessage = () => heard.push('first');
    figma.ui.onmessage = (message) => heard.push(`assigned ${message}`);
    plugin.ui.send('a');
    await settled();
    figma.ui.off('message', listener);
    expect(typeof figma.ui.onmessage).toBe('function');
    figma.ui.onmessage = undefined;
    plugin.ui.send('b');
    await settled();
    expect(heard).toEqual(['on a', 'assigned a']);
  });
});

describe('events', () => {
  test('the selection has each node once, no descendants, nothing of other pages', async () => {
    const file = createFigmaFile();
    const { figma } = file;
    const frame = figma.createFrame();
    const inside = figma.createRectangle();
    frame.appendChild(inside);
    figma.currentPage.selection = [inside, frame, inside];
    expect(figma.currentPage.selection).toEqual([frame]);
    const page = figma.createPage();
    const away = figma.createRectangle();
    page.appendChild(away);
    expect(() => {
      figma.currentPage.selection = [away];
    }).toThrow('in set_selection: The selection of a page can only include nodes in that page');
    const gone = figma.createRectangle();
    gone.remove();
    expect(() => {
      figma.currentPage.selection = [gone];
    }).toThrow(`in set_selection: The node with id "${gone.id}" does not exist`);
    let told = 0;
    await file.settled();
    figma.on('selectionchange', () => told++);
    frame.remove();
    expect(figma.currentPage.selection).toEqual([]);
    await file.settled();
    expect(told).toBe(1);
  });

  test('another page is another selection', async () => {
    const file = createFigmaFile();
    const page = made(file, (figma) => figma.createPage());
    await file.settled();
    const told: string[] = [];
    file.figma.on('selectionchange', () => told.push('selection'));
    file.figma.on('currentpagechange', () => told.push('page'));
    file.user.goTo(page);
    await file.settled();
    expect(told).toEqual(['page', 'selection']);
    expect(file.figma.currentPage.children).toEqual([]);
    await file.figma.setCurrentPageAsync((await got<PageNode>(file, '0:1')) as PageNode);
    expect(file.figma.currentPage.id).toBe('0:1');
  });

  test('once is once, and off takes away', async () => {
    const file = createFigmaFile();
    const id = made(file, (figma) => figma.createRectangle());
    const told: string[] = [];
    const off = (): unknown => told.push('off');
    file.figma.once('selectionchange', () => told.push('once'));
    file.figma.on('selectionchange', off);
    file.figma.off('selectionchange', off);
    file.user.select(id);
    await file.settled();
    file.user.select();
    await file.settled();
    expect(told).toEqual(['once']);
    expect(() => file.figma.on('selection' as Loose, () => {})).toThrow('in on: "selection" is not a valid event type');
  });

  test('what a listener raises is kept for the test to see', async () => {
    const file = createFigmaFile();
    file.figma.on('selectionchange', () => {
      throw new Error('oops');
    });
    file.user.select(made(file, (figma) => figma.createRectangle()));
    await file.settled();
    expect(file.plugin.uncaught).toEqual([new Error('oops')]);
  });

  test('a drop tells of its place and files, and is taken by answering false', async () => {
    const file = createFigmaFile();
    const id = made(file, (figma) => {
      const frame = figma.createFrame();
      frame.x = 100;
      return frame;
    });
    const drops: DropEvent[] = [];
    file.figma.on('drop', (event) => drops.push(event) < 0);
    expect(file.user.drop({ onto: id, x: 110, y: 5, files: [{ name: 'a.png', type: 'image/png', bytes: new Uint8Array([1]) }] })).toBe(
      true,
    );
    const [{ node, x, y, absoluteX, files }] = drops;
    expect([node.id, x, y, absoluteX, files[0].name]).toEqual([id, 10, 5, 110, 'a.png']);
    expect(await files[0].getBytesAsync()).toEqual(new Uint8Array([1]));
    file.plugin.close();
    expect(file.user.drop({ x: 0, y: 0 })).toBe(false);
  });
});

describe('notifications', () => {
  test('are cut at 100 characters, have a button, and tell why they went', () => {
    const { figma, plugin } = createFigmaFile();
    const told: string[] = [];
    // Answering false keeps it open, which the types do not say.
    const action = (): Loose => told.push('pressed') > 1;
    figma.notify('x'.repeat(120), {
      error: true,
      timeout: Infinity,
      button: { text: 'Open', action },
      onDequeue: (reason) => told.push(reason),
    });
    const [note] = plugin.notifications;
    expect(note).toMatchObject({ message: 'x'.repeat(100), isError: true, button: 'Open', timeoutMs: Infinity, isOpen: true });
    note.press();
    expect(note.isOpen).toBe(true);
    note.press();
    expect(note.isOpen).toBe(false);
    expect(told).toEqual(['pressed', 'pressed', 'action_button_click']);
    const handler = figma.notify('hi', { onDequeue: (reason) => told.push(reason) });
    handler.cancel();
    expect([plugin.notifications[1].isOpen, told.at(-1)]).toEqual([false, 'dismiss']);
    expect(() => figma.notify('x', { colour: 'red' } as Loose)).toThrow("Unrecognized key(s) in object: 'colour'");
  });
});

describe('quick actions', () => {
  test('ask for suggestions, then run', async () => {
    const file = createFigmaFile();
    const plugin = file.user.run({ command: 'quick', parameters: 'ask' });
    const runs: RunEvent[] = [];
    plugin.figma.parameters.on('input', ({ query, key, parameters, result }) => {
      if (query === 'bad') result.setError('No such thing');
      else result.setSuggestions([query, { name: `${key} ${Object.keys(parameters).length}`, data: 2 }]);
    });
    plugin.figma.on('run', (event) => runs.push(event));
    const answer = plugin.ask('prompt', 'make it blue', { n: 1 });
    const refused = plugin.ask('n', 'bad');
    await file.settled();
    expect(answer.suggestions).toEqual(['make it blue', { name: 'prompt 1', data: 2 }]);
    expect(refused.error).toBe('No such thing');
    expect(runs).toEqual([]);
    plugin.submit({ prompt: 'make it blue' });
    await file.settled();
    expect(runs).toEqual([{ command: 'quick', parameters: { prompt: 'make it blue' } }]);
    expect(plugin.figma.command).toBe('quick');
  });

  test('a command without parameters runs at once; a relaunch button selects its node', async () => {
    const file = createFigmaFile();
    const id = made(file, (figma) => figma.createRectangle());
    const { figma } = file.user.relaunch(id, 'refine');
    const runs: unknown[] = [];
    figma.on('run', (event) => runs.push(event));
    await file.settled();
    expect(runs).toEqual([{ command: 'refine', parameters: undefined }]);
    expect(figma.currentPage.selection[0].id).toBe(id);
  });
});

describe('the end of a run', () => {
  test('is told, and nothing of the API works after it', async () => {
    const file = createFigmaFile();
    const { figma, plugin } = file;
    const rect = figma.createRectangle();
    figma.showUI('<p>');
    let told = 0;
    figma.on('close', () => told++);
    figma.on('selectionchange', () => told++);
    figma.closePlugin('Done');
    expect([told, plugin.isClosed, plugin.ui.look, plugin.notifications[0].message]).toEqual([1, true, null, 'Done']);
    expect(() => figma.createRectangle()).toThrow('in createRectangle: The plugin has been closed');
    expect(() => rect.name).toThrow('The plugin has been closed');
    expect(() => {
      rect.name = 'x';
    }).toThrow('The plugin has been closed');
    plugin.ui.send('late');
    file.user.select(file.tree('0:1').children[0].id);
    await file.settled();
    expect(told).toBe(1);
  });

  test('comes with the next run', () => {
    const file = createFigmaFile();
    const first = file.plugin;
    const second = file.user.run();
    expect([first.isClosed, second.isClosed, file.plugin]).toEqual([true, false, second]);
  });

  test('asynchronous calls that come too late reject', async () => {
    const { figma, plugin } = createFigmaFile();
    const late = figma.getNodeByIdAsync('0:1');
    plugin.close();
    await expect(late).rejects.toThrow('The plugin has been closed');
  });
});

test('settled waits for chains of asynchronous calls', async () => {
  const { figma, settled } = createFigmaFile();
  let steps = 0;
  void (async () => {
    for (; steps < 20; steps++) await figma.getNodeByIdAsync('0:1');
  })();
  await settled();
  expect(steps).toBe(20);
});

test('other things of the global', async () => {
  const { figma, plugin } = createFigmaFile({ name: 'Poster', profile: 'DISPLAY_P3', command: 'open' });
  expect([figma.root.name, figma.root.documentColorProfile, figma.command, figma.editorType, figma.mode, figma.fileKey]).toEqual([
    'Poster',
    'DISPLAY_P3',
    'open',
    'figma',
    'default',
    undefined,
  ]);
  figma.openExternal('https://example.org');
  expect(plugin.opened).toEqual(['https://example.org']);
  const rect = figma.createRectangle();
  rect.x = 5000;
  figma.viewport.scrollAndZoomIntoView([rect]);
  expect(plugin.shown).toEqual([[rect.id]]);
  expect(figma.viewport.center).toEqual({ x: 5050, y: 50 });
  expect(figma.viewport.bounds.width).toBeGreaterThan(100);
  expect(await figma.saveVersionHistoryAsync('Before')).toEqual({ id: '1' });
});

test('all of it is reached by name over plain references', async () => {
  const { plugin, figma } = createFigmaFile();
  const { operations } = plugin;
  const rect = operations.call(figmaRef, 'createRectangle', []) as HostRef;
  expect(rect).toEqual(new HostRef('node', rect.id, 'RECTANGLE'));
  operations.set(rect, 'opacity', 0.5);
  expect(operations.get(rect, 'opacity')).toBe(0.5);
  expect(operations.isMethod(rect, 'resize')).toBe(true);
  expect(operations.has(rect, 'children')).toBe(false);
  operations.call(operations.get(figmaRef, 'currentPage') as HostRef, 'appendChild', [rect]);
  expect(operations.get(figmaRef, 'mixed')).toBe(mixed);
  expect(await operations.call(figmaRef, 'getNodeByIdAsync', [rect.id])).toEqual(rect);
  expect(figma.currentPage.children[0].id).toBe(rect.id);
});
