/** `Headers` for Photoshop below 25.2, whose UXP has none: what the SDK and our own requests use of it. WHATWG Fetch, "Headers class". */
export class PlainHeaders {
  private readonly values = new Map<string, string>();

  constructor(given?: unknown) {
    if (given === undefined || given === null) return;
    const entries =
      typeof (given as Partial<PlainHeaders>).forEach === 'function' && !Array.isArray(given)
        ? entriesOf(given as PlainHeaders)
        : Array.isArray(given)
          ? (given as readonly (readonly [string, string])[])
          : Object.entries(given as Record<string, string>);
    for (const [name, value] of entries) this.append(name, value);
  }

  append(name: string, value: string): void {
    const before = this.get(name);
    this.set(name, before === null ? value : `${before}, ${value}`);
  }

  set(name: string, value: string): void {
    this.values.set(name.toLowerCase(), String(value).trim());
  }

  get(name: string): string | null {
    return this.values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.values.has(name.toLowerCase());
  }

  delete(name: string): void {
    this.values.delete(name.toLowerCase());
  }

  forEach(each: (value: string, name: string) => void): void {
    for (const [name, value] of this.entries()) each(value, name);
  }

  entries(): IterableIterator<[string, string]> {
    return new Map([...this.values].sort(([a], [b]) => (a < b ? -1 : 1))).entries();
  }

  keys(): IterableIterator<string> {
    return new Map(this.entries()).keys();
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }
}

function entriesOf(headers: { forEach(each: (value: string, name: string) => void): void }): [string, string][] {
  const entries: [string, string][] = [];
  headers.forEach((value, name) => {
    entries.push([name, value]);
  });
  return entries;
}
