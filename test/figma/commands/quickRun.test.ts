/** An edit from the keyboard alone: what is said of it while the panel is hidden, and what brings the panel out. */
import { describe, expect, test } from 'vitest';
import { follow } from '../../../figma-plugin/ui/startedWith.ts';
import type { Command, Notice } from '../../../figma-plugin/wire/panelCalls.ts';
import type { ImageModel } from '../../../shared/core/model.ts';
import { err } from '../../../shared/core/result.ts';
import { allOf } from '../../fakes/fakeModel.ts';
import { type BenchOptions, bench, key, select, settled } from '../../page/panelBench.ts';

/** Figma's window, which remembers what it was asked. */
class Window {
  isShown: boolean;
  readonly did: string[] = [];
  notice: Notice | null = null;
  constructor(isShown: boolean) {
    this.isShown = isShown;
  }
  showPanel(): void {
    this.isShown = true;
    this.did.push('show');
  }
  notify(notice: Notice): void {
    this.notice = notice;
    this.did.push(`${notice.text} [${notice.button}]`);
  }
  dropNotice(): void {
    this.notice = null;
  }
  close(): void {
    this.did.push('close');
  }
  focusInstruction(): void {
    this.did.push('focus');
  }
}

async function quick(
  command: Command,
  instruction: string | null,
  options: BenchOptions & { readonly layer?: string | null; readonly isShown?: boolean; readonly recent?: readonly string[] } = {},
) {
  const made = await bench({ environmentKey: key, ...options });
  const { layer = 'Cup', isShown = false } = options;
  if (layer !== null) await select(made.host, layer);
  const window = new Window(isShown);
  const run = await follow({ command, instruction, isPanelShown: isShown }, made.panel, window);
  await settled();
  return { ...made, window, run };
}

const waiting: ImageModel = {
  edit: (_request, signal) =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(err({ kind: 'cancelled' })), { once: true })),
  available: async () => err({ kind: 'cancelled' }),
};

describe('a quick edit', () => {
  test('says that it works and that it is done, and ends the plug-in when that has been read', async () => {
    const { window, run, host } = await quick('quick', 'make it red');
    await expect.poll(() => window.did).toEqual(['Retake is working: make it red [cancel]', 'Retake: make it red [open]']);
    expect(host.placed).toHaveLength(1);
    run?.gone();
    expect(window.did.at(-1)).toBe('close');
  });

  test('opens the panel when its result is to be looked at, and goes on running', async () => {
    const { window, run, panel } = await quick('quick', 'make it red');
    await expect.poll(() => window.did.at(-1)).toBe('Retake: make it red [open]');
    run?.pressed('open');
    run?.gone();
    expect(window.did.slice(2)).toEqual(['show']);
    await expect.poll(() => panel.state().takes.focused?.instruction).toBe('make it red');
  });

  test('is cancelled by its button, and leaves nothing behind', async () => {
    const { window, run, host } = await quick('quick', 'make it red', { model: waiting });
    run?.pressed('cancel');
    await expect.poll(() => window.did.at(-1)).toBe('close');
    expect(window.notice).toBe(null);
    expect(host.placed).toHaveLength(0);
  });

  test('whose notice is waved away goes on', async () => {
    const { window, run, panel } = await quick('quick', 'make it red', { model: waiting });
    run?.gone();
    expect(window.did).toHaveLength(1);
    expect(panel.state().run.kind).toBe('running');
    panel.actions.cancel();
    await expect.poll(() => window.did.at(-1)).toBe('close');
  });

  test.each([
    ['a failure', { script: [{ kind: 'overloaded', status: 503, said: '' } as const] }, 'failed'],
    ['a question', { script: [{ kind: 'no-image', reason: 'words-only', said: 'Which one?' } as const] }, 'asked'],
  ])('with %s brings the panel out, the words in their field', async (_what, options, kind) => {
    const { window, panel } = await quick('quick', 'make it red', options);
    await expect.poll(() => window.did.at(-1)).toBe('show');
    expect(window.notice).toBe(null);
    expect(panel.state()).toMatchObject({ view: 'edit', instruction: 'make it red', run: { kind } });
  });

  test('without a key brings the panel out before anything is done', async () => {
    const made = await bench();
    await select(made.host, 'Cup');
    const window = new Window(false);
    await follow({ command: 'quick', instruction: 'make it red', isPanelShown: false }, made.panel, window);
    expect(window.did).toEqual(['show']);
    await settled();
    expect(made.panel.state().instruction).toBe('make it red');
    expect(made.model.requests).toHaveLength(0);
  });

  test('with nothing selected says so', async () => {
    const { window, model } = await quick('quick', 'make it red', { layer: null });
    expect(window.notice).toMatchObject({ isError: true, button: 'open' });
    expect(model.requests).toHaveLength(0);
  });

  test('is done in the panel where that is open', async () => {
    const { window, host } = await quick('quick', 'make it red', { isShown: true });
    await expect.poll(() => host.placed.length).toBe(1);
    expect(window.did).toEqual([]);
  });
});

describe('repeating the last', () => {
  test('sends the same words for what is selected now', async () => {
    const first = await quick('quick', 'make it red');
    await expect.poll(() => first.window.did.at(-1)).toBe('Retake: make it red [open]');
    const again = await quick('repeat', null, { settings: first.settings });
    await expect.poll(() => again.model.requests[0]?.prompt.text).toContain('make it red');
  });

  test('opens the panel where nothing was sent before', async () => {
    const { window } = await quick('repeat', null);
    expect(window.did).toEqual(['show']);
  });
});

describe('other commands', () => {
  test('open the settings, or the instruction', async () => {
    const settings = await quick('settings', null, { isShown: true });
    expect(settings.panel.state().view).toBe('settings');
    const refine = await quick('refine', null, { isShown: true });
    expect(refine.window.did).toEqual(['focus']);
  });

  test('show how the selected take was made, or say that the layer shows none', async () => {
    const made = await quick('quick', 'make it red', { script: [allOf(200, 0, 0)] });
    await expect.poll(() => made.window.did.at(-1)).toBe('Retake: make it red [open]');
    const explain = () => follow({ command: 'explain', instruction: null, isPanelShown: true }, made.panel, made.window);
    await explain();
    await expect.poll(() => made.panel.state().run).toMatchObject({ kind: 'failed', explanation: { title: 'No such take' } });
    made.host.select({ of: made.panel.takeLayers()[0], region: null });
    await explain();
    await expect.poll(() => made.panel.state().takes.explained).toMatchObject({ take: made.panel.state().takes.rows[0].id });
  });
});
