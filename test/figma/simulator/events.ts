/** Listeners, called later and once for what came together. */
// Not the globals: a test may hold those still.
import { setImmediate, setTimeout } from 'node:timers';

type Listener = (...given: unknown[]) => unknown;

/** Runs work after the plugin's own turn. Counts what waits, so that tests can wait for all of it. */
export class Turns {
  private waiting = 0;
  private idle: (() => void)[] = [];

  later(work: () => void): void {
    this.waiting++;
    setTimeout(() => {
      try {
        work();
      } finally {
        this.end();
      }
    }, 0);
  }

  /** What is asynchronous in Figma neither answers nor throws in the same turn. */
  async answer<T>(work: () => T): Promise<Awaited<T>> {
    this.waiting++;
    try {
      await new Promise<void>((resolve) => setImmediate(resolve));
      return await work();
    } finally {
      this.end();
    }
  }

  /** When nothing waits, and nothing that this led to. */
  async settled(): Promise<void> {
    do {
      if (this.waiting > 0) await new Promise<void>((told) => this.idle.push(told));
      await new Promise<void>((told) => setTimeout(told, 0));
    } while (this.waiting > 0);
  }

  private end(): void {
    this.waiting--;
    if (this.waiting === 0) for (const told of this.idle.splice(0)) told();
  }
}

export class Events {
  private readonly listeners = new Map<string, { readonly heard: Listener; readonly once: boolean }[]>();
  private readonly assigned = new Map<string, Listener>();
  private readonly due = new Set<string>();
  private readonly gathered = new Map<string, unknown[]>();
  private readonly turns: Turns;
  private readonly onRaised: (cause: unknown) => void;

  constructor(turns: Turns, onRaised: (cause: unknown) => void) {
    this.turns = turns;
    this.onRaised = onRaised;
  }

  on(name: string, heard: Listener, once = false): void {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), { heard, once }]);
  }

  off(name: string, heard: Listener): void {
    this.listeners.set(
      name,
      (this.listeners.get(name) ?? []).filter((one) => one.heard !== heard),
    );
  }

  /** For what has one listener at a time, given by assignment; those that were added otherwise stay. */
  replaceOnly(name: string, heard: Listener | null): void {
    const assigned = this.assigned.get(name);
    if (assigned !== undefined) this.off(name, assigned);
    this.assigned.delete(name);
    if (heard === null) return;
    this.assigned.set(name, heard);
    this.on(name, heard);
  }

  assignedTo(name: string): Listener | undefined {
    return this.assigned.get(name);
  }

  has(name: string): boolean {
    return (this.listeners.get(name) ?? []).length > 0;
  }

  /** Later, once, however often it is asked for until then. */
  soon(name: string, given: () => readonly unknown[] = () => []): void {
    if (this.due.has(name)) return;
    this.due.add(name);
    this.turns.later(() => {
      this.due.delete(name);
      this.now(name, ...given());
    });
  }

  /** Adds one to what is told together, soon. */
  gather(name: string, field: string, one: unknown): void {
    if (!this.has(name)) return;
    const gathered = this.gathered.get(name) ?? [];
    gathered.push(one);
    this.gathered.set(name, gathered);
    this.soon(name, () => {
      this.gathered.delete(name);
      return [{ [field]: gathered }];
    });
  }

  /** Now; answers what the listeners answered. */
  now(name: string, ...given: unknown[]): unknown[] {
    const called = this.listeners.get(name) ?? [];
    this.listeners.set(
      name,
      called.filter((one) => !one.once),
    );
    return called.map(({ heard }) => this.guarded(() => heard(...given)));
  }

  /** What a listener raises ends in Figma's console, a rejected promise likewise. */
  guarded(call: () => unknown): unknown {
    try {
      const answer = call();
      if (answer instanceof Promise) answer.catch(this.onRaised);
      return answer;
    } catch (cause) {
      this.onRaised(cause);
      return undefined;
    }
  }

  clear(): void {
    this.listeners.clear();
  }
}
