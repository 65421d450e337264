/** Loaded before a program that is to run with edits in it, and before each of its threads. */
import { register } from 'node:module';
import { PATCH_VARIABLE } from './patch.ts';

register(new URL('./patchHook.js', import.meta.url), { data: process.env[PATCH_VARIABLE] ?? '[]' });
