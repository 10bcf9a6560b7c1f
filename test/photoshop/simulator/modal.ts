/**
 * The modal lock: one plug-in at a time may change Photoshop, inside executeAsModal. Work that escaped a missing await
 * is outside: the flow of calls is followed by Node's AsyncLocalStorage, where there is one. (Where there is none, as in
 * a browser, any call while the scope is held counts as inside.)
 */
import type { Clock } from './clock.ts';
import { numbered, userCancelled, wrongArgument } from './errors.ts';
import { atLeast, type Version } from './versions.ts';

/** What ends with a scope. */
export interface ScopeEnd {
  /** Commits or rolls back histories that are still suspended, closes documents that were registered. */
  endScope(scope: ModalScope, isThrown: boolean): void;
  hostControl(scope: ModalScope): object;
  notify(event: string): void;
}

export interface Progress {
  readonly value?: number;
  readonly commandName?: string;
}

export class ModalScope {
  readonly commandName: string;
  readonly isInteractive: boolean;
  isCancelled = false;
  hasEnded = false;
  onCancel: ((argument: { reason: string }) => void) | undefined = undefined;
  readonly progress: Progress[] = [];
  readonly autoClose = new Set<number>();
  context: object = {};

  constructor(commandName: string, isInteractive: boolean) {
    this.commandName = commandName;
    this.isInteractive = isInteractive;
  }
}

const barAfterMs = 2000;

interface Flow {
  run<T>(scope: ModalScope, work: () => T): T;
  getStore(): ModalScope | undefined;
}

function asyncFlow(): Flow | null {
  const node = (globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }).process;
  const hooks = node?.getBuiltinModule?.('node:async_hooks') as { AsyncLocalStorage: new () => Flow } | undefined;
  return hooks ? new hooks.AsyncLocalStorage() : null;
}

export class ModalLock {
  /** Every progress that plug-ins reported, oldest first. */
  readonly reports: Progress[] = [];
  /** Names of the commands whose progress bar came up: after two seconds, or with the first report. */
  readonly barsShown: string[] = [];
  private own: ModalScope | null = null;
  /** Who else holds it: a plug-in's id, or '' for Photoshop itself (a dialog, text being typed). */
  private other: string | null = null;
  private waiting: (() => void)[] = [];
  private readonly flow = asyncFlow();
  private readonly version: Version;
  private readonly clock: Clock;
  private readonly pluginId: string;
  private readonly ending: ScopeEnd;

  constructor(version: Version, clock: Clock, pluginId: string, ending: ScopeEnd) {
    this.version = version;
    this.clock = clock;
    this.pluginId = pluginId;
    this.ending = ending;
  }

  get isHeld(): boolean {
    return this.own !== null || this.other !== null;
  }
  get scope(): ModalScope | null {
    return this.own;
  }

  /** The scope that the calling flow is inside of; null outside. */
  inside(): ModalScope | null {
    if (this.own === null || this.own.hasEnded) return null;
    return this.flow === null || this.flow.getStore() === this.own ? this.own : null;
  }

  /** Throws when the calling flow is outside (made by `refuse`) or the user cancelled it. */
  require(refuse: () => Error): void {
    const scope = this.inside();
    if (scope === null) throw refuse();
    if (scope.isCancelled) throw userCancelled();
  }

  async execute<T>(target: unknown, options: unknown): Promise<T> {
    if (typeof target !== 'function') throw wrongArgument(1, 'function', target);
    const asked = options as { commandName?: unknown; descriptor?: object; interactive?: boolean; timeOut?: number } | undefined;
    if (typeof asked !== 'object' || asked === null) throw wrongArgument(2, 'object', options);
    if (typeof asked.commandName !== 'string') throw new Error('executeAsModal: commandName is missing');
    const outer = this.inside();
    if (outer !== null) return (await target(outer.context, asked.descriptor ?? {})) as T;
    const scope = new ModalScope(asked.commandName, asked.interactive === true);
    scope.context = this.contextOf(scope);
    await this.enter(scope, asked.timeOut);
    this.ending.notify('modalJavaScriptScopeEnter');
    const enteredAt = this.clock.now();
    let isThrown = true;
    try {
      const run = async (): Promise<T> => (await target(scope.context, asked.descriptor ?? {})) as T;
      const answer = await (this.flow === null ? run() : this.flow.run(scope, run));
      isThrown = false;
      return answer;
    } finally {
      scope.hasEnded = true;
      if (scope.progress.length > 0 || this.clock.now() - enteredAt > barAfterMs) this.barsShown.push(scope.commandName);
      try {
        this.ending.endScope(scope, isThrown);
      } finally {
        this.own = null;
        this.ending.notify('modalJavaScriptScopeExit');
        this.wake();
      }
    }
  }

  /** Takes the lock, when free at once; waits for it `timeOut` seconds from 25.10 on, not at all before. */
  private async enter(scope: ModalScope, timeOut = 1): Promise<void> {
    const waits = atLeast(this.version, 25, 10);
    const until = this.clock.now() + (waits ? timeOut * 1000 : 0);
    while (this.isHeld) {
      const left = until - this.clock.now();
      if (left <= 0) throw numbered(9, this.collisionText(waits));
      await Promise.race([this.clock.wait(left), new Promise<void>((resolve) => this.waiting.push(resolve))]);
    }
    this.own = scope;
  }

  private collisionText(namesPlugin: boolean): string {
    const holder = this.other ?? this.pluginId;
    return namesPlugin && holder !== '' ? `Plugin: ${holder} is running a modal command` : 'host is in a modal state';
  }

  private wake(): void {
    const woken = this.waiting;
    this.waiting = [];
    for (const wake of woken) wake();
  }

  /** Another plug-in, or Photoshop itself (''), takes the lock; answers how to give it back. */
  hold(by: string): () => void {
    if (this.isHeld) throw new Error('the modal scope is already held');
    this.other = by;
    return () => {
      this.other = null;
      this.wake();
    };
  }

  cancel(): void {
    const scope = this.own;
    if (scope === null || scope.isCancelled) return;
    scope.isCancelled = true;
    scope.onCancel?.({ reason: 'userCancelled' });
  }

  /** Its properties do not enumerate, as the real one's do not: a spread copy is empty. */
  private contextOf(scope: ModalScope): object {
    const alive = (): void => {
      if (scope.hasEnded) throw new Error('The modal scope has ended');
    };
    return Object.defineProperties(
      {},
      {
        isCancelled: { get: () => scope.isCancelled },
        onCancel: { get: () => scope.onCancel, set: (listen) => (scope.onCancel = listen) },
        reportProgress: {
          value: (progress: Progress) => {
            alive();
            if (typeof progress !== 'object' || progress === null) throw wrongArgument(1, 'object', progress);
            scope.progress.push({ ...progress });
            this.reports.push({ ...progress });
          },
        },
        hostControl: { value: this.ending.hostControl(scope) },
      },
    );
  }
}
