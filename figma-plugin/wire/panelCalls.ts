/** The window and the commands around the panel. */
import type { Failure } from '../../shared/core/failure.ts';
import type { Extent } from '../../shared/core/geometry.ts';
import type { Result } from '../../shared/core/result.ts';

type Call<Ask, Answer> = { readonly ask: Ask; readonly answer: Result<Answer, Failure> };

export type PanelCalls = {
  /** How the plug-in was started; asked for once, when the panel is ready. */
  started: Call<null, StartedWith>;
  resize: Call<{ readonly size: Extent }, null>;
  showPanel: Call<{ readonly view: 'edit' | 'settings' | 'takes' }, null>;
  /** A line at the foot of Figma's own window, where the panel is hidden; at most 100 characters. */
  notify: Call<
    { readonly text: string; readonly isError: boolean; readonly button: 'cancel' | 'open' | null; readonly stays: boolean },
    null
  >;
  openLink: Call<{ readonly url: string }, null>;
  close: Call<null, null>;
};

export interface StartedWith {
  readonly command: 'open' | 'quick' | 'repeat' | 'settings' | 'refine' | 'explain';
  /** Of a quick action. */
  readonly instruction: string | null;
  readonly isPanelShown: boolean;
}

/** The user pressed the button of a notification, or started another command while the plug-in runs. */
export type PanelNews =
  | { readonly kind: 'notification-pressed'; readonly button: 'cancel' | 'open' }
  | ({ readonly kind: 'started' } & StartedWith);
