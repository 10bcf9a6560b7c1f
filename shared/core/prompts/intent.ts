/**
 * What kind of edit an instruction asks for, as far as the way we ask and compose depends on it. Deliberately narrow:
 * when in doubt it is an ordinary edit, which the model understands by itself.
 */
export type Intent = 'edit' | 'cut-out';

const takeAway = /\b(?:cut ?out|cut away|remove|erase|delete|drop|knock out|get rid of|strip|take away)\b/;
const backgroundItself =
  /\b(?:background|backdrop)(?! (?:people|person|persons|crowd|figures?|text|noise|music|colou?r|objects?|elements?|clutter|of)\b)/;
const madeTransparent = /\b(?:transparent|no) (?:background|backdrop)\b|\b(?:background|backdrop) (?:is |be )?transparent\b/;
const freed = /\b(?:cut ?out|isolate) (?:the |this |her |his |their )?(?:subject|person|product|figure|character|object)\b/;

export function readIntent(instruction: string): Intent {
  const text = instruction.toLowerCase().replace(/[“”"][^“”"]*[“”"]/g, ' ');
  if (madeTransparent.test(text) || freed.test(text)) return 'cut-out';
  for (const clause of text.split(/[.,;]|\b(?:and|then|but)\b/)) {
    const taken = takeAway.exec(clause);
    if (taken === null) continue;
    const rest = clause.slice(taken.index + taken[0].length);
    const ground = backgroundItself.exec(rest);
    // "remove the car from the background" takes away something else.
    if (ground !== null && !/\b(?:in|from|on|at|of|behind)\b/.test(rest.slice(0, ground.index))) return 'cut-out';
  }
  return 'edit';
}
