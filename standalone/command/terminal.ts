/** How the command talks: one line for scripts on stdout, everything else on stderr, movement only on a terminal. */
import type { WriteStream } from 'node:tty';

type Out = NodeJS.WriteStream & Partial<Pick<WriteStream, 'columns'>>;

export interface Terminal {
  /** Whether a person watches. */
  readonly isWatched: boolean;
  /** The line that shows what is going on; replaced by the next, erased by `still`. */
  stage(what: string): void;
  still(): void;
  /** To stderr, after the moving line is gone. */
  say(text: string): void;
  /** A note; what was noted already is not said again. */
  warn(text: string): void;
  fail(text: string): void;
  /** To stdout. */
  print(text: string): void;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

export function createTerminal(stdout: Out, stderr: Out, env: NodeJS.ProcessEnv): Terminal {
  // A reader that has seen enough (`retake models | head -3`) is no error.
  for (const stream of [stdout, stderr]) stream.on('error', () => {});
  const isWatched = stderr.isTTY === true && env.TERM !== 'dumb';
  const isColored = isWatched && (env.NO_COLOR ?? '') === '';
  const color = (code: number, text: string) => (isColored ? `\x1b[${code}m${text}\x1b[0m` : text);
  let what = '';
  let since = 0;
  let frame = 0;
  let timer: NodeJS.Timeout | null = null;
  const noted = new Set<string>();

  const draw = () => {
    const seconds = Math.floor((Date.now() - since) / 1000);
    const line = `${frames[frame++ % frames.length]} ${what}${seconds > 0 ? ` · ${seconds} s` : ''}`;
    // Never wraps: a wrapped line cannot be taken back. A terminal that knows no width says 0.
    stderr.write(`\r\x1b[2K${[...line].slice(0, (stderr.columns || 80) - 1).join('')}`);
  };
  const still = () => {
    if (timer === null) return;
    clearInterval(timer);
    timer = null;
    stderr.write('\r\x1b[2K');
  };
  const say = (text: string) => {
    const wasMoving = timer !== null;
    still();
    stderr.write(`${text}\n`);
    if (wasMoving) start();
  };
  const start = () => {
    timer = setInterval(draw, 100);
    timer.unref();
    draw();
  };
  return {
    isWatched,
    stage(next) {
      if (!isWatched) return;
      if (next !== what) {
        what = next;
        since = Date.now();
      }
      if (timer === null) start();
      else draw();
    },
    still,
    say,
    warn(text) {
      if (noted.has(text)) return;
      noted.add(text);
      say(`${color(33, 'Note:')} ${text}`);
    },
    fail: (text) => say(`${color(31, 'retake:')} ${text}`),
    print(text) {
      still();
      stdout.write(`${text}\n`);
    },
  };
}
