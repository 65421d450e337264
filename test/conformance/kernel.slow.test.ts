import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareReferences, observe, referencesFor } from '../../src/conformance/conformance.ts';
import { generateLists } from '../../src/conformance/generate.ts';
import { modelReference } from '../../src/conformance/modelReference.ts';
import { ringReference } from '../../src/conformance/ringReference.ts';

/**
 * Kernels are under the GPL, so none is here. See docs/kernel-conformance.md for where to get one.
 */
const vmlinuz = process.env.GFNRING_VMLINUZ;
const modules = process.env.GFNRING_MODULES;
const isSet = vmlinuz !== undefined && modules !== undefined;

describe.skipIf(!isSet)(`the kernel in GFNRING_VMLINUZ and GFNRING_MODULES${isSet ? '' : ' (not set)'}`, () => {
  test('the model and our ring of its version agree with it, and the ring of another version does not', async () => {
    const lists = generateLists(fc, 7, 40);
    const { release, lists: kernel } = await observe({ vmlinuz: vmlinuz!, modules: modules! }, lists);
    for (const { disagreements, states, traceRecords } of compareReferences(lists, kernel, referencesFor(release))) {
      expect(disagreements).toEqual([]);
      expect(states.equal).toBe(lists.flat().length);
      expect(traceRecords.equal).toBeGreaterThan(1000);
    }
    // One checks for a full ring at other times; the other accepts an offset whose sum wraps.
    const others = [modelReference(release.startsWith('6.1.')), ringReference('5.11')];
    for (const { disagreements } of compareReferences(lists, kernel, others))
      expect(disagreements.length).toBeGreaterThan(0);
  }, 300_000);
});
