import { BadInput } from '../input/badInput.ts';
import type { ScenarioRef } from '../scenario/scenarioRef.ts';
import { isOwnDocument, modulesOf } from './origin.ts';

/** Whether the module that a document from elsewhere names may run. */
export type Consent = (module: string, file: string) => boolean;

/** A program that reads a document has decided to. The command line asks its user. */
const ALWAYS: Consent = () => true;
let consent = ALWAYS;

/** Sets who is asked. Without an argument, nobody is. */
export function setConsent(ask: Consent = ALWAYS): void {
  consent = ask;
}

/**
 * Throws `BadInput` if a document names modules, comes from elsewhere, and the user does not agree
 * to run them. Built-in scenarios and VMs in JSON run no code of the document.
 *
 * @param value the document as it was read from `file`.
 * @param sources its scenarios.
 */
export function requireConsent(value: unknown, sources: readonly ScenarioRef[], file: string): void {
  const modules = modulesOf(sources);
  if (modules.length === 0 || isOwnDocument(value, modules)) return;
  for (const module of modules)
    if (!consent(module, file))
      throw new BadInput(`${file} comes from elsewhere, and its module ${module} would run here: --trust allows it`);
}
