const FOLDER = import.meta.url.endsWith('.ts') ? '../build/selftest/' : './';
const DIST = import.meta.url.endsWith('.ts') ? '../dist/' : '../../dist/';

/** A compiled module of `selftest`, from which processes start; also when this module is source. */
export const compiledUrl = (file: string): URL => new URL(FOLDER + file, import.meta.url);

/** A compiled module of the program. */
export const distUrl = (file: string): URL => new URL(DIST + file, import.meta.url);

/** A file of the project, seen from its root. */
export const projectUrl = (file: string): URL => new URL(file, distUrl('../'));
