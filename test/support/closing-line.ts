import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends a run with one plain line, `412 passed, 0 failed, 3 skipped`, that scripts can read. Before it stands what passed only
 * when it was tried again, as that wants to be looked at.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== 'pending') count[state] += 1;
        if (test.diagnostic()?.flaky) console.log(`passed at a second try only: ${module.relativeModuleId} > ${test.fullName}`);
      }
      if (module.errors().length > 0) count.failed += 1;
    }
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
    console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
  }
}
