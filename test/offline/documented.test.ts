import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { vocabulary } from '../../shared/models/offline/vocabulary.ts';

const page = 'docs/offline-model.md';

/** The page as the vocabulary would have it; `UPDATE=1` writes it. */
function written(): string {
  const rows = vocabulary().map(({ does, examples }) => `| ${does} | ${examples.map((example) => `“${example}”`).join('<br>')} |`);
  return [
    '# The offline model',
    '',
    'Retake works without a key, with a model that is **not AI**: it follows the commands below and answers everything else in',
    'words. It is there to try the program, to test it, and for small chores. It behaves to pictures as the real models do:',
    'it answers on their pixel grid, as JPEG, slightly stretched, shifted and re-toned.',
    '',
    'Commands can be joined with “and”, “then” and commas, and take words like “slightly” and “much”.',
    '',
    '| it can | for example |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n');
}

test('the page about the offline model lists what it can do, no more and no less', () => {
  if (process.env.UPDATE === '1') writeFileSync(page, written());
  expect(readFileSync(page, 'utf8')).toBe(written());
});
