/** The window and the commands around the panel. */
import type { Failure } from '../../shared/core/failure.ts';
import type { Extent } from '../../shared/core/geometry.ts';
import type { Result } from '../../shared/core/result.ts';

type Call<Ask, Answer> = { readonly ask: Ask; readonly answer: Result<Answer, Failure> };

export type PanelCalls = {
  /** How the plug-in was started; asked for once, when the panel is ready. */
  started: Call<null, StartedWith>;
  /** Of the panel, CSS px. */
  resize: Call<{ readonly size: Extent }, null>;
  /** Brings the panel out where it was hidden. */
  showPanel: Call<null, null>;
  /** A line at the foot of Figma's own window, in place of the one before; at most 100 characters are shown. */
  notify: Call<Notice, null>;
  dropNotice: Call<null, null>;
  /** In the user's browser; https only. */
  openLink: Call<{ readonly url: string }, null>;
  close: Call<null, null>;
};

export interface Notice {
  readonly text: string;
  readonly isError: boolean;
  readonly button: NoticeButton | null;
  /** Until the next one, or `dropNotice`; else some seconds. */
  readonly stays: boolean;
}

export type NoticeButton = 'cancel' | 'open';

export type Command = 'open' | 'quick' | 'repeat' | 'settings' | 'refine' | 'explain';

export interface StartedWith {
  readonly command: Command;
  /** Of a quick action. */
  readonly instruction: string | null;
  readonly isPanelShown: boolean;
}

export type PanelNews =
  | { readonly kind: 'notice-pressed'; readonly button: NoticeButton }
  /** It went by itself, or the user waved it away. */
  | { readonly kind: 'notice-gone' }
  /** Another command was given while the plug-in runs. */
  | ({ readonly kind: 'started' } & StartedWith);
