import { ToolMissing } from '../../../conformance/toolMissing.ts';
import { SCHEMA } from '../../../input/schema.ts';
import { print, printJson } from '../../output.ts';
import { STATUS } from '../../status.ts';

/**
 * Sets the exit status of a command that boots a kernel. Where a tool is missing, nothing was
 * tried. That is no pass, so the status is not 0.
 */
export async function withTools({ json }: { readonly json?: boolean }, run: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    if (!(error instanceof ToolMissing)) throw error;
    if (json) printJson({ schema: SCHEMA, outcome: 'skipped', why: error.message });
    else print(`- skipped: ${error.message}`);
    process.exitCode = STATUS.harness;
  }
}
