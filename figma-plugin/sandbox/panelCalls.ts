/** The window that the panel lives in, and the line at the foot of Figma's own window that speaks for it while it is hidden. */
import type { Failure } from '../../shared/core/failure.ts';
import type { Extent } from '../../shared/core/geometry.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';
import { shorten } from '../../shared/core/text.ts';
import type { Answers, Given } from '../../shared/line/line.ts';
import type { Notice, NoticeButton, PanelCalls, PanelNews, StartedWith } from '../wire/panelCalls.ts';
import { fitPanelSize } from '../wire/panelSize.ts';

export interface PanelWindow {
  readonly answers: Answers<PanelCalls>;
  /** The first command opens the window, hidden or not; a later one is told to the panel that is there. */
  start(given: StartedWith, size: Extent): void;
}

/** Figma cuts longer ones off (figma.notify). */
const longestNoticeChars = 100;
const noticeMs = 6_000;

const buttonTexts: Readonly<Record<NoticeButton, string>> = { cancel: 'Cancel', open: 'Open Retake' };

export function createPanelWindow(figma: PluginAPI, html: string, tell: (news: PanelNews) => void): PanelWindow {
  let started: StartedWith | null = null;
  let notice: NotificationHandler | null = null;

  const show = (): void => {
    figma.ui.show();
    if (started !== null) started = { ...started, isPanelShown: true };
  };

  function dropNotice(): void {
    const shown = notice;
    notice = null;
    shown?.cancel();
  }

  function notify({ text, isError, button, stays }: Notice): void {
    dropNotice();
    const made = figma.notify(shorten(text, longestNoticeChars), {
      error: isError,
      timeout: stays ? Number.POSITIVE_INFINITY : noticeMs,
      ...(button === null ? {} : { button: { text: buttonTexts[button], action: () => tell({ kind: 'notice-pressed', button }) } }),
      onDequeue: (reason) => {
        // One that was replaced or taken away has nothing to tell any more.
        if (notice !== made) return;
        notice = null;
        if (reason !== 'action_button_click') tell({ kind: 'notice-gone' });
      },
    });
    notice = made;
  }

  return {
    start(given, size) {
      if (started !== null) {
        if (given.isPanelShown) show();
        tell({ kind: 'started', ...given });
        return;
      }
      started = given;
      figma.showUI(html, { ...fitPanelSize(size), themeColors: true, title: 'Retake', visible: given.isPanelShown });
    },
    answers: {
      started: async () => given('Starting', () => started ?? { command: 'open', instruction: null, isPanelShown: true }),
      resize: async ({ size }) =>
        given('Resizing the panel', () => {
          const { width, height } = fitPanelSize(size);
          figma.ui.resize(width, height);
          return null;
        }),
      showPanel: async () =>
        given('Showing the panel', () => {
          show();
          return null;
        }),
      notify: async (ask) =>
        given('Telling how it went', () => {
          notify(ask);
          return null;
        }),
      dropNotice: async () =>
        given('Telling how it went', () => {
          dropNotice();
          return null;
        }),
      openLink: async ({ url }) =>
        given('Opening a page', () => {
          if (!url.startsWith('https://')) throw new Error(`got ${url}, expected an https address`);
          figma.openExternal(url);
          return null;
        }),
      close: async () =>
        given('Closing', () => {
          dropNotice();
          figma.closePlugin();
          return null;
        }),
    },
  };
}

function given<T>(operation: string, work: () => T): Given<Result<T, Failure>> {
  try {
    return { answer: ok(work()), give: [] };
  } catch (cause) {
    return { answer: err({ kind: 'host', operation, message: cause instanceof Error ? cause.message : String(cause) }), give: [] };
  }
}
