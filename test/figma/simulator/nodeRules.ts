/** What may be done with a node at all: is it still there, in an instance, remote, on a page that was loaded. */
import type { NodeData, SimDocument } from './document.ts';
import type { Run } from './run.ts';
import { HostRef, refuse } from './values.ts';

export const nodeRef = (node: NodeData): HostRef => new HostRef('node', node.id, node.type);

/** The node, or Figma's word that it is gone. */
export function present(run: Run, id: string, where: string): NodeData {
  const node = run.document.find(id);
  if (node === null || isHiddenFrom(run, node)) {
    refuse(where, `The node ${id.startsWith('I') ? '(instance sublayer or table cell) ' : ''}with id "${id}" does not exist`);
  }
  return node;
}

/** With `skipInvisibleInstanceChildren`, what cannot be seen in an instance does not exist. */
export function isHiddenFrom(run: Run, node: NodeData): boolean {
  if (!run.skipsInvisible || !isInInstance(run.document, node.id)) return false;
  if (node.props.visible === false) return true;
  for (const up of run.document.ancestors(node.id)) {
    if (up.type === 'INSTANCE' && !isInInstance(run.document, up.id)) return false;
    if (up.props.visible === false) return true;
  }
  return false;
}

/** A part of an instance, not the instance itself. */
export function isInInstance(document: SimDocument, id: string): boolean {
  for (const up of document.ancestors(id)) if (up.type === 'INSTANCE') return true;
  return false;
}

export function isWithin(document: SimDocument, id: string, type: string): boolean {
  if (document.at(id).type === type) return true;
  for (const up of document.ancestors(id)) if (up.type === type) return true;
  return false;
}

/** Of a library: it lies in no page of this file. */
export function isRemote(document: SimDocument, id: string): boolean {
  let top = document.at(id);
  for (const up of document.ancestors(id)) top = up;
  return top.props.remote === true;
}

export function mustBeEditable(run: Run, where: string): void {
  if (run.isReadOnly) refuse(where, 'Cannot edit the file: it is open for viewing only');
}

export function mayWrite(run: Run, id: string, where: string): void {
  mustBeEditable(run, where);
  if (run.document.find(id) !== null && isRemote(run.document, id)) refuse(where, 'Cannot write to internal and read-only node');
}

export function mustBeLoaded(run: Run, node: NodeData, where: string, property: string): void {
  if (run.isPrivileged || node.type !== 'PAGE' || run.loadedPages.has(node.id) || run.user.currentPage === node.id) return;
  refuse(
    where,
    `Cannot access property \`${property}\` on a page that has not been explicitly loaded. Remember to call \`await page.loadAsync()\` or \`await figma.loadAllPagesAsync()' first.`,
  );
}

export function allPagesLoaded(run: Run): boolean {
  return run.isPrivileged || run.document.children('0:0').every((page) => run.loadedPages.has(page) || run.user.currentPage === page);
}

/** Texts whose font was not loaded in this run cannot be written, nor moved or copied. */
export function fontsMustBeLoaded(run: Run, id: string, where: string): void {
  if (run.isPrivileged) return;
  for (const node of run.document.subtree(id)) {
    if (node.type !== 'TEXT') continue;
    const { family, style } = node.props.fontName as { family: string; style: string };
    if (!run.fonts.has(`${family} ${style}`)) refuse(where, `Cannot write to node with unloaded font "${family} ${style}"`);
  }
}
