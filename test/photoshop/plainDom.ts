/**
 * The least of a DOM that draws nothing: nodes, attributes, events that are captured and bubble, simple selectors. With it the
 * built panel runs in a bare context, where a browser's own abilities cannot help it.
 */
type Listener = (event: PlainEvent) => void;

export class PlainEvent {
  readonly type: string;
  readonly bubbles: boolean;
  target: PlainNode | null = null;
  currentTarget: PlainNode | null = null;
  defaultPrevented = false;
  isStopped = false;
  readonly altKey = false;
  readonly metaKey = false;
  readonly shiftKey = false;
  readonly ctrlKey: boolean;
  readonly key: string;

  constructor(type: string, { bubbles = true, key = '', ctrlKey = false } = {}) {
    this.type = type;
    this.bubbles = bubbles;
    this.key = key;
    this.ctrlKey = ctrlKey;
  }
  preventDefault(): void {
    this.defaultPrevented = true;
  }
  stopPropagation(): void {
    this.isStopped = true;
  }
}

export class PlainNode {
  readonly nodeType: number;
  ownerDocument: PlainDocument | null = null;
  parentNode: PlainNode | null = null;
  childNodes: PlainNode[] = [];
  /** Of text nodes. */
  data = '';
  private readonly listeners: { readonly type: string; readonly listen: Listener; readonly isCapture: boolean }[] = [];

  constructor(nodeType: number) {
    this.nodeType = nodeType;
  }

  get firstChild(): PlainNode | null {
    return this.childNodes[0] ?? null;
  }
  get nextSibling(): PlainNode | null {
    const siblings = this.parentNode?.childNodes ?? [];
    return siblings[siblings.indexOf(this) + 1] ?? null;
  }
  insertBefore(node: PlainNode, before: PlainNode | null): PlainNode {
    node.remove();
    const at = before === null ? this.childNodes.length : this.childNodes.indexOf(before);
    if (at < 0) throw new Error('the node is no child of this node');
    this.childNodes.splice(at, 0, node);
    node.parentNode = this;
    return node;
  }
  appendChild(node: PlainNode): PlainNode {
    return this.insertBefore(node, null);
  }
  removeChild(node: PlainNode): PlainNode {
    node.remove();
    return node;
  }
  remove(): void {
    const { parentNode } = this;
    if (parentNode !== null) parentNode.childNodes = parentNode.childNodes.filter((child) => child !== this);
    this.parentNode = null;
  }
  contains(node: PlainNode | null): boolean {
    for (let at = node; at !== null; at = at.parentNode) if (at === this) return true;
    return false;
  }
  get textContent(): string {
    return this.nodeType === 3 ? this.data : this.childNodes.map((child) => child.textContent).join('');
  }
  set textContent(text: string) {
    if (this.nodeType === 3) {
      this.data = text;
      return;
    }
    for (const child of [...this.childNodes]) child.remove();
    const node = new PlainNode(3);
    node.data = text;
    this.appendChild(node);
  }

  addEventListener(type: string, listen: Listener, options: boolean | { capture?: boolean } = false): void {
    this.listeners.push({ type, listen, isCapture: typeof options === 'boolean' ? options : options.capture === true });
  }
  removeEventListener(type: string, listen: Listener): void {
    const at = this.listeners.findIndex((one) => one.type === type && one.listen === listen);
    if (at >= 0) this.listeners.splice(at, 1);
  }
  dispatchEvent(event: PlainEvent): boolean {
    event.target = this;
    const path: PlainNode[] = [];
    for (let at: PlainNode | null = this; at !== null; at = at.parentNode) path.push(at);
    const hear = (node: PlainNode, isCapture: boolean): void => {
      event.currentTarget = node;
      for (const one of [...node.listeners])
        if (one.type === event.type && one.isCapture === isCapture && !event.isStopped) one.listen.call(node, event);
    };
    for (const node of [...path].reverse()) hear(node, true);
    for (const node of event.bubbles ? path : [this]) hear(node, false);
    return !event.defaultPrevented;
  }
}

export class PlainElement extends PlainNode {
  readonly localName: string;
  readonly namespaceURI: string;
  readonly attributes = new Map<string, string>();
  readonly style: Record<string, unknown> = { cssText: '', setProperty: () => undefined, removeProperty: () => undefined };
  value = '';
  checked = false;
  scrollTop = 0;
  readonly clientWidth = 0;
  readonly clientHeight = 0;

