/** `figma.notify`: lines at the foot of the window that the test's user reads and presses. */
import type { Run, SimNotification } from './run.ts';
import { boolean, number, object, string } from './schema.ts';
import { HostRef, refuse } from './values.ts';

const maxCharacters = 100;

const anyFunction = (value: unknown, path: string): string | null => (typeof value === 'function' ? null : `Expected function at ${path}`);
const options = object(
  {},
  {
    timeout: (value, path) => (value === Infinity ? null : number(0)(value, path)),
    error: boolean,
    onDequeue: anyFunction,
    button: object({ text: string, action: anyFunction }),
  },
);

export function notify(run: Run, message: unknown, given: unknown = {}): HostRef {
  if (typeof message !== 'string') refuse('notify', `Expected "message" to have type string but got ${typeof message} instead`);
  const wrong = options(given, '');
  if (wrong !== null) refuse('notify', `Property "options" failed validation: ${wrong}`);
  const { timeout = 3000, error = false, onDequeue, button } = given as NotificationOptions;
  const id = run.log.notifications.length;
  const shown: SimNotification = {
    message: message.length > maxCharacters ? message.slice(0, maxCharacters) : message,
    isError: error,
    timeoutMs: timeout,
    button: button?.text ?? null,
    isOpen: true,
    press() {
      if (!shown.isOpen || button === undefined) throw new Error('there is no such button to press');
      if (run.events.guarded(() => button.action()) !== false) shown.dequeue('action_button_click');
    },
    dequeue(reason) {
      if (!shown.isOpen) return;
      shown.isOpen = false;
      if (onDequeue !== undefined && !run.isClosed) run.events.guarded(() => onDequeue(reason));
    },
  };
  run.log.notifications.push(shown);
  return new HostRef('notification', String(id));
}

interface NotificationOptions {
  readonly timeout?: number;
  readonly error?: boolean;
  readonly onDequeue?: (reason: string) => void;
  readonly button?: { readonly text: string; readonly action: () => unknown };
}
