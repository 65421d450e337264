/**
 * Loaded before a program that runs with edits, and before each of its threads. It loads no module
 * of the program: what is loaded here would stay unpatched.
 */
import { register } from 'node:module';
import { PATCH_VARIABLE } from './variable.ts';

register(new URL('./hook.js', import.meta.url), { data: process.env[PATCH_VARIABLE] ?? '[]' });
