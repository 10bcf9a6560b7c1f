/** One run of a plugin, as the parts of the simulator see it. */
import type { SimDocument } from './document.ts';
import type { Events } from './events.ts';
import type { UiWindow } from './uiWindow.ts';
import type { SimUser } from './user.ts';

export interface Run {
  readonly document: SimDocument;
  readonly user: SimUser;
  /** The manifest's; null in a plugin without one. */
  readonly pluginId: string | null;
  readonly editorType: string;
  readonly command: string;
  /** The user's own hands rather than a plugin: rules of the plugin API that Figma's editor does not know are off. */
  readonly isPrivileged: boolean;
  readonly isReadOnly: boolean;
  readonly plan: 'starter' | 'professional';
  readonly loadedPages: Set<string>;
  /** Family and style, with a space between. */
  readonly fonts: Set<string>;
  readonly installedFonts: readonly { readonly family: string; readonly style: string }[];
  readonly events: Events;
  readonly ui: UiWindow;
  readonly log: RunLog;
  /** What the plugin answered to questions for suggestions, by the identifier of the `result` it was given. */
  readonly answers: ParameterAnswer[];
  /** What `__html__` is. */
  readonly html: string;
  readonly droppedFiles: DroppedFile[];
  skipsInvisible: boolean;
  isClosed: boolean;
  close(message: string | null): void;
  /** Takes back the person's last step. */
  undo(): void;
}

/** What a run did that does not show in the document. */
export interface RunLog {
  readonly notifications: SimNotification[];
  readonly opened: string[];
  readonly versions: { readonly id: string; readonly title: string; readonly description: string }[];
  /** Nodes given to `viewport.scrollAndZoomIntoView`. */
  readonly shown: string[][];
  /** What was raised in a listener, as Figma's console would show it. */
  readonly uncaught: unknown[];
}

export interface SimNotification {
  readonly message: string;
  readonly isError: boolean;
  readonly timeoutMs: number;
  readonly button: string | null;
  isOpen: boolean;
  /** The user presses its button; it closes unless the plugin's action answers false. */
  press(): void;
  /** It goes: the user waves it away, or its time is over. */
  dequeue(reason: 'timeout' | 'dismiss' | 'action_button_click'): void;
}

export interface ParameterAnswer {
  suggestions: readonly unknown[] | null;
  error: string | null;
  loading: string | null;
}

export interface DroppedFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}
