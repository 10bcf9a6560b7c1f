/**
 * Runs the local Gemini server by itself: PORT or the first number given, else a free port. `--script NAME` answers every
 * request so; `--script NAME,NAME,…` answers the next ones in that order; `--list` names all there are.
 */
import { failures, isFailureName } from './failures.ts';
import { startGeminiServer } from './server.ts';

const args = process.argv.slice(2);
if (args.includes('--list')) {
  process.stdout.write(`${Object.keys(failures).join('\n')}\n`);
} else {
  const names = args.includes('--script') ? (args[args.indexOf('--script') + 1] ?? '').split(',') : [];
  const unknown = names.find((name) => !isFailureName(name));
  if (unknown !== undefined) {
    process.stderr.write(`There is no answer “${unknown}”. --list names those that exist.\n`);
    process.exitCode = 2;
  } else {
    const port = Number(args.find((arg) => /^\d+$/.test(arg)) ?? process.env.PORT ?? 0);
    const server = await startGeminiServer({ port, alive: args.includes('--all-models') ? 'all' : 'today' });
    const answers = names.filter(isFailureName).map((name) => failures[name]);
    if (answers.length === 1) server.always(answers[0]);
    else server.script(answers);
    process.stdout.write(`GOOGLE_GEMINI_BASE_URL=${server.url} GEMINI_API_KEY=${server.key}\n`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
  }
}
