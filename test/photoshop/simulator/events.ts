/** Notifications: silent while anything is modal, and told a moment later otherwise. */
export type Listener = (event: string, descriptor: object) => void;

export class Events {
  /** What was told, oldest first, whether or not anybody listened. */
  readonly told: { readonly event: string; readonly descriptor: object }[] = [];
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly isSilent: () => boolean;

  constructor(isSilent: () => boolean) {
    this.isSilent = isSilent;
  }

  add(events: readonly string[], listen: Listener): void {
    for (const event of events) {
      const known = this.listeners.get(event) ?? new Set();
      this.listeners.set(event, known.add(listen));
    }
  }

  remove(events: readonly string[], listen: Listener): void {
    for (const event of events) this.listeners.get(event)?.delete(listen);
  }

  get listenerCount(): number {
    return [...this.listeners.values()].reduce((sum, some) => sum + some.size, 0);
  }

  tell(event: string, descriptor: object = {}): void {
    if (!this.isSilent()) this.tellAlways(event, descriptor);
  }

  /** Entering and leaving a modal scope are told even then. */
  tellAlways(event: string, descriptor: object = {}): void {
    this.told.push({ event, descriptor });
    const heard = [...(this.listeners.get(event) ?? []), ...(this.listeners.get('all') ?? [])];
    for (const listen of heard) void Promise.resolve().then(() => listen(event, descriptor));
  }
}
