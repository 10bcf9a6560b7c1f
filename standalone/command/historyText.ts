/** What `retake history` prints: the tree of takes in characters, newest first, or as JSON. Values in, text out; times in the local zone. */
import type { LaneRow } from '../../shared/core/history/lanes.ts';
import { drawLanes } from '../../shared/core/history/lanes.ts';
import { shorten } from '../../shared/core/text.ts';
import type { HistoryListing, ListedTake } from './jobs.ts';
import { columns, costText } from './words.ts';

/** Branches beyond share the last lane. */
const mostLanes = 12;
const longestTitleChars = 48;

export function historyText({ title, takes, notes }: HistoryListing): string {
  const head = `${title}  ${takes.length === 0 ? 'no takes' : totals(takes)}`;
  const newestFirst = [...takes].reverse();
  const { rows, laneCount } = drawLanes(newestFirst, mostLanes);
  const lines = columns(
    newestFirst.map((take, n) => [
      `${lanesText(rows[n], laneCount)} ${take.shortId}`,
      shorten(take.name ?? take.instruction, longestTitleChars),
      [take.status.text.toLowerCase(), take.favourite ? 'favourite' : '', ...take.bookmarks.map((name) => `[${name}]`)]
        .filter((part) => part !== '')
        .join(', '),
      take.costUsd === null ? '' : costText(take.costUsd),
      localTime(new Date(take.at)),
    ]),
  );
  const rest = takes.length === 0 ? ['`retake edit` adds one.'] : [];
  return [head, ...lines, ...rest, ...notes.map((note) => `Note: ${note}`)].join('\n');
}

/** By the clock of whoever reads it: "2026-11-28 14:05". */
function localTime(at: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

function totals(takes: readonly ListedTake[]): string {
  const parents = new Set(takes.map(({ parent }) => parent));
  const ends = takes.filter(({ id }) => !parents.has(id)).length;
  const costs = takes.flatMap(({ costUsd }) => (costUsd === null ? [] : [costUsd]));
  const cost = costs.length === 0 ? '' : `, ${costText(costs.reduce((sum, one) => sum + one, 0))}`;
  return `${takes.length === 1 ? '1 take' : `${takes.length} takes`}${ends > 1 ? `, ${ends} branches` : ''}${cost}`;
}

/** "● │", "│ ●", "●─╯": one character a lane, a dash or a space between them. */
export function lanesText(row: LaneRow, laneCount: number): string {
  const joined = row.children.filter((lane) => lane !== row.lane);
  const rightmost = Math.max(row.lane, ...joined);
  const leftmost = Math.min(row.lane, ...joined);
  let text = '';
  for (let lane = 0; lane < laneCount; lane++) {
    const isSpanned = lane > leftmost && lane < rightmost;
    if (lane === row.lane) text += '●';
    else if (joined.includes(lane)) text += lane === rightmost ? '╯' : lane === leftmost ? '╰' : '┴';
    else if (row.passing.includes(lane)) text += isSpanned ? '┼' : '│';
    else text += isSpanned ? '─' : ' ';
    if (lane < laneCount - 1) text += lane >= leftmost && lane < rightmost ? '─' : ' ';
  }
  return text;
}

export const historyJson = (listing: HistoryListing): string => JSON.stringify({ schema: 1, ...listing }, null, 2);
