/** All that can be asked of Figma's main thread, and what it tells unasked. */
import type { HostCalls } from './hostCalls.ts';
import type { PanelCalls, PanelNews } from './panelCalls.ts';
import type { StoreCalls } from './storeCalls.ts';

export type FigmaCalls = HostCalls & StoreCalls & PanelCalls;

/** `of` is always 0: there is one canvas. */
export type FigmaNews = { readonly kind: 'scene-changed' } | PanelNews;
