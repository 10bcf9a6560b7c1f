/** Numbers and names as the panel writes them. */
import type { Stage } from '../core/edit/types.ts';
import { exhaustive } from '../core/result.ts';
import type { ReferenceRole } from './state.ts';

/** "$0.034", "$0.24", "free"; "price unknown" for null. */
export function priceText(usd: number | null): string {
  if (usd === null) return 'price unknown';
  if (usd === 0) return 'free';
  // Prices of one picture lie between 3 and 24 cents, where a tenth of a cent still tells models apart.
  const text = usd.toFixed(usd < 0.1 ? 3 : 2);
  return `$${text}`;
}

export function rangeText(range: { readonly from: number; readonly to: number } | null): string {
  if (range === null) return 'price unknown';
  if (range.from === range.to) return priceText(range.from);
  return `${priceText(range.from)}–${priceText(range.to).slice(1)}`;
}

/** "0.8 s", "12 s", "1 min 5 s". */
export function durationText(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const s = Math.round(ms / 1000);
  return s < 60 ? `${s} s` : `${Math.floor(s / 60)} min ${s % 60} s`;
}

/** Whole seconds, for a figure that ticks. */
export const elapsedText = (ms: number): string => {
  const s = Math.floor(ms / 1000);
  return s < 60 ? `${s} s` : `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
};

/** What is being waited for. */
export function stageText(stage: Stage, modelNick: string): string {
  switch (stage) {
    case 'read':
      return 'Reading the layer';
    case 'compile':
      return 'Preparing the request';
    case 'ask':
      return `Waiting for ${modelNick}`;
    case 'compose':
      return 'Fitting the answer';
    case 'place':
      return 'Placing the new layer';
    case 'record':
      return 'Recording the take';
    default:
      return exhaustive(stage);
  }
}

export const roleTexts: Readonly<Record<ReferenceRole, string>> = {
  reference: 'Reference',
  character: 'Character',
  style: 'Style',
  object: 'Object',
  background: 'Background',
};

/** Characters that stand for the modifier on this machine. */
export const sendKeys = (isApple: boolean): string => (isApple ? '⌘↵' : 'Ctrl ↵');

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "14:05" today, "23 Nov" this year, "23 Nov 2025" before; by this machine's calendar. */
export function whenText(at: number, now: number): string {
  const then = new Date(at);
  const today = new Date(now);
  const isThisYear = then.getFullYear() === today.getFullYear();
  if (isThisYear && then.getMonth() === today.getMonth() && then.getDate() === today.getDate())
    return `${then.getHours()}:${String(then.getMinutes()).padStart(2, '0')}`;
  return `${then.getDate()} ${months[then.getMonth()]}${isThisYear ? '' : ` ${then.getFullYear()}`}`;
}
