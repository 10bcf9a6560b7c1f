/** What the user starts the plug-in with: the menu, a quick action with its instruction, a button on a layer. */

import type { Settings } from '../../shared/core/ports.ts';
import { readRecent } from '../../shared/core/recent.ts';
import type { Command, StartedWith } from '../wire/panelCalls.ts';

/** The key of the only parameter, as the manifest names it. */
const instructionKey = 'instruction';

/** These run without the panel; it comes out when something is to be said or asked. */
const hidden: ReadonlySet<Command> = new Set<Command>(['quick', 'repeat']);

const commands: ReadonlySet<string> = new Set<Command>(['open', 'quick', 'repeat', 'settings', 'refine', 'explain']);
const isCommand = (text: string): text is Command => commands.has(text);

/** A command of an older version, whose buttons may still be on layers, opens the panel. */
export function readCommand({
  command,
  parameters,
}: {
  readonly command: string;
  readonly parameters?: ParameterValues | undefined;
}): StartedWith {
  const known = isCommand(command) ? command : 'open';
  const typed: unknown = parameters?.[instructionKey];
  const instruction = typeof typed === 'string' && typed.trim() !== '' ? typed.trim() : null;
  return { command: known, instruction, isPanelShown: !hidden.has(known) };
}

/** Figma shows about so many at once. */
const mostSuggestions = 10;

/**
 * What is offered while an instruction is typed: first the very words, because Figma lets only suggestions be chosen at a press
 * of Enter, then what was sent before and has these words in it.
 */
export function suggestions(query: string, recent: readonly string[]): readonly string[] {
  const words = query.trim();
  const found = recent.filter((text) => text !== words && text.toLowerCase().includes(words.toLowerCase()));
  return [...(words === '' ? [] : [words]), ...found].slice(0, mostSuggestions);
}

export function suggestInstructions(figma: PluginAPI, settings: Pick<Settings, 'get'>): void {
  let turn = 0;
  figma.parameters.on('input', async ({ key, query, result }) => {
    if (key !== instructionKey) return;
    const asked = ++turn;
    const recent = await readRecent(settings);
    // A later letter was typed meanwhile: what that one brings must not be overwritten.
    if (asked === turn) result.setSuggestions([...suggestions(query, recent)]);
  });
}
