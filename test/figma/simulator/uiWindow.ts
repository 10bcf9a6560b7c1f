/**
 * The plugin's window and the messages through it: checked, copied and delivered later; those to a window that has not loaded
 * yet wait for it. The test plays the iframe: `ready`, `send`, `received`.
 */
import type { Events, Turns } from './events.ts';
import { HostRef, isPlain, refuse } from './values.ts';

export interface WindowLook {
  readonly html: string;
  readonly width: number;
  readonly height: number;
  readonly title: string | null;
  readonly isVisible: boolean;
  readonly themeColors: boolean;
  readonly position: { readonly x: number; readonly y: number } | null;
}

export class UiWindow {
  look: WindowLook | null = null;
  /** Messages that the plugin sent and the window has got. */
  readonly received: unknown[] = [];
  onReceived: (message: unknown) => void = () => {};
  /** Told when `look` has changed. */
  onLook: () => void = () => {};
  private isReady = false;
  private readonly waiting: unknown[] = [];
  private readonly turns: Turns;
  private readonly events: Events;

  constructor(turns: Turns, events: Events) {
    this.turns = turns;
    this.events = events;
  }

  open(look: WindowLook): void {
    this.isReady = false;
    this.setLook(look);
  }

  change(part: Partial<WindowLook>, where: string): void {
    if (this.look === null) refuse(where, 'No UI to call this on; call figma.showUI first');
    this.setLook({ ...this.look, ...part });
  }

  close(): void {
    this.isReady = false;
    this.waiting.length = 0;
    this.setLook(null);
  }

  private setLook(look: WindowLook | null): void {
    this.look = look;
    this.onLook();
  }

  /** From the plugin's main thread. */
  post(message: unknown): void {
    if (this.look === null) refuse('postMessage', 'No UI to send a message to');
    const copy = sendable(message, 'postMessage');
    if (this.isReady) this.deliver(copy);
    else this.waiting.push(copy);
  }

  /** The window's script listens now. */
  ready(): void {
    this.isReady = true;
    for (const message of this.waiting.splice(0)) this.deliver(message);
  }

  /** From the window: `parent.postMessage({ pluginMessage: message }, '*')`. */
  send(message: unknown, origin = 'null'): void {
    const copy = sendable(message, 'onmessage');
    this.turns.later(() => {
      if (this.look !== null) this.events.now('ui:message', copy, { origin });
    });
  }

  private deliver(message: unknown): void {
    this.turns.later(() => {
      if (this.look === null) return;
      this.received.push(message);
      this.onReceived(message);
    });
  }
}

/** A copy of what Figma lets through between the two threads; throws for anything else, however deep. */
export function sendable(value: unknown, where: string, path = 'message'): unknown {
  if (value === null || ['undefined', 'string', 'number', 'boolean'].includes(typeof value)) return value;
  if (value instanceof Uint8Array && Object.prototype.toString.call(value) === '[object Uint8Array]') return new Uint8Array(value);
  if (value instanceof Date) return new Date(value);
  if (Array.isArray(value)) return value.map((one, i) => sendable(one, where, `${path}[${i}]`));
  if (isPlain(value) && !(value instanceof HostRef)) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, sendable(one, where, `${path}.${key}`)]));
  }
  const type =
    value instanceof HostRef ? 'a Figma object' : typeof value === 'object' ? Object.prototype.toString.call(value) : typeof value;
  return refuse(where, `Cannot send ${path}: ${type} is not supported`);
}
