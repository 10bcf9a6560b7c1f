#!/usr/bin/env node
// The installed name of the command; what it does is in standalone/command, built to standalone/dist.
import { existsSync } from 'node:fs';

// Ctrl-C while the command is still loading: nothing has begun, and the exit code is the same as later.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

const built = new URL('../dist/retake.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  process.stderr.write('Retake is not built yet. Run `npm run prepare` in its folder, then try again.\n');
  process.exitCode = 2;
}
