/**
 * The larger and the smaller of two numbers by their absolute difference. Which of two pixels is larger is chance: a
 * processor that guesses wrong half of the time takes four times as long over a branch as over this. Exact for what came from 32 bits.
 */

export const larger = (p: number, q: number): number => 0.5 * (p + q + Math.abs(p - q));

export const smaller = (p: number, q: number): number => 0.5 * (p + q - Math.abs(p - q));
