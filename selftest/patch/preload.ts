/**
 * Loaded before a program that runs with edits, and before each of its threads. It loads no module
 * of the program: what is loaded here would stay unpatched.
 */
import * as nodeModule from 'node:module';
import { initialize, load } from './hook.ts';
import { PATCH_VARIABLE } from './variable.ts';

const edits = process.env[PATCH_VARIABLE] ?? '[]';
// Node 26 warns of `register`, and Node 20 lacks the other.
if ('registerHooks' in nodeModule) {
  initialize(edits);
  (nodeModule.registerHooks as (hooks: { readonly load: typeof load }) => void)({ load });
} else nodeModule.register(new URL('./hook.js', import.meta.url), { data: edits });