  constructor(localName: string, namespaceURI: string) {
    super(1);
    this.localName = localName;
    this.namespaceURI = namespaceURI;
  }
  get tagName(): string {
    return this.localName.toUpperCase();
  }
  get id(): string {
    return this.attributes.get('id') ?? '';
  }
  get className(): string {
    return this.attributes.get('class') ?? '';
  }
  get href(): string {
    return this.attributes.get('href') ?? '';
  }
  get classList(): { add(name: string): void; remove(name: string): void; contains(name: string): boolean } {
    const names = (): string[] => this.className.split(/\s+/).filter((name) => name !== '');
    return {
      add: (name) => void this.attributes.set('class', [...names().filter((one) => one !== name), name].join(' ')),
      remove: (name) =>
        void this.attributes.set(
          'class',
          names()
            .filter((one) => one !== name)
            .join(' '),
        ),
      contains: (name) => names().includes(name),
    };
  }
  setAttribute(name: string, value: unknown): void {
    this.attributes.set(name, String(value));
  }
  getAttribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }
  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }
  getBoundingClientRect(): object {
    return { left: 0, top: 0, right: 0, bottom: 0, x: 0, y: 0, width: 0, height: 0 };
  }
  focus(): void {
    if (this.ownerDocument === null || this.ownerDocument.activeElement === this) return;
    this.ownerDocument.activeElement = this;
    this.dispatchEvent(new PlainEvent('focusin'));
  }
  blur(): void {
    this.dispatchEvent(new PlainEvent('focusout'));
  }
  scrollIntoView(): void {}
  scrollTo(): void {}

  /** `tag.class#id[name="value"]`, several by commas, the last of those separated by blanks. */
  matches(selector: string): boolean {
    return selector.split(',').some((one) => {
      const parts = one.trim().split(/\s+/);
      const last = parts.pop() ?? '';
      if (!this.isA(last)) return false;
      return parts.length === 0 || (parentOf(this)?.closest(parts.join(' ')) ?? null) !== null;
    });
  }
  private isA(compound: string): boolean {
    const pieces = compound.match(/[.#]?[\w-]+|\[[^\]]+\]/g) ?? [];
    return pieces.every((piece) => {
      if (piece.startsWith('.')) return this.classList.contains(piece.slice(1));
      if (piece.startsWith('#')) return this.id === piece.slice(1);
      if (!piece.startsWith('[')) return this.localName === piece;
      const [name, value] = piece.slice(1, -1).split('=');
      return value === undefined ? this.attributes.has(name) : this.attributes.get(name) === value.replace(/^["']|["']$/g, '');
    });
  }
  closest(selector: string): PlainElement | null {
    for (let at: PlainElement | null = this; at !== null; at = parentOf(at)) if (at.matches(selector)) return at;
    return null;
  }
  querySelectorAll(selector: string): PlainElement[] {
    return this.childNodes.flatMap((child) =>
      child instanceof PlainElement ? [...(child.matches(selector) ? [child] : []), ...child.querySelectorAll(selector)] : [],
    );
  }
  querySelector(selector: string): PlainElement | null {
    return this.querySelectorAll(selector)[0] ?? null;
  }
}

const parentOf = ({ parentNode }: PlainElement): PlainElement | null => (parentNode instanceof PlainElement ? parentNode : null);

const html = 'http://www.w3.org/1999/xhtml';

export class PlainDocument extends PlainElement {
  readonly head: PlainElement;
  readonly body: PlainElement;
  activeElement: PlainElement;

  constructor() {
    super('#document', html);
    this.head = this.createElement('head');
    this.body = this.createElement('body');
    this.activeElement = this.body;
    this.appendChild(this.head);
    this.appendChild(this.body);
  }
  createElementNS(namespaceURI: string, localName: string): PlainElement {
    const element = new PlainElement(localName, namespaceURI);
    element.ownerDocument = this;
    return element;
  }
  createElement(localName: string): PlainElement {
    return this.createElementNS(html, localName);
  }
  createTextNode(text: string): PlainNode {
    const node = new PlainNode(3);
    node.ownerDocument = this;
    node.data = text;
    return node;
  }
  getElementById(id: string): PlainElement | null {
    return this.querySelector(`#${id}`);
  }
}

/** What a bare context gets of it; no more than UXP's reference has. */
export const domGlobals = (document: PlainDocument): Record<string, unknown> => ({
  document,
  Node: PlainNode,
  Element: PlainElement,
  HTMLElement: PlainElement,
  getComputedStyle: () => ({ backgroundColor: 'rgb(50, 50, 50)' }),
});
