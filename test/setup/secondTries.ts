/** Names, at the end of a run, each test that passed only when it was tried again, and what the first try met. */
import type { Reporter, TestCase } from 'vitest/node';

export default class SecondTries implements Reporter {
  private readonly lines: string[] = [];

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky !== true) return;
    this.lines.push(`Passed only at the second try, to be mended: ${test.module.relativeModuleId} › ${test.fullName}`);
    for (const { message, stacks } of test.result().errors ?? []) {
      const at = stacks?.[0];
      this.lines.push(`  ${message}${at === undefined ? '' : `\n  at ${at.file}:${at.line}`}`);
    }
  }

  onTestRunEnd(): void {
    for (const line of this.lines) console.log(line);
  }
}
