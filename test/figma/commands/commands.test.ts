/** How the plug-in is started, and the window and notices around its panel: Figma's main thread on the simulated Figma. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCommand, suggestions } from '../../../figma-plugin/sandbox/commands.ts';
import { startPlugin } from '../../../figma-plugin/sandbox/plugin.ts';
import type { FigmaCalls } from '../../../figma-plugin/wire/calls.ts';
import { panelSizeKey, panelSizeText } from '../../../figma-plugin/wire/panelSize.ts';
import { neverAborted } from '../../../shared/core/abort.ts';
import { createCaller, type FromWorker } from '../../../shared/line/line.ts';
import { createFigmaFile, type FigmaFile, type RunOptions } from '../simulator/index.ts';

async function started(options: RunOptions, file: FigmaFile = createFigmaFile(), prepare?: (figma: PluginAPI) => Promise<void>) {
  const plugin = file.user.run(options);
  await prepare?.(plugin.figma);
  startPlugin(plugin.figma, '<p>panel</p>');
  const news: unknown[] = [];
  const caller = createCaller<FigmaCalls>({ postMessage: (message) => plugin.ui.send(message) }, (_, told) => news.push(told));
  plugin.ui.onReceived = (message) => caller.hear(message as FromWorker);
  await file.settled();
  if (plugin.ui.look !== null) plugin.ui.ready();
  return {
    file,
    plugin,
    news,
    call: <K extends keyof FigmaCalls>(what: K, ask: FigmaCalls[K]['ask']) => caller.call(what, ask, neverAborted),
  };
}

const remembered =
  (key: string, value: string) =>
  (figma: PluginAPI): Promise<void> =>
    figma.clientStorage.setAsync(`retake.${key}`, value);

describe('a command', () => {
  test('opens the panel in Figma’s colours, as large as it was last', async () => {
    const { plugin, call } = await started(
      { command: 'open' },
      createFigmaFile(),
      remembered(panelSizeKey, panelSizeText({ width: 410, height: 700 })),
    );
    expect(plugin.ui.look).toMatchObject({ width: 410, height: 700, themeColors: true, isVisible: true, title: 'Retake' });
    expect(await call('started', null)).toEqual({ ok: true, value: { command: 'open', instruction: null, isPanelShown: true } });
  });

  test.each(['', 'huge', '-4 9', 'NaN NaN', '[object Object]'])('opens it in its usual size where “%s” was kept', async (kept) => {
    const { plugin } = await started({ command: 'settings' }, createFigmaFile(), remembered(panelSizeKey, kept));
    expect(plugin.ui.look).toMatchObject({ width: 320, height: 560 });
  });

  test('with an instruction keeps the panel hidden, and hands the words over', async () => {
    const { plugin, call } = await started({ command: 'quick', parameters: { instruction: '  make it blue ' } });
    expect(plugin.ui.look?.isVisible).toBe(false);
    expect(await call('started', null)).toMatchObject({ value: { command: 'quick', instruction: 'make it blue', isPanelShown: false } });
    expect(await call('showPanel', null)).toEqual({ ok: true, value: null });
    expect(plugin.ui.look?.isVisible).toBe(true);
    expect(await call('started', null)).toMatchObject({ value: { isPanelShown: true } });
  });

  test('of a layer’s button arrives with the layer selected', async () => {
    const file = createFigmaFile();
    const id = file.build((figma) => figma.createRectangle().id);
    const plugin = file.user.relaunch(id, 'explain');
    startPlugin(plugin.figma, '<p></p>');
    await file.settled();
    expect(plugin.ui.look?.isVisible).toBe(true);
    expect(file.user.selected()).toEqual([id]);
  });

  test('given while the plug-in runs is told to the panel that is there', async () => {
    const { file, plugin, news } = await started({ command: 'quick', parameters: { instruction: 'make it blue' } });
    plugin.submit({ instruction: 'now red' });
    await file.settled();
    expect(news).toEqual([{ kind: 'started', command: 'quick', instruction: 'now red', isPanelShown: false }]);
  });

  test('of another version opens the panel', () => {
    expect(readCommand({ command: 'upscale', parameters: { instruction: 4 } as unknown as ParameterValues })).toEqual({
      command: 'open',
      instruction: null,
      isPanelShown: true,
    });
  });

  test('is known, for each that the manifest names', () => {
    const manifest = JSON.parse(readFileSync('figma-plugin/manifest.json', 'utf8'));
    const named = [...manifest.menu, ...manifest.relaunchButtons].flatMap(({ command }: { command?: string }) => command ?? []);
    expect(named).toHaveLength(6);
    expect(named.map((command) => readCommand({ command }).command)).toEqual(named);
    const [{ key }] = manifest.menu.flatMap(({ parameters = [] }: { parameters?: { key: string }[] }) => parameters);
    expect(readCommand({ command: 'quick', parameters: { [key]: 'words' } }).instruction).toBe('words');
  });
});

describe('while an instruction is typed', () => {
  const recent = ['make the sky pink', 'Make it Blue', 'blue hour'];

  test('the very words come first, then what was sent before and has them in it', () => {
    expect(suggestions(' blue ', recent)).toEqual(['blue', 'Make it Blue', 'blue hour']);
    expect(suggestions('', recent)).toEqual(recent);
    expect(suggestions('blue hour', recent)).toEqual(['blue hour']);
    expect(suggestions('', [])).toEqual([]);
  });

  test('what was sent before comes from the user’s settings', async () => {
    const { file, plugin } = await started(
      { command: 'quick', parameters: 'ask' },
      createFigmaFile(),
      remembered('recent.instructions', JSON.stringify(recent)),
    );
    const answer = plugin.ask('instruction', 'pink');
    await file.settled();
    expect(answer.suggestions).toEqual(['pink', 'make the sky pink']);
    const other = plugin.ask('variants', '2');
    await file.settled();
    expect(other.suggestions).toBe(null);
  });

  test('settings that are damaged suggest nothing but the words', async () => {
    const { file, plugin } = await started(
      { command: 'quick', parameters: 'ask' },
      createFigmaFile(),
      remembered('recent.instructions', '{"not": "a list"'),
    );
    const answer = plugin.ask('instruction', 'pink');
    await file.settled();
    expect(answer.suggestions).toEqual(['pink']);
  });
});

describe('a notice', () => {
  const notice = { text: 'Working', isError: false, button: 'cancel', stays: true } as const;

  test('stays until the next one, whose button is told', async () => {
    const { plugin, news, call, file } = await started({ command: 'quick', parameters: { instruction: 'x' } });
    await call('notify', notice);
    await call('notify', { text: 'Done', isError: false, button: 'open', stays: false });
    await file.settled();
    expect(plugin.notifications.map(({ message, isOpen, timeoutMs }) => [message, isOpen, timeoutMs])).toEqual([
      ['Working', false, Number.POSITIVE_INFINITY],
      ['Done', true, 6000],
    ]);
    expect(news).toEqual([]);
    plugin.notifications[1].press();
    await file.settled();
    expect(news).toEqual([{ kind: 'notice-pressed', button: 'open' }]);
  });

  test('that goes by itself is told too', async () => {
    const { plugin, news, call, file } = await started({ command: 'quick', parameters: { instruction: 'x' } });
    await call('notify', { ...notice, stays: false });
    plugin.notifications[0].dequeue('timeout');
    await file.settled();
    expect(news).toEqual([{ kind: 'notice-gone' }]);
  });

  test('is shortened at a word, as Figma shows no more than 100 characters', async () => {
    const { plugin, call } = await started({ command: 'open' });
    await call('notify', { ...notice, text: `make it ${'very '.repeat(40)}blue` });
    expect(plugin.notifications[0].message.length).toBeLessThanOrEqual(100);
    expect(plugin.notifications[0].message).toMatch(/very…$/);
  });
});

describe('the window', () => {
  test('is never made smaller or larger than the panel can be', async () => {
    const { plugin, call } = await started({ command: 'open' });
    await call('resize', { size: { width: 20, height: 20.4 } });
    expect(plugin.ui.look).toMatchObject({ width: 280, height: 360 });
    await call('resize', { size: { width: 4000, height: 501.6 } });
    expect(plugin.ui.look).toMatchObject({ width: 520, height: 502 });
  });

  test('opens pages of the web in the browser, and nothing else', async () => {
    const { plugin, call } = await started({ command: 'open' });
    await call('openLink', { url: 'https://aistudio.google.com/apikey' });
    expect(await call('openLink', { url: 'file:///etc/passwd' })).toMatchObject({ ok: false, error: { kind: 'host' } });
    expect(plugin.opened).toEqual(['https://aistudio.google.com/apikey']);
  });

  test('ends the plug-in when the panel says so', async () => {
    const { file, plugin, call } = await started({ command: 'open' });
    void call('close', null).catch(() => {});
    await file.settled();
    expect(plugin.isClosed).toBe(true);
    expect(plugin.uncaught).toEqual([]);
  });

  test('listens to nothing that is not the panel’s, and says so of calls that nobody answers', async () => {
    const { file, plugin, call } = await started({ command: 'open' });
    for (const message of ['hello', null, 7, [], {}, { kind: 'call' }, { kind: 'other', id: 1 }, { kind: 'abort', id: 99 }])
      plugin.ui.send(message);
    await file.settled();
    expect(plugin.uncaught).toEqual([]);
    await expect(call('format-disk' as 'close', null)).rejects.toThrow('format-disk');
  });
});
